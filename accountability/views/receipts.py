"""Proof for the person: when a check-in was taken, and a code to read over the telephone."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accountability import panels
from accountability.access import check_ins_for
from accountability.answer_fields import RECALL, said
from accountability.models import Answering, CheckIn, Submission
from accountability.rules.check_in_state import state_of
from accountability.views.sheet import newest_note
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import recall


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def receipt(request: Request, pk: str) -> HttpResponse:
    """It is received; whom to call comes first, where somebody was asked for."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk, submitted_at__isnull=False)
    submission = check_in.submissions.order_by("-recorded_at").first()
    track = check_in.track
    states = [state_of(c.moments, request.now, track.leeway) for c in track.check_ins.defer("draft").order_by("number")]
    context = {
        "check_in": check_in,
        "zone": track.time_zone,
        "submission": submission,
        "asked_for_help": bool(check_in.help_asked_at and not check_in.help_answered_at),
        "program": track.referral.program,
        "note": newest_note(check_in),
        "encouragement": panels.encouragement(states),
        "recalled": _recalled(check_in, submission),
        "files": submission.attachments.select_related("file") if submission else [],
    }
    return render(request, "check_ins/receipt.html", context)


def _recalled(check_in: CheckIn, submission: Submission | None) -> dict[str, Any] | None:
    """The course's question with what is right and why, for nobody's eyes but theirs."""
    row = Answering.objects.filter(check_in=check_in).exclude(recall=None).first()
    if row is None or row.recall is None or submission is None:
        return None
    given, question = submission.read().get(RECALL) or [], recall.read(row.recall)
    if not given:
        return None
    language, keys = get_language() or "en", list(question.choices)
    picked = {int(place) for place in (given if isinstance(given, list) else [given])}
    right = {keys.index(key) + 1 for key in question.right}
    words = {n: said(question.choices[key], language) for n, key in enumerate(keys, start=1)}
    return {
        "prompt": said(question.prompt, language),
        "given": [words[n] for n in sorted(picked) if n in words],
        "right": [words[n] for n in sorted(right)],
        "same": picked == right,
        "explanation": said(question.explanation, language),
    }
