"""The walled-off profile of an author: her own page, and the custodian's."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses import access
from courses.actions import identities
from courses.identity_forms import BylineForm, IdentityForm, PurposeForm
from courses.models import AuthorIdentity, IdentityOpening
from courses.models.identity import Purpose
from lms.people.access import ask_to_prove, only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import zone_of


@only(Kind.AUTHOR)
@proved_again
def mine(request: Request) -> HttpResponse:
    """What she wrote of herself, and who opened it, when and why."""
    row = AuthorIdentity.objects.filter(user=request.user, erased_at=None).first()
    if request.method == "POST" and "erase" in request.POST:
        identities.erase(by=request.user, now=request.now)
        messages.success(request, _("It is erased."))
        return redirect("my_identity")
    named = BylineForm(request.POST if "name_here" in request.POST else None, initial={"byline": request.user.byline})
    if named.is_valid():
        identities.call_me(byline=named.cleaned_data["byline"], by=request.user, now=request.now)
        messages.success(request, _("Others who write here see that name now."))
        return redirect("my_identity")
    there = {"legal_name": row.legal_name, "contact": row.contact, "payment": row.payment} if row else {}
    form = IdentityForm(None if named.is_bound else request.POST or None, initial=there)
    if form.is_valid():
        identities.save(**form.cleaned_data, by=request.user, now=request.now)
        messages.success(request, _("Kept, sealed."))
        return redirect("my_identity")
    return render(request, "authoring/identity.html", {
        "form": form,
        "named": named,
        "row": row,
        "openings": IdentityOpening.objects.filter(identity__user=request.user),
        "zone": zone_of(request.user) or "UTC",
    })  # fmt: skip


@only(Kind.STAFF)
@require_safe
def kept(request: Request) -> HttpResponse:
    """For the custodian: the accounts of authors who left something here, by handle."""
    if not access.keeps_identities(request.user):
        raise Http404
    rows = access.identities_for(request.user).select_related("user").order_by("user__username")
    rows = rows.defer("legal_name", "contact", "payment")
    return render(request, "facilitate/identities.html", {"rows": rows, "zone": zone_of(request.user) or "UTC"})


@only(Kind.STAFF)
def one(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Why, then a proof of who it is, then what she wrote; and she will see that it was opened."""
    row = get_object_or_404(access.identities_for(request.user), pk=pk)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if prove := ask_to_prove(request):
            return prove
        identities.open_for(
            identity=row, purpose=Purpose(form.cleaned_data["purpose"]), by=request.user, now=request.now
        )
        return render(request, "facilitate/identity_open.html", {"row": row})
    return render(request, "facilitate/identity.html", {"row": row, "form": form})


def urls() -> list[URLPattern]:
    return [path("identity/", mine, name="my_identity")]
