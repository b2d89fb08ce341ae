"""Staying signed in, and going on with what a session's end interrupted."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms import crypto
from lms.people import sessions
from lms.people.actions import kept_words
from lms.people.http import Request
from lms.people.models import KeptWords

SHOWN = 3


@require_http_methods(["GET", "POST"])
def session(request: Request) -> HttpResponse:
    """GET: how many seconds this session has. POST: somebody is there; the same, from now."""
    return JsonResponse({"left": int(sessions.left(request, request.now).total_seconds())})


@require_safe
def kept(request: Request, kept_id: uuid.UUID) -> HttpResponse:
    """What was typed, and one button that sends it to where it was going."""
    row = _own(request, kept_id)
    try:
        fields = kept_words.read(row)
    except (crypto.KeyMissing, crypto.Tampered) as problem:
        raise Http404 from problem
    texts = sorted((value for values in fields.values() for value in values if " " in value.strip()), key=len)
    return render(request, "account/kept.html", {"kept": row, "fields": fields, "texts": texts[-SHOWN:][::-1]})


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
