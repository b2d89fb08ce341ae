"""Browsers tell when a page of ours broke its Content-Security-Policy (ASVS v5.0.0-3.4.7). It is counted, not kept:
a report holds the address of the page, and whose page it was is nobody's business."""

import json
import logging

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger("amends.policy")
MOST = 20_000
RATE = "30/m/ip"
REPORTS = ("application/csp-report", "application/json")
DIRECTIVES = frozenset(
    ("script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src",
     "media-src", "font-src", "connect-src", "manifest-src", "form-action", "frame-ancestors", "frame-src", "base-uri",
     "object-src", "default-src", "worker-src")
)  # fmt: skip


@login_not_required
@csrf_exempt  # a browser sends it by itself; nothing is changed by it
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """One line in the log with the name of the broken rule and nothing else."""
    if refused := ratelimit.consume_or_429(request, action="policy_report", config={"policy_report": RATE}):
        return refused
    if request.content_type in REPORTS and int(request.META.get("CONTENT_LENGTH") or 0) <= MOST:
        log.warning("a page broke its policy: %s", _directive(request.body))
    return HttpResponse(status=204)


def _directive(body: bytes) -> str:
    """The rule that was broken, if it is one that exists; the rest of the report is not looked at."""
    try:
        told = json.loads(body)["csp-report"]
        name = str(told.get("effective-directive") or told.get("violated-directive")).split(" ")[0]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "unreadable"
    return name if name in DIRECTIVES else "unknown"
