"""The product's addresses, and a bare Wagtail page to measure against."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from wagtail.views import serve

from lms.urls import urlpatterns as product


@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


@login_not_required
def frame(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [
    path("bench/hello/", hello),
    path("bench/frame/", frame),
    *product,
    re_path(r"^bench/pages/((?:[\w\-]+/)*)$", login_not_required(serve), name="wagtail_serve"),
]
