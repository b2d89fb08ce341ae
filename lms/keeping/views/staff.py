"""What is kept, until when, what two people decided, and what became of it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from lms import crypto
from lms.files.actions import Destroyed, NotKept
from lms.files.rules.kinds import BY_MEDIA_TYPE
from lms.files.serving import respond
from lms.keeping import access, orders, shredders
from lms.keeping.actions import copies, demands, forgetting, holds, retention
from lms.keeping.forms import DecideForm, DemandForm, HoldForm, ProposeForm
from lms.keeping.models import Act, Forgetting, LegalHold
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.models import Referral

LATELY = 30
INSUFFICIENT_STORAGE = 507
NO_ROOM = gettext_lazy(
    "There is no room to keep the order just now, so nothing was proposed. What you chose is still here: "
    "choose the file again later, and tell the operator."
)
WHY_NOT = {
    forgetting.NotAllowed: gettext_lazy(
        "It takes two people who both have the right to it, and one of you no longer has."
    ),
    forgetting.SamePersonTwice: gettext_lazy("You proposed it. Another administrator must confirm it."),
    forgetting.OnHold: gettext_lazy("A legal hold stands on this case. Nothing was done."),
    forgetting.NotPossible: gettext_lazy("This cannot be done to this case now, or another proposal waits."),
    forgetting.NoLongerOpen: gettext_lazy("This proposal was confirmed or withdrawn meanwhile."),
    forgetting.NumberTaken: gettext_lazy("Another case has this case’s number now. Nothing was done."),
    crypto.KeyMissing: gettext_lazy("A key is missing, so nothing was done. Tell the operator."),
    crypto.Tampered: gettext_lazy("Something was altered, so nothing was done. Tell the operator."),
    FileNotFoundError: gettext_lazy("A file is missing, so nothing was done. Tell the operator."),
    orders.OrderMissing: gettext_lazy(
        "The court’s order is missing. Withdraw this proposal, and propose it again with the order."
    ),
    Destroyed: gettext_lazy("The court’s order is not kept any more."),
    demands.NotAllowed: gettext_lazy("Only an administrator of this program may do this."),
    demands.TooEarly: gettext_lazy("The person was told and still has time to object. Nothing may be handed over yet."),
    demands.Decided: gettext_lazy("Somebody decided this meanwhile."),
    holds.NotAllowed: gettext_lazy("Only an administrator of this program may do this."),
    holds.Forgotten: gettext_lazy("This case is forgotten. There is nothing left to hold."),
    copies.NotAllowed: gettext_lazy(
        "Only the facilitator of this case or an administrator of the program may release it."
    ),
}


@only(Kind.STAFF)
@require_GET
def home(request: Request) -> HttpResponse:
    """What waits for a second person, what will be forgotten and when, what stands on hold, what was done."""
    seen = access.forgettings_for(request.user)
    waiting = seen.filter(confirmed_at=None, withdrawn_at=None).exclude(
        # A sealed case is nobody's but theirs who may bring it back.
        Q(referral__sealed_at__isnull=False) & ~Q(referral__in=access.sealed_for(request.user))
    )
    context = {
        "waiting": waiting,
        "done": seen.filter(confirmed_at__isnull=False).order_by("-confirmed_at")[:LATELY],
        "ahead": retention.ahead(access.cases_for(request.user) | access.sealed_for(request.user), now=request.now),
        "holds": access.holds_for(request.user),
        "sealed": access.sealed_for(request.user),
        "copies": access.copies_to_release(request.user),
        "orders": set(access.orders_for(request.user).values_list("pk", flat=True)),
        "may_read_certificates": set(access.certificates_for(request.user).values_list("pk", flat=True)),
    }
    return render(request, "keeping/home.html", context)


@only(Kind.STAFF)
@require_GET
def case(request: Request, pk: str) -> HttpResponse:
    """What is held about one case, and what can be done."""
    referral = _case(request, pk)
    return _show_case(request, referral, ProposeForm(referral=referral))


@only(Kind.STAFF)
@require_POST
def propose(request: Request, pk: str) -> HttpResponse:
    """One person's word; another's is needed."""
    referral = _case(request, pk)
    form = ProposeForm(request.POST, request.FILES, referral=referral)
    if not form.is_valid():
        return _show_case(request, referral, form)
    made: list[Forgetting] = []
    try:
        message = _try(
            lambda: made.append(
                forgetting.propose(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
            )
        )
    except NotKept:
        form.add_error("order", NO_ROOM)
        return _show_case(request, referral, form, status=INSUFFICIENT_STORAGE)
    if message:
        messages.error(request, message)
        return redirect("keeping:case", pk=referral.pk)
    messages.success(request, _("Proposed. Nothing has happened yet: another administrator must confirm it."))
    return redirect("keeping:proposal", pk=made[0].pk)


@only(Kind.STAFF)
@require_GET
def proposal(request: Request, pk: str) -> HttpResponse:
    """What one person proposed, and what it would do."""
    return render(request, "keeping/proposal.html", _proposal_page(request, _open_proposal(request, pk)))


@only(Kind.STAFF)
@require_safe
def order(request: Request, pk: str) -> HttpResponseBase:
    """The court's order beside a proposal, for those who decide about it."""
    get_object_or_404(access.orders_for(request.user), pk=pk)
    return _order(request, pk)


