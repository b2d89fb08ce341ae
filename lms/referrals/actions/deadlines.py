"""The court moves the day by which it wants the case done. Only a court's word moves it; who records it is kept."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import Kind, User
from lms.referrals.actions.referrals import CaseClosed, locked
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import DeadlineMove, Referral
from lms.referrals.rules.deadlines import MORE_TIME, Authority


class SameDay(Exception):
    """This is the day that stands already."""


class DayInThePast(Exception):
    """The day is over where the person lives: nobody can be done by then."""


class MovedMeanwhile(Exception):
    """Somebody else moved the day since it was looked at."""


@transaction.atomic
def move_deadline(
    *,
    referral: Referral,
    was: date | None,
    to_on: date | None,
    authority: str,
    ordered_by: str,
    by: User,
    now: datetime,
) -> DeadlineMove:
    """Move the day from ``was``, as whoever records it saw it, to ``to_on``; None is no day.

    ``authority`` is one of :class:`Authority`, ``ordered_by`` says who ordered it and where that stands. The person is
    told, and the program where the court recorded it. Raises CaseClosed, MovedMeanwhile, SameDay, DayInThePast,
    ValueError.
    """
    row = locked(referral)
    _guard(row, was, to_on, now)
    move = DeadlineMove.objects.create(
        referral=row,
        number=row.deadline_moves.count() + 1,
        from_on=row.complete_by,
        to_on=to_on,
        authority=Authority(authority).value,
        ordered_by=ordered_by,
        recorded_at=now,
        recorded_by=by,
    )
    row.complete_by = to_on
    row.save(update_fields=["complete_by"])
    journal.record(
        "referral.deadline_moved", about=row.subject, on=move, by=by, at=now,
        data={"change": move.change.value, "authority": move.authority, "days": _days(move)},
    )  # fmt: skip
    _tell_person(move, now)
    if by.kind == Kind.COURT:
        _tell_program(move, now)
    return move


def _guard(row: Referral, was: date | None, to_on: date | None, now: datetime) -> None:
    if not row.is_open or row.sealed_at or row.forgotten_at:
        raise CaseClosed(row.pk)
    if row.complete_by == to_on:
        raise SameDay(row.pk)
    if row.complete_by != was:
        raise MovedMeanwhile(row.pk)
    if to_on and to_on < now.astimezone(row.time_zone).date():
        raise DayInThePast(row.pk)


def _days(move: DeadlineMove) -> int | None:
    """By how many days, forward or (below 0) back; None where there was or is no day."""
    return (move.to_on - move.from_on).days if move.to_on and move.from_on else None


def _tell_person(move: DeadlineMove, now: datetime) -> None:
    if move.referral.person is None:
        return
    outbox.post(
        key=f"referral:{move.referral_id}:deadline:{move.number}:person",
        kind="referral.more_time" if move.change in MORE_TIME else "referral.less_time",
        to=move.referral.person,
        at=now,
        about=move.referral_id,
        context={"path": "/"},
    )


def _tell_program(move: DeadlineMove, now: datetime) -> None:
    """The facilitator of the case; where none can be reached, the administrators."""
    told = carers_of(move.referral) or administrators_of(move.referral.program)
    for somebody in told:
        outbox.post(
            key=f"referral:{move.referral_id}:deadline:{move.number}:{somebody.pk}",
            kind="referral.deadline_moved",
            to=somebody,
            at=now,
            about=move.referral_id,
            context={"path": reverse("referrals:case", args=[move.referral_id])},
        )
