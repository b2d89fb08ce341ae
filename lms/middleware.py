"""One moment per request, the reader's language, private pages, and the second factor's door."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from lms import clock

Handler = Callable[[HttpRequest], HttpResponse]

# The only addresses a person who still owes a second factor may reach.
OPEN_BEFORE_SECOND_FACTOR = ("/accounts/", "/static/", "/verify/", "/health/", "/i18n/", "/pages/", "/dev/")


def moment(handle: Handler) -> Handler:
    """``request.now``: every rule a request applies sees the same instant."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        return handle(request)

    return middleware


# The cookie of the language switch wins; without one, the browser's wish.
language = LocaleMiddleware


def private_by_default(handle: Handler) -> Handler:
    """Pages of a signed-in person are kept by nobody: phones are shared (ASVS 14.3.2)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            add_never_cache_headers(response)
            response["Cache-Control"] = "private, no-store"
        return response

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
    from allauth.mfa.utils import is_mfa_enabled

    if is_mfa_enabled(request.user):
        return redirect("mfa_reauthenticate")
    messages.info(request, _("Your role needs a second step at sign-in. Set it up once, here."))
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


def page_policies(handle: Handler) -> Handler:
    """The few pages whose Content-Security-Policy must be looser than the strict one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if request.path.startswith(AUTHORING):
            response._csp_replace = AUTHORING_POLICY  # type: ignore[attr-defined]  django-csp reads it
            response["X-Frame-Options"] = "SAMEORIGIN"
        elif request.path == QR_PAGE:
            response._csp_replace = QR_POLICY  # type: ignore[attr-defined]
        return response

    return middleware


def _is_outsider(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and not user.has_perm("wagtailadmin.access_admin")
