"""What waits for whom before a module is published; stopping a story that was approved; taking a module out of use."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.ui.components import Component

from courses import access, reviews
from courses.actions import cooling, retiring
from courses.actions import reviews as actions
from courses.authoring_forms import ReaderForm
from courses.models import CoolingOff, ModulePage
from courses.publishing import stands_in_the_way
from lms.people.access import ask_to_prove, only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import administered


@only(Kind.AUTHOR, Kind.STAFF)
@require_safe
def mine(request: Request) -> HttpResponse:
    """What waits for this person; what they handed in; which stories wait their time."""
    user = request.user
    return render(request, "authoring/reviews.html", {
        "waiting": [_waiting(row) for row in reviews.waiting_reviews(user, request.now)],
        "handed_in": [_handed_in(state) for state in reviews.handed_in(user)],
        "unread": [_waiting(row) for row in reviews.without_readers(administered(user))],
        "hers": [_cooling(row, request.now) for row in reviews.coolings_for(user)],
        "programs": [_cooling(row, request.now) for row in reviews.coolings_in(administered(user))],
        "zone": user.zone or "UTC",
    })  # fmt: skip


@only(Kind.STAFF)
def nobody(request: Request) -> HttpResponse:
    """What waits and nobody may read it, for whoever administers: whom they can ask."""
    programs = administered(request.user)
    if not programs.exists():
        raise Http404
    form = ReaderForm(request.POST or None, programs=programs)
    if request.method == "POST" and form.is_valid():
        if prove := ask_to_prove(request):
            return prove
        try:
            actions.ask_reader(
                program=form.chosen_program, handle=form.cleaned_data["handle"], by=request.user, now=request.now
            )
        except actions.NobodyOfThatName:
            form.add_error(
                "handle", _("There is no author of another program with this handle, or she works here already.")
            )
        else:
            messages.success(
                request,
                _(
                    "She may read it now, and reviews in this program until you take the role from her on the team page."
                ),
            )
            return redirect("nobody_reads")
    rows = [_waiting(row) for row in reviews.without_readers(programs)]
    return render(
        request, "authoring/nobody_reads.html", {"rows": rows, "form": form, "zone": request.user.zone or "UTC"}
    )


@only(Kind.AUTHOR)
def waiting(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One version that was approved and waits: one press stops it. The link of the message leads here."""
    row = reviews.cooling_of(request.user, pk)
    if row is None:
        raise Http404
    if request.method == "POST":
        cooling.stop(row=row, by=request.user, now=request.now)
        messages.success(request, _("It is stopped. It stays a draft, and nobody is shown it."))
        return redirect("waiting_story", row.pk)
    return render(
        request, "authoring/waiting_story.html", _cooling(row, request.now) | {"zone": request.user.zone or "UTC"}
    )


@only(Kind.AUTHOR, Kind.STAFF)
def retire(request: Request, pk: int) -> HttpResponse:
    """Take a module out of what comes, and leave those under way what they have."""
    page = _module(request, pk)
    if not access.retires(request.user, page):
        raise Http404
    if request.method == "POST":
        retiring.retire(page=page, by=request.user, now=request.now)
        messages.success(request, _("It is retired. Whoever enrolls after the next edition does not get it."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    under_way = access.under_way().filter(edition__modules__page_key=page.translation_key)
    return render(request, "authoring/retire.html", {"page": page, "under_way": under_way.distinct().count()})


@only(Kind.AUTHOR)
@require_POST
def propose(request: Request, pk: int) -> HttpResponse:
    """A reviewer says that a module should go; its author takes it back, or does not."""
    page = _module(request, pk)
    if not access.proposes_withdrawal(request.user, page):
        raise Http404
    retiring.propose(page=page, by=request.user, now=request.now)
    messages.success(
        request,
        _("Its author and the administrators are told, and a comment stands on the module. Nothing else changed."),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def _module(request: Request, pk: int) -> ModulePage:
    page = get_object_or_404(ModulePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise Http404
    return page


def _cooling(row: CoolingOff, now: datetime) -> dict[str, Any]:
    """``why``: where its time is over and it could not be published, what stands in the way now."""
    held = row.is_open and row.held_at is not None
    return {"row": row, "held": held, "why": stands_in_the_way(row.revision.as_object(), now=now) if held else []}


def _waiting(row: reviews.Waiting) -> dict[str, Any]:
    return {"title": row.page.title, "address": row.address, "since": row.since, "step": STEPS[row.step]()}


def _handed_in(state: Any) -> dict[str, Any]:
    page = state.content_object.specific
    task = state.current_task_state.task.specific if state.current_task_state else None
    asked = state.status == state.STATUS_NEEDS_CHANGES
    nobody = bool(task and not asked and not reviews.who_may_decide(page, task.role))
    return {
        "title": page.get_latest_revision_as_object().title,
        "pk": page.pk,
        "step": STEPS[task.role]() if task else "",
        "asked_for_changes": asked,
        "nobody": nobody,
    }


STEPS = {
    "author": lambda: _("another author of the program"),
    "reviewer": lambda: _("a clinical or legal reviewer"),
    "administrator": lambda: _("an administrator of the program"),
}


class WaitingPanel(Component):
    """On her home page: a story that was approved, and that she can still stop."""

    name, order = "waiting-stories", 5
    template_name = "authoring/waiting_panel.html"

    def __init__(self, rows: list[CoolingOff], zone: str, now: datetime) -> None:
        self.rows, self.zone = [_cooling(row, now) for row in rows], zone

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"rows": self.rows, "zone": self.zone}
