"""What a report says, frozen: typed facts, one spelling of them, one digest.

Pure: no Django, no clock. ``SCHEMA`` changes whenever a field is added, removed or
re-interpreted, so that a report of ten years ago is read by the rules it was written under:
a field that came later says ``since`` which schema it stands, and is left out of the spelling
of an older report, whose digest therefore stays what it was.

1: as it began. 2: the requirements of the course that staff waived, the most hours that count in one day, and how
the court's day to complete was moved. 3: due dates that a court holiday moved, and every change of a schedule.
4: an excusal on its two axes and when it was given, requests to be excused that were not granted, the steps of the
graduated response, cases that came from another program, when a notice was shown to the person; a determination is
told by its rule and the figures beside it, in no words of its own (``until``: the last schema that spells a field).
5: modules by their titles, and when their knowledge checks were passed; a condition whose term is over is no longer "not
yet due" (rules.conditions); a commitment that was ended, or not verified to the end, and the day that the order gave it;
when an answer was given that stands beside facts which changed since.
"""

import dataclasses
import hashlib
import hmac
import secrets
import types
import typing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

import rfc8785

SCHEMA = 5
T = TypeVar("T")

# Crockford's alphabet: no I, L, O, U, so that a code read from paper is typed right.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 24  # 23 random characters (115 bits) and one that catches slips of the finger
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})


