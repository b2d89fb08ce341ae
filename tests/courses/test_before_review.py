"""What the newest draft lacks is told where it is written, and stops every road to publication."""

import json
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, Revision
from wagtail.test.utils.form_data import rich_text

from courses import quality
from courses.actions import fine_words, identities, withdrawal
from courses.actions.editions import CannotPublish, publish_edition
from courses.models import CoursePage, FineWord, ModulePage, Question, Topic
from courses.models.pages import NotReady
from courses.rules.quality import Kind
from courses.rules.reading import Level
from lms import clock
from lms.journal.models import Event
from lms.referrals.templatetags.amends import local
from tests.builders import JANUARY, a_program, a_published_course, a_reviewer, an_administrator, an_author
from tests.courses.stories import NEEDLES, add_picture, agree, pages, set_body, write_story

pytestmark = pytest.mark.django_db
languages = pytest.mark.parametrize("language", ["en", "es"])
BLOCK = "3f0d9f6e-6d9f-4a39-9d5e-0b6d4a2f3c11"
# However many parts a module has.
QUERIES = 18
SAID = "<p>Words that somebody reads.</p>"


def drafts(program) -> dict[Kind, tuple[list[tuple[str, Any]], int]]:
    """For each kind of error a draft that has it, as (its one part, the minutes it asks for)."""
    _, picture = add_picture(program)
    topic = Topic.objects.create(program=program, slug="two", title="Two")
    Question.objects.bulk_create(Question(topic=topic, key=f"q{n}", kind="single", active=n < 3) for n in range(9))
    nowhere = f'<p>See <a linktype="page" id="{program.courses.first().pk}">this</a>.</p>'
    return {
        Kind.EMPTY: ([], 0),
        Kind.NO_ADVISORY: ([("story", {"advisory": " ", "kind": "officer", "byline": "", "body": SAID, "sample": True})], 0),
        Kind.NO_ALTERNATIVE: ([("picture", {"picture": picture.pk, "alternative": "", "decorative": False, "caption": ""})], 0),
        Kind.NO_RECORDING: ([("audio", {"recording": None})], 0),
        Kind.BROKEN_LINK: ([("text", nowhere)], 0),
        Kind.SMALL_BANK: ([("knowledge_check", {"title": "Check", "topic": "two", "draw": 2})], 0),
        Kind.NO_CHOICES: ([("scenario", {"situation": SAID, "choices": [{"label": "A", "consequence": SAID, "better": True}]})], 0),
        Kind.TOO_MUCH_TIME: ([("text", SAID)], 60),
    }  # fmt: skip


@pytest.fixture(scope="module")
def program(shelf):
    return shelf


def write(program, language: str, rows: list[tuple[str, Any]], minutes: int = 0) -> ModulePage:
    """A draft of the second module that holds these parts alone."""
    page = pages(program)[language]
    set_body(page, [{"id": BLOCK, "type": kind, "value": value} for kind, value in rows])
    page.minimum_minutes = minutes
    page.save_revision()
    return page


def posted(rows: list[tuple[str, Any]]) -> dict[str, Any]:
    """The same parts, as the editor would send them."""
    found: dict[str, Any] = {"body-count": len(rows)}
    for place, (kind, value) in enumerate(rows):
        found |= {f"body-{place}-{name}": said for name, said in (("type", kind), ("id", BLOCK), ("order", place), ("deleted", ""))}  # fmt: skip
        _post(found, f"body-{place}-value", value)
    return found


def _post(found: dict[str, Any], name: str, value: Any) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                _post(found, f"{name}-{key}", inner)
        case list():
            found[f"{name}-count"] = len(value)
            for place, inner in enumerate(value):
                found |= {f"{name}-{place}-order": place, f"{name}-{place}-deleted": ""}
                _post(found, f"{name}-{place}-value", inner)
        case str() if value.startswith("<"):
            found[name] = rich_text(value)
        case False | None:
            found[name] = ""
        case _:
            found[name] = value


