"""What each kind of report cannot go without."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from court_reports.rules.conditions import statuses
from court_reports.rules.preflight import problems
from court_reports.snapshot import Determination, Kind, ReportFacts
from tests.court_reports.samples import facts_of


@pytest.mark.parametrize("kind", list(Kind))
def test_a_whole_report_of_each_kind_may_go(kind: Kind) -> None:
    assert problems(facts_of(kind)) == ()


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
    now = [c.status for c in statuses(ordered, facts.course, facts.track)]
    assert now == ["met", "partly_met", "met", "partly_met", "not_verified_here"]
    before = [c.status for c in statuses(ordered, facts.course, facts.track, schema=3)]
    assert before == ["met", "partly_met", *["not_verified_here"] * 3]
