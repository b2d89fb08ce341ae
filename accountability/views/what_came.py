"""What came with a check-in, and what was tried: for the page on which staff read it."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accountability.access import words_for
from accountability.actions import help_calls
from accountability.answer_fields import HELP_CHOICES
from accountability.answer_forms import shown_answers
from accountability.asking import asked_then
from accountability.models import Answering, Attachment, CheckIn, Submission
from lms import crypto
from lms.files import actions as files
from lms.files.rules import JPEG, M4A, MP3, PDF, PNG, WAV, WEBP
from lms.files.serving import respond
from lms.journal import journal
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User

ENDINGS = {kind.media_type: kind.ending for kind in (M4A, MP3, WAV, PDF, JPEG, PNG, WEBP)}


def of(submission: Submission) -> dict[str, Any]:
    """Question and answer in words, in the language it was answered in, and its files."""
    return {
        "submission": submission,
        "answers": shown_answers(asked_then(submission), submission.read()),
        "files": submission.attachments.select_related("file"),
    }


def around(row: CheckIn, reader: User, *, may_read: bool) -> dict[str, Any]:
    """What was tried, what changed, and for what help was asked, where this reader may know that."""
    answering = Answering.objects.filter(check_in=row).first()
    waits = row.help_asked_at and not row.help_answered_at
    knows = may_read or (waits and help_calls.was_told(reader, row))
    return {
        "code": answering.code if answering else "",
        "tries": row.tries.all(),
        "says_changed": bool(may_read and answering and answering.changed_said_at),
        "help_for": _for_what(row) if knows and row.help_asked_at else [],
    }


def _for_what(row: CheckIn) -> list[str]:
    """The newest call first named. Raises crypto.KeyMissing, crypto.Tampered."""
    named = {kind for call in row.help_calls.filter(at__gte=row.help_asked_at) for kind in call.kinds}
    return [str(words) for kind, words in HELP_CHOICES if kind in named]


@only(Kind.STAFF)
@require_safe
def file(request: Request, pk: str) -> HttpResponseBase:
    """A file that came with a check-in, for its facilitator alone; opening it is an event, as reading is."""
    row = get_object_or_404(Attachment.objects.select_related("file", "check_in__track"), pk=pk, removed_at=None)
    get_object_or_404(words_for(request.user), pk=row.check_in_id)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Http404
    shown = {"shown": [str(row.pk)]}
    try:
        response = respond(
            request,
            size=row.file.size,
            chunks=lambda start, end: files.open_range(row.file, start, end),
            media_type=row.file.media_type,
            name=f"file.{ENDINGS[row.file.media_type]}",
            inline=True,
        )
    except (FileNotFoundError, files.Destroyed, crypto.KeyMissing):
        raise Http404 from None
    journal.record(
        "check_in.read",
        about=row.check_in.track.referral_id,
        on=row.check_in,
        by=request.user,
        at=request.now,
        data=shown,
    )
    return response
