"""What stands in the way of a release, by name. A report with a hole in it never leaves."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from court_reports.snapshot import ExcusalRequest, Kind, ReportFacts

# A bare federal or state criminal-history number would bring the report under CJIS rules (security.md R18).
FORBIDDEN = {
    "a social security number": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "an FBI or state identification number": re.compile(
        r"\b(?:FBI|SID|NCIC)\s*(?:no\.?|number|#)?\s*:?\s*\w*\d{5,}", re.I
    ),
    "an e-mail address": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}\.\w"),
}

Required = dict[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """A code for machines and tests, a field or number, for the page to put into words."""

    code: str
    what: str


def problems(
    facts: ReportFacts, *, unreviewed: Sequence[int] = (), overlapping: Sequence[str] = (), answer: str = ""
) -> tuple[Problem, ...]:
    """Everything that refuses this report; empty when it may go. ``answer``: the person's own, printed with it."""
    found = [Problem("blank", name) for name in _blank(facts)]
    found += [Problem("unreviewed", str(number)) for number in unreviewed]
    found += [Problem("overlap", number) for number in overlapping]
    found += [Problem("forbidden", f"{what} in {where}") for where, what in _forbidden(facts, answer)]
    return tuple(found)


def forbidden_in(text: str) -> tuple[str, ...]:
    """What of ``text`` no report may hold, by name."""
    return tuple(what for what, rule in FORBIDDEN.items() if rule.search(text))


def undecided(facts: ReportFacts, present: ReportFacts) -> tuple[Problem, ...]:
    """A notice waits until what its person asked is decided, and is read again then; ``present`` is as of now.

    Nobody is reported for a miss that may be excused tomorrow (domain.md: nothing harmful without a named human). A
    correction is not held up by it.
    """
    if facts.kind != Kind.NON_COMPLIANCE:
        return ()
    waiting = {request.check_in_number for request in _open(present)}
    decided = {request.check_in_number for request in _open(facts)} - waiting
    found = [Problem("request", str(number)) for number in sorted(waiting)]
    return (*found, *(Problem("decided", str(number)) for number in sorted(decided)))


def _open(facts: ReportFacts) -> list[ExcusalRequest]:
    requests = facts.track.requests if facts.track else ()
    return [request for request in requests if request.standing in ("open", "on_appeal")]


def _blank(facts: ReportFacts) -> list[str]:
    """What every report needs, and what its kind needs beside that."""
    required = _of_every_kind(facts) | _OF_KIND[Kind(facts.subject_kind)](facts)
    if facts.kind == Kind.CORRECTION:
        required["what was corrected"] = facts.supersedes and facts.supersedes.what_changed
    return [name for name, value in required.items() if not value]


def _of_every_kind(facts: ReportFacts) -> Required:
    return {
        "the court": facts.caption.court,
        "the case number or reference": facts.caption.case_number or facts.caption.reference,
        "the person\u2019s name": facts.person.name,
        "the stage of the process": facts.authority.stage,
        "the program": facts.program.name,
        "the enrollment": facts.enrolled_at,
        "the course": facts.course,
    }


def _enrollment(facts: ReportFacts) -> Required:
    terms = facts.program.terms
    return {"the day of the order": facts.authority.ordered_on, "the length of the track": terms.track_months}


def _progress(facts: ReportFacts) -> Required:
    """Of whoever completed the course, the track is what a report of progress is about."""
    done = facts.course and facts.course.completed_at
    return _determined(facts) | {"the accountability track": facts.track or not done}


def _non_compliance(facts: ReportFacts) -> Required:
    """It says what is against the person: by which rule, and what was done about it before."""
    code = facts.determination.code if facts.determination else ""
    # Before schema 4 the steps were not part of the facts.
    warned = facts.schema < 4 or facts.kind == Kind.CORRECTION or facts.steps
    return _progress(facts) | {
        "a determination other than in compliance": code in ("not_in_compliance", "at_risk", "not_completed"),
        "the steps that were taken, or skipped, before it": warned,
    }


def _completion(facts: ReportFacts) -> Required:
    return {"the course\u2019s completion": facts.course and facts.course.completed_at}


def _final(facts: ReportFacts) -> Required:
    code = facts.determination.code if facts.determination else ""
    return _determined(facts) | {
        "the accountability track": facts.track,
        "a final determination": code in ("completed", "not_completed"),
    }


def _determined(facts: ReportFacts) -> Required:
    return {"a determination": facts.determination, "the conditions": facts.conditions}


_OF_KIND: Mapping[Kind, Callable[[ReportFacts], Required]] = {
    Kind.ENROLLMENT: _enrollment,
    Kind.PROGRESS: _progress,
    Kind.NON_COMPLIANCE: _non_compliance,
    Kind.COMPLETION: _completion,
    Kind.FINAL: _final,
    Kind.REFERRAL_BACK: _determined,
    Kind.CORRECTION: _determined,  # of a kind that is not known any more
}


# What a place in the facts is called, by the longest beginning of its path that stands here.
_PLACES: Mapping[str, str] = {
    "caption": "the caption",
    "caption.hearing_kind": "the hearing",
    "person": "the person\u2019s name",
    "authority": "the order",
    "authority.conditions": "the conditions",
    "authority.officer_name": "the referring officer",
    "authority.defense_counsel": "the defense counsel",
    "authority.moves": "who moved the court\u2019s date",
    "program": "the program",
    "course": "the course",
    "track": "the accountability track",
    "track.tollings": "who stopped the clock",
    "track.moves": "who changed the schedule",
    "track.extensions": "who ordered an extension",
    "track.commitments": "the commitments",
    "conditions": "the conditions",
    "transfers": "the program that the case came from",
    "supersedes": "the correction",
}
# The program's own address is for the court to write to.
_MAY_STAND = {("program.contact_email", "an e-mail address")}


def _forbidden(facts: ReportFacts, answer: str) -> list[tuple[str, str]]:
    """Every string of the facts is looked at, so that a field that comes later is too."""
    found = [
        (_place(path), what)
        for path, text in _strings(facts)
        for what, rule in FORBIDDEN.items()
        if rule.search(text) and (path, what) not in _MAY_STAND
    ]
    found += [("the person\u2019s answer", what) for what in forbidden_in(answer)]
    return list(dict.fromkeys(found))


def _strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item, path)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from _strings(getattr(value, one.name), f"{path}.{one.name}".lstrip("."))


def _place(path: str) -> str:
    """Falls back on the path itself: better an ugly name than a value that goes."""
    parts = path.split(".")
    beginnings = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((_PLACES[one] for one in beginnings if one in _PLACES), path)
