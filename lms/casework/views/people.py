"""The caseload: everybody at a glance, filtered, searched, in views of one's own."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.casework import people as at_a_glance
from lms.casework.access import saved_views_of
from lms.casework.actions import saved_views
from lms.casework.people_forms import PeopleFilter, SaveViewForm, SearchForm
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.models import Referral

FOUND = 50


@only(Kind.STAFF)
def people(request: Request) -> HttpResponse:
    """Everybody who matches; posted, whoever is looked for."""
    mine = referrals_for(request.user)
    if request.method == "POST":
        return _search(request, mine)
    form = PeopleFilter(request.GET, people=mine)
    rows, page = at_a_glance.listed(form, mine, request.GET.get("page"), request.now, request.user)
    return render(request, "facilitate/people/list.html", _context(request, form, rows, page=page))


def _search(request: Request, mine: QuerySet[Referral]) -> HttpResponse:
    """One person found opens at once; several are listed. Nothing of what was typed is kept."""
    search = SearchForm(request.POST)
    found = list(search.find(mine).order_by("last_name", "first_name", "pk")[:FOUND]) if search.is_valid() else []
    if len(found) == 1:
        return redirect("referrals:case", pk=found[0].pk)
    rows = at_a_glance.rows(found, request.now)
    form = PeopleFilter({}, people=mine)
    context = _context(request, form, rows, search=search, searched=search.is_valid(), most=FOUND)
    return render(request, "facilitate/people/list.html", context)


@only(Kind.STAFF)
@require_POST
def save_view(request: Request) -> HttpResponse:
    """Keep what is listed under a name."""
    asked = PeopleFilter(request.POST, people=referrals_for(request.user)).asked()
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 60 characters."))
    else:
        try:
            saved_views.save(name=form.cleaned_data["name"], asked=asked, by=request.user, now=request.now)
        except saved_views.TooMany:
            messages.error(request, _("You have as many views as fit here. Delete one first."))
        else:
            messages.success(request, _("The view is saved. Only you see it."))
    return redirect(_address(asked))


@only(Kind.STAFF)
@require_POST
def forget_view(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A view that is not wanted any more."""
    view = get_object_or_404(saved_views_of(request.user), pk=pk)
    saved_views.forget(view=view, by=request.user, now=request.now)
    messages.success(request, _("The view is deleted. The people are where they were."))
    return redirect("casework:people")


def _context(request: Request, form: PeopleFilter, rows: list[at_a_glance.Row], **more: Any) -> dict[str, Any]:
    views = [{"view": view, "address": _address(view.asked), "here": view.asked == form.asked()} for view in
             saved_views_of(request.user)]  # fmt: skip
    return {
        "form": form, "rows": rows, "views": views, "search": SearchForm(), "save": SaveViewForm(),
        "asked": form.asked(), "query": form.query(),
    } | more  # fmt: skip


def _address(asked: dict[str, str]) -> str:
    known = {name: value for name, value in asked.items() if name in PeopleFilter.base_fields}
    return reverse("casework:people") + (f"?{urlencode(known)}" if known else "")