# --- which topic ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "language, said",
    [("en", ["Two (3 questions)", "Lone (1 question)"]), ("es", ["Two (3 preguntas)", "Lone (1 pregunta)"])],
)
def test_the_editor_offers_the_topics_of_the_program_and_keeps_what_was_chosen(language, said, program, signed_in):
    rows, _minutes = drafts(program)[Kind.SMALL_BANK]
    lone = Topic.objects.create(program=program, slug="lone", title="Lone")
    Question.objects.create(topic=lone, key="q", kind="single")
    Topic.objects.create(program=a_program(), slug="foreign", title="Foreign topic")
    page = write(program, "en", [*rows, ("knowledge_check", {"title": "Check", "topic": "went-away", "draw": 2})])
    client = signed_in(an_author(program))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    shown = unescape(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())
    assert [words for words in said if words not in shown] == []
    assert "Foreign topic" not in shown
    assert ("went-away (not in the bank any more)" if language == "en" else "went-away (ya no est") in shown
    # And sent back as it stands, nothing is lost.
    fields = {"title": page.title, "summary": "", "goals": "[]", "minimum_minutes": 0, "comments-TOTAL_FORMS": 0,
              "comments-INITIAL_FORMS": 0} | posted([("knowledge_check", {"title": "Check", "topic": "went-away", "draw": 2})])  # fmt: skip
    answer = signed_in(an_author(program)).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), fields)
    assert answer.status_code == 302
    kept = ModulePage.objects.get(pk=page.pk).get_latest_revision_as_object().body
    assert [block.value["topic"] for block in kept] == ["went-away"]


# --- no road -----------------------------------------------------------------------------------------


@languages
@pytest.mark.parametrize("kind", [
    Kind.EMPTY, Kind.NO_ADVISORY, Kind.NO_ALTERNATIVE, Kind.NO_RECORDING, Kind.BROKEN_LINK, Kind.SMALL_BANK,
    Kind.NO_CHOICES, Kind.TOO_MUCH_TIME,
])  # fmt: skip
def test_each_error_stops_each_road(kind, language, program, signed_in):
    rows, minutes = drafts(program)[kind]
    before = ModulePage.objects.get(pk=pages(program)[language].pk)
    page = write(program, language, rows, minutes)
    revision = page.get_latest_revision()
    assert [one.kind for one in quality.report(page, now=JANUARY).errors] == [kind]

    def still() -> bool:
        after = ModulePage.objects.get(pk=page.pk)
        return (after.live_revision_id, after.body.get_prep_value()) == (
            before.live_revision_id,
            before.body.get_prep_value(),
        )

    with pytest.raises(NotReady):
        revision.publish()
    with pytest.raises(NotReady):
        page.publish(revision, skip_permission_checks=True)
    assert still(), "by code"

    page.go_live_at = timezone.now() + timedelta(days=1)
    with pytest.raises(NotReady):
        page.save_revision().publish()
    revision = write(program, language, rows, minutes).get_latest_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled")
    assert still(), "by a schedule"
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()

    client = signed_in(an_administrator(program))
    answer = client.post(f"/authoring/bulk/wagtailcore/page/publish/?id={page.pk}")
    assert (answer.status_code, answer["Location"]) == (302, reverse("module_quality", args=[page.pk]))
    course = page.get_parent()
    Page.objects.filter(pk=page.pk).update(live=False)
    client.post(f"/authoring/bulk/wagtailcore/page/publish/?id={course.pk}", {"include_descendants": "on"})
    Page.objects.filter(pk=page.pk).update(live=True)
    assert still(), "by a bulk action"

    by_the_api = client.post(f"/authoring/api/main/pages/{page.pk}/action/publish/")
    assert (by_the_api.status_code, "draft" in by_the_api.json()["detail"]) == (403, True)
    assert still(), "by the API"

    fields = {"title": page.title, "summary": "", "goals": "[]", "minimum_minutes": minutes, "comments-TOTAL_FORMS": 0,
              "comments-INITIAL_FORMS": 0} | posted(rows)  # fmt: skip
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.post(address, fields | {"action-publish": "1"}).status_code == 200
    assert still(), "by the button"

    # As if it had come into the database past every door of ours.
    ModulePage.objects.filter(pk=page.pk).update(body=page.body, minimum_minutes=minutes)
    there = CoursePage.objects.get(program=program, locale__language_code="en")
    count = program.editions.count()
    with pytest.raises(CannotPublish) as cannot:
        publish_edition(course=there, by=None, now=JANUARY)
    assert any(line.startswith(page.title) for line in cannot.value.problems)
    assert program.editions.count() == count


