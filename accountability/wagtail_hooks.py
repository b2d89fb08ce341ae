"""The check-in's questions, kept in the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from accountability.models import CheckInForm
from lms.referrals.own import OwnPrograms, OwnViewSet
from lms.referrals.viewsets import ProvedAdd, ProvedChange, ProvedCopy

register_permission_policy(CheckInForm, OwnPrograms(CheckInForm, path="program"))


class CheckInFormViewSet(OwnViewSet):
    """A version in use is not edited: copy it, change the copy, let it begin at a moment."""

    model = CheckInForm
    icon = "form"
    menu_label = _("Check-in questions")
    menu_order = 110
    add_to_admin_menu = True
    list_display = ("program", "number", "in_force_from")
    add_view_class, edit_view_class, copy_view_class = ProvedAdd, ProvedChange, ProvedCopy


@hooks.register("register_admin_viewset")
def check_in_forms() -> CheckInFormViewSet:
    return CheckInFormViewSet()
