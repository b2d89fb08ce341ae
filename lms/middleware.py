"""One moment and one number per request, the reader's language, private pages, and the second factor's door."""

import logging
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseRedirectBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _

from lms import clock, crypto, pages
from lms.journal import ambient
from lms.journal.rules.origin import truncated
from lms.people.http import IN_PLACE

log = logging.getLogger("amends.keys")

Handler = Callable[[HttpRequest], HttpResponse]

# The only addresses a person who still owes a second factor may reach.
OPEN_BEFORE_SECOND_FACTOR = ("/accounts/", "/static/", "/verify/", "/health/", "/i18n/", "/pages/", "/dev/", "/api/")


def moment(handle: Handler) -> Handler:
    """``request.now``: every rule a request applies sees the same instant."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        return handle(request)

    return middleware


KNOWN_METHODS = ("GET", "HEAD", "POST")


def methods(handle: Handler) -> Handler:
    """Nothing here is reached by any other verb: a view that did not think of PUT is never asked (ASVS 3.5.3)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN_METHODS:
            return HttpResponseNotAllowed(KNOWN_METHODS)
        return handle(request)

    return middleware


def origin(handle: Handler) -> Handler:
    """What this request writes in the journal says from which network it came, and which request it was.

    The number is answered too: somebody who reports a problem can name it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = ambient.new_request_id()
        with ambient.coming_from(ambient.Origin(_network(request), request_id, request)):
            response = handle(request)
        response["X-Request-ID"] = request_id
        return response

    return middleware


class Keys:
    """What a page reads of one person is opened with one look for their key; and where a key fails, words say so.

    A key that is not on the ring: for an operator to mend, the page waits (503). A case that is sealed, a person
    who was forgotten: nothing is here (404). Bytes that are not what was written: our fault (500), and only the
    place is logged. Whatever was asked had its transaction undone by the exception itself.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with crypto.at_hand():
            return self.handle(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, crypto.KeySealed | crypto.KeyDestroyed):
            return pages.not_found(request)
        if isinstance(problem, crypto.KeyMissing):
            return pages.key_missing(request, problem)
        if isinstance(problem, crypto.Tampered):
            log.error("what stands in %s is not what was written there", problem)
            return pages.server_error(request)
        return None


def _network(request: HttpRequest) -> str:
    try:
        return truncated(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):  # the proxies are not as the settings say
        return ""


# The cookie of the language switch wins; without one, the browser's wish.
language = LocaleMiddleware


def private_by_default(handle: Handler) -> Handler:
    """Pages of a signed-in person are kept by nobody: phones are shared (ASVS 14.3.2)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = handle(request)
        if (was_signed_in or request.user.is_authenticated) and "no-store" not in response.get("Cache-Control", ""):
            add_never_cache_headers(response)
            response["Cache-Control"] = "private, no-store"
        if was_signed_in and not request.user.is_authenticated:
            # The next user of this phone finds nothing (security.md T9). The session's cookie is gone already.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def own_pages_only(handle: Handler) -> Handler:
    """Other sites may link to us; none may load anything of ours into a page of its own (ASVS v5.0.0-3.5.8).

    Browsers say by themselves who asks and what for; what says nothing (a calendar program) is no browser page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asks = request.headers
        foreign = asks.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site")
        followed_link = (
            asks.get("Sec-Fetch-Mode") == "navigate" and asks.get("Sec-Fetch-Dest", "document") == "document"
        )
        if foreign and not followed_link:
            raise PermissionDenied
        response = handle(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def in_place(handle: Handler) -> Handler:
    """A form that its page sends by itself hears where it leads, instead of being led there: on a bad line the page
    stays until it has the answer, and then goes (lms/static/js/in-place.js)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if IN_PLACE not in request.headers or not isinstance(response, HttpResponseRedirectBase):
            return response
        answer = JsonResponse({"to": response.url})
        answer.cookies = response.cookies
        for name in response.headers.keys() - {"Location", "Content-Type", "Content-Length"}:
            answer[name] = response[name]
        return answer

    return middleware


def second_factor(handle: Handler) -> Handler:
    """Everybody but a responsible party shows a second factor in this session, or goes no further.

    allauth has no such setting; its log of how this session signed in is the evidence
    (security.md 2.2). Deny by default.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            not user.is_authenticated
            or request.path.startswith(OPEN_BEFORE_SECOND_FACTOR)
            or not user.must_use_second_factor
            or _showed_second_factor(request)
        ):
            return handle(request)
        return _to_second_factor(request)

    return middleware


def _showed_second_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import is_mfa_enabled

    if is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP]):
        return redirect("mfa_reauthenticate")
    if is_mfa_enabled(request.user):
        return redirect("mfa_reauthenticate_webauthn")
    messages.info(request, _("Your role needs a second step at sign-in. Set up one of these, once."))
    return redirect(settings.SECOND_FACTOR_SETUP_URL)


AUTHORING = "/authoring/"

# Wagtail's editor has inline scripts and styles of its own; only its pages get this.
AUTHORING_POLICY = {
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": ["'self'"],
    "frame-ancestors": ["'self'"],
}
# allauth draws the authenticator's QR code as a data: image.
QR_POLICY = {"img-src": ["'self'", "data:"]}
QR_PAGE = "/accounts/2fa/totp/activate/"


def authoring_door(handle: Handler) -> Handler:
    """Whoever may not author does not even learn that there is an authoring place (security.md 2.2)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(AUTHORING) and _is_outsider(request):
            raise Http404
        return handle(request)

    return middleware


def only_buttons(handle: Handler) -> Handler:
    """An address that only a form is sent to, opened by hand or after signing in again: a page that says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if request.method == "GET" and isinstance(response, HttpResponseNotAllowed) and not response.content:
            return pages.only_buttons(request, response)
        return response

    return middleware


class Malformed:
    """A form that lacks a field it always has was not sent by our pages: 400, not a fault of ours."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return pages.bad_request(request) if isinstance(problem, MultiValueDictKeyError) else None


def page_policies(handle: Handler) -> Handler:
    """The few pages whose Content-Security-Policy must be looser than the strict one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if (
            request.path.startswith(AUTHORING) and "Content-Security-Policy" not in response
        ):  # a stored file has its own
            response._csp_replace = AUTHORING_POLICY  # type: ignore[attr-defined]  django-csp reads it
            response["X-Frame-Options"] = "SAMEORIGIN"
        elif request.path == QR_PAGE:
            response._csp_replace = QR_POLICY  # type: ignore[attr-defined]
        return response

    return middleware


# Wagtail's own door for whatever lies below it and does not exist: it would ask an outsider to sign in.
NOTHING_BELOW = "/.*/$"


def _is_outsider(request: HttpRequest) -> bool:
    user = request.user
    if user.is_authenticated:
        return not user.has_perm("wagtailadmin.access_admin")
    try:
        return resolve(request.path_info).route.endswith(NOTHING_BELOW)
    except Resolver404:
        return True
