"""Wagtail's editor of a page, in which nobody's newer version is passed over unread."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.edit import EditView

# What the page adds when somebody has read there that something newer exists (lms/static/js/saving.js).
KNOWINGLY = "overwrite"
# And which version it saved by itself: no other page writes in that one.
AUTOSAVED = "autosaved"


class EditPage(EditView):
    """Wagtail looks whether somebody saved meanwhile only where it saves by itself; a press would go over it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.expects_json_response or KNOWINGLY in request.POST or not self._is_unread(request):
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        return self._not_unread(request)

    def _is_unread(self, request: HttpRequest) -> bool:
        own = self.latest_revision and str(self.latest_revision.pk) == request.POST.get(AUTOSAVED)
        return bool(self.is_out_of_date and not own)

    def _not_unread(self, request: HttpRequest) -> HttpResponse:
        """The page once more, with what was typed in it. It saves nothing by itself before she presses."""
        self.form = self.form_class(
            request.POST, request.FILES, instance=self.page, subscription=self.subscription, parent_page=self.parent,
            for_user=request.user,
        )  # fmt: skip
        self.form.defer_required_fields()
        self.form.is_valid()
        self.form.restore_required_fields()
        self.has_unsaved_changes, self.autosave_enabled = True, False
        newer = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        messages.warning(request, newer_words(), buttons=[messages.button(newer, see_newer(), True)])
        response: HttpResponse = self.render_to_response(self.get_context_data())
        return response


def newer_words() -> str:
    """Somebody, or she herself in another tab, saved while she wrote."""
    return _(
        "Not saved yet: a newer version was saved meanwhile, in another tab or by somebody else. What you typed is below. Look at the newer one in a new tab; to keep yours, save once more."
    )


def see_newer() -> str:
    return _("See the newer version in a new tab")
