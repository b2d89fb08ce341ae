"""What went wrong, in the one shape of RFC 9457, whoever found it: a rule of ours, the framework or a middleware."""

import logging
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from lms import crypto

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/"
log = logging.getLogger("amends.api")


class Refused(Exception):
    """Raised anywhere below an endpoint. ``errors``: (JSON pointer, what is wrong there)."""

    def __init__(
        self, status: int, detail: str, *, errors: Sequence[tuple[str, str]] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers or {}
        super().__init__(status, detail)


NOTHING_HERE = "There is nothing here that this token may reach."


def answer(
    status: int, detail: str, *, errors: Iterable[tuple[str, str]] = (), headers: dict[str, str] | None = None
) -> HttpResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body["detail"] = detail
    if found := [{"pointer": pointer, "detail": said} for pointer, said in errors]:
        body["errors"] = found
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def install(api: NinjaAPI) -> None:
    """What each exception is answered with."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refused: lambda _r, e: answer(e.status, e.detail, errors=e.errors, headers=e.headers),
        Http404: lambda _r, _e: answer(404, NOTHING_HERE),
        # Sealed or forgotten: as if it had never been.
        crypto.KeySealed: lambda _r, _e: answer(404, NOTHING_HERE),
        crypto.KeyDestroyed: lambda _r, _e: answer(404, NOTHING_HERE),
        crypto.KeyMissing: _key_missing,
        AuthenticationError: lambda _r, _e: unauthorized(),
        HttpError: lambda _r, e: answer(e.status_code, str(e)),
        ValidationError: _invalid,
        Exception: _our_fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def unauthorized() -> HttpResponse:
    """The same for no token and for one that is wrong, expired or revoked."""
    detail = "Send a live token: Authorization: Bearer …"
    return answer(401, detail, headers={"WWW-Authenticate": 'Bearer realm="court"'})


def _key_missing(_request: HttpRequest, problem: Exception) -> HttpResponse:
    log.error("the interface could not open something: %s", problem)
    return answer(503, "A key is not in its place. Nothing was changed.", headers={"Retry-After": "300"})


def _our_fault(request: HttpRequest, problem: Exception) -> HttpResponse:
    log.error("the interface failed", exc_info=problem)
    return answer(500, "Something of ours went wrong. Nothing was changed; try again later.")


def _invalid(_request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """Where it is wrong, as a pointer into the body, or the name of the parameter."""
    errors = [(_pointer(error["loc"]), str(error["msg"])) for error in problem.errors]
    return answer(422, "Some of what was sent cannot be taken. Nothing was changed.", errors=errors)


def _pointer(place: Sequence[object]) -> str:
    """RFC 6901 below the body; ``?name`` for a parameter of the address. The framework names the argument in between."""
    where, *rest = [str(part) for part in place]
    if where == "body":
        return "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in rest[1:])
    return "?" + (rest[-1] if rest else where)


def in_one_shape(handle: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whatever stands before the interface answers a machine in its own language too; and how much is left is said."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return handle(request)
        response = handle(request)
        if response.status_code >= 400 and MEDIA_TYPE not in response.get("Content-Type", ""):
            response = _reshaped(response)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        response["Content-Language"] = "en"
        return response

    return middleware


SAID = {
    400: "The request cannot be read.",
    403: "Pages of other sites may not ask here.",
    404: NOTHING_HERE,
    405: "This address does not know that method.",
    413: "The request is too large.",
    500: "Something of ours went wrong. Nothing was changed; try again later.",
}


def _reshaped(before: HttpResponse) -> HttpResponse:
    after = answer(before.status_code, SAID.get(before.status_code, "The request was refused."))
    for name, value in before.items():
        if name.lower() not in ("content-type", "content-length", "content-language"):
            after[name] = value
    # What was logged once is not logged again.
    after._has_been_logged = getattr(before, "_has_been_logged", False)  # type: ignore[attr-defined]
    return after
