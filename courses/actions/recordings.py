"""Adding a recording and taking one away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from courses.models import CourseRecording
from lms import crypto
from lms.files import actions as files
from lms.files.remux import Clean
from lms.files.scratch import Scratch
from lms.journal import journal
from lms.people.models import User
from lms.referrals.actions import upkeep

ZONE = "narrative"


def add(*, form: Any, by: User, now: datetime) -> CourseRecording:
    """Keep a recording whose form is valid: the clean copy, its sound alone, what can be read. Raises NotKept."""
    clean: Clean = form.cleaned_data["upload"]
    recording: CourseRecording = form.instance
    recording.kind = CourseRecording.Kind.VIDEO if clean.shows else CourseRecording.Kind.AUDIO
    recording.milliseconds = clean.milliseconds
    recording.created_at, recording.uploaded_by_user = now, by
    try:
        with transaction.atomic():
            recording.file = _kept(recording, clean.data, clean.kind.media_type, by=by, now=now)
            if clean.sound:
                recording.sound = _kept(recording, clean.sound, "audio/mp4", by=by, now=now)
            upkeep.save(form=form, by=by, now=now)
    finally:
        clean.close()
    return recording


@transaction.atomic
def delete(*, recording: CourseRecording, by: User, now: datetime) -> None:
    """Delete a recording, its bytes and its key."""
    journal.record("courserecording.deleted", about=None, on=recording, by=by, at=now)
    forget([recording], now=now)


@transaction.atomic
def forget(recordings: Iterable[CourseRecording], *, now: datetime, taken_back: bool = False) -> int:
    """Its row and its words are gone, its bytes when the transaction commits; with its key, every copy of them."""
    gone = 0
    for recording in recordings:
        key, kept = recording.key, [file for file in (recording.file, recording.sound) if file]
        recording.is_taken_back = taken_back
        recording.delete()
        files.destroy(kept, now=now)
        crypto.destroy_subject(key, now=now)
        gone += 1
    return gone


def _kept(recording: CourseRecording, clean: Scratch, media_type: str, *, by: User, now: datetime) -> Any:
    return files.store_large(
        clean=clean, media_type=media_type, subject=recording.key, purpose="recording", zone=ZONE, by=by, now=now
    )