@proved_again
def _order(request: Request, pk: str) -> HttpResponseBase:
    row = get_object_or_404(access.orders_for(request.user), pk=pk)
    opened: list[bytes] = []
    if message := _try(lambda: opened.append(forgetting.open_order(forgetting=row, by=request.user, now=request.now))):
        messages.error(request, message)
        return redirect("keeping:home")
    assert row.order is not None  # noqa: S101  orders_for asked
    return respond(
        request,
        size=len(opened[0]),
        chunks=lambda start, end: iter((opened[0][start:end],)),
        media_type=row.order.media_type,
        name=f"order-{str(row.pk)[:8]}.{BY_MEDIA_TYPE[row.order.media_type].ending}",
    )


@only(Kind.STAFF)
def confirm(request: Request, pk: str) -> HttpResponse:
    """The second person's word. Somebody else’s proposal is missing before anyone is asked who they are."""
    row = _open_proposal(request, pk)
    if not access.may_decide(request.user, row.referral):
        raise Http404
    return _confirm(request, pk)


@proved_again
def _confirm(request: Request, pk: str) -> HttpResponse:
    row = _open_proposal(request, pk)
    if request.method != "POST":
        return render(request, "keeping/confirm.html", _proposal_page(request, row))
    if message := _try(lambda: forgetting.confirm(forgetting=row, by=request.user, now=request.now)):
        messages.error(request, message)
        return redirect("keeping:proposal", pk=pk)
    done = {
        Act.SEAL: _("The case is sealed."),
        Act.EXPUNGE: _("The case is forgotten. The certificate is below."),
        Act.UNSEAL: _("The case is back."),
    }
    messages.success(request, done[Act(row.act)])
    return redirect("keeping:home")


@only(Kind.STAFF)
@require_POST
def withdraw(request: Request, pk: str) -> HttpResponse:
    """Take a proposal back."""
    row = _open_proposal(request, pk)
    if message := _try(lambda: forgetting.withdraw(forgetting=row, by=request.user, now=request.now)):
        messages.error(request, message)
        return redirect("keeping:proposal", pk=pk)
    messages.success(request, _("The proposal is withdrawn. Nothing was changed."))
    return redirect("keeping:home")


@only(Kind.STAFF)
@require_GET
def certificate(request: Request, pk: str) -> HttpResponse:
    """The certificate of destruction."""
    row = get_object_or_404(access.certificates_for(request.user), pk=pk)
    data = forgetting.open_certificate(forgetting=row, by=request.user, now=request.now)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{str(row.pk)[:8]}.pdf"'
    return response


@only(Kind.STAFF)
def hold(request: Request, pk: str) -> HttpResponse:
    """Place a legal hold: an administrator's act."""
    referral = _case(request, pk)
    if not access.may_decide(request.user, referral):
        raise Http404
    return _hold(request, pk)


@proved_again
def _hold(request: Request, pk: str) -> HttpResponse:
    referral = _case(request, pk)
    form = HoldForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "keeping/hold.html", {"referral": referral, "form": form})
    reason = form.cleaned_data["reason"]
    if message := _try(lambda: holds.place(referral=referral, reason=reason, by=request.user, now=request.now)):
        messages.error(request, message)
    else:
        messages.success(request, _("The hold stands. Nothing of this case is sealed or forgotten until it is lifted."))
    return redirect("keeping:case", pk=pk)


@only(Kind.STAFF)
def lift(request: Request, pk: str) -> HttpResponse:
    """Lift a hold."""
    _standing_hold(request, pk)
    return _lift(request, pk)


@proved_again
def _lift(request: Request, pk: str) -> HttpResponse:
    row = _standing_hold(request, pk)
    if request.method != "POST":
        return render(request, "keeping/lift.html", {"hold": row})
    if message := _try(lambda: holds.lift(hold=row, by=request.user, now=request.now)):
        messages.error(request, message)
    else:
        messages.success(request, _("The hold is lifted."))
    return redirect("keeping:case", pk=row.referral_id)


