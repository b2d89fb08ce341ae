"""The facilitator's side of commitments: the plan, its proof, who is asked to confirm it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accountability import evidence_file as served
from accountability.access import commitments_for, tracks_for
from accountability.actions import commitments, evidence, providers
from accountability.actions.commitments import terms_of
from accountability.commitment_access import evidence_for, own_commitments_for, providers_for
from accountability.commitment_forms import (
    ChangeForm,
    CommitmentForm,
    DecideForm,
    EndForm,
    EvidenceForm,
    ProgressForm,
    ProviderForm,
    VerifyForm,
)
from accountability.models import Commitment, Evidence, Provider, Track
from accountability.models.commitments import Proof
from accountability.plan_words import plain, shaped
from lms import limits
from lms.files.actions import NotKept
from lms.files.words import not_kept
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind

UPLOADS = "30/h/user"
WHY_NOT: dict[type[Exception], Any] = {
    commitments.NotOpen: gettext_lazy("This commitment is verified or has ended."),
    commitments.NotCounted: gettext_lazy("Nothing is counted toward this commitment."),
    evidence.AlreadyDecided: gettext_lazy("Somebody has decided on it already."),
    evidence.TooManyWait: gettext_lazy("There is enough to look at already. Please wait until these were looked at."),
    providers.NotAgreed: gettext_lazy("The person has not agreed that this provider is asked."),
}


@only(Kind.STAFF)
def add_commitment(request: Request, pk: str) -> HttpResponseBase:
    """Something the person undertakes."""
    track = get_object_or_404(tracks_for(request.user), pk=pk)
    form = CommitmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _add(request, track, form)
    return _form(request, track, form, _("Add a commitment"))


@proved_again
def _add(request: Request, track: Track, form: CommitmentForm) -> HttpResponse:
    commitments.add(track=track, **form.cleaned_data, by=request.user, now=request.now)
    messages.success(request, _("Recorded."))
    return redirect("referrals:case", pk=track.referral_id)


@only(Kind.STAFF)
def verify_commitment(request: Request, pk: str) -> HttpResponseBase:
    """Proof was seen."""
    commitment = get_object_or_404(commitments_for(request.user), pk=pk)
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _verify(request, commitment, form)
    title = _("Verify commitment %(number)d") % {"number": commitment.number}
    return _form(request, commitment.track, form, title)


@proved_again
def _verify(request: Request, commitment: Commitment, form: VerifyForm) -> HttpResponse:
    commitments.verify(commitment=commitment, on=form.cleaned_data["on"], by=request.user, now=request.now)
    messages.success(request, _("Verified."))
    return redirect("referrals:case", pk=commitment.track.referral_id)


@only(Kind.STAFF)
@require_GET
def commitment(request: Request, pk: str) -> HttpResponse:
    """One commitment: terms, progress, what was sent, who confirms it."""
    return _show(request, _fetch(request, pk))


@only(Kind.STAFF)
def change_commitment(request: Request, pk: str) -> HttpResponseBase:
    """Other terms. The old ones are kept, and the person is asked anew."""
    row = _open(request, pk)
    terms = terms_of(row)
    form = ChangeForm(request.POST or None, initial={n: getattr(terms, n) for n in CommitmentForm.base_fields})
    if request.method == "POST" and form.is_valid():
        return _change(request, row, form)
    return _form(request, row.track, form, _("Change commitment %(number)d") % {"number": row.number})


@proved_again
def _change(request: Request, row: Commitment, form: ChangeForm) -> HttpResponse:
    def act() -> None:
        commitments.change(
            commitment=row, terms=form.terms(), reason=form.cleaned_data["reason"], by=request.user, now=request.now
        )

    return _tell(request, row, act, _("Changed. The person is asked to read it and agree."))


@only(Kind.STAFF)
def end_commitment(request: Request, pk: str) -> HttpResponseBase:
    """It is not asked for any more."""
    row = _open(request, pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _end(request, row, form)
    return _form(request, row.track, form, _("End commitment %(number)d") % {"number": row.number})


@proved_again
def _end(request: Request, row: Commitment, form: EndForm) -> HttpResponse:
    def act() -> None:
        commitments.end(commitment=row, reason=form.cleaned_data["reason"], by=request.user, now=request.now)

    return _tell(request, row, act, _("Ended. What was done of it stays."))


@only(Kind.STAFF)
@require_POST
def add_progress(request: Request, pk: str) -> HttpResponseBase:
    """So much was done."""
    row = _fetch(request, pk)
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return _show(request, row, progress_form=form)

    def act() -> None:
        commitments.record_progress(
            commitment=row, **form.cleaned_data, source=Proof.FACILITATOR, by=request.user, now=request.now
        )

    return _tell(request, row, act, _("Recorded."))


@only(Kind.STAFF)
@limits.limited("evidence", UPLOADS)
@require_POST
def send_evidence(request: Request, pk: str) -> HttpResponseBase:
    """Staff keep what was handed to them on paper."""
    row = _fetch(request, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, row, evidence_form=form)
    try:
        return _tell(request, row, lambda: keep(request, row, form), _("Kept."))
    except NotKept:
        form.add_error("file", not_kept())
        return _show(request, row, evidence_form=form)


def keep(request: Request, row: Commitment, form: EvidenceForm) -> None:
    evidence.send(
        commitment=row, data=form.cleaned_data["file"], words=form.cleaned_data["words"], by=request.user,
        now=request.now,
    )  # fmt: skip


@only(Kind.STAFF)
@require_safe
def evidence_file(request: Request, pk: str) -> HttpResponseBase:
    """What was sent: to the facilitator of the case, and that it was opened is an event."""
    return served.serve(request, get_object_or_404(evidence_for(request.user), pk=pk))


@only(Kind.STAFF)
@require_POST
def decide_evidence(request: Request, pk: str) -> HttpResponseBase:
    """Accept it, or return it with a note."""
    row = get_object_or_404(evidence_for(request.user), pk=pk)
    form = DecideForm(request.POST, counted=row.commitment.is_counted, prefix=row.pk.hex)
    if not form.is_valid():
        return _show(request, row.commitment, decide_form=(row, form))
    return _tell(request, row.commitment, lambda: _decide(request, row, form), _("Recorded."))


def _decide(request: Request, row: Evidence, form: DecideForm) -> None:
    clean = form.cleaned_data
    if clean["outcome"] == Evidence.RETURNED:
        evidence.give_back(evidence=row, note=clean["note"], by=request.user, now=request.now)
    else:
        evidence.accept(evidence=row, on=clean["on"], units=clean.get("units"), by=request.user, now=request.now)


@only(Kind.STAFF)
@require_POST
def name_provider(request: Request, pk: str) -> HttpResponseBase:
    """Somebody who can confirm it; the person is asked first."""
    row = _fetch(request, pk)
    form = ProviderForm(request.POST)
    if not form.is_valid():
        return _show(request, row, provider_form=form)

    def act() -> None:
        providers.name(commitment=row, **form.cleaned_data, by=request.user, now=request.now)

    return _tell(request, row, act, _("Recorded. The person is asked whether they agree."))


@only(Kind.STAFF)
@require_POST
def provider_agreed(request: Request, pk: str) -> HttpResponseBase:
    """The person said yes to the facilitator, in so many words."""
    row = _provider(request, pk)
    named = request.POST.get("may_name") == "yes"

    def act() -> None:
        providers.agree(provider=row, may_name=named, by=request.user, now=request.now)

    return _tell(request, row.commitment, act, _("Recorded."))


@only(Kind.STAFF)
@require_POST
def ask_provider(request: Request, pk: str) -> HttpResponseBase:
    """Send a link; one that was sent before stops working."""
    row = _provider(request, pk)

    def act() -> None:
        providers.ask(provider=row, by=request.user, now=request.now)

    return _tell(request, row.commitment, act, _("The link goes out within a minute."))


@only(Kind.STAFF)
@require_POST
def revoke_provider(request: Request, pk: str) -> HttpResponseBase:
    """The link that was sent stops working."""
    row = _provider(request, pk)

    def act() -> None:
        providers.revoke(provider=row, by=request.user, now=request.now)

    return _tell(request, row.commitment, act, _("The link does not work any more."))


def _tell(request: Request, row: Commitment, act: Callable[[], None], done: str) -> HttpResponse:
    if why := attempt(act):
        messages.info(request, why)
    else:
        messages.success(request, done)
    return redirect("track_staff:commitment", pk=row.pk)


def attempt(act: Callable[[], None]) -> str:
    """Do it; why it was not done, in words, or nothing."""
    try:
        act()
    except tuple(WHY_NOT) as problem:
        return str(WHY_NOT[type(problem)])
    return ""


def _fetch(request: Request, pk: str) -> Commitment:
    return get_object_or_404(own_commitments_for(request.user), pk=pk)


def _open(request: Request, pk: str) -> Commitment:
    row = _fetch(request, pk)
    if not row.is_open:
        raise Http404
    return row


def _provider(request: Request, pk: str) -> Provider:
    return get_object_or_404(providers_for(request.user), pk=pk)


def _form(request: Request, track: Track, form: forms.Form, title: str) -> HttpResponse:
    context = {"track": track, "form": form, "title": title}
    return render(request, "facilitate/commitments/form.html", context)


def _show(
    request: Request,
    row: Commitment,
    *,
    progress_form: ProgressForm | None = None,
    evidence_form: EvidenceForm | None = None,
    provider_form: ProviderForm | None = None,
    decide_form: tuple[Evidence, DecideForm] | None = None,
) -> HttpResponse:
    today = request.now.astimezone(row.track.time_zone).date()
    context = shaped(row, request.now) | {
        "commitment": row,
        "zone": row.track.time_zone,
        "lines": [_line(line) for line in row.progress.select_related("recorded_by")],
        "evidence": [
            _piece(e, decide_form, today) for e in row.evidence.select_related("file", "sent_by", "decided_by")
        ],
        "providers": [_asked(p, request) for p in row.providers.prefetch_related("links__answer")],
        "changes": row.changes.select_related("recorded_by"),
        "progress_form": progress_form or ProgressForm(initial={"on": today}),
        "evidence_form": evidence_form or EvidenceForm(),
        "provider_form": provider_form or ProviderForm(),
        "invalid": progress_form or evidence_form or provider_form or (decide_form and decide_form[1]),
    }
    return render(request, "facilitate/commitments/commitment.html", context)


def _line(line: Any) -> dict[str, object]:
    return {"row": line, "units": plain(line.units), "who": line.recorded_by.shown_name if line.recorded_by else ""}


def _piece(row: Evidence, wrong: tuple[Evidence, DecideForm] | None, today: Any) -> dict[str, object]:
    form = wrong[1] if wrong and wrong[0].pk == row.pk else None
    blank = DecideForm(counted=row.commitment.is_counted, prefix=row.pk.hex, initial={"on": today})
    return {"row": row, "form": form or blank}


def _asked(row: Provider, request: Request) -> dict[str, object]:
    """With the newest link: sent, answered, expired."""
    links = list(row.links.all())
    newest = links[-1] if links else None
    answers = [(link.answer, plain(link.answer.units) if link.answer.units else "") for link in links if link.used_at]
    waits = newest and not (newest.used_at or newest.ended_at) and newest.expires_at > request.now
    return {"row": row, "link": newest, "waits": waits, "answers": answers}
