"""Taking a story back with a signed link, signed out. The page says nothing of what it is about."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from courses import links
from courses.actions import consent_lines, withdrawal
from courses.consent_forms import TakeBackForm
from courses.models.consent import Act
from lms.limits import limited


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("take_back", "30/h/ip")
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST does it. A link that is wrong or was revoked is not there; one that was used says that it is done."""
    link = links.find(token)
    last = consent_lines.newest(link.story) if link else None
    if last is None:
        raise Http404
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if last.act != Act.TAKEN_BACK and request.method == "POST" and form.is_valid():
        keep = withdrawal.KEPT_DAYS if form.keeps else 0
        now = request.now  # type: ignore[attr-defined]  set by lms.middleware.moment
        withdrawal.take_back(story=last.story, keep_days=keep, by=last.author, by_link=True, now=now)
        return render(request, "mine/done.html")
    if last.act == Act.TAKEN_BACK:
        return render(request, "mine/done.html")
    return render(request, "mine/take_back.html", {"form": form})
