"""What a module still lacks: in the panel of its editor, and on a page of its own for whoever reviews it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import access, before_review, quality
from courses.actions import fine_words
from courses.models import ModulePage
from courses.rules.quality import IDENTIFYING, Finding
from lms.people.http import Request


@require_safe
def whole(request: Request, pk: int) -> HttpResponse:
    """The whole list; for the editor, which asks again after each save, the list alone."""
    page = _fetch(request, pk)
    if "part" in request.GET:
        return render(request, "authoring/quality_list.html", before_review.shown(page, request))
    others = ModulePage.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return render(request, "authoring/quality.html", before_review.shown(page, request) | {
        "page": page, "edit": edit, "others": others.select_related("locale"), "may": access.says_what_is_fine(request.user, page),
    })  # fmt: skip


@require_POST
def fine(request: Request, pk: int) -> HttpResponse:
    """Its author says of one word that it tells nobody who she is, or that she wants it there."""
    page = _fetch(request, pk)
    if not access.says_what_is_fine(request.user, page):
        raise PermissionDenied
    wanted = (request.POST.get("block", ""), request.POST.get("digest", ""))
    found = next(
        (one for one in _words_of(page, request) if (one.block, quality.digest_of(one.block, one.words)) == wanted),
        None,
    )
    if found is None:
        raise Http404
    fine_words.say_fine(page=page, block=UUID(found.block), words=found.words, by=request.user, now=request.now)
    messages.success(request, _("It is kept that this is fine here. The word itself is not kept."))
    return redirect("module_quality", page.pk)


def urls() -> list[URLPattern]:
    return [
        path("modules/<int:pk>/before-review/", whole, name="module_quality"),
        path("modules/<int:pk>/before-review/fine/", fine, name="module_word_fine"),
    ]


def _fetch(request: Request, pk: int) -> ModulePage:
    page = get_object_or_404(ModulePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


def _words_of(page: ModulePage, request: Request) -> list[Finding]:
    return [one for one in before_review.report_for(page, request).findings if one.kind in IDENTIFYING]
