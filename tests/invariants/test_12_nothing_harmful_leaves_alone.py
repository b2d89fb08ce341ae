"""Invariant 12: nothing that could harm a person leaves without a named human's release; two, for notices."""

import pytest

from court_reports.actions import due
from court_reports.actions.draft import answer
from court_reports.actions.release import AnswerStillOpen, NotAllowed, SamePersonTwice, release
from court_reports.models import NOTICES, Kind, Release, Report
from lms.outbox.models import Message
from tests.builders import a_facilitator, an_administrator, at
from tests.court_reports.cases import a_case_in_track, a_draft_of, keep

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
AFTER = at("2026-03-26 12:00")


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_is_shown_to_the_person_and_waits_for_their_answer(kind: str) -> None:
    referral = a_case_in_track()
    keep(referral, until=AFTER, missing=(5, 6))
    report = a_draft_of(referral, kind, now=NOW)
    assert report.answer_by == at("2026-03-26 00:00")
    assert Message.objects.filter(kind="report.draft_to_answer", to=referral.person).count() == 1
    with pytest.raises(AnswerStillOpen):
        release(report=report, by=referral.facilitator, now=NOW)


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_needs_two_different_people(kind: str) -> None:
    referral = a_case_in_track()
    keep(referral, until=AFTER, missing=(5, 6))
    report = a_draft_of(referral, kind, now=NOW)
    assert release(report=report, by=referral.facilitator, now=AFTER) is None
    assert not Release.objects.exists()
    report.refresh_from_db()
    with pytest.raises(SamePersonTwice):
        release(report=report, by=referral.facilitator, now=AFTER)
    second = an_administrator(referral.program)
    gone = release(report=report, by=second, now=AFTER)
    assert gone is not None
    assert (gone.released_by, gone.second_by) == (referral.facilitator, second)
    assert second.shown_name in gone.issue.second_by


def test_an_answer_opens_the_way_and_is_printed() -> None:
    referral = a_case_in_track()
    keep(referral, until=NOW, missing=(5, 6))
    report = a_draft_of(referral, Kind.NON_COMPLIANCE, now=NOW)
    answer(report=report, words="I was in hospital.", by=referral.person, now=NOW)
    report.refresh_from_db()
    release(report=report, by=referral.facilitator, second=an_administrator(referral.program), now=NOW)
    assert Release.objects.get().issue.answer == "I was in hospital."


def test_somebody_of_another_caseload_releases_nothing() -> None:
    referral = a_case_in_track()
    report = a_draft_of(referral, now=NOW)
    with pytest.raises(NotAllowed):
        release(report=report, by=a_facilitator(referral.program), now=NOW)


def test_a_second_person_who_lost_the_role_meanwhile_releases_nothing() -> None:
    referral = a_case_in_track()
    keep(referral, until=AFTER, missing=(5, 6))
    report = a_draft_of(referral, Kind.REFERRAL_BACK, now=NOW)
    second = an_administrator(referral.program)
    release(report=report, by=referral.facilitator, now=AFTER)
    second.program_memberships.all().delete()
    with pytest.raises(NotAllowed):
        release(report=report, by=second, now=AFTER)
    assert not Release.objects.exists()


def test_the_schedule_releases_nothing_and_drafts_no_notice() -> None:
    referral = a_case_in_track()
    due.draft_due(now=at("2026-07-05 12:00"))
    assert not Release.objects.exists()
    kinds = set(Report.objects.filter(referral=referral).values_list("kind", flat=True))
    assert kinds == {Kind.ENROLLMENT, Kind.PROGRESS}
