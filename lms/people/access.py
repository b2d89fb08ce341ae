"""Doors by kind of account. Somebody else's door answers 404, like one that does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def only(*kinds: str) -> Callable[[View], View]:
    """Let these kinds of account in; the signed-out go to sign-in (LoginRequiredMiddleware), others get 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.kind not in kinds:
                raise Http404
            return view(request, *args, **kwargs)

        guarded.kinds = kinds  # type: ignore[attr-defined]  read by the test that walks every address
        return guarded

    return decorate
