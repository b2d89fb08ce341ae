"""How a report's bytes leave: our name, no copy kept on the way, nothing that could run."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse

from lms import crypto


def unless_sealed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The file of a case that was sealed or forgotten answers like one that never was."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except (crypto.KeySealed, crypto.KeyDestroyed):
            raise Http404 from None

    return guarded


def pdf(data: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def archive(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
