"""The life of a case: received, assigned, enrolled, ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import search, signals
from lms.referrals.access import facilitators_of
from lms.referrals.covers import HandOver
from lms.referrals.models import Court, EndReason, Hearing, Program, Referral
from lms.referrals.rules.status import ENDED_EARLY

OUTCOMES = {
    "completed": "completed_at",
    "not_completed": "not_completed_at",
    "referred_back": "referred_back_at",
    "withdrawn": "withdrawn_at",
    "transferred": "transferred_at",
}


class CaseClosed(Exception):
    """The case has ended; nothing more can be done in it."""


class NotAFacilitator(Exception):
    """This person holds no facilitator role in this program."""


class NothingToSay(Exception):
    """Why it ended is said already, or the case was neither referred back nor withdrawn."""


@transaction.atomic
def receive(*, program: Program, court: Court, fields: Mapping[str, Any], by: User | None, now: datetime) -> Referral:
    """Take in a referral as the court posted it. ``fields`` are clean model values of Referral.

    The facilitator with the fewest open cases gets it. Raises IntegrityError when this
    court already referred this case number to this program.
    """
    referral = Referral.objects.create(
        program=program, court=court, received_at=now, received_by=by, facilitator=_least_busy(program), **fields
    )
    search.index([referral])
    journal.record("referral.received", about=referral.subject, on=referral, by=by, at=now, changed=sorted(fields))
    return referral


@transaction.atomic
def assign_facilitator(*, referral: Referral, facilitator: User, by: User, now: datetime, note: str = "") -> Referral:
    """Hand a case to a facilitator of its program, with what the next one should know; the person is told who it is
    now. Raises NotAFacilitator."""
    if not facilitators_of(referral.program).filter(pk=facilitator.pk).exists():
        raise NotAFacilitator(facilitator.pk)
    referral = locked(referral)
    before = referral.facilitator
    referral.facilitator = facilitator
    referral.save(update_fields=["facilitator"])
    if before != facilitator:
        _hand_over(referral, before, note, by, now)
    journal.record(
        "referral.assigned", about=referral.subject, on=referral, by=by, at=now, data={"to": str(facilitator.pk)}
    )
    return referral


def _hand_over(referral: Referral, before: User | None, note: str, by: User, now: datetime) -> None:
    made = HandOver(referral=referral, from_user=before, to_user=referral.facilitator, at=now, by=by)
    made.note = note
    made.save(force_insert=True)
    if referral.person and referral.is_open and before:
        outbox.post(
            key=f"referral:{referral.pk}:handed-over:{made.pk}", kind="referral.handed_over", to=referral.person,
            at=now, about=referral.pk, context={"path": "/"},
        )  # fmt: skip


@transaction.atomic
def add_hearing(*, referral: Referral, at: datetime, kind: str, by: User | None, now: datetime) -> Hearing:
    """Record a court date. Reports are scheduled from it."""
    hearing = Hearing.objects.create(referral=referral, at=at, kind=kind, recorded_at=now)
    journal.record("referral.hearing_added", about=referral.subject, on=hearing, by=by, at=now)
    return hearing


@transaction.atomic
def cancel_hearing(*, hearing: Hearing, by: User | None, now: datetime) -> Hearing:
    """A hearing that will not take place; moving one is cancelling it and adding another."""
    Hearing.objects.filter(pk=hearing.pk, cancelled_at=None).update(cancelled_at=now)
    journal.record("referral.hearing_cancelled", about=hearing.referral.subject, on=hearing, by=by, at=now)
    hearing.refresh_from_db()
    return hearing


def mark_course_started(*, referral: Referral, by: User | None, now: datetime) -> Referral:
    """The first module was opened. Again is harmless: the first moment stays."""
    return _mark(referral, "course_started_at", by, now)


def mark_course_completed(*, referral: Referral, by: User | None, now: datetime) -> Referral:
    """The course's last requirement was met."""
    return _mark(referral, "course_completed_at", by, now)


def mark_track_opened(*, referral: Referral, by: User | None, now: datetime) -> Referral:
    """The accountability track opened."""
    return _mark(referral, "track_opened_at", by, now)


@transaction.atomic
def close(*, referral: Referral, outcome: str, by: User | None, now: datetime, reason: str = "") -> Referral:
    """End a case by a named human's act (None: one that stood in the record before a restore). ``outcome`` is a key of
    OUTCOMES, ``reason`` one of EndReason. Raises CaseClosed, ValueError."""
    referral = locked(referral)
    if not referral.is_open:
        raise CaseClosed(referral.pk)
    setattr(referral, OUTCOMES[outcome], now)
    if reason:
        referral.end_reason, referral.end_reason_at = EndReason(reason).value, now
    referral.save(update_fields=[OUTCOMES[outcome], "end_reason", "end_reason_at"])
    data = {"why": referral.end_reason} if reason else {}
    journal.record(f"referral.{outcome}", about=referral.subject, on=referral, by=by, at=now, data=data)
    signals.closed.send(sender=Referral, referral=referral, outcome=outcome, by=by, now=now)
    return referral


def refer_back(*, referral: Referral, by: User, now: datetime, reason: str = "") -> Referral:
    """Return the case to the court; only with a released referral-back notice behind it. Why may be said later."""
    return close(referral=referral, outcome="referred_back", by=by, now=now, reason=reason)


def withdraw(*, referral: Referral, by: User | None, now: datetime, reason: str = "") -> Referral:
    """The court took its referral back before it ran its course. Why may be said later."""
    return close(referral=referral, outcome="withdrawn", by=by, now=now, reason=reason)


@transaction.atomic
def say_why_it_ended(*, referral: Referral, reason: str, by: User, now: datetime) -> Referral:
    """Of a case that was referred back or withdrawn without a reason; said once. Raises NothingToSay, ValueError."""
    referral = locked(referral)
    if referral.end_reason or not any(getattr(referral, name) for name in ENDED_EARLY):
        raise NothingToSay(referral.pk)
    referral.end_reason, referral.end_reason_at = EndReason(reason).value, now
    referral.save(update_fields=["end_reason", "end_reason_at"])
    journal.record(
        "referral.why_ended", about=referral.subject, on=referral, by=by, at=now, data={"why": referral.end_reason}
    )
    return referral


def locked(referral: Referral) -> Referral:
    """The row as it stands, held until the transaction ends."""
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("court", "program", "policy")
        .get(pk=referral.pk)
    )


@transaction.atomic(savepoint=False)
def _mark(referral: Referral, moment: str, by: User | None, now: datetime) -> Referral:
    if Referral.objects.filter(pk=referral.pk, **{moment: None}).update(**{moment: now}):
        setattr(referral, moment, now)
        journal.record(f"referral.{moment.removesuffix('_at')}", about=referral.subject, on=referral, by=by, at=now)
    else:
        referral.refresh_from_db(fields=[moment])
    return referral


def _least_busy(program: Program) -> User | None:
    candidates = list(facilitators_of(program).order_by("pk"))
    load = {user.pk: Referral.objects.open().filter(facilitator=user).count() for user in candidates}
    return min(candidates, key=lambda user: load[user.pk], default=None)