@languages
def test_a_schedule_set_in_the_past_is_no_road_around_an_error(language, program, signed_in):
    """It is due the moment it is set: by code, by the editor, and by the command that looks after schedules."""
    rows, minutes = drafts(program)[Kind.SMALL_BANK]
    before = ModulePage.objects.get(pk=pages(program)[language].pk)
    page, past = write(program, language, rows, minutes), timezone.now() - timedelta(days=2)
    page.go_live_at = past
    with pytest.raises(NotReady):
        page.save_revision().publish()
    client = signed_in(an_administrator(program))
    fields = {"title": page.title, "summary": "", "goals": "[]", "minimum_minutes": minutes, "comments-TOTAL_FORMS": 0,
              "comments-INITIAL_FORMS": 0, "go_live_at": past.strftime("%Y-%m-%d %H:%M")} | posted(rows)  # fmt: skip
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), fields | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "question" in str(answer.context["form"].non_field_errors())
    call_command("publish_scheduled")
    after = ModulePage.objects.get(pk=page.pk)
    assert after.live_revision_id == before.live_revision_id
    assert after.body.get_prep_value() == before.body.get_prep_value()
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


@languages
def test_a_schedule_set_in_the_past_publishes_at_once_what_lacks_nothing(language, program):
    page = write(program, language, [("text", SAID)])
    page.go_live_at = timezone.now() - timedelta(days=2)
    revision = page.save_revision()
    revision.publish()
    after = ModulePage.objects.get(pk=page.pk)
    assert after.live_revision_id == revision.pk
    assert "Words that somebody reads." in str(after.body)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_what_the_editor_was_told_can_be_kept_as_a_draft_and_mended(program, signed_in):
    page = write(program, "en", [("text", SAID)])
    client = signed_in(an_administrator(program))
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    fields = {"title": page.title, "summary": "", "goals": "[]", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    fields |= posted([("text", SAID)])
    refused = client.post(address, fields | {"minimum_minutes": 60, "action-publish": "1"})
    assert "Nobody could fill that time" in refused.content.decode()
    assert client.post(address, fields | {"minimum_minutes": 60}).status_code == 302
    assert ModulePage.objects.get(pk=page.pk).get_latest_revision_as_object().minimum_minutes == 60
    assert client.post(address, fields | {"minimum_minutes": 0}).status_code == 302
    page = ModulePage.objects.get(pk=page.pk)
    page.get_latest_revision().publish()
    assert ModulePage.objects.get(pk=page.pk).minimum_minutes == 0


def test_a_spanish_page_without_the_check_that_all_must_pass_makes_no_edition(program):
    page = pages(program)["es"]
    set_body(page, [row for row in page.body.get_prep_value() if row["type"] != "knowledge_check"])
    page.save_revision().publish()
    with pytest.raises(CannotPublish, match="1 part that everybody must do is not there"):
        publish_edition(
            course=CoursePage.objects.get(program=program, locale__language_code="en"), by=None, now=JANUARY
        )


def test_warnings_stop_nothing(program):
    page = write(program, "en", [("text", "<p>I met Rosa in Laredo. Call 212 555 0100.</p>")])
    assert len(quality.report(page, now=JANUARY).findings) >= 3
    page.get_latest_revision().publish()
    assert ModulePage.objects.get(pk=page.pk).live_revision_id == page.latest_revision_id


# --- what the report reads -----------------------------------------------------------------------------


@languages
def test_the_sample_course_has_no_error_and_is_easy_to_read(language, program):
    for number in (1, 2, 3):
        report = quality.report(pages(program, number)[language], now=JANUARY)
        assert report.errors == []
        assert report.level == Level.EASY
        assert report.minutes >= 20
        assert {one.kind for one in report.findings} <= {Kind.NAME, Kind.FEW_QUESTIONS}


def links(program, html: str) -> tuple[list[str], list[str]]:
    report = quality.report(write(program, "en", [("text", html)]), now=JANUARY)
    return [one.words for one in report.findings if one.kind == Kind.BROKEN_LINK], [link for _, link in report.outside]


def test_links_inside_are_resolved_and_links_outside_are_listed(program):
    page = Page.objects.get(pk=pages(program)["en"].pk)
    html = (
        f'<p><a linktype="page" id="{page.pk}">a module</a> <a linktype="page" id="999999">no page</a> '
        '<a href="#there">there</a> <a href="/nothing/of/ours/">nothing</a> <a href="/learn/">the course</a> '
        '<a href="https://988lifeline.org/">988</a> <a href="mailto:help@example.org">mail</a></p>'
    )
    broken, outside = links(program, html)
    assert broken == [f"page:{page.pk}", "page:999999", "#there", "/nothing/of/ours/"]
    assert outside == ["https://988lifeline.org/"]
    report = quality.report(pages(program)["en"], now=JANUARY)
    assert [one.words for one in report.findings if one.kind == Kind.EMAIL] == ["help@example.org"]


def test_whom_to_turn_to_and_the_name_she_chose_are_meant_to_be_found(program):
    items = [{"name": "Ask for Rosa in Laredo", "detail": "", "phone": "212 555 0100", "url": "https://x.example/"}]
    story = {
        "advisory": "Speaks of loss.",
        "kind": "officer",
        "byline": "See Maria Lopez",
        "body": SAID,
        "sample": True,
    }
    page = pages(program)["en"]
    set_body(page, [
        {"id": BLOCK, "type": "resources", "value": {"items": items}},
        {"id": str(uuid.uuid4()), "type": "story", "value": story},
    ])  # fmt: skip
    page.minimum_minutes = 0
    page.save_revision()
    report = quality.report(page, now=JANUARY)
    assert {one.kind for one in report.findings} <= {Kind.NOT_TRANSLATED, Kind.OLD_TRANSLATION}
    assert report.outside == [(BLOCK, "https://x.example/")]


def behind(page: ModulePage) -> list[int]:
    return [one.here for one in quality.report(page, now=JANUARY).findings if one.kind == Kind.OLD_TRANSLATION]


def test_the_other_language_is_behind_as_the_page_of_its_translation_says(program, signed_in):
    """Saving is no change; what counts is what a translator was asked for, and that is what is published."""
    english, spanish = pages(program)["en"], pages(program)["es"]
    english.save_revision()
    assert [behind(page) for page in (english, spanish)] == [[], []]
    english.title, english.summary = "Another title", "Another summary"
    english.save_revision().publish()
    assert [behind(page) for page in (english, spanish)] == [[2], [2]]
    course = english.get_parent()
    client = signed_in(an_author(program))
    assert (
        "2 parts wait for a translator." in client.get(reverse("course_translation", args=[course.pk])).content.decode()
    )
    said = client.get(reverse("module_quality", args=[english.pk])).content.decode()
    assert "Of its translation 2 parts wait for a translator." in said


def test_a_module_without_a_page_in_the_other_language_is_said_to_have_none(program):
    english = pages(program)["en"]
    fresh = ModulePage(title="New", slug="new", locale=Locale.objects.get(language_code="en"), live=False)
    english.get_parent().add_child(instance=fresh)
    assert [one.kind for one in quality.report(fresh, now=JANUARY).findings] == [Kind.EMPTY]
    set_body(fresh, [{"id": BLOCK, "type": "text", "value": SAID}])
    fresh.save_revision()
    assert Kind.NO_TRANSLATION in [one.kind for one in quality.report(fresh, now=JANUARY).findings]


def test_it_asks_the_database_no_more_for_more_parts(program, django_assert_num_queries):
    page = pages(program)["en"]
    rows = list(page.body.get_prep_value())
    for times in (1, 3):
        set_body(page, [{**row, "id": str(uuid.uuid4())} for row in rows for _ in range(times)])
        page.save_revision()
        fresh = ModulePage.objects.get(pk=page.pk)
        with django_assert_num_queries(QUERIES):
            quality.report(fresh, now=JANUARY)


def test_a_story_without_a_consent_is_told_until_there_is_one(program):
    author = an_author(program)
    story = write_story(program, author)
    page = pages(program)["en"]
    assert Kind.NO_CONSENT in [one.kind for one in quality.report(page, now=clock.now()).errors]
    agree(program, story, author)
    assert quality.report(page, now=clock.now()).errors == []


# --- this is fine --------------------------------------------------------------------------------------


def told(page, **viewer) -> list[str]:
    return [one.words for one in quality.report(page, now=JANUARY, **viewer).findings if one.words]


@pytest.fixture
def rosa(program):
    return write(program, "en", [("text", "<p>I met Rosa in Laredo. Nobody else knew of Rosa.</p>")])


def press(client, page, words: str, block: str = BLOCK):
    return client.post(
        reverse("module_word_fine", args=[page.pk]), {"block": block, "digest": quality.digest_of(block, words)}
    )


def test_a_word_that_is_fine_is_not_shown_again_for_that_part_and_is_kept_nowhere(rosa, program, signed_in):
    assert told(rosa) == ["Rosa", "Laredo"]
    assert press(signed_in(an_author(program)), rosa, "Rosa").status_code == 302
    assert told(rosa) == ["Laredo"]
    row, event = FineWord.objects.get(), Event.objects.get(kind="page.word_fine")
    assert "rosa" not in json.dumps([str(vars(row)), event.data]).casefold()
    other = str(uuid.uuid4())
    page = pages(program)["en"]
    set_body(page, [*page.body.get_prep_value(), {"id": other, "type": "text", "value": "<p>There was Rosa.</p>"}])
    page.save_revision()
    assert told(page) == ["Laredo", "Rosa"]


def test_the_title_is_looked_at_too(program, signed_in):
    page = write(program, "en", [("text", SAID)])
    page.title = "What we saw in Laredo"
    page.save_revision()
    assert told(page) == ["Laredo"]
    client = signed_in(an_author(program))
    assert "Title and summary: " in client.get(reverse("module_quality", args=[page.pk])).content.decode()
    assert press(client, page, "Laredo", str(page.translation_key)).status_code == 302
    assert told(page) == []


def test_only_who_wrote_it_decides(rosa, program, signed_in):
    author = an_author(program)
    ModulePage.objects.filter(translation_key=rosa.translation_key).update(owner=author)
    for someone in (a_reviewer(program), an_author(program), an_administrator(program)):
        assert press(signed_in(someone), rosa, "Rosa").status_code == 404
        with pytest.raises(fine_words.NotHersToSay):
            fine_words.say_fine(page=rosa, block=uuid.UUID(BLOCK), words="Rosa", by=someone, now=JANUARY)
    client = signed_in(author)
    assert press(client, rosa, "What is not there").status_code == 404
    assert press(client, rosa, "Rosa").status_code == 302
    fine_words.say_fine(page=rosa, block=uuid.UUID(BLOCK), words="Rosa", by=author, now=JANUARY)
    assert Event.objects.filter(kind="page.word_fine").count() == 1


def test_what_staff_typed_in_staff_may_decide(rosa, program, signed_in):
    assert press(signed_in(an_administrator(program)), rosa, "Rosa").status_code == 302


def test_what_is_taken_back_takes_its_marks_along(rosa, program):
    author = an_author(program)
    fine_words.say_fine(page=rosa, block=uuid.UUID(BLOCK), words="Rosa", by=author, now=JANUARY)
    story = write_story(program, author)
    fine_words.say_fine(page=rosa, block=story, words=NEEDLES["en"], by=author, now=JANUARY)
    agree(program, story, author)
    withdrawal.take_back(story=story, by=author, now=clock.now())
    assert list(FineWord.objects.values_list("block", flat=True)) == [uuid.UUID(BLOCK)]
    withdrawal.withdraw_module(page=rosa, by=author, now=clock.now())
    assert not FineWord.objects.exists()


def test_her_own_legal_name_is_shown_to_her_and_told_to_nobody_else(program, signed_in):
    author = an_author(program)
    identities.save(legal_name="Ines Quillwort", contact="", payment="", by=author, now=JANUARY)
    page = write(program, "en", [("text", "<p>Then ines said so.</p>")])
    address = reverse("module_quality", args=[page.pk])
    assert "“ines”" in signed_in(author).get(address).content.decode()
    for someone in (a_reviewer(program), an_author(program), an_administrator(program)):
        answer = signed_in(someone).get(address).content.decode()
        assert "ines" not in answer
        assert "Perhaps a name" not in answer
    assert told(page) == []


# --- where it is shown ------------------------------------------------------------------------------------


@languages
def test_the_editor_says_what_is_missing_and_from_when(language, program, signed_in):
    page = write(
        program, "en", [("story", {"advisory": "", "kind": "sample", "byline": "", "body": SAID, "sample": True})]
    )
    client, asks = signed_in(an_author(program)), {"accept-language": language}
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]), headers=asks).content.decode()
    part = client.get(reverse("module_quality", args=[page.pk]) + "?part=list", headers=asks).content.decode()
    said = {"en": ("Before review", "The content advisory is missing", "This is about the draft saved on"),
            "es": ("Antes de la revisión", "Falta el aviso de contenido", "Esto se refiere al borrador guardado el")}  # fmt: skip
    for words in said[language]:
        assert words in shown
    assert f'href="#block-{BLOCK}-section"' in shown
    assert "<html" not in part
    assert said[language][1] in part


