"""What the responsible party sees of their commitments and of their circle's dates."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accountability import evidence_file as served
from accountability.actions import commitments, providers
from accountability.commitment_access import evidence_for, meetings_of, own_commitments_for, providers_for
from accountability.commitment_forms import AgreeForm, EvidenceForm
from accountability.models import Commitment, Provider
from accountability.plan_words import plain, shaped
from accountability.views.commitments import UPLOADS, attempt, keep
from lms import limits
from lms.files.actions import NotKept
from lms.files.words import not_kept
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import acting_referral

PERSON = Kind.RESPONSIBLE_PARTY


@only(PERSON)
@require_GET
def home(request: Request) -> HttpResponse:
    """All of them, and when the circle meets."""
    referral = acting_referral(request.user)
    rows = own_commitments_for(request.user).filter(track__referral=referral).prefetch_related("progress")
    ahead = meetings_of(referral).filter(ends_at__gt=request.now).order_by("starts_at")[:12] if referral else []
    context = {
        "lines": [shaped(row, request.now, yours=True) for row in rows],
        "meetings": ahead,
        "zone": referral.time_zone if referral else None,
    }
    return render(request, "commitments/home.html", context)


@only(PERSON)
@require_GET
def commitment(request: Request, pk: str) -> HttpResponse:
    """One: what, why, by when, how it is proved, how far it has come."""
    return _show(request, _fetch(request, pk), EvidenceForm())


@only(PERSON)
@require_POST
def agree(request: Request, pk: str) -> HttpResponse:
    """The person has read it and agrees."""
    row = _fetch(request, pk)
    why = attempt(lambda: _agree(request, row))
    messages.info(request, why) if why else messages.success(request, _("Thank you. Your agreement is recorded."))
    return redirect("commitments:commitment", pk=row.pk)


def _agree(request: Request, row: Commitment) -> None:
    commitments.agree(commitment=row, by=request.user, now=request.now)


@only(PERSON)
@limits.limited("evidence", UPLOADS)
@require_POST
def send_evidence(request: Request, pk: str) -> HttpResponseBase:
    """A photograph or a PDF."""
    row = _fetch(request, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, row, form)
    try:
        why = attempt(lambda: keep(request, row, form))
    except NotKept:
        form.add_error("file", not_kept())
        return _show(request, row, form)
    if why:
        messages.info(request, why)
    else:
        messages.success(request, _("Sent. Your facilitator will look at it."))
    return redirect("commitments:commitment", pk=row.pk)


@only(PERSON)
@require_safe
def evidence_file(request: Request, pk: str) -> HttpResponseBase:
    """What was sent for them."""
    return served.serve(request, get_object_or_404(evidence_for(request.user), pk=pk))


@only(PERSON)
@require_POST
def decide_provider(request: Request, pk: str) -> HttpResponse:
    """Whether somebody outside may be asked, and whether they may learn the name."""
    row = get_object_or_404(providers_for(request.user), pk=pk)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        messages.info(request, _("Please choose one of the answers."))
    elif why := attempt(lambda: _decide(request, row, form.cleaned_data["answer"])):
        messages.info(request, why)
    else:
        messages.success(request, _("Thank you. Your answer is recorded."))
    return redirect("commitments:commitment", pk=row.commitment_id)


def _decide(request: Request, row: Provider, answer: str) -> None:
    if answer == "no":
        providers.refuse(provider=row, by=request.user, now=request.now)
    else:
        providers.agree(provider=row, may_name=answer == "named", by=request.user, now=request.now)


def _fetch(request: Request, pk: str) -> Commitment:
    return get_object_or_404(own_commitments_for(request.user), pk=pk)


def _show(request: Request, row: Commitment, form: EvidenceForm) -> HttpResponse:
    context = shaped(row, request.now, yours=True) | {
        "commitment": row,
        "zone": row.track.time_zone,
        "lines": [{"row": line, "units": plain(line.units)} for line in row.progress.all()],
        "evidence": row.evidence.select_related("file"),
        "providers": [{"row": p, "form": AgreeForm(auto_id=f"id_{p.pk.hex}_%s")} for p in row.providers.all()],
        "changes": row.changes.all(),
        "form": form,
    }
    return render(request, "commitments/commitment.html", context)
