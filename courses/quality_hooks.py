"""Where Wagtail's admin asks whether a module is ready."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from courses import quality
from courses.models import ModulePage
from courses.views import quality as views
from lms.people.http import Request


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return views.urls()


# After courses.wagtail_hooks.not_without_consent, which has a sentence of its own.
@hooks.register("before_publish_page", order=10)
def not_before_it_is_ready(request: Request, page: Page) -> HttpResponse | None:
    """Wagtail would answer its refusal (courses.publishing) with a bare 403; here whoever pressed learns why."""
    module = page.specific
    problems = quality.errors(module, now=request.now) if isinstance(module, ModulePage) else []
    if not problems:
        return None
    messages.error(
        request, _("It is kept as a draft. Before it can be published: %(problems)s") % {"problems": " ".join(problems)}
    )
    return redirect("module_quality", page.pk)


@hooks.register("before_bulk_action", order=10)
def not_many_before_they_are_ready(
    request: Request, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Of several none is published, where one is not ready."""
    if action_type != "publish" or not objects or not isinstance(objects[0], Page):
        return None
    below = (child for page in objects for child in page.get_descendants().not_live())
    pages = [*objects, *(below if "include_descendants" in request.POST else ())]
    drafts = (page.specific.get_latest_revision_as_object() for page in pages)
    return next((answer for draft in drafts if (answer := not_before_it_is_ready(request, draft))), None)