class Kind(StrEnum):
    """The seven kinds of report (domain.md, "The report")."""

    ENROLLMENT = "enrollment_notice"
    PROGRESS = "progress"
    NON_COMPLIANCE = "non_compliance"
    COMPLETION = "completion_certificate"
    FINAL = "final"
    REFERRAL_BACK = "referral_back"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    court: str
    jurisdiction: str
    county: str
    state: str
    zone: str
    case_number: str
    reference: str
    hearing_at: datetime | None = None
    hearing_kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    birth_year: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMoved:
    """The court's day to complete was moved. None: no day. ``authority``: order, hearing, clerk.

    ``ordered_by`` is who ordered it and where that stands, as it was typed; ``by_court``: the court recorded it itself.
    """

    recorded_at: datetime
    from_on: date | None
    to_on: date | None
    authority: str
    ordered_by: str
    by_court: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """``complete_by`` is the day as it was known, after the last of ``moves``."""

    ordered_on: date
    stage: str
    conditions: tuple[str, ...]
    complete_by: date | None
    officer_name: str
    defense_counsel: str
    moves: tuple[DayMoved, ...] = field(default=(), metadata={"since": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The policy in force for this person, as far as a court can ask about it."""

    policy_number: int
    track_months: int
    cadence: str
    window_days: int
    grace_days: int
    cure_days: int
    missed_in_row_at_risk: int
    missed_in_row_not_in_compliance: int
    missed_total_not_in_compliance: int
    required_percent: int
    pass_mark_percent: int
    # 0 in a report of schema 1, which does not say it.
    most_hours_a_day: int = field(default=0, metadata={"since": 2})
    # None where the policy lets no track be completed early, or the report is older.
    early_after_percent: int | None = field(default=None, metadata={"since": 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    name: str
    organization: str
    contact_name: str
    contact_phone: str
    contact_email: str
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """``title`` is that of the edition the person is pinned to, in English; blank where the program took the module back.

    Up to schema 4 it was "Module" and a number.
    """

    position: int
    title: str
    required_seconds: int
    credited_seconds: int
    completed_at: datetime | None
    waived: bool = False
    # How many knowledge checks it asks for, and when the last of them was passed: None until all are.
    checks: int = field(default=0, metadata={"since": 5})
    check_passed_at: datetime | None = field(default=None, metadata={"since": 5})


WHOLE_MODULE = "module"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One requirement of the course that two people of the program waived, by which coded reason."""

    position: int
    requirement: str
    reason: str
    waived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    title: str
    edition: int
    language: str
    enrolled_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    attestations: int
    modules: tuple[Module, ...]
    waivers: tuple[Waiver, ...] = field(default=(), metadata={"since": 2})

    @property
    def required(self) -> int:
        return sum(not module.waived for module in self.modules)

    @property
    def completed(self) -> int:
        return sum(module.completed_at is not None and not module.waived for module in self.modules)

    @property
    def seconds_required(self) -> int:
        return sum(module.required_seconds for module in self.modules if not module.waived)

    @property
    def seconds_credited(self) -> int:
        return sum(module.credited_seconds for module in self.modules)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    number: int
    due_on: date
    status: str
    submitted_at: datetime | None
    excused_reason: str
    notices: tuple[datetime, ...]
    # The court holiday on which it would have been due; None where it is due as planned.
    moved_from: date | None = field(default=None, metadata={"since": 3})
    # Of an excusal: when it was given, and its two axes; blank where it is of before they were kept.
    excused_at: datetime | None = field(default=None, metadata={"since": 4})
    attended: str = field(default="", metadata={"since": 4})
    complied: str = field(default="", metadata={"since": 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcusalRequest:
    """The person asked to be excused, and was not: ``standing`` is open, refused, on_appeal or appeal_refused.

    ``reason`` is the program's code for its refusal. What the person gave as theirs is nowhere in a report.
    """

    check_in_number: int
    asked_at: datetime
    standing: str
    reason: str
    attended: str
    decided_at: datetime | None
    appealed_at: datetime | None
    appeal_decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseStep:
    """One step of the graduated response: contact, warning or notice.

    ``outcome`` is what came of a contact, ``reason`` the code for which a step was skipped, ``by_role`` who: facilitator,
    administrator, two_people. ``check_ins`` are the missed ones that it answers; ``number`` that of a released notice.
    """

    step: str
    at: datetime
    by_role: str
    skipped: bool
    outcome: str
    reason: str
    check_ins: tuple[int, ...]
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The case went on in another program, as both were called then: dates from ``from_on`` are by its terms.

    ``reason``: a code; ``ordered_by``: as it was typed.
    """

    from_program: str
    to_program: str
    from_on: date
    recorded_at: datetime
    reason: str
    ordered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMove:
    """A change of the schedule beside tollings and extensions. ``act``: give_back, cadence, zone, early.

    ``days``: by how many the end moved, below 0 if sooner; ``was`` and ``now``: a cadence or a zone, as it was spelled.
    """

    act: str
    from_on: date
    days: int
    reason: str
    authority: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolling:
    from_on: date
    to_on: date | None
    reason: str
    authority: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    days: int
    reason: str
    ordered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    check_in_number: int
    from_at: datetime
    to_at: datetime
    added_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """``named_by_order`` holds what it is only where the court's own order named it (security.md 0.14), and ``due_on``
    its day then. ``status``: open, verified; since schema 5 also withdrawn, and not_met once the track is over."""

    number: int
    status: str
    verified_on: date | None
    named_by_order: str
    due_on: date | None = field(default=None, metadata={"since": 5})


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    opened_on: date
    ends_on: date
    months: int
    cadence: str
    scheduled: int
    on_time: int
    late: int
    cured: int
    excused: int
    missed: int
    check_ins: tuple[CheckIn, ...]
    tollings: tuple[Tolling, ...]
    extensions: tuple[Extension, ...]
    outages: tuple[Outage, ...]
    commitments: tuple[Commitment, ...]
    moves: tuple[ScheduleMove, ...] = field(default=(), metadata={"since": 3})
    # Of the period alone.
    requests: tuple[ExcusalRequest, ...] = field(default=(), metadata={"since": 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition as ordered. ``status``: met, partly_met, not_met, not_yet_due, not_verified_here."""

    number: int
    words: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """``rule`` is told in the figures of the policy then in force (``words.because``); up to schema 3 it was words."""

    code: str
    rule: str
    because: str = field(default="", metadata={"until": 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersedes:
    number: str
    kind: str
    released_on: date
    what_changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything that a report says about a case, as of one moment."""

    schema: int = SCHEMA
    kind: str
    language: str
    as_of: datetime
    period_from: date
    period_to: date
    caption: Caption
    person: Person
    authority: Authority
    program: Program
    enrolled_at: datetime | None
    course: Course | None
    track: Track | None
    conditions: tuple[Condition, ...]
    determination: Determination | None
    supersedes: Supersedes | None = None
    # Of the period alone; beside the track, since a course that is not done is answered by them too.
    steps: tuple[ResponseStep, ...] = field(default=(), metadata={"since": 4})
    transfers: tuple[Transfer, ...] = field(default=(), metadata={"since": 4})

    @property
    def subject_kind(self) -> str:
        """The kind whose contents this holds: a correction holds those of what it corrects."""
        if self.kind == Kind.CORRECTION and self.supersedes:
            return self.supersedes.kind
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a human's acts add to the facts: who prepared and released it, under which number and code."""

    number: str
    code: str
    prepared_by: str
    prepared_at: datetime
    released_by: str = ""
    released_at: datetime | None = None
    second_by: str = ""
    answer: str = ""
    verify_url: str = ""
    demonstration: bool = False
    # Of a correction: the names of the lines that differ from the report it replaces, and sections that lost one.
    corrected: tuple[str, ...] = field(default=(), metadata={"since": 4})
    left_out: tuple[str, ...] = field(default=(), metadata={"since": 4})
    # A notice: when the person was shown it, and until when they could answer.
    shown_at: datetime | None = field(default=None, metadata={"since": 4})
    answer_by: datetime | None = field(default=None, metadata={"since": 4})
    # When the answer was given, where that was before the person was shown what this report says now.
    answered_before: datetime | None = field(default=None, metadata={"since": 5})

    @property
    def is_draft(self) -> bool:
        return self.released_at is None


def canonical(facts: ReportFacts) -> bytes:
    """RFC 8785 JSON: the one spelling that is digested, attached and kept."""
    return rfc8785.dumps(as_json(facts))


def digest(facts: ReportFacts) -> str:
    """SHA-256 of the canonical JSON, hex. Guessable: never stored in the clear beside a case (security.md 2.6)."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def commitment(facts: ReportFacts, *, salt: bytes) -> str:
    """HMAC-SHA-256 under a salt of its own, hex: what the register chains."""
    return hmac.new(salt, canonical(facts), hashlib.sha256).hexdigest()


def as_json(value: Any, *, schema: int = SCHEMA) -> Any:
    """Dataclasses, dates and tuples as plain JSON. Instants are UTC, to the microsecond, ending in Z.

    Facts are spelled as the schema under which they were written has it.
    """
    if isinstance(value, ReportFacts):
        schema = value.schema
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name), schema=schema) for one in spelled(value, schema)}
    if isinstance(value, tuple | list):
        return [as_json(item, schema=schema) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return value


def spelled(shape: Any, schema: int) -> list[dataclasses.Field[Any]]:
    """The fields that a schema spells, of a dataclass or of one of its kind."""
    fields = dataclasses.fields(shape)
    return [f for f in fields if f.metadata.get("since", 1) <= schema <= f.metadata.get("until", SCHEMA)]


def from_json(kind: type[T], data: Any) -> T:
    """The inverse of :func:`as_json` for one of the dataclasses above. Raises TypeError on an unknown shape."""
    return typing.cast(T, _read(kind, data))


def new_code() -> str:
    """A fresh verification code: 115 random bits and a check character, without separators."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + _check(body)


def spell_code(code: str) -> str:
    """The code as printed: groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """What a person typed, as a code; None when it cannot be one (wrong length, letter or check character)."""
    code = typed.upper().strip().translate(READ_AS)
    if len(code) != CODE_LENGTH or set(code) - set(ALPHABET):
        return None
    return code if _check(code[:-1]) == code[-1] else None


def code_digest(code: str) -> str:
    """What is stored and looked up: the code itself stands only on the paper."""
    return hashlib.sha256(f"amends verification code:{code}".encode()).hexdigest()


def _check(body: str) -> str:
    return ALPHABET[hashlib.sha256(body.encode()).digest()[0] % len(ALPHABET)]


def _read(kind: Any, data: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        inner = next(option for option in typing.get_args(kind) if option is not type(None))
        return None if data is None else _read(inner, data)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], item) for item in data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: _read(hints[name], value) for name, value in data.items()})
    if kind is datetime:
        return datetime.fromisoformat(data)
    return date.fromisoformat(data) if kind is date else kind(data)
