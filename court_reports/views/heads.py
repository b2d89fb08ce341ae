"""The register's heads, told to everybody: a page, a file, and mails for whoever asks. No account."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from court_reports import heads
from court_reports.actions import heads as actions
from court_reports.forms import SubscribeForm
from court_reports.models import PublishedHead

PAGE = 31


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Each day's head, the newest first; and a field for an e-mail address. What it answers is the same for every one."""
    form = SubscribeForm(request.POST or None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="subscribe"):
            return render(request, "429.html", status=429)
        if form.is_valid():
            language = (get_language() or "en")[:2]
            actions.subscribe(email=form.cleaned_data["email"], language=language, now=request.now)
            messages.success(request, _("A mail is on its way. The marks come once you have answered it."))
            return redirect("verify:register")
    page = Paginator(PublishedHead.objects.order_by("-day"), PAGE).get_page(request.GET.get("page"))
    return render(request, "verify/register.html", {"page": page, "form": form})


@login_not_required
@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """All heads, a line of JSON for each day, the oldest first."""
    response = HttpResponse("".join(heads.lines()), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
    response["Cache-Control"] = "public, max-age=300"
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """Where a mail leads: say yes, or stop. Opening the link does neither: mail scanners open links."""
    subscriber = actions.subscriber_of(token)
    if subscriber is None:
        raise Http404
    if request.method != "POST":
        return render(request, "verify/mail.html", {"subscriber": subscriber})
    if "stop" in request.POST:
        actions.stop(subscriber=subscriber, now=request.now)
        messages.success(request, _("No more mails. Your address is forgotten."))
    else:
        actions.confirm(subscriber=subscriber, now=request.now)
        messages.success(request, _("From now on each day’s mark comes by e-mail."))
    return redirect("verify:register")
