"""What each kind of report cannot go without."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accountability.actions import excusal_requests
from court_reports.actions.draft import refresh
from court_reports.actions.release import preflight
from court_reports.models import Report
from court_reports.rules.conditions import Known, statuses
from court_reports.rules.preflight import problems, undecided
from court_reports.snapshot import Determination, Kind, ReportFacts
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_draft_of
from tests.court_reports.samples import facts_of

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_whole_report_of_each_kind_may_go(kind: Kind) -> None:
    assert problems(facts_of(kind)) == ()


SSN = "001-23-4567"
PLACED: list[tuple[Callable[[ReportFacts], ReportFacts], str]] = [
    (lambda f: replace(f, caption=replace(f.caption, hearing_kind=SSN)), "the hearing"),
    (lambda f: replace(f, caption=replace(f.caption, case_number=SSN)), "the caption"),
    (lambda f: replace(f, program=replace(f.program, organization=SSN)), "the program"),
    (lambda f: replace(f, authority=replace(f.authority, conditions=(SSN,))), "the conditions"),
    (
        lambda f: replace(f, track=replace(f.track, tollings=(replace(f.track.tollings[0], authority=SSN),))),  # type: ignore[type-var,union-attr]
        "who stopped the clock",
    ),
]


@pytest.mark.parametrize("put, place", PLACED)
def test_what_is_forbidden_is_found_in_whichever_field_it_stands(
    put: Callable[[ReportFacts], ReportFacts], place: str
) -> None:
    found = problems(put(facts_of(Kind.PROGRESS)))
    assert [(p.code, p.what) for p in found] == [("forbidden", f"a social security number in {place}")]


def test_the_answer_is_looked_at_too_and_the_programs_own_address_may_stand() -> None:
    facts = facts_of(Kind.NON_COMPLIANCE)
    assert "@" in facts.program.contact_email
    told = [problem.what for problem in problems(facts, answer=f"My number is {SSN}; write to me@home.example")]
    where = " in the person\u2019s answer"
    assert told == [f"a social security number{where}", f"an e-mail address{where}"]


def _stands(code: str) -> Callable[[ReportFacts], ReportFacts]:
    return lambda facts: replace(facts, determination=Determination(code=code, rule="none_due"))


HOLES: list[tuple[Kind, Callable[[ReportFacts], ReportFacts], str]] = [
    (Kind.ENROLLMENT, lambda f: replace(f, enrolled_at=None), "the enrollment"),
    (Kind.PROGRESS, lambda f: replace(f, track=None), "the accountability track"),
    (Kind.PROGRESS, lambda f: replace(f, conditions=()), "the conditions"),
    (Kind.NON_COMPLIANCE, lambda f: replace(f, steps=()), "the steps that were taken, or skipped, before it"),
    (Kind.NON_COMPLIANCE, _stands("in_compliance"), "a determination other than in compliance"),
    (
        Kind.COMPLETION,
        lambda f: replace(f, course=replace(f.course, completed_at=None)),
        "the course\u2019s completion",
    ),  # type: ignore[type-var]
    (Kind.FINAL, _stands("in_compliance"), "a final determination"),
    (Kind.REFERRAL_BACK, lambda f: replace(f, determination=None), "a determination"),
    (Kind.CORRECTION, lambda f: replace(f, supersedes=replace(f.supersedes, what_changed="")), "what was corrected"),  # type: ignore[type-var]
]


@pytest.mark.parametrize("kind, hole, named", HOLES)
def test_a_hole_is_refused_by_its_name(kind: Kind, hole: Callable[[ReportFacts], ReportFacts], named: str) -> None:
    assert [(p.code, p.what) for p in problems(hole(facts_of(kind)))] == [("blank", named)]


def test_a_condition_in_the_programs_own_words_is_the_programs_own_and_nothing_near_to_it() -> None:
    facts = facts_of(Kind.FINAL)
    ordered = ("Complete the course.", "complete the accountability track", "Complete the course of treatment")
    known = Known(determination=facts.determination)
    now = [c.status for c in statuses(ordered, facts.course, facts.track, known=known)]
    assert now == ["met", "met", "met", "met", "not_verified_here"]
    before = [c.status for c in statuses(ordered, facts.course, facts.track, schema=3)]
    assert before == ["met", "partly_met", *["not_verified_here"] * 3]


@pytest.mark.django_db
def test_a_notice_waits_for_what_its_person_asked_and_is_read_again_when_that_is_decided() -> None:
    referral = a_case_in_track()
    track, now = referral.track, at("2026-03-20 10:00")
    missed = track.check_ins.filter(closes_at__lte=now, cure_until__gt=now + 5 * HOUR).latest("number")
    ask = {"check_in": missed, "reason": "medical", "words": "I was ill.", "evidence": [], "by": referral.person}
    codes: list[list[str]] = []

    def look(report: Report, moment: datetime) -> None:
        codes.append([problem.code for problem in preflight(report=report, now=moment)])

    before = a_draft_of(referral, Kind.NON_COMPLIANCE, now=now)
    look(before, now)
    asked = excusal_requests.ask(**ask, now=now + HOUR)
    look(before, now + HOUR)
    said = {"request": asked, "reason": "not_a_reason", "attended": "no", "said": "No.", "by": referral.facilitator}
    after = refresh(report=before, by=referral.facilitator, now=now + 2 * HOUR)
    look(after, now + 2 * HOUR)
    excusal_requests.refuse(**said, now=now + 3 * HOUR)
    look(after, now + 3 * HOUR)
    excusal_requests.appeal(
        request=asked, words="Please look again.", shows_files=False, by=referral.person, now=now + 4 * HOUR
    )
    look(after, now + 4 * HOUR)
    assert codes == [[], ["request"], ["request"], ["decided"], ["request"]]
    # A report of progress only says that it waits.
    assert undecided(a_draft_of(referral, Kind.PROGRESS, now=now + 5 * HOUR).facts, after.facts) == ()
