"""What an author and an administrator do in the Wagtail admin beyond editing pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.models import Page

from courses import (  # noqa: F401  the last four register their own
    access,
    admin_menu,
    quality_hooks,
    review_hooks,
    translation_hooks,
)
from courses.actions import written_words
from courses.actions.withdrawal import withdraw_module
from courses.bank_viewsets import BankGroup
from courses.consents import missing
from courses.models import CoursePage, ModulePage
from courses.views import bank as bank_views
from courses.views import consents, identities, media
from courses.viewsets import RecordingChooser, RecordingViewSet, recording_chooser
from lms.people.access import ask_to_prove
from lms.people.models import Kind


@hooks.register("register_admin_viewset")
def bank() -> BankGroup:
    return BankGroup()


@hooks.register("register_admin_viewset")
def recordings() -> RecordingViewSet:
    return RecordingViewSet()


@hooks.register("register_admin_viewset")
def choosing_a_recording() -> RecordingChooser:
    return recording_chooser


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("bank/bring-in/", bank_views.bring_in, name="bank_bring_in"),
        path("bank/take-out/", bank_views.take_out, name="bank_take_out"),
        path("bank/questions/<uuid:pk>/", bank_views.question, name="bank_question"),
        path("media/renditions/<uuid:key>/", media.rendition, name="authoring_rendition"),
        path("modules/<int:pk>/withdraw/", withdraw, name="withdraw_module"),
        *consents.urls(),
        *identities.urls(),
    ]


@hooks.register("register_admin_menu_item")
def my_consents() -> consents.ConsentsMenuItem:
    return consents.ConsentsMenuItem(
        gettext_lazy("My consents"), reverse_lazy("my_consents"), name="my-consents", icon_name="key", order=110
    )


@hooks.register("before_publish_page")
def not_without_consent(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail would answer its refusal (courses.publishing) with a bare 403; here she who pressed learns why."""
    if not isinstance(page.specific, ModulePage) or not missing(page.specific, now=request.now):
        return None
    messages.error(
        request,
        _(
            "It is kept as a draft. A story in it has no consent that holds now: its author gives it under “My consents”."
        ),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Publish an edition of a course; take a module back."""
    specific = page.specific
    if isinstance(specific, CoursePage) and page.permissions_for_user(user).can_publish():
        yield Button(_("Publish an edition"), reverse("publish_edition", args=[page.pk]), icon_name="check", priority=5)
    if isinstance(specific, ModulePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Take this module back"), reverse("withdraw_module", args=[page.pk]), icon_name="undo", priority=90
        )


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a module back: its author at once, everywhere, without asking anyone. An administrator does it on her
    written word alone, and proves again who they are. Nobody else does; they are told whom to ask."""
    page = get_object_or_404(ModulePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    by_staff = request.user.kind == Kind.STAFF
    if not by_staff and not access.takes_back_at_once(request.user, page):
        return _ask_its_author(request, page)
    if request.method == "POST" and (not by_staff or "word" in request.POST):
        if by_staff and (prove := ask_to_prove(request)):
            return prove
        with transaction.atomic():
            if by_staff:
                written_words.confirm(page=page, by=request.user, now=request.now)
            withdraw_module(page=page, by=request.user, now=request.now)
        messages.success(request, _("It is gone from every page. No one’s progress is worse for it."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return render(request, "authoring/confirm.html", {
        "page": page,
        "title": _("Take this module back"),
        "words": _("Its words are erased here at once, in every language, draft and version. Copies that someone already made cannot be called back, and backups keep it until they expire. This cannot be undone."),
        "act": _("Take it back now"),
        "word": _("The author has asked for this in writing, and we keep what she wrote.") if by_staff else "",
    })  # fmt: skip


def _ask_its_author(request: HttpRequest, page: ModulePage) -> HttpResponse:
    status = 403 if request.method == "POST" else 200
    return render(request, "authoring/confirm.html", {
        "page": page,
        "title": _("Take this module back"),
        "words": _("Only its author takes a module back, and she does it at once, without asking anyone. If you think that it should go, leave a comment on it for her, or tell an administrator of the program: an administrator takes it back when she asks for it in writing. Nothing has been changed."),
        "propose": access.proposes_withdrawal(request.user, page),
    }, status=status)  # fmt: skip


@hooks.register("before_bulk_action")
def none_without_consent(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type != "publish" or not objects or not isinstance(objects[0], Page):
        return None
    return next((response for page in objects if (response := not_without_consent(request, page))), None)


@hooks.register("insert_global_admin_css")
def kind_to_keyboards() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/authoring.css"))


@hooks.register("insert_global_admin_js")
def names_for_the_nameless() -> str:
    return format_html('<script type="module" src="{}"></script>', static("js/authoring.js"))


class OwnMediaAPI:
    """Wagtail's admin API tells of every picture and document; here of those that one may work with."""

    def get_queryset(self: Any) -> Any:
        return super().get_queryset().filter(pk__in=access.worked_on_by(self.request.user, self.model).values("pk"))  # type: ignore[misc]


class OwnPictures(OwnMediaAPI, ImagesAdminAPIViewSet):
    pass


class OwnDocuments(OwnMediaAPI, DocumentsAdminAPIViewSet):
    pass


@hooks.register("construct_admin_api", order=100)
def only_own_media(router: Any) -> None:
    router.register_endpoint("images", OwnPictures)
    router.register_endpoint("documents", OwnDocuments)