@only(Kind.STAFF)
def demand(request: Request, pk: str) -> HttpResponse:
    """Record a legal demand for records of a case: an administrator's act."""
    referral = get_object_or_404(access.cases_for(request.user), pk=pk)
    if not access.may_decide(request.user, referral):
        raise Http404
    return _demand(request, pk)


@proved_again
def _demand(request: Request, pk: str) -> HttpResponse:
    referral = get_object_or_404(access.cases_for(request.user), pk=pk)
    form = DemandForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "keeping/demand.html", {"referral": referral, "form": form})
    if message := _try(
        lambda: demands.record(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
    ):
        messages.error(request, message)
    else:
        messages.success(request, _("Recorded. A legal hold stands, and the person is told where they may be."))
    return redirect("keeping:case", pk=pk)


@only(Kind.STAFF)
def decide_demand(request: Request, pk: str) -> HttpResponse:
    """Say what became of a legal demand."""
    get_object_or_404(access.demands_for(request.user), pk=pk)
    return _decide_demand(request, pk)


@proved_again
def _decide_demand(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(access.demands_for(request.user), pk=pk)
    form = DecideForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"demand": row, "form": form, "zone": row.referral.court.zone}
        return render(request, "keeping/decide_demand.html", context)
    outcome = form.cleaned_data["outcome"]
    if message := _try(lambda: demands.decide(demand=row, outcome=outcome, by=request.user, now=request.now)):
        messages.error(request, message)
    else:
        messages.success(request, _("Recorded."))
    return redirect("keeping:case", pk=row.referral_id)


@only(Kind.STAFF)
def release_copy(request: Request, pk: str) -> HttpResponse:
    """Let a person have their own copy."""
    get_object_or_404(access.copies_to_release(request.user), pk=pk)
    return _release_copy(request, pk)


@proved_again
def _release_copy(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(access.copies_to_release(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "keeping/release_copy.html", {"copy": row})
    if message := _try(lambda: copies.release(copy=row, by=request.user, now=request.now)):
        messages.error(request, message)
    else:
        messages.success(request, _("Released. The copy is made within minutes, and the person is told."))
    return redirect("keeping:home")


def _case(request: Request, pk: str) -> Referral:
    """A case of theirs, or a sealed one they may bring back; else it is missing."""
    mine = access.cases_for(request.user).filter(pk=pk).first()
    return mine or get_object_or_404(access.sealed_for(request.user), pk=pk)


def _open_proposal(request: Request, pk: str) -> Forgetting:
    """A proposal that waits, about a case that is theirs or that they may bring back; else it is missing."""
    waiting = access.forgettings_for(request.user).filter(confirmed_at=None, withdrawn_at=None)
    row = get_object_or_404(waiting, pk=pk)
    _case(request, str(row.referral_id))
    return row


def _standing_hold(request: Request, pk: str) -> LegalHold:
    return get_object_or_404(access.holds_for(request.user), pk=pk)


def _show_case(request: Request, referral: Referral, form: ProposeForm, *, status: int = 200) -> HttpResponse:
    lines = shredders.preview(referral)
    context = {
        "referral": referral,
        "form": form,
        "gone": [line for line in lines if not line.stays],
        "stays": [line for line in lines if line.stays],
        "backup_days": settings.BACKUP_DATA_DAYS,
        "hold": LegalHold.objects.filter(referral=referral, lifted_at=None).first(),
        "waiting": Forgetting.objects.filter(referral=referral, confirmed_at=None, withdrawn_at=None).first(),
        "may_decide": access.may_decide(request.user, referral),
        "demands": access.demands_for(request.user).filter(referral=referral),
        "zone": referral.court.zone,
    }
    return render(request, "keeping/case.html", context, status=status)


def _proposal_page(request: Request, row: Forgetting) -> dict[str, object]:
    lines = shredders.preview(row.referral)
    return {
        "row": row,
        "referral": row.referral,
        "gone": [line for line in lines if not line.stays],
        "stays": [line for line in lines if line.stays],
        "backup_days": settings.BACKUP_DATA_DAYS,
        "may_confirm": access.may_decide(request.user, row.referral) and row.proposed_by_id != request.user.pk,
        "may_withdraw": access.may_decide(request.user, row.referral) or row.proposed_by_id == request.user.pk,
        "is_mine": row.proposed_by_id == request.user.pk,
        "has_order": access.orders_for(request.user).filter(pk=row.pk).exists(),
        "hold": LegalHold.objects.filter(referral=row.referral, lifted_at=None).first(),
        "zone": row.referral.court.zone,
    }


def _try(act: Callable[[], object]) -> str:
    """Does it, or says why not."""
    try:
        act()
    except tuple(WHY_NOT) as refused:
        return str(next(words for kind, words in WHY_NOT.items() if isinstance(refused, kind)))
    return ""
