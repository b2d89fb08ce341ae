"""What the responsible party does with a check-in: begin, keep a draft, send."""

import json
import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from accountability.models import CheckIn, Submission
from accountability.models.check_ins import Route
from accountability.models.forms import CheckInForm
from accountability.rules.check_in_state import accepts
from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Category
from lms.people.models import User
from lms.referrals.models import ProgramRole, Referral

HELP = "help"
NO_HELP = ("", "no")
# No vowels and no look-alikes: a code to read over the telephone spells nothing.
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"


class NotOpen(Exception):
    """This check-in cannot be answered now."""


def begin(*, check_in: CheckIn, now: datetime) -> None:
    """The person opened the page in time to answer: whoever begins before a deadline may finish after it."""
    if accepts(check_in.moments, now, check_in.track.leeway):
        CheckIn.objects.filter(pk=check_in.pk, begun_at=None).update(begun_at=now)


def save_draft(*, check_in: CheckIn, answers: dict[str, Any], now: datetime) -> None:
    """Keep what is typed. The newest wins; a sent or closed check-in keeps no draft. Raises NotOpen."""
    if check_in.track.closed_at or not accepts(check_in.moments, now, check_in.track.leeway):
        raise NotOpen(check_in.pk)
    CheckIn.objects.filter(pk=check_in.pk).update(draft=check_in.seal_draft(answers), draft_saved_at=now)


@transaction.atomic
def submit(
    *,
    check_in: CheckIn,
    answers: dict[str, Any],
    form: CheckInForm | None,
    language: str,
    by: User,
    now: datetime,
    made_at: datetime | None = None,
    route: str = Route.ONLINE,
) -> Submission:
    """Take the answers. Sent twice (a double press, a retry) it is taken once: the first stands.

    ``made_at`` is when it was made, for one that staff enter; it cannot lie in the future.
    Raises NotOpen when ``made_at`` (or ``now``) is outside every period in which it is taken.
    """
    made_at = made_at or now
    row = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("track__policy", "track__referral")
        .get(pk=check_in.pk)
    )
    newest = row.submissions.order_by("-recorded_at").first()
    reopened = newest is not None
    if newest and not (row.returned_until and now < row.returned_until):
        return newest
    if made_at > now or row.track.closed_at or not accepts(row.moments, made_at, row.track.leeway):
        raise NotOpen(row.pk)
    submission = _write_submission(row, answers, form, language, by, now, made_at, route)
    if reopened:
        row.resubmitted_at, row.returned_until = now, None
    else:
        row.submitted_at = made_at
    row.draft = row.draft_saved_at = row.wakes_at = None
    if asks_for_help(answers):
        _call_for_help(row, now)
    row.save()
    journal.record(
        "check_in.submitted", about=row.track.referral_id, on=row, by=by, at=now,
        data={"number": row.number, "made_at": made_at.isoformat(), "route": route},
    )  # fmt: skip
    return submission


def asks_for_help(answers: dict[str, Any]) -> bool:
    """Whether the built-in last question was answered with anything but no."""
    return answers.get(HELP, "") not in NO_HELP


def _write_submission(
    row: CheckIn,
    answers: dict[str, Any],
    form: CheckInForm | None,
    language: str,
    by: User,
    now: datetime,
    made_at: datetime,
    route: str,
) -> Submission:
    pk = uuid.uuid4()
    sealed = crypto.encrypt(
        json.dumps(answers, ensure_ascii=False),
        subject=row.track.referral_id,
        place=f"accountability.submission.answers:{pk}",
    )
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    return Submission.objects.create(
        pk=pk, check_in=row, form=form, made_at=made_at, recorded_at=now, begun_at=row.begun_at,
        route=route, by=by, language=language, code=code, answers=sealed,
    )  # fmt: skip


def _call_for_help(row: CheckIn, now: datetime) -> None:
    """The facilitator is told in the same transaction; the words stay here."""
    row.help_asked_at, row.help_answered_at = now, None
    for somebody in _who_helps(row.track.referral):
        outbox.post(
            key=f"check-in:{row.pk}:help:{int(now.timestamp())}:{somebody.pk}",
            kind="check_in.help_asked",
            to=somebody,
            at=now,
            about=row.track.referral_id,
            context={"path": f"/facilitate/track/check-ins/{row.pk}/"},
            category=Category.NOTICE,
        )
    journal.record("check_in.help_asked", about=row.track.referral_id, on=row, by=None, at=now)


def _who_helps(referral: Referral) -> list[User]:
    """The facilitator; where there is none who can be reached, every administrator of the program."""
    facilitator = referral.facilitator
    if facilitator and facilitator.is_active:
        return [facilitator]
    administrators = User.objects.filter(
        is_active=True,
        program_memberships__program=referral.program_id,
        program_memberships__role=ProgramRole.ADMINISTRATOR,
    )
    return list(administrators.distinct())
