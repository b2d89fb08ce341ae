"""The words for what the reports record."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from court_reports.models import Kind, RevocationReason, Scope
from lms.referrals.event_words import Fact, Reader, coded, moment, named, plain, register


def register_all() -> None:
    """Called when the apps are ready."""
    register("report.", kind=Fact(_("kind of report"), coded(Kind.choices)), number=Fact(_("report number"), plain))
    register(
        "report.refreshed",
        shown=Fact(_("shown to the person"), coded([("again", _("again, for it says other things"))])),
    )
    register("report.", reason=Fact(_("reason"), coded(RevocationReason.choices)))
    register("report.", second=Fact(_("second person"), named))
    register("report.", time_stamp=Fact(_("independent time stamp"), coded([("none", _("could not be had"))])))
    register("court.token_made", scopes=Fact(_("what it opens"), _scopes), until=Fact(_("until"), moment))


def _scopes(value: Any, _reader: Reader) -> str:
    return " · ".join(str(Scope(one).label) for one in value)
