"""Reading reflections, and deciding on them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from courses import shown
from courses.access import reflections_for, words_to_decide
from courses.actions import reflections
from courses.forms import ReviewForm
from lms.journal import journal
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import administered


@only(Kind.STAFF)
@require_GET
def queue(request: Request) -> HttpResponse:
    """Reflections that wait, the longest waiting first."""
    waiting = reflections_for(request.user).filter(submitted_at__isnull=False, accepted_at=None, returned_at=None)
    return render(request, "facilitate/reflections.html", {
        "waiting": waiting.order_by("submitted_at").defer("draft", "text"),
        "decides": administered(request.user).exists(),
        "words": words_to_decide(request.user).count(),
    })  # fmt: skip


@only(Kind.STAFF)
def reflection(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read one, and accept it or return it with a note."""
    row = get_object_or_404(reflections_for(request.user).filter(submitted_at__isnull=False), pk=pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reflections.review(reflection=row, **form.cleaned_data, by=request.user, now=request.now)
        except reflections.NothingToReview:
            messages.info(request, _("This reflection has already been decided on."))
        else:
            messages.success(request, _("Recorded."))
        return redirect("courses_staff:queue")
    # Reading somebody's words is itself an event (security.md 5).
    journal.record("reflection.read", about=row.enrollment.referral_id, on=row, by=request.user, at=request.now)
    return render(
        request,
        "facilitate/reflection.html",
        {
            "row": row,
            "referral": row.enrollment.referral,
            "zone": row.enrollment.referral.time_zone,
            "words": row.read(),
            "prompt": shown.block(row.module, row.block_id, row.language),
            "form": form,
            "may_decide": not row.accepted_at and not row.returned_at,
            "reviews": row.reviews.select_related("by"),
        },
    )
