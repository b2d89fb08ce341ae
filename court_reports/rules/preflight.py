"""What stands in the way of a release, by name. A report with a hole in it never leaves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from court_reports.snapshot import Kind, ReportFacts

# A bare federal or state criminal-history number would bring the report under CJIS rules (security.md R18).
FORBIDDEN = {
    "a social security number": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "an FBI or state identification number": re.compile(
        r"\b(?:FBI|SID|NCIC)\s*(?:no\.?|number|#)?\s*:?\s*\w*\d{5,}", re.I
    ),
    "an e-mail address": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}\.\w"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A code for machines and tests, a field or number, for the page to put into words."""

    code: str
    what: str


def problems(
    facts: ReportFacts, *, unreviewed: Sequence[int] = (), overlapping: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """Everything that refuses this report; empty when it may go."""
    found = [Problem("blank", name) for name in _blank(facts)]
    found += [Problem("unreviewed", str(number)) for number in unreviewed]
    found += [Problem("overlap", number) for number in overlapping]
    found += [Problem("forbidden", f"{what} in {where}") for where, what in _forbidden(facts)]
    return tuple(found)


def _blank(facts: ReportFacts) -> list[str]:
    course, about = facts.course, facts.subject_kind
    required: dict[str, object] = {
        "the court": facts.caption.court,
        "the case number or reference": facts.caption.case_number or facts.caption.reference,
        "the person\u2019s name": facts.person.name,
        "the stage of the process": facts.authority.stage,
        "the program": facts.program.name,
        "the enrollment": facts.enrolled_at,
        "the course": course,
    }
    if about == Kind.COMPLETION:
        required["the course\u2019s completion"] = course and course.completed_at
    if about == Kind.FINAL:
        required["the accountability track"] = facts.track
        code = facts.determination.code if facts.determination else ""
        required["a final determination"] = code in ("completed", "not_completed")
    if about not in (Kind.ENROLLMENT, Kind.COMPLETION):
        required["a determination"] = facts.determination
    if facts.kind == Kind.CORRECTION:
        required["what was corrected"] = facts.supersedes and facts.supersedes.what_changed
    return [name for name, value in required.items() if not value]


def _forbidden(facts: ReportFacts) -> list[tuple[str, str]]:
    typed = {
        "the conditions": " \n".join(c.words for c in facts.conditions),
        "the referring officer": facts.authority.officer_name,
        "the defense counsel": facts.authority.defense_counsel,
        "who moved the court\u2019s date": " \n".join(m.ordered_by for m in facts.authority.moves),
        "the correction": facts.supersedes.what_changed if facts.supersedes else "",
    }
    return [(where, what) for where, text in typed.items() for what, rule in FORBIDDEN.items() if rule.search(text)]
