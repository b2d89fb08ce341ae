"""What is owed to which court by when; drafts that ran ahead, hearings that moved, notices that were drafted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accountability.actions import decisions
from accountability.models import Review
from court_reports import owed as reading
from court_reports.actions import deliver, due
from court_reports.actions.draft import discard, draft, refresh
from court_reports.actions.release import PreflightRefused, release
from court_reports.models import Kind, Report
from court_reports.problem_words import NAMES, say
from court_reports.rules.owed import Near, Next
from court_reports.rules.preflight import Problem, problems
from lms import clock
from lms.journal.models import Event
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals import desk
from lms.referrals.models import CourtProfile, Referral
from tests.builders import a_court, a_court_user, an_administrator, at
from tests.court_reports.cases import (
    a_case_in_track,
    a_draft_of,
    a_program_with_a_course,
    a_release_of,
    an_enrolled_case,
    check_ins_of,
    keep,
    make,
    skip_steps,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


def draft_due(referral: Referral, moment: str) -> None:
    due.draft_due_of(referral_id=referral.pk, now=at(moment))


def of(referral: Referral, **wanted: object) -> list[Report]:
    return list(Report.objects.filter(referral=referral, **wanted).order_by("as_of"))


def test_a_hearing_that_moves_takes_its_waiting_draft_with_it() -> None:
    referral = a_case_in_track()
    was = referrals.add_hearing(
        referral=referral, at=at("2026-02-24 09:30"), kind="review", by=None, now=at("2026-02-03 10:00")
    )
    draft_due(referral, "2026-02-17 09:00")
    (waiting,) = of(referral, hearing=was)
    assert waiting.owed_on == date(2026, 2, 17)
    referrals.cancel_hearing(hearing=was, by=None, now=at("2026-02-18 10:00"))
    now_at = referrals.add_hearing(
        referral=referral, at=at("2026-03-25 09:30"), kind="review", by=None, now=at("2026-02-18 10:00")
    )
    # Before the schedule runs again nobody can let the old one go.
    with pytest.raises(PreflightRefused) as refused:
        release(report=waiting, by=referral.facilitator, now=at("2026-02-18 10:05"))
    assert [problem.code for problem in refused.value.problems] == ["hearing"]
    for moment in ("2026-02-18 10:15", "2026-02-18 10:30", "2026-03-18 09:00", "2026-03-18 09:15"):
        draft_due(referral, moment)
    waiting.refresh_from_db()
    assert (waiting.discarded_at, waiting.discarded_by) == (at("2026-02-18 10:15"), None)
    (fresh,) = of(referral, hearing=now_at)
    assert fresh.facts.caption.hearing_at == at("2026-03-25 09:30")
    assert Event.objects.filter(kind="report.discarded", on_id=str(waiting.pk), by=None).count() == 1


def test_a_draft_read_anew_is_for_the_hearing_as_it_moved_and_the_court_gets_one() -> None:
    referral = a_case_in_track()
    was = referrals.add_hearing(
        referral=referral, at=at("2026-02-24 09:30"), kind="review", by=None, now=at("2026-02-03 10:00")
    )
    draft_due(referral, "2026-02-17 09:00")
    referrals.cancel_hearing(hearing=was, by=None, now=at("2026-02-18 10:00"))
    later = referrals.add_hearing(
        referral=referral, at=at("2026-02-26 09:30"), kind="review", by=None, now=at("2026-02-18 10:00")
    )
    (waiting,) = of(referral, hearing=was)
    refresh(report=waiting, by=referral.facilitator, now=at("2026-02-18 10:05"))
    for moment in ("2026-02-18 10:15", "2026-02-19 09:00", "2026-02-24 09:00"):
        draft_due(referral, moment)
    assert of(referral, hearing__isnull=False, discarded_at=None) == of(referral, hearing=later) == [waiting]
    assert release(report=Report.objects.get(pk=waiting.pk), by=referral.facilitator, now=at("2026-02-24 10:00"))


def test_the_final_report_is_drafted_ahead_and_its_facts_are_those_of_the_end() -> None:
    ahead, asleep = a_case_in_track(), a_case_in_track()
    for referral in (ahead, asleep):
        keep(referral, until=at("2026-08-30 12:00"))
    draft_due(ahead, "2026-07-19 23:30")
    assert of(ahead, kind=Kind.FINAL) == []
    draft_due(ahead, "2026-07-20 00:30")
    (early,) = of(ahead, kind=Kind.FINAL)
    assert (early.as_of, early.owed_on) == (at("2026-07-20 00:00"), date(2026, 8, 10))
    with pytest.raises(PreflightRefused) as refused:
        release(report=early, by=ahead.facilitator, now=at("2026-07-20 10:00"))
    assert Problem("blank", "a final determination") in refused.value.problems
    # It asks for nobody, and is no longer on the list of what waits too long.
    (need,) = [
        n for n in desk.needs(Referral.objects.filter(pk=ahead.pk), at("2026-07-30 10:00")) if "final" in n.why.lower()
    ]
    assert need.weight == desk.Weight.NOTE
    (line,) = [
        x
        for x in reading.owed(Referral.objects.filter(pk=ahead.pk), now=at("2026-07-30 10:00"))
        if x.kind == Kind.FINAL
    ]
    assert line.next is Next.END
    for moment in ("2026-08-20 09:00", "2026-08-20 09:15"):
        for referral in (ahead, asleep):
            draft_due(referral, moment)
    (late,), (final,) = of(asleep, kind=Kind.FINAL), of(ahead, kind=Kind.FINAL)
    assert final.pk == early.pk
    same = ("as_of", "period_from", "period_to", "owed_on")
    assert [getattr(final, name) for name in same] == [getattr(late, name) for name in same]
    assert final.facts.determination and final.facts.determination.code == "completed"
    assert Event.objects.filter(kind="report.refreshed", on_id=str(final.pk)).count() == 1
    assert release(report=final, by=ahead.facilitator, now=at("2026-08-20 10:00"))


def test_the_court_says_by_which_day_of_the_month() -> None:
    referral = an_enrolled_case(court=a_court(profile={"progress_day": 15, "holidays": ["2026-01-15"]}))
    draft_due(referral, "2026-02-20 09:00")
    assert [r.owed_on for r in of(referral, kind=Kind.PROGRESS)] == [date(2026, 1, 14), date(2026, 2, 13)]
    CourtProfile.objects.filter(court=referral.court).update(progress_day=20)
    draft_due(referral, "2026-02-25 09:00")
    assert len(of(referral, kind=Kind.PROGRESS)) == 2


def test_a_red_line_names_the_check_in_that_will_stand_in_the_way() -> None:
    referral = a_case_in_track()
    first, _second, later = check_ins_of(referral)[:3]
    referrals.add_hearing(
        referral=referral, at=at("2026-02-24 09:30"), kind="review", by=None, now=at("2026-02-03 10:00")
    )

    def line(moment: str) -> tuple[Next, Near | None, datetime | None]:
        lines = reading.owed(Referral.objects.filter(pk=referral.pk), now=at(moment))
        (found,) = [one for one in lines if one.kind == Kind.PROGRESS and one.owed_on == date(2026, 2, 17)]
        return found.next, found.near, found.at

    draft_due(referral, "2026-02-03 09:00")
    falls_due = at("2026-02-17 00:00")
    make(referral, first, reviewed=False)
    assert first.due_on < date(2026, 2, 17) <= later.due_on
    assert line("2026-02-12 10:00") == (Next.SCHEDULE, Near.SOON, falls_due)
    # The court day before, while there is time for it; and the draft cannot go before it either.
    assert line("2026-02-16 10:00") == (Next.REVIEW, Near.NOW, None)
    draft_due(referral, "2026-02-17 00:15")
    assert line("2026-02-17 10:00") == (Next.REVIEW, Near.NOW, None)
    decisions.review(
        check_in=first, outcome=Review.ACCEPTED, note="", by=referral.facilitator, now=at("2026-02-17 10:05")
    )
    # One of the time after its period stands in no way.
    make(referral, later, reviewed=False)
    assert line("2026-02-17 10:10") == (Next.FIRST, Near.NOW, at("2026-02-17 00:15"))


def test_what_somebody_made_before_it_fell_due_is_not_drafted_again() -> None:
    referral = an_enrolled_case()
    mine = draft(referral=referral, kind=Kind.ENROLLMENT, by=referral.facilitator, now=at("2026-01-05 09:30"))
    draft_due(referral, "2026-01-05 10:00")
    assert of(referral) == [mine]
    discard(report=mine, by=referral.facilitator, now=at("2026-01-05 11:00"))
    draft_due(referral, "2026-01-05 11:15")
    assert len(of(referral, kind=Kind.ENROLLMENT, discarded_at=None)) == 1


def test_a_month_that_was_drafted_under_its_day_is_not_drafted_again() -> None:
    referral = an_enrolled_case()
    draft(
        referral=referral,
        kind=Kind.PROGRESS,
        by=None,
        now=at("2026-02-01 00:10"),
        schedule_key=f"{referral.pk}:progress:2026-02-01",
    )
    draft_due(referral, "2026-02-10 09:00")
    assert len(of(referral, kind=Kind.PROGRESS)) == 1


def test_a_notice_is_owed_the_court_day_after_it_was_signed() -> None:
    referral = a_case_in_track(court=a_court(profile={"holidays": ["2026-02-23"]}))
    report = a_draft_of(referral, Kind.NON_COMPLIANCE, now=at("2026-02-13 10:00"))
    assert report.owed_on is None
    (line,) = [x for x in reading.owed(Referral.objects.all(), now=at("2026-02-14 10:00")) if x.report_id == report.pk]
    assert (line.next, line.owed_on) == (Next.ANSWER, None)
    release(report=report, by=referral.facilitator, now=at("2026-02-20 16:00"))  # a Friday; the Monday is a holiday
    report.refresh_from_db()
    assert report.owed_on == date(2026, 2, 24)
    (line,) = [x for x in reading.owed(Referral.objects.all(), now=at("2026-02-21 10:00")) if x.report_id == report.pk]
    assert (line.next, line.near) == (Next.SECOND, Near.NOW)
    # Read anew, what was signed is no more: no day is named until it is signed again.
    refresh(report=report, by=referral.facilitator, now=at("2026-02-21 11:00"))
    report.refresh_from_db()
    assert (report.owed_on, report.first_release_by) == (None, None)


def test_once_a_notice_is_drafted_nobody_is_told_that_one_can_be() -> None:
    referral = a_case_in_track()
    skip_steps(referral, now=at("2026-02-20 10:00"))  # nobody made the first one
    now = at("2026-02-28 10:00")  # nor the second
    case = Referral.objects.filter(pk=referral.pk)
    assert "a notice can be drafted" in [need.why for need in desk.needs(case, now)]
    report = draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=referral.facilitator, now=now)
    assert "a notice can be drafted" not in [need.why for need in desk.needs(case, now)]
    Report.objects.filter(pk=report.pk).update(discarded_at=now)
    assert "a notice can be drafted" in [need.why for need in desk.needs(case, now)]


def test_one_screen_says_what_is_owed_sorted_by_day_in_words_and_shapes(
    signed_in: SignIn, django_assert_num_queries: Callable[..., object]
) -> None:
    program = a_program_with_a_course()
    now = clock.now()
    people = [
        an_enrolled_case(program=program, now=now - days * DAY, last_name=name)
        for days, name in ((12, "Soonest"), (30, "Overdue"))
    ]
    due.draft_due(now=now)
    for one in people:
        a_court_user(one.court)
    confirmed, silent = (a_release_of(one, Kind.ENROLLMENT, now=now - 9 * DAY) for one in people)
    deliver.acknowledge(release=confirmed, by=people[0].facilitator, now=now)
    client = signed_in(people[0].facilitator)
    address = reverse("reports_staff:owed")
    page = client.get(address)
    text = page.content.decode()
    assert all(mark in text for mark in ("■", "▲", "◆", "○"))
    assert "Late</span>" in text
    days = [line.owed_on or date.max for line in page.context["page"].object_list]
    assert days == sorted(days)
    assert [line.number for line in page.context["page"].object_list if line.next is Next.COURT] == [silent.number]
    with translation.override("es"):
        assert "Quién actúa ahora" in client.get(address, headers={"accept-language": "es"}).content.decode()
    counts = []
    for number in range(3):
        with translation.override("en"):
            counts.append(_queries(client, address))
        an_enrolled_case(program=program, now=now - 3 * DAY, last_name=f"More{number}", court=people[0].court)
        due.draft_due(now=now)
    assert len(set(counts)) == 1, counts
    assert "Soonest" not in signed_in(an_enrolled_case().facilitator).get(address).content.decode()
    assert "Soonest" in signed_in(an_administrator(program)).get(address).content.decode()


def _queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_a_report_on_request_names_the_day_on_which_the_court_wants_it(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    address = reverse("reports_staff:start", args=[referral.pk])
    signed_in(referral.facilitator).post(address, {"kind": Kind.PROGRESS, "owed_on": "2026-12-01"})
    assert Report.objects.get(referral=referral).owed_on == date(2026, 12, 1)


def test_every_problem_that_refuses_a_report_is_said_in_spanish() -> None:
    from dataclasses import replace

    from court_reports.facts import gather
    from lms.referrals.models import Stage

    referral = an_enrolled_case()
    now: datetime = at("2026-02-20 10:00")
    facts = gather(
        referral=referral, kind=Kind.FINAL, as_of=now, period_from=date(2026, 1, 1), period_to=date(2026, 2, 1)
    ).facts
    empty = replace(
        facts, person=replace(facts.person, name=""), program=replace(facts.program, name=""), course=None, enrolled_at=None,
        authority=replace(facts.authority, officer_name="a@b.example 123-45-6789", stage=""), determination=None,
        caption=replace(facts.caption, court="", case_number="", reference=""),
    )  # fmt: skip
    found = [
        *problems(empty, unreviewed=[3], overlapping=["2026-00001"]),
        Problem("glyph", "Ω"),
        Problem("hearing", ""),
    ]
    assert len(found) > 12
    assert Stage.choices
    english = [say(problem) for problem in found]
    with translation.override("es"):
        spanish = [say(problem) for problem in found]
        names = {name: str(words) for name, words in NAMES.items()}
    assert not set(english) & set(spanish)
    assert all(name != words for name, words in names.items())
    assert not any(" in " in words for words in spanish)


@pytest.mark.parametrize(
    ("moment", "weight", "words"),
    [
        ("2026-02-12 09:00", desk.Weight.RELEASE, "Report to release"),
        ("2026-02-17 17:00", desk.Weight.PAST_PROMISE, "the court is to have it by"),
        ("2026-02-18 09:00", desk.Weight.PAST_PROMISE, "Report late"),
    ],
)
def test_a_report_is_heavier_on_its_last_day_and_when_it_is_late(moment: str, weight: int, words: str) -> None:
    referral = a_case_in_track()
    hearing = referrals.add_hearing(
        referral=referral, at=at("2026-02-24 09:30"), kind="review", by=None, now=at("2026-02-03 10:00")
    )
    draft_due(referral, "2026-02-17 09:00")
    (waiting,) = of(referral, hearing=hearing)
    cases = Referral.objects.filter(pk=referral.pk)
    lines = [need for need in desk.needs(cases, at(moment)) if str(waiting.pk) in need.url]
    assert [(line.weight, words in line.why) for line in lines] == [(weight, True)]
