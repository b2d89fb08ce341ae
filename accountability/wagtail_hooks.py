"""The check-in's questions, kept in the Wagtail admin."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from accountability.actions import question_forms
from accountability.models import CheckInForm
from lms.referrals.own import OwnPrograms, OwnViewSet
from lms.referrals.viewsets import ProvedAdd, ProvedChange, ProvedCopy

register_permission_policy(CheckInForm, OwnPrograms(CheckInForm, path="program"))


class _Published:
    """A save is a version of its own; then it can be looked at."""

    def save_instance(self: Any) -> CheckInForm:
        return question_forms.publish(form=self.form, by=self.request.user, now=self.request.now)

    def save_action(self: Any) -> HttpResponse:
        response: HttpResponse = super().save_action()  # type: ignore[misc]
        address = reverse("track_staff:form_preview", args=[self.form.instance.pk])
        words = gettext("See version %(number)d as people see it") % {"number": self.form.instance.number}
        messages.info(self.request, format_html('<a href="{}">{}</a>', address, words))
        return response


class AddForm(_Published, ProvedAdd):
    pass


class CopyForm(_Published, ProvedCopy):
    def save_instance(self: Any) -> CheckInForm:
        # A copy is a row of its own, and not another state of the first.
        self.form.instance.pk, self.form.instance._state.adding = uuid.uuid4(), True
        return super().save_instance()


class CheckInFormViewSet(OwnViewSet):
    """No version is edited: to change the questions is to publish a copy. What was opened keeps its own."""

    model = CheckInForm
    icon = "form"
    menu_label = _("Check-in questions")
    menu_order = 110
    add_to_admin_menu = True
    list_display = ("program", "number", "part", "in_force_from")
    add_view_class, edit_view_class, copy_view_class = AddForm, ProvedChange, CopyForm


@hooks.register("register_admin_viewset")
def check_in_forms() -> CheckInFormViewSet:
    return CheckInFormViewSet()
