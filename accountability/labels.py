"""A check-in's state in the words every reader sees, and how it is shown."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accountability.models import Override
from accountability.models.check_ins import ExcusalReason
from accountability.models.overrides import Act
from accountability.rules.check_in_state import State
from accountability.rules.standing import Determination

STATE = {
    State.CANCELLED: _("Cancelled"),
    State.EXCUSED: _("Excused"),
    State.SCHEDULED: _("Scheduled"),
    State.OPEN: _("Open now"),
    State.IN_GRACE: _("Still open, late"),
    State.RETURNED: _("Open again: there is a note"),
    State.ON_TIME: _("On time"),
    State.LATE: _("Late, accepted"),
    State.CURED: _("Made up"),
    State.MISSED: _("Missed"),
}
TONE = {
    State.ON_TIME: "good",
    State.LATE: "good",
    State.CURED: "good",
    State.OPEN: "attention",
    State.IN_GRACE: "attention",
    State.RETURNED: "attention",
    State.MISSED: "stopped",
}
DETERMINATION = {
    Determination.IN_COMPLIANCE: _("In compliance"),
    Determination.AT_RISK: _("At risk"),
    Determination.NOT_IN_COMPLIANCE: _("Not in compliance"),
    Determination.COMPLETED: _("Completed"),
    Determination.NOT_COMPLETED: _("Not completed"),
}


def override_in_words(row: Override) -> str:
    """What would be done, with its reason and on whose authority. Raises crypto.KeyMissing, crypto.Tampered."""
    terms = row.read_terms()
    if row.check_in is not None:
        words = {"number": row.check_in.number, "reason": ExcusalReason(terms["reason"]).label}
        return gettext("Excuse check-in %(number)d. Reason: %(reason)s.") % words
    if row.act == Act.TOLL:
        days = {name: date_format(date.fromisoformat(terms[name])) for name in ("from_on", "to_on")}
        words = days | {"reason": TOLL_REASON[terms["reason"]], "who": terms["authority"]}
        return gettext("Stop the clock from %(from_on)s to %(to_on)s. Reason: %(reason)s. Authority: %(who)s.") % words
    words = {"days": terms["days"], "reason": terms["reason"], "who": terms["ordered_by"]}
    return gettext("Extend the track by %(days)d days. Reason: %(reason)s. Ordered by: %(who)s.") % words


TOLL_REASON = {
    "hospital": _("Hospital"),
    "custody": _("Custody"),
    "deployment": _("Deployment"),
    "order": _("Order of the court"),
}
