"""Pages that say something to anyone, and the pages of errors."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.generic import TemplateView

app_name = "pages"
log = logging.getLogger("amends.keys")


def _page(name: str) -> object:
    return login_not_required(TemplateView.as_view(template_name=f"pages/{name}.html"))


urlpatterns = [path(f"{name}/", _page(name), name=name) for name in ("help", "privacy", "accessibility")]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The proof that a form is ours did not come along (CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def only_buttons(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """The page of 405, for a person who opened what only a button sends to."""
    response = render(request, "405.html", status=405)
    response["Allow"] = refused["Allow"]
    return response


# Forms whose words are never shown again: passwords and codes stand in them.
NOT_SHOWN = ("/accounts/", "/invitations/")


def key_missing(request: HttpRequest, problem: Exception) -> HttpResponse:
    """What was asked needs a key that is not in its place. Nothing was changed; what was typed comes back to be kept."""
    log.error("a page could not be opened: %s", problem)
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        response: HttpResponse = JsonResponse({"problem": "keys"}, status=503)
    else:
        response = render(request, "keys.html", _typed(request), status=503)
    response["Retry-After"] = "300"
    # Django would log the address, and some of ours are keys: invitations, private calendars.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _typed(request: HttpRequest) -> dict[str, object]:
    """What a form brought: texts to be shown and copied, and all the rest to be sent again beside them."""
    if request.method != "POST":
        return {"sent": False}
    pairs = []
    if not request.path.startswith(NOT_SHOWN):
        pairs = [(n, v) for n, values in request.POST.lists() if n != "csrfmiddlewaretoken" for v in values]
    return {
        "sent": True,
        "texts": [pair for pair in pairs if " " in pair[1].strip()],
        "rest": [pair for pair in pairs if " " not in pair[1].strip()],
        "again": bool(pairs),
        "files": bool(request.FILES),
        # The page must not be left by itself while the words stand only in it.
        "session_left": 0,
    }


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing that could itself fail: no session, no database."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)