def test_it_looks_ready_when_nothing_is_left(program, signed_in):
    both = [write(program, language, [("text", SAID)]) for language in ("en", "es")]
    for page in both:
        page.get_latest_revision().publish()
    for page in both:
        assert quality.report(page, now=JANUARY).findings == []
        answer = signed_in(a_reviewer(program)).get(reverse("module_quality", args=[page.pk])).content.decode()
        assert "It looks ready." in answer


def test_the_course_says_it_of_each_of_its_modules(program, signed_in):
    write(program, "en", [])
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    shown = signed_in(an_author(program)).get(reverse("wagtailadmin_pages:edit", args=[course.pk])).content.decode()
    assert "1 thing is needed before it can be published" in shown
    assert shown.count("before-review/") == 3


def test_another_program_s_people_see_nothing_of_it(rosa, signed_in):
    other = a_program()
    a_published_course(other, modules=1)
    for someone in (an_author(other), an_administrator(other)):
        assert signed_in(someone).get(reverse("module_quality", args=[rosa.pk])).status_code in (302, 403, 404)
        assert press(signed_in(someone), rosa, "Rosa").status_code in (302, 403, 404)
    assert not FineWord.objects.exists()


def test_when_it_was_saved_is_told_with_its_zone(program, signed_in):
    author = an_author(program, zone="America/Denver")
    page = pages(program)["en"]
    page.save_revision()
    said = signed_in(author).get(reverse("module_quality", args=[page.pk])).content.decode()
    saved = ModulePage.objects.get(pk=page.pk).latest_revision_created_at
    assert f"This is about the draft saved on {local(saved, 'America/Denver')}." in said
    assert "(Mountain)" in said
