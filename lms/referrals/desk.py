"""The desk where product apps lay what they have to say on pages that belong to no single app.

An app registers in ``AppConfig.ready()``; the home page, the caseload and the case pages
ask everyone. So the course, the track and the reports need not know of one another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet

from lms.people.models import User
from lms.referrals.models import Program, Referral

Audience = Literal["facilitator", "court", "person"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that lies ahead of the responsible party, in the order it should be done."""

    title: str
    url: str
    detail: str = ""
    due_at: datetime | None = None
    minutes: int | None = None
    done: bool = False
    urgent: bool = False
    order: int = 0


class Weight(IntEnum):
    """In which order people need somebody: the heaviest first. What has no place here says its own number."""

    SAFETY = 100  # asked for help, or threatened somebody
    MISSED_TWICE = 90
    MISSED = 85  # nobody has said how they tried to reach them
    RETURNED = 80  # something came back to them, and nothing was heard since
    STEP = 78  # what was missed asks for its next step
    REQUEST = 75  # somebody asked, and was promised an answer
    SECOND = 70  # waits for a second person, or for a decision that another waits for
    PAST_PROMISE = 65  # an answer was promised, and the day is over
    PLAN = 60  # something of a commitment waits for an answer
    RELEASE = 55  # a report to release, a notice to send
    HEARING = 50
    OVERDUE = 45  # past its date: a commitment, the minutes of a meeting
    REVIEW = 40  # sent, and the promised day is still to come
    NOTE = 20  # worth knowing; nothing follows by itself


@dataclass(frozen=True, slots=True)
class Need:
    """Why a facilitator is needed in a case, since when, and the next ``step``, which ``url`` leads to."""

    referral_id: UUID
    why: str
    url: str
    since: datetime
    weight: int
    step: str = ""
    # What another app may say is seen to already (``settled``); empty: nobody may.
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that is to come in a case, without anybody being needed today."""

    referral_id: UUID
    what: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """What waits for somebody of the program, since when, and from when on that is too long. ``kind``: a key of
    lms.referrals.waiting_words. For the supervising administrator, not for the caseload."""

    referral_id: UUID
    kind: str
    url: str
    since: datetime
    late_at: datetime
    # Whoever has it, where that is not the facilitator of the case; ``url`` then leads to giving it to somebody else.
    who: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Something of a program, beside cases, that one person has and must give to a named one before they go."""

    what: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a case page: a template and what it shows (as ``c``)."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """Of a chained record that an auditor may rely on: what it is, how long, and whether it holds."""

    title: str
    lines: int
    head: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody new begins in ``language``, called ``name``, now; ``instead``: codes and names of those in which they can."""

    language: str
    name: str
    instead: Sequence[tuple[str, str]]


class LanguageStopped(Exception):
    """Nobody new begins in this language now."""


Steps = Callable[[Referral, datetime], Sequence[Step]]
Needs = Callable[[QuerySet[Referral], datetime], Sequence[Need]]
# What one reader alone is needed for, and may open: a circle is not led by whoever has a member's case.
Duties = Callable[[QuerySet[Referral], User, datetime], Sequence[Need]]
Sections = Callable[[Referral, Audience, datetime], Sequence[Section]]
Rows = Callable[[QuerySet[Referral], datetime], dict[UUID, dict[str, str]]]
# Parts that are not the same for every member of staff: private notes are read by their writer alone.
Personal = Callable[[Referral, User, datetime], Sequence[Section]]
Glances = Callable[[QuerySet[Referral], datetime], dict[UUID, dict[str, Any]]]
Outlook = Callable[[QuerySet[Referral], datetime], Sequence[Ahead]]
Proofs = Callable[[], Sequence[Proof]]
Waits = Callable[[QuerySet[Referral], datetime], Sequence[Wait]]
Holds = Callable[[Program, User], Sequence[Held]]
Stops = Callable[[UUID], Sequence[Stop]]
# Cases and topics of needs that are seen to, and up to when: what began later needs somebody again.
Settled = Callable[[QuerySet[Referral], datetime], Iterable[tuple[UUID, str, datetime]]]

_desk: dict[str, dict[str, Callable[..., Any]]] = {}


