"""Which lines of a correction are marked, and which are not."""

from dataclasses import replace

from court_reports import content
from court_reports.snapshot import Issue, Kind, ReportFacts
from tests.court_reports.samples import an_issue, facts_of


def differences(new: ReportFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return content.differences(facts_of(Kind.PROGRESS), an_issue(), new, an_issue(number="2027-00012"))


def test_what_says_the_same_is_not_marked_though_it_stands_lower() -> None:
    """A correction begins with a sentence of its own: those after it are where they were."""
    assert differences(facts_of(Kind.CORRECTION)) == ((), ())


def test_a_name_a_count_and_a_row_are_marked_each_for_itself() -> None:
    new = facts_of(Kind.CORRECTION)
    assert new.track is not None
    checks = tuple(replace(c, status="on_time") if c.status == "missed" else c for c in new.track.check_ins)
    new = replace(
        new,
        person=replace(new.person, birth_year=1985),
        track=replace(new.track, on_time=new.track.on_time + 1, missed=0, check_ins=checks),
    )
    corrected, left_out = differences(new)
    assert corrected == ("Caption: Person", "In brief: paragraph 4", f"Check-ins: {new.track.scheduled}")
    assert left_out == ("Exceptions",)
    issue: Issue = an_issue(corrected=corrected, left_out=left_out)
    said = dict(content.caption(new, issue))
    assert said["Person"].endswith("born 1985 (corrected)")
    assert sum(value.endswith("(corrected)") for value in said.values()) == 1
    (what,) = (s for s in content.sections(new, issue) if s.title == content.CORRECTED)
    assert "left out here under: Exceptions" in what.paragraphs[-1]
