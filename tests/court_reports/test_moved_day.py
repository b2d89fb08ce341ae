"""A court's day that was moved, on the paper itself and in the facts that lie beside it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from court_reports.rules.preflight import problems
from court_reports.snapshot import DayMoved, Kind, ReportFacts, as_json, canonical
from tests.court_reports.drawing import drawn, text_of
from tests.court_reports.samples import at, facts_of

FIRST = DayMoved(
    recorded_at=at("2027-03-02 15:00"), from_on=date(2027, 8, 1), to_on=date(2027, 9, 1), authority="hearing",
    ordered_by="hearing of March 1, 2027", by_court=False,
)  # fmt: skip
SECOND = DayMoved(
    recorded_at=at("2027-04-02 15:00"), from_on=date(2027, 9, 1), to_on=date(2027, 10, 1), authority="order",
    ordered_by="", by_court=True,
)  # fmt: skip


def moved(kind: Kind, *moves: DayMoved) -> ReportFacts:
    facts = facts_of(kind)
    return replace(facts, authority=replace(facts.authority, complete_by=moves[-1].to_on, moves=moves))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_report_says_from_which_day_to_which_on_whose_word_and_who_recorded_it(
    kind: Kind, tmp_path: Path
) -> None:
    told = " ".join(text_of(drawn(moved(kind, FIRST, SECOND)), tmp_path).split())
    assert "October 1, 2027 (as moved)" in told
    assert (
        "The court\u2019s date to complete was moved from August 1, 2027 to September 1, 2027: by the court\u2019s word "
        "at a hearing (hearing of March 1, 2027); recorded by the program on March 2, 2027."
    ) in told
    assert "to October 1, 2027: by written order; recorded by the court on April 2, 2027." in told


def test_a_day_that_was_lifted_or_first_named_is_said_so(tmp_path: Path) -> None:
    lifted = replace(SECOND, to_on=None)
    told = " ".join(text_of(drawn(moved(Kind.PROGRESS, lifted)), tmp_path).split())
    assert "no date any more (as moved)" in told
    assert "The court\u2019s date to complete, September 1, 2027, was lifted: by written order" in told
    named = replace(SECOND, from_on=None)
    told = " ".join(text_of(drawn(moved(Kind.ENROLLMENT, named)), tmp_path).split())
    assert "A date to complete was named, October 1, 2027: by written order" in told


def test_where_it_never_moved_nothing_is_said(tmp_path: Path) -> None:
    assert "moved" not in text_of(drawn(facts_of(Kind.PROGRESS)), tmp_path)


def test_facts_of_the_first_schema_are_spelled_as_they_were() -> None:
    facts = moved(Kind.PROGRESS, FIRST)
    old = replace(facts, schema=1)
    assert "moves" not in as_json(old)["authority"]
    assert as_json(facts)["authority"]["moves"][0]["to_on"] == "2027-09-01"
    assert canonical(old) == canonical(replace(old, authority=replace(old.authority, moves=())))


def test_a_number_that_no_report_may_hold_is_found_there_too() -> None:
    facts = moved(Kind.PROGRESS, replace(FIRST, ordered_by="see 123-45-6789"))
    assert [p.what for p in problems(facts)] == ["a social security number in who moved the court\u2019s date"]
