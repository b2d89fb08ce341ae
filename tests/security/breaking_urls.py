"""The product's addresses, and two behind which something of ours breaks with somebody's words in its hands."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from lms.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.security.needles import LEARNER, NARRATIVE

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def breaks_in_a_template(request: HttpRequest) -> HttpResponse:
    words = Context({"words": NARRATIVE["reflection"], "name": LEARNER["last name"]})
    return HttpResponse(Template("{{ name }}{% widthratio words 1 0 as x %}{{ x }}{% include missing %}").render(words))


@login_not_required
def breaks_in_the_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s FROM no_such_table", [LEARNER["case number"] + LEARNER["email"]])
    raise RuntimeError(NARRATIVE["check-in"])


urlpatterns = [
    *urlpatterns,
    path("breaks/template/", breaks_in_a_template),
    path("breaks/database/", breaks_in_the_database),
]
