"""Invariant 6: a report's facts can be recomputed from stored events as of its moment, to the same digest."""

from datetime import date, timedelta

import pytest

from accountability.actions import decisions
from court_reports import facts as door
from court_reports.models import Kind
from court_reports.snapshot import ReportFacts, canonical, commitment, digest, from_json
from lms.referrals import actions as referrals
from lms.referrals.actions import deadlines
from lms.referrals.models import Program, Referral
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_draft_of, an_enrolled_case, check_ins_of, keep, make

pytestmark = pytest.mark.django_db
MARCH = at("2026-03-20 12:00")


def recomputed(report) -> str:  # type: ignore[no-untyped-def]
    referral = Referral.objects.select_related("court", "program", "policy", "person").get(pk=report.referral_id)
    return digest(door.recompute(referral, report.facts))


def test_the_digest_is_the_same_after_everything_that_happened_later() -> None:
    referral = a_case_in_track()
    keep(referral, until=MARCH, missing=(4,))
    referrals.add_hearing(
        referral=referral, at=at("2026-04-10 09:30"), kind="review", by=None, now=at("2026-03-01 09:00")
    )
    report = a_draft_of(referral, now=MARCH)
    before = digest(report.facts)

    later = [c for c in check_ins_of(referral) if c.due_at > MARCH]
    make(referral, later[0])
    decisions.excuse(check_in=later[1], reason="work", by=referral.facilitator, now=at("2026-03-22 09:00"))
    referrals.add_hearing(
        referral=referral, at=at("2026-04-01 09:30"), kind="early", by=None, now=at("2026-03-21 09:00")
    )
    Referral.objects.filter(pk=referral.pk).update(last_name="Renamed", officer_name="Somebody else")
    Program.objects.filter(pk=referral.program_id).update(name="Another name")

    assert recomputed(report) == before


def test_an_excusal_recorded_later_is_not_in_an_old_report() -> None:
    referral = a_case_in_track()
    keep(referral, until=MARCH, missing=(4,))
    report = a_draft_of(referral, now=MARCH)
    late = check_ins_of(referral)[3]
    decisions.excuse(check_in=late, reason="medical", by=referral.facilitator, now=at("2026-03-25 09:00"))
    assert recomputed(report) == digest(report.facts)


def test_the_courts_day_is_read_as_it_was_known_when_a_report_was_made() -> None:
    """Reports before a move, between two, and after: each keeps its digest, and says what was known then."""
    referral = a_case_in_track()
    first, second, third = date(2026, 12, 31), date(2027, 3, 31), None
    reports = [a_draft_of(referral, now=MARCH)]
    for number, (was, to_on) in enumerate([(first, second), (second, third)], 1):
        deadlines.move_deadline(
            referral=referral, was=was, to_on=to_on, authority="order", ordered_by=f"Order {number}",
            by=referral.facilitator, now=MARCH + timedelta(days=number),
        )  # fmt: skip
        referral.refresh_from_db()
        reports.append(a_draft_of(referral, now=MARCH + timedelta(days=number)))
    assert [report.facts.authority.complete_by for report in reports] == [first, second, third]
    assert [len(report.facts.authority.moves) for report in reports] == [0, 1, 2]
    assert [recomputed(report) for report in reports] == [digest(report.facts) for report in reports]
    assert len({digest(report.facts) for report in reports}) == 3


def test_a_day_that_was_lengthened_later_does_not_change_what_an_old_report_determined() -> None:
    """It had passed and the course was not done: that stands in the report of then, and not in the next."""
    referral = an_enrolled_case(complete_by=date(2026, 2, 1))
    report = a_draft_of(referral, now=MARCH)
    assert report.facts.determination and report.facts.determination.rule == "complete_by_passed"
    deadlines.move_deadline(
        referral=referral, was=date(2026, 2, 1), to_on=date(2026, 9, 1), authority="hearing", ordered_by="Said so",
        by=referral.facilitator, now=MARCH + timedelta(minutes=1),
    )  # fmt: skip
    referral.refresh_from_db()
    assert recomputed(report) == digest(report.facts)
    later = a_draft_of(referral, now=MARCH + timedelta(minutes=1))
    assert later.facts.determination and later.facts.determination.rule == "course_under_way"


@pytest.mark.parametrize("kind", [k for k in Kind if k != Kind.CORRECTION])
def test_every_kind_is_recomputed_to_its_digest(kind: str) -> None:
    referral = a_case_in_track()
    keep(referral, until=MARCH)
    report = a_draft_of(referral, kind, now=MARCH)
    assert recomputed(report) == digest(report.facts)


def test_what_is_stored_is_what_was_committed_to() -> None:
    referral = a_case_in_track()
    report = a_draft_of(referral, now=MARCH)
    report.refresh_from_db()
    import json

    again = from_json(ReportFacts, json.loads(canonical(report.facts)))
    assert canonical(again) == canonical(report.facts)
    assert commitment(again, salt=report.salt) == report.commitment
    assert referral.name.encode() not in bytes(report.sealed_facts)
