"""What the responsible party does with a check-in: begin, keep a draft, send."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from accountability.actions import attachments, help_calls
from accountability.actions.answering import NotOpen, save_draft
from accountability.actions.codes import CODE_LETTERS, new_code
from accountability.models import Answering, CheckIn, Submission
from accountability.models.check_ins import Route
from accountability.models.forms import CheckInForm
from accountability.rules.check_in_state import accepts
from lms import crypto
from lms.journal import journal
from lms.people.models import User

__all__ = ["CODE_LETTERS", "NotOpen", "begin", "save_draft", "submit"]
NOTHING_CHANGED = "none"


def begin(*, check_in: CheckIn, now: datetime) -> None:
    """The person opened the page in time to answer: whoever begins before a deadline may finish after it."""
    if accepts(check_in.moments, now, check_in.track.leeway):
        CheckIn.objects.filter(pk=check_in.pk, begun_at=None).update(begun_at=now)


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
    help_calls.call(row, help_calls.kinds_in(answers), now)
    row.save()
    attachments.bind(submission)
    _settle(row, form, answers, now)
    journal.record(
        "check_in.submitted", about=row.track.referral_id, on=row, by=by, at=now,
        data={"number": row.number, "made_at": made_at.isoformat(), "route": route},
    )  # fmt: skip
    return submission


def says_changed(form: CheckInForm | None, answers: dict[str, Any]) -> bool:
    """Whether somebody said that an address, a telephone or anything else has changed."""
    for key in form.keys_of("changed") if form else ():
        given = answers.get(key) or []
        marked = set(given if isinstance(given, list) else [given]) - {NOTHING_CHANGED}
        if marked or str(answers.get(f"{key}_words") or "").strip():
            return True
    return False


def _settle(row: CheckIn, form: CheckInForm | None, answers: dict[str, Any], now: datetime) -> None:
    """What is sent is no longer being answered; a change that was told is something for the facilitator to look at."""
    changed = {"changed_said_at": now} if says_changed(form, answers) else {}
    Answering.objects.filter(check_in=row).update(place="", **changed)


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
    return Submission.objects.create(
        pk=pk, check_in=row, form=form, made_at=made_at, recorded_at=now, begun_at=row.begun_at,
        route=route, by=by, language=language, code=new_code(), answers=sealed,
    )  # fmt: skip
