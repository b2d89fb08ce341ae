"""Bytes on the wire: what was sent can be checked by whoever gets it."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from ninja.parser import Parser

from court_reports.actions.once import Answer

MOST = 64 * 1024  # bytes of a body; a long referral has a tenth
BINARY = {"type": "string", "format": "binary"}


class Unreadable(ValueError):
    """No JSON, or JSON that two readers could read differently."""


class Strict(Parser):
    """JSON as RFC 8259 means it: UTF-8, no NaN, no name twice, nothing that no database can hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        text = request.body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_no_name_twice, parse_constant=_no_constant)
        # Half a surrogate pair is JSON, and no text.
        json.dumps(found, ensure_ascii=False).encode("utf-8")
        return found


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Unreadable
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise Unreadable(name)


def in_one(act: Callable[[], Answer]) -> Answer:
    with transaction.atomic():
        return act()


def told(what: Schema | dict[str, Any], status: int = 200) -> HttpResponse:
    """Moments to the microsecond: the same whether they are read or were answered to the write itself."""
    return JsonResponse(what if isinstance(what, dict) else what.model_dump(mode="json"), status=status)


def sent(data: bytes, media_type: str, *, name: str = "", headers: Mapping[str, str]) -> HttpResponse:
    digest = hashlib.sha256(data)
    response = HttpResponse(data, content_type=media_type, headers=dict(headers))
    response["ETag"] = f'"{digest.hexdigest()}"'
    response["Repr-Digest"] = f"sha-256=:{b64encode(digest.digest()).decode()}:"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def has_it(request: HttpRequest, digest: str) -> bool:
    held = {tag.strip().removeprefix("W/").strip('"') for tag in request.headers.get("If-None-Match", "").split(",")}
    return digest in held


def unchanged(digest: str, *, headers: Mapping[str, str]) -> HttpResponse:
    response = HttpResponse(status=304, headers=dict(headers))
    response["ETag"] = f'"{digest}"'
    return response
