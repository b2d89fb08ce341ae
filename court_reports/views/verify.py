"""Anyone with a report in hand asks here. No account, nothing kept, nothing to be found by guessing."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from court_reports.forms import VerifyForm
from court_reports.verification import check


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
