"""What the next edition is: said in words, with what it does to people under way; and what changed between two."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from courses.actions.authoring import start_course
from courses.actions.editions import (
    CannotPublish,
    MoreThanACorrection,
    correct_edition,
    current_edition,
    give_course,
    publish_edition,
)
from courses.differences import editions_changed
from courses.facts import course_facts
from courses.models import Correction, CoursePage, Edition, ModulePage, ProgramCourse
from courses.rules.differences import Change, Part, Piece, parts_changed, words_changed
from courses.rules.editions import More, Shape, more_than_a_correction
from lms.journal.models import Event
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_program,
    a_published_course,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.courses.stories import set_body

DAY = timedelta(days=1)
KEY = "11111111-1111-1111-1111-111111111111"


# --- rules -------------------------------------------------------------------------------------


def test_the_words_of_both_are_there_each_said_to_be_what_it_is():
    pieces = words_changed("She was fifteen then.", "She was sixteen then, and alone.")
    assert pieces == [
        Piece(Change.SAME, "She was "), Piece(Change.REMOVED, "fifteen"), Piece(Change.ADDED, "sixteen"),
        Piece(Change.SAME, " "), Piece(Change.REMOVED, "then."), Piece(Change.ADDED, "then, and alone."),
    ]  # fmt: skip
    assert "".join(p.text for p in pieces if p.change != Change.ADDED) == "She was fifteen then."
    assert "".join(p.text for p in pieces if p.change != Change.REMOVED) == "She was sixteen then, and alone."


def test_parts_that_came_went_moved_or_changed_and_none_that_stayed():
    before = [Part(key, "Text", key * 3) for key in "abcd"]
    after = [Part("d", "Text", "ddd"), Part("a", "Text", "aaa"), Part("c", "Text", "ccd"), Part("e", "Text", "eee")]
    found = [(part.change, "".join(p.text for p in part.pieces)) for part in parts_changed(before, after)]
    assert sorted(found) == [
        (Change.ADDED, "eee"), (Change.CHANGED, "cccccd"), (Change.MOVED, ""), (Change.REMOVED, "bbb"),
    ]  # fmt: skip
    assert parts_changed(before, before) == []


def shape(key=KEY, steps=(("a",), ("b",)), asks=(), minimum_seconds=60) -> Shape:
    return Shape(key, steps, asks, minimum_seconds)


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        ([shape()], []),
        ([shape(asks=({"id": "b", "draw": 5, "title": "Renamed"},))], []),
        ([], [More.MODULES]),
        ([shape(), shape("2")], [More.MODULES]),
        ([shape(steps=(("b",), ("a",)))], [More.PAGES]),
        ([shape(asks=({"id": "b", "draw": 6, "title": "A check"},))], [More.ASKS]),
        ([shape(minimum_seconds=61)], [More.TIME]),
        ([shape(steps=(("a",),), asks=(), minimum_seconds=1)], [More.PAGES, More.TIME]),
    ],
)
def test_what_is_more_than_a_correction(after, reasons):
    asks = after[0].asks and [{"id": "b", "draw": 5, "title": "A check"}] if after else ()
    assert more_than_a_correction([shape(asks=asks or ())], after) == reasons


# --- correcting ----------------------------------------------------------------------------------


class World:
    def __init__(self) -> None:
        self.program = a_program()
        self.administrator, self.author = an_administrator(self.program), an_author(self.program)
        a_published_course(self.program)
        self.referral = an_enrolled_referral(program=self.program)

    def course(self, language: str = "en") -> CoursePage:
        """The one that the program began with."""
        return CoursePage.objects.filter(program=self.program, locale__language_code=language).earliest("pk")

    def module(self, language: str = "en") -> ModulePage:
        return ModulePage.objects.child_of(self.course(language)).order_by("path").first()

    def rewrite(self, old: str, new: str) -> None:
        module = self.module()
        rows = json.loads(json.dumps(list(module.body.get_prep_value())).replace(old, new))
        set_body(module, rows)
        module.save_revision().publish()


@pytest.fixture
def world(db):
    return World()


def a_word_of(module: ModulePage) -> str:
    from courses.rules.words import count_words

    text = next(row["value"] for row in module.body.get_prep_value() if row["type"] == "text")
    words = [w for w in text.replace("<", " <").replace(">", "> ").split() if w.isalpha() and len(w) > 4]
    assert count_words(text) > 5
    return words[0]


def test_a_correction_reaches_those_under_way_and_what_they_were_shown_stays_provable(world):
    edition = world.referral.enrollment.edition
    pinned = edition.modules.first()
    before = course_facts(referral_id=world.referral.pk, as_of=JANUARY)
    word = a_word_of(world.module())
    world.rewrite(word, "Quillwort")
    assert correct_edition(course=world.course(), by=world.administrator, now=JANUARY) == edition
    now = edition.modules.first()
    assert "Quillwort" in now.revision_en.content["body"]
    assert (now.steps, now.asks, now.minimum_seconds) == (pinned.steps, pinned.asks, pinned.minimum_seconds)
    kept = Correction.objects.get()
    assert (kept.module, kept.before_en, kept.digest_en) == (pinned, pinned.revision_en, pinned.digest_en)
    assert now.digest_en != pinned.digest_en
    assert course_facts(referral_id=world.referral.pk, as_of=JANUARY) == before
    event = Event.objects.get(kind="edition.corrected")
    assert event.data == {"number": 1, "modules": 1}
    correct_edition(course=world.course(), by=world.administrator, now=JANUARY)
    assert (Edition.objects.count(), Correction.objects.count()) == (1, 1)


def test_a_correction_reaches_every_edition_that_shows_the_same_version_and_no_other(world):
    first = world.referral.enrollment.edition
    second_module = ModulePage.objects.child_of(world.course()).order_by("path").last()
    second_module.title = "Another title"
    second_module.save_revision().publish()
    second = publish_edition(course=world.course(), by=world.administrator, now=JANUARY)
    world.rewrite(a_word_of(world.module()), "Quillwort")
    correct_edition(course=world.course(), by=world.administrator, now=JANUARY)
    for edition in (first, second):
        assert "Quillwort" in edition.modules.first().revision_en.content["body"]
    assert first.modules.last().revision_en != second.modules.last().revision_en


def test_what_moves_the_goalposts_is_no_correction(world):
    module = world.module()
    rows = list(module.body.get_prep_value())
    set_body(module, rows[:-1])
    module.minimum_minutes += 5
    module.save_revision().publish()
    with pytest.raises(MoreThanACorrection) as more:
        correct_edition(course=world.course(), by=world.administrator, now=JANUARY)
    assert More.TIME in more.value.reasons
    assert More.PAGES in more.value.reasons
    assert not Correction.objects.exists()


def test_what_was_shown_before_a_correction_cannot_be_changed_or_purged(world):
    from wagtail.management.commands.purge_revisions import purge_revisions

    shown = world.referral.enrollment.edition.modules.first().revision_en
    world.rewrite(a_word_of(world.module()), "Quillwort")
    correct_edition(course=world.course(), by=world.administrator, now=JANUARY)
    world.rewrite("Quillwort", "Marrowby")
    purge_revisions()
    shown.refresh_from_db()
    for sql in ("UPDATE courses_correction SET at = at", "DELETE FROM courses_correction"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# --- the pages -----------------------------------------------------------------------------------


def publish_as(client, world, what: str):
    address = reverse("publish_edition", args=[world.course().pk])
    asked = client.post(address, {"what": what})
    if "reauthenticate" in asked.get("Location", ""):
        asked = client.post(asked.url, {"password": PASSWORD})
    return client.get(asked.url).content.decode() if asked.status_code == 302 else asked.content.decode()


def test_whoever_publishes_is_told_what_it_does_to_those_under_way_before_they_say_what_it_is(world, signed_in):
    world.rewrite(a_word_of(world.module()), "Quillwort")
    client = signed_in(world.administrator)
    page = client.get(reverse("publish_edition", args=[world.course().pk])).content.decode()
    assert page.count("One person is under way now.") == 3
    assert "<ins>" in page
    assert "Quillwort" in page
    nothing = client.post(reverse("publish_edition", args=[world.course().pk])).content.decode()
    assert "Say first what the change is." in nothing
    assert Edition.objects.count() == 1
    assert "The correction is in force for everyone" in publish_as(client, world, "correction")
    assert (Edition.objects.count(), Correction.objects.count()) == (1, 1)


def test_a_correction_is_not_offered_for_what_is_more_and_not_taken_when_it_is_sent(world, signed_in):
    module = world.module()
    module.minimum_minutes += 5
    module.save_revision().publish()
    client = signed_in(world.administrator)
    page = client.get(reverse("publish_edition", args=[world.course().pk])).content.decode()
    assert "It cannot be: it would ask something else of people under way." in page
    assert "Another time is asked for." in page
    assert "Another time is asked for." in publish_as(client, world, "correction")
    assert "Edition 2 is in force" in publish_as(client, world, "edition")
    assert world.referral.enrollment.edition.number == 1


def test_a_withdrawal_leads_to_the_modules(world, signed_in):
    page = publish_as(signed_in(world.administrator), world, "withdrawal")
    assert reverse("withdraw_module", args=[world.module().pk]) in page


def test_an_author_sees_counts_and_no_name_and_an_administrator_who_it_is(world, signed_in):
    name = world.referral.last_name
    edition = Edition.objects.get()
    for user, named in ((world.author, False), (world.administrator, True)):
        client = signed_in(user)
        page = client.get(reverse("editions", args=[world.course().pk])).content.decode()
        people = reverse("edition_people", args=[world.course().pk, edition.pk])
        assert (people in page) is named
        answer = client.get(people)
        assert (answer.status_code, name in answer.content.decode()) == ((200, True) if named else (404, False))
    stranger = signed_in(an_author(a_program()))
    assert stranger.get(reverse("editions", args=[world.course().pk])).status_code == 404


def test_what_changed_between_two_editions_stands_there_by_module_and_part_in_both_languages(world, signed_in):
    first = Edition.objects.get()
    world.rewrite(a_word_of(world.module()), "Quillwort")
    spanish = world.module("es")
    spanish.summary = "Helecho"
    spanish.save_revision().publish()
    second = publish_edition(course=world.course(), by=None, now=JANUARY)
    address = reverse("compare_editions", args=[world.course().pk, first.pk, second.pk])
    page = signed_in(world.author).get(address).content.decode()
    assert '<div lang="es">' in page
    assert "Helecho" in page
    assert page.count("<section") >= 1
    assert "added:" in page
    assert "removed:" in page
    assert [c.change for c in editions_changed(list(first.modules.all()), list(second.modules.all()))] == [
        Change.CHANGED
    ]


def test_the_editions_take_a_constant_number_of_queries(world, django_assert_num_queries, signed_in):
    from courses.access import editions_of

    for n in range(3):
        world.rewrite(a_word_of(world.module()), f"Quillwort{'abc'[n]}")
        publish_edition(course=world.course(), by=None, now=JANUARY)
    course = world.course()
    with django_assert_num_queries(1):
        assert [(e.number, e.under_way, e.finished) for e in editions_of(course)] == [
            (4, 0, 0), (3, 0, 0), (2, 0, 0), (1, 1, 0),
        ]  # fmt: skip


def test_where_nothing_changed_it_says_so_and_what_can_be_done_instead(world, signed_in):
    draft = world.module("es")
    draft.title = "Otro nombre"
    draft.save_revision()
    client = signed_in(world.administrator)
    address = reverse("publish_edition", args=[world.course().pk])
    page = client.get(address).content.decode()
    assert "Nothing was published since edition 1, so there is nothing to put in force." in page
    assert 'type="radio"' not in page
    assert "Otro nombre" in page
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for what in ("correction", "edition"):
        said = client.post(address, {"what": what}, follow=True).content.decode()
        assert said.count("Nothing was published since edition 1") == 2
        assert "is in force" not in said
    assert Edition.objects.count() == 1
    assert (
        reverse("withdraw_module", args=[world.module().pk])
        in client.post(address, {"what": "withdrawal"}).content.decode()
    )


# --- several courses of a program ---------------------------------------------------------------


@pytest.fixture
def second(world):
    """The program starts another course, and publishes its first edition."""
    course = start_course(program=world.program, titles={"en": "The second"}, by=world.administrator, now=JANUARY)
    module = ModulePage(title="Its only module", slug="its-only", live=False, minimum_minutes=0)
    course.add_child(instance=module)
    set_body(module, [{"id": KEY, "type": "text", "value": "<p>These are words enough.</p>"}])
    module.save_revision().publish()
    return publish_edition(course=course, by=world.administrator, now=JANUARY + 5 * DAY)


def test_a_second_course_is_given_to_nobody_until_it_is_chosen(world, second, signed_in):
    first = world.referral.enrollment.edition
    assert current_edition(world.program.pk) == first
    assert an_enrolled_referral(program=world.program, now=JANUARY + 6 * DAY).enrollment.edition == first
    client = signed_in(world.administrator)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    course = CoursePage.objects.get(translation_key=second.course_key)
    listed = client.get(reverse("editions", args=[course.pk])).content.decode()
    assert "Nobody new is given this course" in listed
    assert "Nobody new is given" not in client.get(reverse("editions", args=[world.course().pk])).content.decode()
    said = "Nobody new is given this course"
    assert client.get(reverse("my_courses")).content.decode().count(said) == 1
    client.post(reverse("give_course", args=[course.pk]))
    assert client.get(reverse("my_courses")).content.decode().count(said) == 1
    assert current_edition(world.program.pk) == second
    assert an_enrolled_referral(program=world.program, now=JANUARY + 7 * DAY).enrollment.edition == second
    world.referral.enrollment.refresh_from_db()
    assert world.referral.enrollment.edition == first
    assert Event.objects.get(kind="edition.chosen").by == world.administrator


def test_a_newer_edition_of_the_chosen_course_is_given_and_one_of_another_is_not(world, second):
    world.rewrite(a_word_of(world.module()), "Quillwort")
    newer = publish_edition(course=world.course(), by=None, now=JANUARY + 8 * DAY)
    assert current_edition(world.program.pk) == newer
    give_course(course=CoursePage.objects.get(translation_key=second.course_key), by=world.administrator, now=JANUARY)
    world.rewrite("Quillwort", "Marrowby")
    publish_edition(course=world.course(), by=None, now=JANUARY + 9 * DAY)
    assert current_edition(world.program.pk) == second
    give_course(course=world.course(), by=world.administrator, now=JANUARY)
    assert current_edition(world.program.pk).number == 3


def test_a_course_without_an_edition_cannot_be_given(world):
    course = start_course(program=world.program, titles={"en": "The second"}, by=world.administrator, now=JANUARY)
    with pytest.raises(CannotPublish, match="no edition yet"):
        give_course(course=course, by=world.administrator, now=JANUARY)


def test_those_who_were_given_the_newest_of_any_course_go_on_being_given_it(world, second):
    from importlib import import_module

    from django.apps import apps

    import_module("courses.migrations.0019_held_stories_and_the_given_course").as_it_was(apps, None)
    assert current_edition(world.program.pk) == second
    alone = a_program()
    a_published_course(alone)
    assert ProgramCourse.objects.count() == 1


def test_an_author_does_not_choose_the_course(world, second, signed_in):
    course = CoursePage.objects.get(translation_key=second.course_key)
    answer = signed_in(world.author).post(reverse("give_course", args=[course.pk]))
    assert answer.status_code in (302, 403, 404)
    assert not ProgramCourse.objects.exists()
