"""How a private file leaves: our name, no copy kept on the way, nothing that could run, any part of it."""

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# In place of what every page has. A picture or a PDF needs nothing from anywhere.
POLICY = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"


class NotThere(Exception):
    """The range that was asked for begins after the end."""


def respond(
    request: HttpRequest,
    *,
    size: int,
    chunks: Callable[[int, int], Iterator[bytes]],
    media_type: str,
    name: str,
    inline: bool = False,
) -> HttpResponseBase:
    """The file, or the one part of it that was asked for. ``chunks(start, end)`` gives the bytes up to ``end``."""
    try:
        part = wanted(request, size)
    except NotThere:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return _private(refused, media_type, name, inline)
    start, end = part or (0, size)
    # The bytes are asked for at once, so that what cannot be opened is an error and not half an answer.
    response: HttpResponseBase = HttpResponse()
    if request.method != "HEAD":
        response = StreamingHttpResponse(chunks(start, end))
    response["Content-Length"] = str(end - start)
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _private(response, media_type, name, inline)


def wanted(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """The one range asked for, as [start, end); None for the whole file. Raises NotThere.

    More than one range, or one we do not understand, is answered with the whole file, as RFC 9110 allows.
    So is If-Range: we hand out no validators that it could name, so whatever it names is not ours.
    """
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or asked is None or "If-Range" in request.headers:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or end <= start:
        raise NotThere
    return start, end


def _private(response: HttpResponseBase, media_type: str, name: str, inline: bool) -> HttpResponseBase:
    response["Content-Type"] = media_type
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
