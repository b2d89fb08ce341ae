"""Pages that say something to anyone, and the pages of errors."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.generic import TemplateView

app_name = "pages"


def _page(name: str) -> object:
    return login_not_required(TemplateView.as_view(template_name=f"pages/{name}.html"))


urlpatterns = [path(f"{name}/", _page(name), name=name) for name in ("help", "privacy", "accessibility")]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The proof that a form is ours did not come along (CSRF_FAILURE_VIEW)."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing that could itself fail: no session, no database."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)
