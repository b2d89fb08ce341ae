"""A requirement that was waived, on the paper itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from court_reports.snapshot import Kind, ReportFacts, Waiver
from tests.court_reports.drawing import drawn, text_of
from tests.court_reports.samples import at, facts_of

WAIVERS = (
    Waiver(position=2, requirement="time", reason="technical_failure", waived_at=at("2027-01-20 15:00")),
    Waiver(position=4, requirement="module", reason="equivalent", waived_at=at("2027-02-10 15:00")),
)


def waived(kind: Kind) -> ReportFacts:
    facts = facts_of(kind)
    assert facts.course
    modules = [replace(m, waived=True, completed_at=None) if m.position == 4 else m for m in facts.course.modules]
    return replace(facts, course=replace(facts.course, modules=tuple(modules), waivers=WAIVERS))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_report_prints_what_was_waived_by_which_reason_and_when(kind: Kind, tmp_path: Path) -> None:
    told = " ".join(text_of(drawn(waived(kind)), tmp_path).split())
    assert "Waived requirements" in told
    for words in ("Active time", "The whole module", "Waived (technical failure)", "January 20, 2027"):
        assert words in told, words
    assert "Waived (done in another way, seen by the program)" in told
    brief = (
        "2 requirements of the course were waived."
        if kind == Kind.COMPLETION
        else "; 2 of its requirements were waived."
    )
    # Four sentences at most: a correction says first what it replaces, and the course is told in its table.
    assert (brief in told) is (kind not in (Kind.ENROLLMENT, Kind.CORRECTION))


def test_where_nothing_was_waived_nothing_is_said(tmp_path: Path) -> None:
    assert "aived" not in text_of(drawn(facts_of(Kind.PROGRESS)), tmp_path)
