"""The graduated response: contact, written warning, and, in court_reports, the drafted notice.

Each step is a named human's act. What leads to it is computed (``rules.responses``); nothing is taken by itself.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accountability.access import may_decide, may_override
from accountability.ladder import ladder, policy_of
from accountability.models import ResponseReply, ResponseStep, Track
from accountability.models.responses import Outcome, SkipReason, StepKind
from accountability.rules import responses as rules
from accountability.rules.calendar import day_ends
from lms.casework.actions import contacts
from lms.casework.models import Outcome as Tried
from lms.casework.models import Way
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.referrals import locked
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import Referral

# What a contact is among the attempts to reach somebody (lms.casework).
TRIED = {
    Outcome.SPOKE: (Way.CALL, Tried.REACHED),
    Outcome.LEFT_WORD: (Way.CALL, Tried.MESSAGE),
    Outcome.NO_ANSWER: (Way.CALL, Tried.NO_ANSWER),
    Outcome.WROTE: (Way.LETTER, Tried.MESSAGE),
}


class NotAllowed(Exception):
    """The facilitator of the case takes a step; an administrator lets one be skipped; the person answers."""


class CaseEnded(Exception):
    """No step is taken in a case that has ended."""


class NothingMissed(Exception):
    """There is no miss that a step could answer."""


@transaction.atomic
def contact(*, referral: Referral, outcome: str, words: str, by: User, now: datetime) -> ResponseStep:
    """The facilitator was in touch, or tried. ``words`` go to the person. Raises NotAllowed, CaseEnded, NothingMissed,
    ValueError."""
    made = _take(referral, StepKind.CONTACT, words, by, now, outcome=Outcome(outcome))
    way, came = TRIED[Outcome(outcome)]
    contacts.record(referral=made.referral, way=way, outcome=came, note="", made_at=now, by=by, now=now)
    return made


@transaction.atomic
def warn(*, referral: Referral, words: str, by: User, now: datetime) -> ResponseStep:
    """A written warning, which the person can answer. Raises NotAllowed, CaseEnded, NothingMissed, OutOfOrder."""
    return _take(referral, StepKind.WARNING, words, by, now)


@transaction.atomic
def skip(
    *, referral: Referral, step: str, why: str, by: User, now: datetime, reason: str = SkipReason.OTHER
) -> ResponseStep:
    """An administrator lets the next step be skipped, and says why: in words that the person can read, and by a code
    that a report prints. Raises NotAllowed, CaseEnded, OutOfOrder, ValueError."""
    row = _open_case(referral)
    if not may_override(by, row):
        raise NotAllowed(by.pk)
    if not why.strip():
        raise ValueError("a step is skipped for a reason")
    kind, stands = StepKind(step), ladder(row, now)
    rules.guard_next(rules.Step(kind), stands.upcoming)
    made = ResponseStep(referral=row, kind=kind, misses=list(stands.misses), skipped=True, at=now, by=by)
    made.reason = SkipReason(reason)
    _write(made, why)
    _record("response.skipped", made, by, now)
    _tell_person(made, now)
    return made


@transaction.atomic
def acknowledge(*, step: ResponseStep, by: User, now: datetime) -> None:
    """The person opened it. Only the first time is kept. Raises NotAllowed."""
    row = _theirs(step, by)
    if not row.replies.exists():
        ResponseReply.objects.create(step=row, at=now, by=by)
        _record("response.acknowledged", row, by, now)


@transaction.atomic
def reply(*, step: ResponseStep, words: str, by: User, now: datetime) -> ResponseReply:
    """The person answers: for whoever looks after the case, in no report. Raises NotAllowed, CaseEnded."""
    row = _theirs(step, by)
    _open_case(row.referral)
    made = ResponseReply(step=row, at=now, by=by)
    made.words = words
    made.save(force_insert=True)
    _record("response.answered", row, by, now)
    for somebody in carers_of(row.referral) or administrators_of(row.referral.program):
        outbox.post(
            key=f"response:{made.pk}:{somebody.pk}", kind="response.answered", to=somebody, at=now,
            about=row.referral_id, context={"path": reverse("track_staff:responses", args=[row.referral_id])},
        )  # fmt: skip
    return made


def read_replies(*, referral: Referral, by: User, now: datetime) -> None:
    """Reading somebody's words is itself an event (security.md 5)."""
    journal.record("response.read", about=referral.pk, on=referral, by=by, at=now)


def _take(
    referral: Referral, kind: StepKind, words: str, by: User, now: datetime, *, outcome: str = ""
) -> ResponseStep:
    row = _open_case(referral)
    if not may_decide(by, row):
        raise NotAllowed(by.pk)
    stands = ladder(row, now)
    if Track.objects.filter(referral=row).exists() and not stands.misses:
        raise NothingMissed(row.pk)
    rules.guard_next(rules.Step(kind), stands.upcoming)
    made = ResponseStep(referral=row, kind=kind, misses=list(stands.misses), outcome=outcome, at=now, by=by)
    if kind == StepKind.WARNING:
        # The whole of the last day is theirs.
        days = timedelta(days=policy_of(row, now).answer_days)
        made.answer_by = day_ends(now.astimezone(row.time_zone).date() + days, row.time_zone)
    _write(made, words)
    _record("response.taken", made, by, now)
    _tell_person(made, now)
    return made


def _write(made: ResponseStep, words: str) -> ResponseStep:
    made.words = words
    made.save(force_insert=True)
    return made


def _open_case(referral: Referral) -> Referral:
    row = locked(referral)
    if not row.is_open:
        raise CaseEnded(row.pk)
    return row


def _theirs(step: ResponseStep, by: User) -> ResponseStep:
    row = ResponseStep.objects.select_related("referral__program").get(pk=step.pk)
    locked(row.referral)
    if row.referral.person_id != by.pk:
        raise NotAllowed(by.pk)
    return row


def _record(kind: str, row: ResponseStep, by: User, now: datetime) -> None:
    data = {"step": row.kind, "check_ins": row.misses}
    journal.record(kind, about=row.referral_id, on=row, by=by, at=now, data=data)


def _tell_person(row: ResponseStep, now: datetime) -> None:
    person = row.referral.person
    if person is not None:
        outbox.post(
            key=f"response:{row.pk}", kind="response.taken", to=person, at=now, about=row.referral_id,
            context={"path": reverse("check_ins:response", args=[row.pk])},
        )  # fmt: skip
