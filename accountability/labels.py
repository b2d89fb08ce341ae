"""A check-in's state in the words every reader sees, and how it is shown."""

from django.utils.translation import gettext_lazy as _

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
