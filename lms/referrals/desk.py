"""The desk where product apps lay what they have to say on pages that belong to no single app.

An app registers in ``AppConfig.ready()``; the home page, the caseload and the case pages
ask everyone. So the course, the track and the reports need not know of one another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet

from lms.referrals.models import Referral

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


@dataclass(frozen=True, slots=True)
class Need:
    """Why a facilitator is needed in a case, since when. Weights: 100 safety, 80 quiet, 60 review, 40 report."""

    referral_id: UUID
    why: str
    url: str
    since: datetime
    weight: int


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
Sections = Callable[[Referral, Audience, datetime], Sequence[Section]]
Rows = Callable[[QuerySet[Referral], datetime], dict[UUID, dict[str, str]]]
Proofs = Callable[[], Sequence[Proof]]
Stops = Callable[[UUID], Sequence[Stop]]

_desk: dict[str, dict[str, Callable[..., Any]]] = {}


def register(
    name: str,
    *,
    steps: Steps | None = None,
    needs: Needs | None = None,
    sections: Sections | None = None,
    rows: Rows | None = None,
    proofs: Proofs | None = None,
    stops: Stops | None = None,
) -> None:
    """Take a place at the desk. Registering again under the same name replaces."""
    offered = {
        "steps": steps, "needs": needs, "sections": sections, "rows": rows, "proofs": proofs, "stops": stops
    }  # fmt: skip
    _desk[name] = {what: given for what, given in offered.items() if given is not None}


def steps(referral: Referral, now: datetime) -> list[Step]:
    """All steps of a person, in order."""
    return sorted(_ask("steps", referral, now), key=lambda step: (step.done, step.order))


def needs(referrals: QuerySet[Referral], now: datetime) -> list[Need]:
    """All needs over a caseload: the heaviest first, then the longest waiting."""
    return sorted(_ask("needs", referrals, now), key=lambda need: (-need.weight, need.since))


def sections(referral: Referral, audience: Audience, now: datetime) -> list[Section]:
    """The parts of a case page for one audience, in order."""
    return sorted(_ask("sections", referral, audience, now), key=lambda section: section.order)


def rows(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, str]]:
    """Short columns for each case of a list, merged over apps."""
    merged: dict[UUID, dict[str, str]] = {}
    for provider in _providers("rows"):
        for referral_id, columns in provider(referrals, now).items():
            merged.setdefault(referral_id, {}).update(columns)
    return merged


def proofs() -> list[Proof]:
    """The state of every chained record but the journal."""
    return list(_ask("proofs"))


def stop(program: UUID, language: str) -> Stop | None:
    """Whether nobody new begins a program in a language now."""
    return next((found for found in _ask("stops", program) if found.language == language), None)


def _ask(what: str, *args: object) -> Iterable[Any]:
    for provider in _providers(what):
        yield from provider(*args)


def _providers(what: str) -> list[Callable[..., Any]]:
    return [offered[what] for offered in _desk.values() if what in offered]
