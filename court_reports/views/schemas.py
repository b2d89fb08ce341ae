"""The published shape of a report's attached file. For anyone: it says what a report can hold, and of no one."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from court_reports import schemas
from court_reports.snapshot import SCHEMA


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def index(request: HttpRequest) -> JsonResponse:
    """Every schema and its address; ``current`` is the number that a report of today is written under."""
    return JsonResponse({"current": SCHEMA, "schemas": {name: _address(name) for name in schemas.names()}})


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest, name: str) -> JsonResponse:
    """One of them."""
    try:
        found = schemas.schema(name, address=_address(name))
    except KeyError:
        raise Http404 from None
    return JsonResponse(found, content_type="application/schema+json")


def _address(name: str) -> str:
    return str(settings.PUBLIC_URL) + reverse("report_schemas:schema", args=[name])
