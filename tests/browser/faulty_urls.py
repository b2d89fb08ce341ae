"""The product's addresses, and one behind which there is a fault of ours."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def fault(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret cause")


urlpatterns = [*urlpatterns, path("fault/", fault)]
