"""Files that come with a check-in: kept when they come, bound to what is sent, gone when they are taken away."""

from datetime import datetime

from django.db import transaction

from accountability.actions.answering import NotOpen
from accountability.models import Attachment, CheckIn, Submission
from accountability.rules.check_in_state import accepts
from lms.files import actions as files
from lms.files.accept import Accepted
from lms.files.models import StoredFile
from lms.files.remux import Clean
from lms.files.rules import CHECK_IN_FILE
from lms.people.models import User

ZONE = "narrative"
# Of one check-in, before it is sent.
AT_MOST = 6


class TooMany(Exception):
    """There are enough files in this check-in."""


@transaction.atomic
def add(
    *, check_in: CheckIn, question: str, data: Accepted | Clean, by: User, now: datetime, late: bool = False
) -> Attachment:
    """Keep a cleaned file. The same one sent twice is kept once. ``late``: staff enter what was made in time.

    Raises NotOpen, TooMany, files.NotKept, crypto.KeyMissing.
    """
    row = CheckIn.objects.select_for_update(of=("self",)).select_related("track__policy").get(pk=check_in.pk)
    if row.track.closed_at or not (late or accepts(row.moments, now, row.track.leeway)):
        raise NotOpen(row.pk)
    there = row.attachments.filter(submission=None, removed_at=None).select_related("file")
    file = _kept(row, data, by, now)
    same = next((each for each in there if each.question == question and each.file.sha256 == file.sha256), None)
    if same:
        files.destroy([file], now=now)
        return same
    if there.count() >= AT_MOST:
        raise TooMany(row.pk)
    return Attachment.objects.create(check_in=row, question=question, file=file, added_at=now)


@transaction.atomic
def remove(*, attachment: Attachment, now: datetime) -> None:
    """Taken away before it was sent: its bytes are destroyed. What was sent stays; again is harmless."""
    won = Attachment.objects.filter(pk=attachment.pk, submission=None, removed_at=None).update(removed_at=now)
    if won:
        files.destroy([attachment.file], now=now)


def bind(submission: Submission) -> None:
    """What came with it goes with it."""
    Attachment.objects.filter(check_in=submission.check_in_id, submission=None, removed_at=None).update(
        submission=submission
    )


def _kept(row: CheckIn, data: Accepted | Clean, by: User, now: datetime) -> StoredFile:
    subject = row.track.referral_id
    if isinstance(data, Accepted):
        return files.store(
            data=data, subject=subject, purpose="check_in_file", zone=ZONE, rules=CHECK_IN_FILE, by=by, now=now
        )
    try:
        # Of a film its sound alone: it is a voice that was asked for.
        media_type = "audio/mp4" if data.sound else data.kind.media_type
        return files.store_large(
            clean=data.sound or data.data, media_type=media_type, subject=subject, purpose="voice_note", zone=ZONE,
            by=by, now=now,
        )  # fmt: skip
    finally:
        data.close()
