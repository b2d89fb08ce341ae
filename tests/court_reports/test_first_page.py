"""What a judge reads if nothing else is read: page one of every kind, at its longest."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from court_reports import content, words
from court_reports.pdf.profile import FILING
from court_reports.snapshot import DayMoved, Issue, Kind, ReportFacts, Waiver
from tests.court_reports.drawing import LONG, drawn, text_of
from tests.court_reports.samples import an_issue, at, facts_of

ONE = ("-f", "1", "-l", "1")
WAIVER = Waiver(position=2, requirement="time", reason="technical_failure", waived_at=at("2027-01-20 15:00"))
MOVED = DayMoved(
    recorded_at=at("2027-03-02 15:00"), from_on=date(2027, 8, 1), to_on=date(2027, 10, 1), authority="hearing",
    ordered_by="", by_court=False,
)  # fmt: skip


def at_its_longest(kind: Kind, language: str) -> ReportFacts:
    facts = facts_of(kind)
    assert facts.course
    return replace(
        facts,
        language=language,
        person=replace(facts.person, name=LONG),
        course=replace(facts.course, waivers=(WAIVER, WAIVER)),
        authority=replace(facts.authority, moves=(MOVED,)),
        caption=replace(facts.caption, hearing_kind="review of compliance, by video"),
        program=replace(facts.program, terms=replace(facts.program.terms, cadence="week x 8, two_weeks x 4, month")),
    )


def a_shown_issue(kind: Kind) -> Issue:
    shown = {"shown_at": at("2027-06-20 15:00"), "answer_by": at("2027-06-26 04:00")}
    return an_issue(**shown) if kind in (Kind.NON_COMPLIANCE, Kind.REFERRAL_BACK) else an_issue()


def page_one(facts: ReportFacts, tmp_path: Path) -> str:
    profile = {} if facts.language == "en" else {"profile": FILING}
    return _read(text_of(drawn(facts, a_shown_issue(Kind(facts.kind)), **profile), tmp_path, *ONE))


def _read(words: str) -> str:
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", list(Kind))
def test_page_one_says_who_how_it_stands_and_what_comes_next(kind: Kind, language: str, tmp_path: Path) -> None:
    facts = replace(facts_of(kind), language=language)
    page = page_one(facts, tmp_path)
    for part in content.sections(facts, a_shown_issue(kind)):
        if part.role:
            # A copy spends two lines on saying that it is one: the end of its list may stand on page two.
            items = part.items if language == "en" else part.items[:1]
            for said in (part.title, *part.paragraphs, *items):
                assert _read(said) in page, said
    for said in (facts.caption.court, words.title(facts), *(value for _, value in content.caption(facts))):
        assert _read(said) in page, said


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", list(Kind))
def test_the_longest_bottom_line_does_not_leave_page_one(kind: Kind, language: str, tmp_path: Path) -> None:
    facts = at_its_longest(kind, language)
    page = page_one(facts, tmp_path)
    for said in words.bottom_line(facts):
        assert _read(said) in page, said


@pytest.mark.parametrize("kind", list(Kind))
def test_a_bottom_line_is_two_to_four_sentences(kind: Kind) -> None:
    for language in ("en", "es"):
        lines = words.bottom_line(at_its_longest(kind, language))
        assert 2 <= len(lines) <= 4
        for line in lines:
            assert line[0].isupper() or line[0].isdigit(), line
            assert line.endswith(".") and not line.endswith(".."), line


def test_the_rule_is_told_in_the_figures_of_the_policy_then_in_force() -> None:
    facts = facts_of(Kind.NON_COMPLIANCE)
    assert words.because(facts) == (
        "The last 2 check-ins due were missed; under the policy (version 1), 2 or more in a row are not in compliance."
    )
    other = replace(facts.program.terms, policy_number=7, missed_in_row_not_in_compliance=1)
    told = words.because(replace(facts, program=replace(facts.program, terms=other)))
    assert told.endswith("under the policy (version 7), 1 or more in a row are not in compliance.")
    assert words.because(replace(facts, language="es")) == (
        "No se hicieron los \u00faltimos 2 seguimientos que vencieron; seg\u00fan la pol\u00edtica (versi\u00f3n 1), 2 o "
        "m\u00e1s seguidos son incumplimiento."
    )


def test_each_kind_says_something_of_its_own_about_what_comes_next() -> None:
    told = {kind: _next(facts_of(kind), a_shown_issue(kind)) for kind in Kind}
    assert len(set(told.values())) == len(Kind)
    assert told[Kind.NON_COMPLIANCE][1] == (
        "The person was shown this on June 20, 2027 and could answer through June 25, 2027; no answer was given."
    )
    assert told[Kind.CORRECTION][0] == "Where this report and 2027-00011 differ, this one holds."
    assert told[Kind.FINAL][1] == "Conditions that this program did not verify: 5."


def _next(facts: ReportFacts, issue: Issue) -> tuple[str, ...]:
    return next(part.items for part in content.sections(facts, issue) if part.role == "next")
