"""Invariant 6: a report's facts can be recomputed from stored events as of its moment, to the same digest."""

import pytest

from accountability.actions import decisions
from court_reports import facts as door
from court_reports.models import Kind
from court_reports.snapshot import ReportFacts, canonical, commitment, digest, from_json
from lms.referrals import actions as referrals
from lms.referrals.models import Program, Referral
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_draft_of, check_ins_of, keep, make

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
