"""Anyone with a report in hand asks here. No account, nothing kept, nothing to be found by guessing."""

import hashlib
from base64 import b64encode
from pathlib import Path

from allauth.core import ratelimit
from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from court_reports import keys, standalone
from court_reports.forms import VerifyForm
from court_reports.proofs import NoProof, as_file, proof_of
from court_reports.verification import check, release_of

# Enough to be read in ten years by whatever shows it.
STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:42rem;padding:0 1rem}"
    "label,input,button{display:block;font:inherit;margin:.25rem 0}"
    "button{padding:.6rem 1.2rem}[data-answer]{border:.2rem solid;margin:1rem 0;padding:0 1rem}"
    "[hidden]{display:none}code{overflow-wrap:anywhere}"
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and its answer. A scanned code fills the form in; the reader still asks."""
    if request.method != "POST":
        form = VerifyForm(initial={"code": request.GET.get("code", "")[:60]})
        return render(request, "verify/check.html", {"form": form})
    if not ratelimit.consume(request, action="verify"):
        return render(request, "429.html", status=429)
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "verify/check.html", {"form": form})
    response = render(request, "verify/check.html", {"form": form, "result": check(**form.question)})
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_POST
def proof(request: HttpRequest) -> HttpResponse:
    """What it takes to verify this report without us, for whoever holds its code or the file."""
    if not ratelimit.consume(request, action="verify"):
        return render(request, "429.html", status=429)
    form = VerifyForm(request.POST)
    found = release_of(code=form.question["code"], digest=form.question["digest"]) if form.is_valid() else None
    if found is None:
        raise Http404
    try:
        said = proof_of(found)
    except NoProof:
        return render(request, "verify/no_proof.html")
    return _attached(as_file(said), "application/json", f"{found.number}.proof.json")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """A page that verifies a report by itself: once it is loaded it asks nobody anything."""
    return render(request, "verify/offline.html")


@login_not_required
@require_safe
def to_keep(request: HttpRequest) -> HttpResponse:
    """The same page as one file: browsers run no script that lies beside a file which is opened from a disk."""
    script, style = offline_script(), STYLE
    context = {
        "language": get_language(), "script": mark_safe(script), "script_digest": _csp_digest(script),  # noqa: S308  ours
        "style": mark_safe(style), "style_digest": _csp_digest(style),  # noqa: S308  ours
    }  # fmt: skip
    page = render_to_string("verify/offline_file.html", context)
    # Never a page of this site: it is for a disk.
    return _attached(page.encode(), "application/octet-stream", "amends_verify.html")


@login_not_required
@require_safe
def stand_alone(request: HttpRequest) -> HttpResponse:
    """The verifier as one file of Python."""
    return _attached(Path(standalone.__path__[0], "amends_verify.py").read_bytes(), "text/x-python", "amends_verify.py")


@login_not_required
@require_safe
def authorities(request: HttpRequest) -> HttpResponse:
    """The certificates of the authorities whose signatures on reports are ours, former ones too."""
    try:
        found = keys.ring()
    except keys.SigningKeyUnusable:
        raise Http404 from None
    return _attached(
        b"".join(one.public_bytes(Encoding.PEM) for one in found), "application/x-pem-file", "authorities.pem"
    )


def offline_script() -> str:
    """The code of the page that verifies by itself."""
    found = finders.find("js/offline.js")
    if not isinstance(found, str):
        raise Http404
    return Path(found).read_text(encoding="utf-8")


def _csp_digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _attached(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
