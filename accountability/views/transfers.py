"""A case goes on in another program: proposed here, answered there, seen by both before they say yes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accountability.labels import HAPPENS
from accountability.rules.comparison import Happens
from accountability.transfer_forms import TakeForm, TransferForm
from accountability.transfer_preview import Preview, preview
from accountability.views.moves import shown
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import proposals
from lms.referrals.access import is_administrator, referrals_for, transfers_for
from lms.referrals.actions import transfers
from lms.referrals.actions.referrals import CaseClosed, NotAFacilitator
from lms.referrals.models import Referral, TransferProposal

WHY_NOT = {
    **proposals.WHY_NOT,
    proposals.SamePersonTwice: gettext_lazy(
        "You proposed it. Another administrator of the other program must accept it."
    ),
    CaseClosed: gettext_lazy("This case has ended. It cannot be transferred."),
    NotAFacilitator: gettext_lazy("Choose a facilitator of your program."),
    transfers.SameProgram: gettext_lazy("The case is in this program already."),
    transfers.NotOnThatDay: gettext_lazy("Choose today, or a day in the next 60 days."),
    transfers.NotReady: gettext_lazy(
        "The other program cannot take a case yet: it has no policy in force, or no other administrator who could accept."
    ),
    transfers.KnownThere: gettext_lazy(
        "The court has referred this case number to the other program already. Ask the court which one it means."
    ),
}
HAPPENS_HERE = HAPPENS | {
    Happens.HOURS: gettext_lazy("Same date; when it opens and closes follows the other program"),
}


@only(Kind.STAFF)
def propose(request: Request, pk: str) -> HttpResponseBase:
    """Ask where, show before and after, propose it: an administrator's act."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    if not is_administrator(request.user, referral.program):
        raise Http404
    form = TransferForm(request.POST or None, referral=referral)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, referral, form)
    where = {name: form.cleaned_data[name] for name in ("to_program", "from_on")}
    foreseen, why_not = _foresee(request, referral, **where)
    if foreseen is None:
        form.add_error(None, why_not)
        return _ask(request, referral, form)
    if request.POST.get("seen") != foreseen.seen or "change" in request.POST:
        return _ask(request, referral, form, None if "change" in request.POST else foreseen)
    return _propose(request, referral, form)


@proved_again
def _propose(request: Request, referral: Referral, form: TransferForm) -> HttpResponse:
    def act() -> None:
        transfers.propose(referral=referral, **form.cleaned_data, by=request.user, now=request.now)

    if why_not := proposals.attempt(act, WHY_NOT):
        form.add_error(None, why_not)
        return _ask(request, referral, form)
    messages.success(
        request, _("Proposed. Nothing has changed yet: the other program must accept it. The person has been told.")
    )
    return redirect("referrals:case", pk=referral.pk)


@only(Kind.STAFF)
@require_GET
def transfer(request: Request, pk: str) -> HttpResponse:
    """What is proposed, as it stands now; for the other program, with the way to take it or not."""
    return _page(request, get_object_or_404(transfers_for(request.user), pk=pk))


@only(Kind.STAFF)
@require_POST
def accept(request: Request, pk: str) -> HttpResponseBase:
    """The other program takes the case. Somebody else's is missing before anyone is asked who they are."""
    row = get_object_or_404(transfers_for(request.user), pk=pk)
    if not is_administrator(request.user, row.to_program):
        raise Http404
    form = TakeForm(request.POST, program=row.to_program)
    foreseen, why_not = _foresee(request, row.referral, row.to_program, row.from_on)
    if not form.is_valid() or foreseen is None or request.POST.get("seen") != foreseen.seen:
        return _page(request, row, form, why_not, again=bool(foreseen) and form.is_valid())
    return _accept(request, row, form)


@proved_again
def _accept(request: Request, row: TransferProposal, form: TakeForm) -> HttpResponse:
    def act() -> None:
        transfers.accept(proposal=row, **form.cleaned_data, by=request.user, now=request.now)

    if why_not := proposals.attempt(act, WHY_NOT):
        return _page(request, row, form, why_not)
    messages.success(request, _("The case is with your program now. The person has been told."))
    return redirect("referrals:case", pk=row.referral_id)


@only(Kind.STAFF)
@require_POST
def decline(request: Request, pk: str) -> HttpResponse:
    """The case stays where it is."""
    row = get_object_or_404(transfers_for(request.user), pk=pk)
    if not is_administrator(request.user, row.to_program):
        raise Http404
    why_not = proposals.attempt(lambda: transfers.decline(proposal=row, by=request.user, now=request.now), WHY_NOT)
    return _answered(request, why_not, _("Declined. The case stays where it is; both sides have been told."))


@only(Kind.STAFF)
@require_POST
def withdraw(request: Request, pk: str) -> HttpResponse:
    """Whoever proposed it takes it back."""
    row = get_object_or_404(transfers_for(request.user), pk=pk)
    if row.proposed_by_id != request.user.pk:
        raise Http404
    why_not = proposals.attempt(lambda: transfers.withdraw(proposal=row, by=request.user, now=request.now), WHY_NOT)
    return _answered(request, why_not, _("Withdrawn. The case stays here; the person has been told."))


def _answered(request: Request, why_not: str, done: str) -> HttpResponse:
    if why_not:
        messages.info(request, why_not)
    else:
        messages.success(request, done)
    return redirect("referrals:caseload")


def _foresee(request: Request, referral: Referral, to_program: Any, from_on: Any) -> tuple[Preview | None, str]:
    found: list[Preview] = []

    def look() -> None:
        # Accepted after its day has come, the dates follow from today.
        day = max(from_on, request.now.astimezone(referral.time_zone).date()) if referral.is_open else from_on
        found.append(preview(referral=referral, to_program=to_program, from_on=day, now=request.now))

    why_not = proposals.attempt(look, WHY_NOT)
    return (found[0] if found else None), why_not


def _ask(request: Request, referral: Referral, form: forms.Form, foreseen: Preview | None = None) -> HttpResponse:
    context = {
        "referral": referral, "form": form, "zone": referral.time_zone, **_seen(foreseen),
        "again": "seen" in request.POST and foreseen is not None,
    }  # fmt: skip
    return render(request, "facilitate/transfers/propose.html", context)


def _page(
    request: Request, row: TransferProposal, form: TakeForm | None = None, why_not: str = "", *, again: bool = False
) -> HttpResponse:
    waits = row.waits(request.now)
    receives = is_administrator(request.user, row.to_program) and row.proposed_by_id != request.user.pk
    foreseen, problem = _foresee(request, row.referral, row.to_program, row.from_on) if waits else (None, "")
    context = {
        "row": row, "referral": row.referral, "zone": row.referral.time_zone, "waits": waits, "again": again,
        "why_not": why_not or problem, "receives": receives and foreseen is not None,
        "is_mine": row.proposed_by_id == request.user.pk,
        "has_case": referrals_for(request.user).filter(pk=row.referral_id).exists(),
        "form": form or TakeForm(program=row.to_program), **_seen(foreseen),
    }  # fmt: skip
    return render(request, "facilitate/transfers/transfer.html", context)


def _seen(foreseen: Preview | None) -> dict[str, Any]:
    if foreseen is None:
        return {"preview": None}
    changes = shown(foreseen.comparison) if foreseen.comparison else None
    for line in changes["lines"] if changes else ():
        line["happens"] = HAPPENS_HERE[line["line"].happens]
    return {"preview": foreseen, "foreseen": changes}