def register(
    name: str,
    *,
    steps: Steps | None = None,
    needs: Needs | None = None,
    duties: Duties | None = None,
    sections: Sections | None = None,
    personal: Personal | None = None,
    rows: Rows | None = None,
    glances: Glances | None = None,
    outlook: Outlook | None = None,
    proofs: Proofs | None = None,
    stops: Stops | None = None,
    waits: Waits | None = None,
    settled: Settled | None = None,
    holds: Holds | None = None,
) -> None:
    """Take a place at the desk. Registering again under the same name replaces."""
    offered = {
        "steps": steps, "needs": needs, "duties": duties, "sections": sections, "personal": personal, "rows": rows, "glances": glances,
        "outlook": outlook, "proofs": proofs, "stops": stops, "waits": waits, "holds": holds,
        "settled": settled,
    }  # fmt: skip
    _desk[name] = {what: given for what, given in offered.items() if given is not None}


def steps(referral: Referral, now: datetime) -> list[Step]:
    """All steps of a person, in order."""
    return sorted(_ask("steps", referral, now), key=lambda step: (step.done, step.order))


def needs(referrals: QuerySet[Referral], now: datetime, reader: User | None = None) -> list[Need]:
    """All needs over a caseload, with those that are ``reader``'s alone: the heaviest first, then the longest waiting."""
    found = list(_ask("needs", referrals, now))
    if reader is not None:
        found += _ask("duties", referrals, reader, now)
    if any(need.topic for need in found):
        done = {(pk, topic): until for pk, topic, until in sorted(_ask("settled", referrals, now))}
        found = [need for need in found if not _is_settled(need, done)]
    return sorted(found, key=lambda need: (-need.weight, need.since))


def _is_settled(need: Need, done: dict[tuple[UUID, str], datetime]) -> bool:
    until = done.get((need.referral_id, need.topic))
    return bool(need.topic) and until is not None and need.since <= until


def sections(referral: Referral, audience: Audience, now: datetime) -> list[Section]:
    """The parts of a case page for one audience, in order."""
    return sorted(_ask("sections", referral, audience, now), key=lambda section: section.order)


def sections_for(referral: Referral, reader: User, now: datetime) -> list[Section]:
    """The parts of a case page for one member of staff, in order: what all of them see, and what is this reader's own."""
    found = [*_ask("sections", referral, "facilitator", now), *_ask("personal", referral, reader, now)]
    return sorted(found, key=lambda section: section.order)


def rows(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, str]]:
    """Short columns for each case of a list, merged over apps. A court reads them too."""
    return _merged("rows", referrals, now)


def glances(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, Any]]:
    """What staff see of each case at a glance, and filter by; no court reads it. Constant queries, whatever the number."""
    return _merged("glances", referrals, now)


def outlook(referrals: QuerySet[Referral], now: datetime) -> list[Ahead]:
    """What comes next over a caseload, the soonest first: a few things, not everything."""
    return sorted(_ask("outlook", referrals, now), key=lambda ahead: ahead.at)


def proofs() -> list[Proof]:
    """The state of every chained record but the journal."""
    return list(_ask("proofs"))


def waits(referrals: QuerySet[Referral], now: datetime) -> list[Wait]:
    """All that waits over these cases, the latest first."""
    return sorted(_ask("waits", referrals, now), key=lambda wait: wait.late_at)


def holds(program: Program, holder: User) -> list[Held]:
    """What somebody has in a program beside their cases."""
    return list(_ask("holds", program, holder))


def stop(program: UUID, language: str) -> Stop | None:
    """Whether nobody new begins a program in a language now."""
    return next((found for found in _ask("stops", program) if found.language == language), None)


def _merged(what: str, referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, Any]]:
    merged: dict[UUID, dict[str, Any]] = {}
    for provider in _providers(what):
        for referral_id, columns in provider(referrals, now).items():
            merged.setdefault(referral_id, {}).update(columns)
    return merged


def _ask(what: str, *args: object) -> Iterable[Any]:
    for provider in _providers(what):
        yield from provider(*args)


def _providers(what: str) -> list[Callable[..., Any]]:
    return [offered[what] for offered in _desk.values() if what in offered]
