"""A language that lags more than one edition takes in nobody new; those under way go on."""

import json

import pytest
from django.urls import reverse

from courses import lag
from courses.actions import translations as actions
from courses.actions.editions import current_edition, publish_edition
from courses.actions.enrollments import enroll
from courses.models import CoursePage, Edition, Enrollment
from courses.translations import lines, pair_of, to_translate
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.desk import LanguageStopped
from tests.builders import (
    JANUARY,
    a_court_user,
    a_person,
    a_program,
    a_published_course,
    a_referral,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.conftest import sign_in_session
from tests.courses.translating import module, new_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = a_program()
    a_published_course(program, modules=2)
    return program


def catch_up(program, number: int = 1) -> None:
    page = module(program, number)
    pair = pair_of(page)
    actions.save(
        page=page, source=to_translate(page), seen=pair.target.latest_revision_id, typed={},
        agreed={line.path for line in lines(pair)}, by=an_author(program), now=clock.now(),
    )  # fmt: skip
    pair_of(page).target.latest_revision.publish()


def behind(program) -> int:
    return lag.editions_behind_in(current_edition(program.pk), "es")


def test_each_edition_that_changes_a_module_leaves_its_spanish_one_further_behind(program):
    assert behind(program) == 0
    for number, words in enumerate(("Marigold", "Larkspur", "Foxglove"), start=1):
        edition = new_edition(program, words)
        assert (behind(program), edition.number) == (number, number + 1)
    assert lag.editions_behind_in(edition, "en") == 0
    assert [lag.editions_behind_in(e, "es") for e in Edition.objects.order_by("number")] == [0, 1, 2, 3]


def test_two_modules_each_behind_once_are_not_behind_twice(program):
    new_edition(program, "Marigold", 1)
    catch_up(program, 1)
    new_edition(program, "Larkspur", 2)
    assert behind(program) == 1


def test_an_edition_in_which_the_spanish_is_up_to_date_is_behind_in_nothing(program):
    new_edition(program, "Marigold")
    new_edition(program, "Larkspur")
    assert lag.stopped(current_edition(program.pk)) == ["es"]
    catch_up(program)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    edition = publish_edition(course=course, by=None, now=clock.now())
    assert (behind(program), lag.stopped(edition)) == (0, [])


def test_a_draft_that_is_up_to_date_but_not_published_mends_nothing(program):
    new_edition(program, "Marigold")
    page = module(program)
    pair = pair_of(page)
    actions.save(
        page=page, source=to_translate(page), seen=pair.target.latest_revision_id, typed={},
        agreed={line.path for line in lines(pair)}, by=an_author(program), now=clock.now(),
    )  # fmt: skip
    new_edition(program, "Larkspur", 2)
    assert behind(program) == 2


def test_spanish_that_was_written_anew_on_its_own_page_is_taken_as_up_to_date(program):
    new_edition(program, "Marigold")
    spanish = module(program, 1, "es")
    rows = json.loads(spanish.latest_revision.content["body"])
    rows[0]["value"] += "<p>Caléndula</p>"
    spanish.body = spanish._meta.get_field("body").to_python(json.dumps(rows))
    spanish.save_revision().publish()
    new_edition(program, "Larkspur", 2)
    assert behind(program) == 1


def test_a_correction_in_the_editions_sets_nobody_back(program):
    """What is mended in an edition and on the page alike is nothing that the next edition changes."""
    page = module(program)
    rows = json.loads(page.latest_revision.content["body"])
    rows[0]["value"] = rows[0]["value"].replace("You", "Thou", 1)
    page.body = page._meta.get_field("body").to_python(json.dumps(rows))
    corrected = page.save_revision()
    corrected.publish()
    pinned = current_edition(program.pk).modules.get(page_key=page.translation_key)
    pinned.revision_en = corrected
    pinned.save(update_fields=["revision_en"])
    new_edition(program, "Larkspur", 2)
    rows = {m.position: m.behind for m in current_edition(program.pk).modules.all()}
    assert rows == {1: [], 2: ["es"]}


def test_a_course_that_was_never_in_spanish_stops_nobody(program):
    for edition in Edition.objects.all():
        edition.modules.update(revision_es=None)
    edition = current_edition(program.pk)
    edition.modules.update(behind=["es"])
    assert lag.editions_behind_in(edition, "es") == 0


def test_administrators_learn_that_a_language_takes_in_nobody_new_and_the_journal_says_so(program):
    administrator = an_administrator(program)
    new_edition(program, "Marigold")
    assert not Message.objects.filter(kind="course.language_stopped").exists()
    new_edition(program, "Larkspur")
    assert Message.objects.get(kind="course.language_stopped").to == administrator
    said = [event.data for event in Event.objects.filter(kind="edition.published").order_by("at", "pk")]
    assert said[-1] == {"number": 3, "stopped": ["es"]}


# --- people ---------------------------------------------------------------------------------------


@pytest.fixture
def stopped(program):
    new_edition(program, "Marigold")
    new_edition(program, "Larkspur")
    return program


def agreeing(client, program, language: str):
    """Somebody who was invited and reads the agreements in a language."""
    referral = a_referral(program=program, language=language)
    person = a_person(referral)
    sign_in_session(client, person)
    client.cookies["language"] = language
    return referral


def marks(client, **more) -> dict:
    form = client.get(reverse("referrals:agreements")).context["form"]
    sent = {name: "on" for name in form.fields if name.startswith("accept_")}
    return sent | {n: f.initial for n, f in form.fields.items() if n.startswith("digest_")} | more


def test_nobody_new_begins_in_it_by_any_call(stopped):
    referral = a_referral(program=stopped)
    with pytest.raises(LanguageStopped):
        enroll(referral=referral, reads="es", by=None, now=JANUARY)
    with pytest.raises(LanguageStopped):
        enroll(referral=referral, reads="en", instead="es", by=None, now=JANUARY)
    assert not Enrollment.objects.exists()
    assert enroll(referral=referral, reads="en", by=None, now=JANUARY).language == ""


def test_the_person_reads_why_and_chooses_another_or_waits(client, stopped):
    referral = agreeing(client, stopped, "es")
    page = client.get(reverse("referrals:agreements"))
    assert list(page.context["form"].fields["instead"].choices) == [("en", "Quiero empezar en inglés")]
    assert client.post(reverse("referrals:agreements"), marks(client)).status_code == 200
    assert not Enrollment.objects.exists()
    assert client.post(reverse("referrals:agreements"), marks(client, instead="en")).status_code == 302
    enrollment = Enrollment.objects.get(referral=referral)
    assert enrollment.language == "en"
    event = Event.objects.get(kind="course.enrolled")
    assert event.data == {"edition": 3, "instead": "en"}
    assert {a.language for a in referral.acceptances.all()} == {"es"}


def test_who_began_in_another_language_reads_the_course_in_it_and_the_pages_around_it_in_their_own(client, stopped):
    referral = agreeing(client, stopped, "es")
    client.post(reverse("referrals:agreements"), marks(client, instead="en"))
    home = client.get(reverse("learn:home")).content.decode()
    first = Enrollment.objects.get(referral=referral).edition.modules.first()
    assert first.title_en in home
    assert first.title_es not in home
    assert "Toma este curso en inglés, como eligió al empezar." in home


def test_somebody_who_reads_the_other_language_is_asked_nothing(client, stopped):
    agreeing(client, stopped, "en")
    assert "instead" not in client.get(reverse("referrals:agreements")).context["form"].fields
    assert client.post(reverse("referrals:agreements"), marks(client)).status_code == 302
    assert Enrollment.objects.get().language == ""


def test_those_under_way_go_on_in_it(client, program):
    person = an_enrolled_referral(program=program, language="es").person
    new_edition(program, "Marigold")
    new_edition(program, "Larkspur")
    sign_in_session(client, person)
    client.cookies["language"] = "es"
    first = Enrollment.objects.get().edition.modules.first()
    assert first.title_es in client.get(reverse("learn:home")).content.decode()


def test_an_edition_that_comes_between_the_page_and_the_press_asks_first(client, program):
    agreeing(client, program, "es")
    sent = marks(client)
    new_edition(program, "Marigold")
    new_edition(program, "Larkspur")
    answer = client.post(reverse("referrals:agreements"), sent)
    assert answer.status_code == 200
    assert "instead" in answer.context["form"].errors


def test_the_court_and_the_program_read_it_on_the_case_until_the_person_begins(client, stopped):
    referral = a_referral(program=stopped, language="es")
    sign_in_session(client, a_court_user(referral.court))
    page = client.get(reverse("referrals:court_referral", args=[referral.pk])).content.decode()
    assert "for now nobody new begins in Spanish" in page
    assert "This person can begin in: English" in page
    other = a_referral(program=stopped, court=referral.court, language="en", last_name="Other")
    page = client.get(reverse("referrals:court_referral", args=[other.pk])).content.decode()
    assert "nobody new begins" not in page
