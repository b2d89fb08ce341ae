"""A program's policy as plain data: what every rule of time and standing reads.

Defaults are domain.md, "Default policy". Each value is per program, versioned, and
printed in the report it governed. Pure: no Django.
"""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal

Every = Literal["week", "two_weeks", "month"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the track with one cadence; ``count`` check-ins, or None for the rest of the track."""

    every: Every
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a program's policy. Units are in the names; hours are wall-clock hours."""

    number: int = 1
    track_months: int = 6
    cadence: tuple[Phase, ...] = (Phase("week"),)
    window_days: int = 3
    grace_days: int = 2
    cure_days: int = 7
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    answer_days: int = 5
    missed_in_row_at_risk: int = 1
    missed_in_row_not_in_compliance: int = 2
    missed_total_not_in_compliance: int = 4
    required_share: Decimal = Decimal("0.90")
    review_business_days: int = 3
    return_hours: int = 72
    excusal_ask_days: int = 14
    appeal_days: int = 7
    steps_lapse_after: int = 4
    steps_begin_at: str = "contact"
    started_leeway_minutes: int = 60
    outage_minutes: int = 30
    pass_mark: Decimal = Decimal("0.80")
    attempts_before_cool_down: int = 3
    cool_down_hours: int = 24
    reflection_min_words: int = 150
    reflection_reviewed: bool = True
    most_hours_a_day: int = 6
    hearing_lead_days: int = 7
    progress_day_of_month: int = 1
    retention_years: int = 2
    early_completion: bool = False
    early_after_share: Decimal = Decimal("0.75")
    early_standing: str = "in_compliance"


def parse_cadence(text: str) -> tuple[Phase, ...]:
    """``"week x 8, two_weeks x 4, month"`` → phases. Only the last may be open. Raises ValueError."""
    phases = tuple(_parse_phase(part) for part in text.split(",") if part.strip())
    if not phases:
        raise ValueError("a cadence needs at least one phase")
    if any(phase.count is None for phase in phases[:-1]):
        raise ValueError("only the last phase of a cadence may be without a count")
    return phases


def spell_cadence(phases: tuple[Phase, ...]) -> str:
    """The inverse of :func:`parse_cadence`."""
    return ", ".join(p.every if p.count is None else f"{p.every} x {p.count}" for p in phases)


def _parse_phase(part: str) -> Phase:
    every, _, count = (piece.strip() for piece in part.partition("x"))
    if every not in ("week", "two_weeks", "month"):
        raise ValueError(f"unknown cadence {every!r}: use week, two_weeks or month")
    number = int(count) if count else None
    if number is not None and number < 1:
        raise ValueError("a phase holds at least one check-in")
    return Phase(every, number)  # type: ignore[arg-type]
