"""Staying signed in, and going on with what a session's end interrupted."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people import sessions
from lms.people.actions import accounts, kept_words
from lms.people.actions.sign_ins import KEPT_FOR, UNRECORDED
from lms.people.forms import LookForm
from lms.people.http import Request
from lms.people.models import KeptWords, SignIn
from lms.referrals.access import zone_of

SHOWN = 3


@require_http_methods(["GET", "POST"])
def session(request: Request) -> HttpResponse:
    """GET: how many seconds this session has, whose it is, and a proof for its forms: a page that was open while its
    person signed in anew holds an old one. POST: somebody is there; the same, from now."""
    left = int(sessions.left(request, request.now).total_seconds())
    return JsonResponse({"left": left, "who": str(request.user.pk), "proof": get_token(request)})


@require_safe
def kept(request: Request, kept_id: uuid.UUID) -> HttpResponse:
    """What was typed, and one button that sends it to where it was going."""
    row = _own(request, kept_id)
    fields = kept_words.read(row)
    texts = sorted((value for values in fields.values() for value in values if " " in value.strip()), key=len)
    return render(request, "account/kept.html", {"kept": row, "fields": fields, "texts": texts[-SHOWN:][::-1]})


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: Request) -> HttpResponse:
    """How large, in which letters and colors pages are shown to this person: seen at once, on this page itself."""
    user = request.user
    chosen = {
        "type_size": user.type_size,
        "letters": user.letters,
        "colors": user.colors,
        "questions_shown": user.questions_shown,
    }
    form = LookForm(request.POST or None, initial=chosen, user=user)
    if request.method == "POST" and form.is_valid():
        shown = form.cleaned_data.pop("questions_shown", "")
        accounts.choose_look(user=user, **form.cleaned_data)
        if shown:
            accounts.choose_questions(user=user, questions_shown=shown)
        messages.success(request, _("Saved. Pages look like this now, on every device where you sign in."))
        return redirect("people:look")
    return render(request, "account/look.html", {"form": form})


@require_safe
def sign_ins(request: Request) -> HttpResponse:
    """When and from what kind of device this person signed in, for their own eyes."""
    user = request.user
    context = {
        "rows": SignIn.objects.filter(user=user),
        "recorded": user.kind not in UNRECORDED,
        "zone": zone_of(user) or "UTC",
        "days": KEPT_FOR.days,
    }
    return render(request, "account/sign_ins.html", context)


@require_POST
def let_go(request: Request, kept_id: uuid.UUID) -> HttpResponse:
    """They do not want it any more."""
    kept_words.forget(kept=_own(request, kept_id))
    messages.success(request, _("It is deleted."))
    return redirect("home")


def _own(request: HttpRequest, kept_id: uuid.UUID) -> KeptWords:
    row = KeptWords.objects.filter(pk=kept_id, user=request.user.pk).first()
    if row is None:
        raise Http404
    return row
