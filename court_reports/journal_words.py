"""The words for what the reports record."""

from django.utils.translation import gettext_lazy as _

from court_reports.models import Kind
from lms.referrals.event_words import Fact, coded, named, plain, register


def register_all() -> None:
    """Called when the apps are ready."""
    register("report.", kind=Fact(_("kind of report"), coded(Kind.choices)), number=Fact(_("report number"), plain))
    register("report.", second=Fact(_("second person"), named))
