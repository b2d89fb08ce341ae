"""The day that the court named: on the home, in a message, inside a pause; in the same words for person and staff."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from courses.actions import attempts, deadlines, evidence
from courses.models import Enrollment
from courses.rules import deadlines as days
from lms import clock
from lms.outbox.models import Message
from tests.builders import a_facilitator, an_enrolled_referral, at

pytestmark = pytest.mark.django_db
BY = date(2026, 6, 30)
HAWAII = "Pacific/Honolulu"


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    referral = an_enrolled_referral(program=shelf, complete_by=BY, zone=HAWAII)
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)


def told() -> list[str]:
    return sorted(key.rsplit(":", 1)[1] for key in Message.objects.filter(kind="course.deadline_near").values_list("key", flat=True))  # fmt: skip


def test_it_is_told_fourteen_and_three_days_before_in_the_persons_zone_and_never_twice(enrollment):
    # On the 16th in New York it is still the 15th in Hawaii: fifteen days.
    deadlines.tell(now=at("2026-06-16 02:00"))
    assert told() == []
    deadlines.tell(now=at("2026-06-16 09:00", HAWAII))
    assert told() == ["14"]
    for hour in range(400):
        deadlines.tell(now=at("2026-06-16 09:00", HAWAII) + timedelta(hours=hour))
    assert told() == ["14", "3"]
    second = Message.objects.get(key__endswith=":3")
    assert second.posted_at.astimezone(enrollment.referral.time_zone).date() == date(2026, 6, 27)


def test_nobody_is_told_in_their_quiet_hours(enrollment):
    for wall in ("2026-06-15 23:30", "2026-06-16 00:10", "2026-06-16 07:59"):
        deadlines.tell(now=at(wall, HAWAII))
    assert told() == []
    deadlines.tell(now=at("2026-06-16 08:00", HAWAII))
    assert told() == ["14"]


@pytest.mark.parametrize("gone", ["completed", "ended", "sealed", "no day"])
def test_who_is_done_is_not_told(enrollment, gone):
    noon = at("2026-06-20 12:00", HAWAII)
    referral = enrollment.referral
    if gone == "completed":
        Enrollment.objects.update(completed_at=noon)
    else:
        what = {"ended": "withdrawn_at", "sealed": "sealed_at", "no day": "complete_by"}[gone]
        type(referral).objects.update(**{what: None if gone == "no day" else noon})
    deadlines.tell(now=noon)
    assert told() == []


def test_who_begins_late_is_told_once_and_a_day_that_was_moved_is_told_anew(enrollment):
    deadlines.tell(now=at("2026-06-29 12:00", HAWAII))
    assert told() == ["3"]
    type(enrollment.referral).objects.update(complete_by=date(2026, 7, 10))
    deadlines.tell(now=at("2026-06-29 13:00", HAWAII))
    assert told() == ["14", "3"]
    deadlines.tell(now=at("2026-07-11 12:00", HAWAII))
    assert told() == ["14", "3"], "after the day itself nobody is told that it comes near"


@pytest.mark.parametrize("left, told", [(15, None), (14, 14), (4, 14), (3, 3), (0, 3), (-1, None)])
def test_which_telling_is_due(left, told):
    assert days.telling(left) == told


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_message_names_no_court_and_no_course(language):
    with translation.override(language):
        said = render_to_string("mail/course_deadline_near.txt", {"url": "https://a.example/", "program": ""})
        subject = render_to_string("mail/course_deadline_near.subject.txt")
    assert {"en": "A date is coming up", "es": "Se acerca una fecha"}[language] in subject
    assert not any(word in (said + subject).lower() for word in ("court", "tribunal", "course", "curso", "amends"))


def cooling(enrollment, by: date):
    """Three tries just now, none passed; the court wants it by ``by``."""
    type(enrollment.referral).objects.update(complete_by=by)
    enrollment.refresh_from_db()
    module, now = enrollment.edition.modules.first(), clock.now()
    block = module.asked("knowledge_check")[0]["id"]
    evidence.open_step(enrollment=enrollment, module=module, step=1, by=enrollment.referral.person, now=now)
    for _ in range(enrollment.policy.attempts_before_cool_down):
        tried = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=now)
        attempts.submit(attempt=tried, answers={}, by=None, now=now)
    return now


@pytest.mark.parametrize("language", ["en", "es"])
def test_person_and_staff_read_the_same_words_of_what_is_missing_and_until_when_a_check_rests(
    enrollment, signed_in, language
):
    cooling(enrollment, clock.now().astimezone(enrollment.referral.time_zone).date())
    referral = enrollment.referral
    facilitator = referral.facilitator or a_facilitator(referral.program)
    with translation.override(language):
        person, staff = signed_in(referral.person), signed_in(facilitator)
        for client in (person, staff):
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        home = person.get(reverse("learn:home"))
        case = staff.get(reverse("referrals:case", args=[referral.pk]))
    words = home.context["next"]["missing"]
    assert len(words) >= 3
    assert all(each in case.content.decode() for each in words)
    late = {"en": "the day the court named", "es": "el día que fijó el tribunal"}[language]
    assert sum(late in each for each in words) == 1, "it rests until after the day the court named"


def test_a_pause_that_ends_in_time_says_only_when(enrollment, signed_in):
    cooling(enrollment, clock.now().date() + timedelta(days=90))
    words = " ".join(signed_in(enrollment.referral.person).get(reverse("learn:home")).context["next"]["missing"])
    assert "It can be tried again" in words
    assert "the day the court named" not in words


@pytest.mark.parametrize("days, said", [(40, 0), (14, 1), (0, 1), (-3, 1)])
def test_a_day_that_nears_stands_on_the_home(enrollment, signed_in, days, said):
    zone = enrollment.referral.time_zone
    type(enrollment.referral).objects.update(complete_by=clock.now().astimezone(zone).date() + timedelta(days=days))
    page = signed_in(enrollment.referral.person).get(reverse("learn:home"))
    assert page.content.decode().count("deadline--near") == said
    assert page.context["days_left"] == days
