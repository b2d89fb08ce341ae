"""Translating beside the source: the same parts under the same ids, what changed, who is told, and nothing of a story."""

import json
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Revision

from courses.actions import translations as actions
from courses.actions import withdrawal
from courses.actions.editions import publish_edition
from courses.blocks import MODULE_BLOCKS
from courses.models import CoursePage, LibraryPage, ModulePage, Translation
from courses.rules.translation import Kind, State
from courses.translations import lines, pair_of, shape_of, to_translate, waiting
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from tests.builders import a_program, a_published_course, an_administrator, an_author
from tests.conftest import sign_in_session
from tests.courses.stories import BEGAN, NEEDLES, agree, pages, publish, write_story
from tests.courses.translating import english_only

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = a_program()
    a_published_course(program, modules=2)
    return program


@pytest.fixture
def author(program):
    return an_author(program)


@pytest.fixture
def signed_in(client, author):
    sign_in_session(client, author)
    return client


def rows(page) -> list[dict]:
    return json.loads(page.get_latest_revision().content["body"])


def shape(value):
    """What a value is made of, without its words: the keys and ids of everything in it."""
    if isinstance(value, dict):
        return {k: v if k in ("id", "type") else shape(v) for k, v in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else None


def save(page, typed=None, agreed=(), by=None, source=None):
    pair = pair_of(page)
    return actions.save(
        page=page, source=source or to_translate(pair.source), seen=pair.target.latest_revision_id,
        typed=typed or {}, agreed=agreed, by=by, now=clock.now(),
    )  # fmt: skip


def change(page, find: str, put: str):
    page.body = page._meta.get_field("body").to_python(json.dumps(rows(page)).replace(find, put))
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def first_text(page):
    return next(line for line in lines(pair_of(page)) if line.path.startswith("body."))


def a_word_of(text: str) -> str:
    return max(text.replace("<", " ").replace(">", " ").split(), key=len)


# --- shapes ---------------------------------------------------------------------------------------


def test_every_block_says_of_each_of_its_values_whether_it_is_words():
    """A new block is translated by itself; this is read when one is added."""
    found = {}
    for name, inner in shape_of(ModulePage).fields["body"].kinds.items():
        found[name] = " ".join(sorted(_kinds(inner)))
    assert found == {
        "text": "=rich",
        "story": "advisory=line body=rich byline=same kind=same sample=same",
        "myth_fact": "fact=text myth=text",
        "pull_quote": "source=line words=text",
        "knowledge_check": "draw=same title=line topic=same",
        "reflection": "minimum_words=same prompt=rich who_reads=line",
        "scenario": "better=same consequence=rich label=line situation=rich",
        "commitment": "=line prompt=text",
        "resources": "detail=line name=line phone=own url=own",
        "grounding_pause": "words=rich",
        "picture": "alternative=line caption=line decorative=same picture=own",
        "handout": "document=own name=line",
        "audio": "must=same recording=own",
        "video": "must=same poster=own recording=own",
    }
    assert set(found) == {name for name, _ in MODULE_BLOCKS}


def _kinds(inner, name=""):
    if hasattr(inner, "fields"):
        return [each for n, child in inner.fields.items() for each in _kinds(child, n)]
    if hasattr(inner, "each"):
        return _kinds(inner.each)
    return [f"{name}={inner.kind}"]


# --- a pair that was written in both languages ----------------------------------------------------


def test_pages_that_were_written_in_both_languages_begin_in_step(program):
    for course in CoursePage.objects.filter(program=program):
        for page in [course, *ModulePage.objects.child_of(course)]:
            assert waiting(lines(pair_of(page))) == 0


def test_saving_without_a_change_leaves_every_spanish_word_and_id_where_it_was(program, author):
    page = pages(program, 1)["en"]
    before = rows(pages(program, 1)["es"])
    assert save(page, by=author) == 0
    after = rows(pages(program, 1)["es"])
    assert [row["id"] for row in after] == [row["id"] for row in before] == [row["id"] for row in rows(page)]
    assert [_words(row["value"]) for row in after] == [_words(row["value"]) for row in before]


def _words(value):
    if isinstance(value, list):
        return [_words(each["value"] if isinstance(each, dict) and "value" in each else each) for each in value]
    return {k: _words(v) for k, v in value.items()} if isinstance(value, dict) else value


def test_what_changes_in_the_source_waits_and_is_shown_with_what_it_was(program, author):
    page = pages(program, 1)["en"]
    line = first_text(page)
    word = a_word_of(line.source)
    page = change(page, word, "Marigold")
    now = first_text(page)
    assert (now.state, now.path) == (State.CHANGED, line.path)
    assert word in now.before and "Marigold" in now.source
    assert save(page, typed={line.path: "<p>Caléndula</p>"}, by=author) == waiting(lines(pair_of(page)))
    assert first_text(page).state == State.SAME
    assert rows(pages(program, 1)["es"])[0]["value"] == "<p>Caléndula</p>"


def test_saying_that_it_is_right_as_it_stands_is_enough(program, author):
    page = pages(program, 1)["en"]
    path = first_text(page).path
    page = change(page, a_word_of(first_text(page).source), "Marigold")
    spanish = rows(pages(program, 1)["es"])[0]["value"]
    left = waiting(lines(pair_of(page)))
    assert save(page, by=author) == left
    assert save(page, agreed={path}, by=author) == left - 1
    assert rows(pages(program, 1)["es"])[0]["value"] == spanish


def test_a_part_that_the_source_lost_goes_and_one_that_it_gained_waits(program, author):
    page = pages(program, 1)["en"]
    there = rows(page)
    new = {"id": str(uuid.uuid4()), "type": "pull_quote", "value": {"words": "Marigold", "source": ""}}
    page.body = page._meta.get_field("body").to_python(json.dumps([*there[1:], new]))
    page.save_revision().publish()
    assert save(ModulePage.objects.get(pk=page.pk), by=author) == 1
    spanish = rows(pages(program, 1)["es"])
    assert [row["id"] for row in spanish] == [row["id"] for row in [*there[1:], new]]
    assert spanish[-1]["value"] == {"words": "", "source": ""}


def test_a_number_or_a_gate_is_the_sources_and_an_address_of_its_own_stays_until_the_source_changes_it(program, author):
    both = [pages(program, number)["en"] for number in (1, 2)]
    page = next(p for p in both if {"resources", "reflection"} <= {row["type"] for row in rows(p)})
    save(page, by=author)
    spanish = pair_of(page).target.get_latest_revision_as_object()
    there = rows(spanish)
    items = next(row for row in there if row["type"] == "resources")["value"]["items"]
    items[0]["value"]["phone"] = "55 55 55"
    next(row for row in there if row["type"] == "reflection")["value"]["minimum_words"] = 1
    spanish.body = spanish._meta.get_field("body").to_python(json.dumps(there))
    spanish.save_revision()
    save(page, by=author)
    kept = rows(pair_of(page).target)
    assert next(r for r in kept if r["type"] == "resources")["value"]["items"][0]["value"]["phone"] == "55 55 55"
    wanted = next(r for r in rows(page) if r["type"] == "reflection")["value"]["minimum_words"]
    assert next(r for r in kept if r["type"] == "reflection")["value"]["minimum_words"] == wanted
    there = rows(page)
    next(r for r in there if r["type"] == "resources")["value"]["items"][0]["value"]["phone"] = "77 77 77"
    page.body = page._meta.get_field("body").to_python(json.dumps(there))
    page.save_revision().publish()
    save(ModulePage.objects.get(pk=page.pk), by=author)
    kept = rows(pair_of(page).target)
    assert next(r for r in kept if r["type"] == "resources")["value"]["items"][0]["value"]["phone"] == "77 77 77"


# --- from nothing ---------------------------------------------------------------------------------


def test_a_translation_begins_with_the_same_parts_and_no_words_and_is_nobodys_to_read():
    page = english_only()
    program = page.get_parent().specific.program
    author = an_author(program)
    target = actions.begin(page=page, by=author, now=clock.now())
    assert actions.begin(page=page, by=author, now=clock.now()).pk == target.pk
    target = ModulePage.objects.get(pk=target.pk)
    assert (target.live, target.locale.language_code, target.translation_key) == (False, "es", page.translation_key)
    assert shape(rows(target)) == shape(rows(page))
    said = [line for line in lines(pair_of(page)) if line.source]
    assert {line.state for line in said} == {State.NEW}
    assert target.get_parent().specific.program == program
    assert not target.get_parent().live
    everything = [r.content for r in Revision.objects.for_instance(target)] + [target.body.get_prep_value()]
    assert a_word_of(first_text(page).source) not in json.dumps(everything)
    assert author_may_edit(author, target)


def author_may_edit(author, page) -> bool:
    return page.permissions_for_user(author).can_edit()


def test_translated_part_by_part_it_is_whole_published_and_pinned_beside_the_english(author):
    page = english_only()
    actions.begin(page=page, by=author, now=clock.now())
    said = [line for line in lines(pair_of(page)) if line.source]
    typed = {line.path: f"<p>es {n}</p>" if line.leaf.kind == Kind.RICH else f"es {n}" for n, line in enumerate(said)}
    some = dict(list(typed.items())[:3])
    assert save(page, typed=some, by=author) == len(said) - 3
    assert save(page, typed={k: v for k, v in typed.items() if k not in some}, by=author) == 0
    pair = pair_of(page)
    assert [row["id"] for row in rows(pair.target)] == [row["id"] for row in rows(page)]
    assert pair.target.get_latest_revision_as_object().title == "es 0"
    for one in (pair_of(page.get_parent().specific).target, pair.target):
        one.get_latest_revision().publish()
    edition = publish_edition(course=page.get_parent().specific, by=None, now=clock.now())
    module = edition.modules.get(page_key=page.translation_key)
    assert module.revision_es_id and module.behind == []
    assert [m.behind for m in edition.modules.exclude(pk=module.pk)] == [["es"]]


def test_what_was_written_first_in_spanish_is_translated_into_english(program, author):
    spanish = CoursePage.objects.get(program=program, locale__language_code="es")
    page = ModulePage(title="Sólo español", slug="solo", locale=spanish.locale)
    page.body = page._meta.get_field("body").to_python(json.dumps(
        [{"id": str(uuid.uuid4()), "type": "pull_quote", "value": {"words": "Una frase.", "source": ""}}]
    ))  # fmt: skip
    spanish.add_child(instance=page)
    page.save_revision()
    actions.begin(page=page, by=author, now=clock.now())
    pair = pair_of(page)
    assert (pair.language, pair.target.locale.language_code) == ("en", "en")
    assert pair.target.get_parent().specific == CoursePage.objects.get(program=program, locale__language_code="en")


def test_a_program_without_a_spanish_library_gets_one():
    page = english_only()
    author = an_author(page.get_parent().specific.program)
    assert not LibraryPage.objects.filter(locale__language_code="es").exists()
    target = actions.begin(page=page, by=author, now=clock.now())
    assert target.get_parent().get_parent().specific_class == LibraryPage
    assert target.get_parent().get_parent().locale.language_code == "es"


# --- two people, two tabs -------------------------------------------------------------------------


def test_of_two_who_translate_at_once_the_second_overwrites_nothing_and_keeps_her_words(program, author, signed_in):
    page = pages(program, 1)["en"]
    address = reverse("translate_page", args=[page.pk])
    opened = signed_in.get(address).context["form"]
    body = {"source": opened.initial["source"], "seen": opened.initial["seen"], "title": "Mine"}
    save(page, typed={"title": "Theirs"}, by=author)
    answer = signed_in.post(address, body)
    assert answer.status_code == 200
    assert b"Somebody saved this translation while you wrote" in answer.content
    assert answer.context["form"]["title"].value() == "Mine"
    assert pages(program, 1)["es"].title == "Theirs"
    again = signed_in.post(address, body | {"seen": answer.context["form"]["seen"].value()})
    assert again.status_code == 302
    assert pages(program, 1)["es"].title == "Mine"


def test_a_box_that_was_not_sent_keeps_what_stands_there(program, signed_in):
    page = pages(program, 1)["en"]
    before = rows(pages(program, 1)["es"])
    address = reverse("translate_page", args=[page.pk])
    opened = signed_in.get(address).context["form"].initial
    assert signed_in.post(address, opened | {"title": "Otro título"}).status_code == 302
    after = pages(program, 1)["es"]
    assert after.title == "Otro título"
    assert [_words(r["value"]) for r in rows(after)] == [_words(r["value"]) for r in before]


def test_what_somebody_pastes_is_reduced_to_the_marks_that_we_style(program, author, signed_in):
    page = pages(program, 1)["en"]
    address = reverse("translate_page", args=[page.pk])
    form = signed_in.get(address).context["form"]
    box = next(row["box"] for row in form.rows if row["rich"])
    raw = json.dumps({"blocks": [{"key": "a", "text": "Hola", "type": "unstyled", "depth": 0,
        "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}})  # fmt: skip
    assert signed_in.post(address, form.initial | {box.html_name: raw}).status_code == 302
    assert "Hola" in json.dumps(rows(pages(program, 1)["es"]))


# --- who is told ----------------------------------------------------------------------------------


def test_authors_are_told_once_for_each_publication_that_changed_something_without_a_word_of_it(program, author):
    other = an_author(a_program(name="Elsewhere", slug="elsewhere"))
    page = pages(program, 1)["en"]
    page.save_revision().publish()
    assert not Message.objects.filter(kind="course.translation_waits").exists()
    page = change(page, a_word_of(first_text(page).source), "Marigold")
    told = Message.objects.filter(kind="course.translation_waits")
    assert [row.to for row in told] == [author]
    assert not told.filter(to=other).exists()
    row = told.get()
    assert row.context == {"path": f"/authoring/courses/{page.get_parent().pk}/translation/"}
    assert "Marigold" not in json.dumps([row.key, row.context])
    page.latest_revision.publish()
    assert told.count() == 1
    pair_of(page).target.save_revision().publish()
    assert told.count() == 1


def test_the_course_page_says_what_waits(program, author, signed_in):
    page = pages(program, 1)["en"]
    course = page.get_parent()
    address = reverse("course_translation", args=[course.pk])
    assert [row["left"] for row in signed_in.get(address).context["rows"]] == [0, 0, 0]
    change(page, a_word_of(first_text(page).source), "Marigold")
    assert [row["left"] for row in signed_in.get(address).context["rows"]] == [0, 1, 0]
    assert b"1 part waits for a translator" in signed_in.get(address).content
    edit = signed_in.get(reverse("wagtailadmin_pages:edit", args=[course.pk]))
    assert address.encode() in edit.content


def test_beginning_a_whole_course_makes_every_page_and_tells_the_authors(client):
    course = english_only().get_parent()
    author = an_author(course.specific.program)
    sign_in_session(client, author)
    assert client.post(reverse("course_translation", args=[course.pk])).status_code == 302
    assert ModulePage.objects.filter(locale__language_code="es").count() == 2
    assert Message.objects.filter(kind="course.translation_waits", to=author).count() == 1
    assert [e.data for e in Event.objects.filter(kind="translation.begun")] == [{"language": "es"}] * 3


# --- walls ----------------------------------------------------------------------------------------


def test_nobody_reaches_the_translation_of_another_programs_pages(program, client):
    sign_in_session(client, an_author(a_program(name="Elsewhere", slug="elsewhere")))
    page = pages(program, 1)["en"]
    for name, pk in [("translate_page", page.pk), ("course_translation", page.get_parent().pk)]:
        for ask in (client.get, client.post):
            assert ask(reverse(name, args=[pk])).status_code == 404


def test_a_page_that_shares_the_key_of_another_programs_page_opens_nothing(program, client):
    elsewhere = a_program(name="Elsewhere", slug="elsewhere")
    a_published_course(elsewhere, modules=1)
    theirs = CoursePage.objects.get(program=elsewhere, locale__language_code="es")
    ours = CoursePage.objects.get(program=program, locale__language_code="es")
    key = ours.translation_key
    CoursePage.objects.filter(pk=ours.pk).update(translation_key=uuid.uuid4())
    CoursePage.objects.filter(pk=theirs.pk).update(translation_key=key)
    sign_in_session(client, an_author(program))
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    assert client.get(reverse("translate_page", args=[course.pk])).status_code == 404
    assert client.post(reverse("course_translation", args=[course.pk])).status_code == 404
    # Nor is a module's translation made among theirs.
    module = ModulePage.objects.child_of(course).first()
    ModulePage.objects.filter(locale=ours.locale, translation_key=module.translation_key).update(
        translation_key=uuid.uuid4()
    )
    before = ModulePage.objects.count()
    assert client.post(reverse("translate_page", args=[module.pk])).status_code == 404
    assert ModulePage.objects.count() == before


# --- a story --------------------------------------------------------------------------------------


def test_a_story_that_is_taken_back_is_in_no_table_and_in_no_box(program, author, signed_in):
    story = write_story(program, author)
    agree(program, story, author)
    publish(program)
    page = pages(program)["en"]
    path = f"body.{story}.body"
    # She writes the Spanish on the translation page, and the source is changed after that.
    save(page, typed={path: f"<p>{NEEDLES['es']}, otra vez</p>"}, by=author)
    change(pages(program)["en"], NEEDLES["en"], NEEDLES["en"] + " still")
    address = reverse("translate_page", args=[page.pk])
    before = signed_in.get(address).content.decode()
    assert NEEDLES["es"] in before
    assert before.count("only where its author agreed to that language") == 1
    withdrawal.take_back(story=story, by=author, now=BEGAN)
    said = signed_in.get(address).content.decode()
    assert not any(needle in said for needle in NEEDLES.values())
    assert tables_with(*NEEDLES.values()) == set()
    # A tab that was open all the while sends her words once more.
    body = {"source": pages(program)["en"].latest_revision_id, "seen": pages(program)["es"].latest_revision_id}
    signed_in.post(address, body | {path.replace(".", "-"): f"<p>{NEEDLES['es']}</p>"})
    assert tables_with(*NEEDLES.values()) == set()
    assert Translation.objects.count() >= 2


def tables_with(*needles: str) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(needle in str(value) for row in cursor.fetchall() for value in row for needle in needles):
                found.add(table)
    return found


def test_a_module_that_is_taken_back_leaves_nothing_to_translate(program, author):
    page = pages(program, 1)["en"]
    word = a_word_of(first_text(page).source)
    page = change(page, word, "Marigoldsky")
    save(page, by=author)
    withdrawal.withdraw_module(page=page, by=author, now=clock.now())
    assert tables_with("Marigoldsky") == set()
    assert waiting(lines(pair_of(ModulePage.objects.get(pk=page.pk)))) == 0


def test_every_save_is_an_event_without_a_word(program, author):
    page = pages(program, 1)["en"]
    save(page, typed={"title": "Zarzamora"}, by=author)
    event = Event.objects.get(kind="translation.saved")
    assert event.data == {"language": "es", "waiting": 0}
    assert event.by == author


def test_administrators_and_spanish_readers_see_the_same_pages(program, client):
    sign_in_session(client, an_administrator(program))
    page = pages(program, 1)["en"]
    with override("es"):
        assert client.get(reverse("translate_page", args=[page.pk])).status_code == 200
