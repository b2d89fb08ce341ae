"""Messages that may not have arrived, of all of an administrator's programs: cases, and invitations of staff."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from lms.outbox import doubt
from lms.outbox.models import Channel, Line, Message
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals.access import courts_served, programs_of, zone_of
from lms.referrals.message_words import tried, what, why
from lms.referrals.models import Invitation, ProgramRole, Referral

A_PAGE, AT_ONCE = 50, 500
STATES = {"refused": doubt.REFUSED, "uncertain": doubt.IN_DOUBT & Q(refused_at=None)}


class Narrow(forms.Form):
    """Which of them to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        required=False,
        choices=[
            ("", gettext_lazy("Everything")),
            ("refused", gettext_lazy("Not taken")),
            ("uncertain", gettext_lazy("In doubt")),
            ("failing", gettext_lazy("Still being tried")),
        ],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Sent by"), required=False, choices=[("", gettext_lazy("Either way")), *Channel.choices]
    )

    def narrow(self, rows: QuerySet[Message]) -> QuerySet[Message]:
        chosen = self.cleaned_data if self.is_valid() else {}
        if channel := chosen.get("channel"):
            rows = rows.filter(channel=channel)
        if (state := chosen.get("state")) == "failing":
            return rows.filter(refused_at=None, uncertain_at=None)
        return rows.filter(STATES[state]) if state in STATES else rows


@only(Kind.STAFF)
@require_safe
def dead_letters(request: Request) -> HttpResponse:
    """The list, oldest first, with what can be done about each."""
    rows = _of(request.user)
    form = Narrow(request.GET or None)
    page = Paginator(form.narrow(rows).select_related("to"), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "facilitate/messages.html",
        {
            "form": form,
            "page": page,
            "rows": _shown(list(page.object_list), request),
            "total": rows.count(),
            "chosen": {name: request.GET.get(name, "") for name in form.fields},
            "lines": Line.objects.all(),
            "zone": zone_of(request.user) or "UTC",
        },
    )


@only(Kind.STAFF)
@require_safe
def message(request: Request, pk: str) -> HttpResponse:
    """One message with each attempt."""
    found = get_object_or_404(_of(request.user).select_related("to"), pk=pk)
    attempts = [{"attempt": attempt, "words": tried(attempt)} for attempt in found.attempts.all()]
    context = {"row": _shown([found], request)[0], "attempts": attempts, "zone": zone_of(request.user) or "UTC"}
    return render(request, "facilitate/message.html", context)


@only(Kind.STAFF)
@require_POST
def they_know(request: Request, pk: str) -> HttpResponse:
    """Somebody made sure that the person knows."""
    return _decide(request, pk, doubt.settle, _("Noted. It is off your list."))


@only(Kind.STAFF)
@require_POST
def once_more(request: Request, pk: str) -> HttpResponse:
    """Send it again."""
    return _decide(request, pk, doubt.once_more, _("It goes out again within a minute."))


@only(Kind.STAFF)
@require_POST
def again_in_bulk(request: Request) -> HttpResponse:
    """After an outage: those that were ticked, or all that the filter shows."""
    rows = _of(request.user)
    if request.POST.get("which") == "all":
        rows = Narrow(request.POST).narrow(rows)
    else:
        rows = rows.filter(pk__in=[pk for pk in request.POST.getlist("pk") if _is_id(pk)])
    went, left = doubt.all_once_more(messages=list(rows[:AT_ONCE]), by=request.user, now=request.now)
    if went:
        said = ngettext("%(n)d message goes out again.", "%(n)d messages go out again.", went) % {"n": went}
        messages.success(request, said)
    if left:
        said = ngettext(
            "%(n)d message was left: it is too late for it, or somebody has taken care of it.",
            "%(n)d messages were left: it is too late for them, or somebody has taken care of them.",
            left,
        )
        messages.warning(request, said % {"n": left})
    if not went and not left:
        messages.info(request, _("Nothing was chosen. Tick the messages to send again."))
    return redirect("referrals:messages")


def _decide(request: Request, pk: str, act: Callable[..., object], done: str) -> HttpResponse:
    found = get_object_or_404(_of(request.user), pk=pk)
    try:
        act(message=found, by=request.user, now=request.now)
        messages.success(request, done)
    except doubt.Settled:
        messages.info(request, _("Somebody has taken care of this message already."))
    except doubt.TooLate:
        messages.error(request, _("It is too late to send it again. Ask or tell the person, and say so here."))
    return redirect("referrals:messages")


def _of(user: User) -> QuerySet[Message]:
    """Of the programs this person administers; 404 for whoever administers none."""
    programs = programs_of(user, ProgramRole.ADMINISTRATOR)
    if not programs.exists():
        raise Http404
    audiences = [*programs.values_list("pk", flat=True), *courts_served(user).values_list("pk", flat=True)]
    cases = Referral.objects.filter(program__in=programs).order_by().values("pk")
    return doubt.dead_letters(about=cases, audiences=audiences)


@dataclass(frozen=True, slots=True)
class Row:
    message: Message
    who: str
    what: str
    why: str
    failing: bool
    too_late: bool
    case: Referral | None


def _shown(found: list[Message], request: Request) -> list[Row]:
    cases = Referral.objects.select_related("court").in_bulk([m.about for m in found if m.about])
    keys = [m.key.split(":")[1] for m in found if m.kind == "staff.invitation"]
    invited = Invitation.objects.select_related("court", "program").in_bulk([key for key in keys if _is_id(key)])
    by_key = {str(pk): invitation for pk, invitation in invited.items()}
    return [_row(m, cases.get(m.about) if m.about else None, by_key, request) for m in found]


def _row(found: Message, case: Referral | None, invited: dict[str, Invitation], request: Request) -> Row:
    return Row(
        message=found,
        who=_who(found, case, invited),
        what=what(found),
        why=why(found),
        failing=doubt.state_of(found) == "failing",
        too_late=doubt.is_too_late(found, request.now),
        case=case,
    )


def _who(found: Message, case: Referral | None, invited: dict[str, Invitation]) -> str:
    """To whom: a name where one may stand; of an invited author nothing but the role."""
    if found.to is not None:
        return found.to.shown_name
    if case is not None:
        return case.name
    invitation = invited.get(found.key.split(":")[1]) if ":" in found.key else None
    if invitation is None:
        return ""
    name = f"{invitation.first_name} {invitation.last_name}".strip()
    return f"{name}, {invitation.what_for}" if name else invitation.what_for


def _is_id(text: str) -> bool:
    try:
        forms.UUIDField().clean(text)
    except forms.ValidationError:
        return False
    return True
