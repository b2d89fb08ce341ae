"""A check-in's state in the words every reader sees, and how it is shown."""

from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accountability.models import Move, Override
from accountability.models.check_ins import ExcusalReason
from accountability.models.overrides import Act
from accountability.rules.check_in_state import State
from accountability.rules.comparison import Happens
from accountability.rules.early import Short
from accountability.rules.excusal_requests import Standing as Request
from accountability.rules.standing import Determination
from lms.referrals.rules.policy import parse_cadence

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
# What stands before the word, so that no state is told by color alone.
MARK = {
    State.CANCELLED: "–",
    State.EXCUSED: "○",
    State.SCHEDULED: "·",
    State.OPEN: "▶",
    State.IN_GRACE: "▶",
    State.RETURNED: "↩",
    State.ON_TIME: "✓",
    State.LATE: "✓",
    State.CURED: "✓",
    State.MISSED: "✕",
}
MOVED = {
    Act.TOLL: _("The clock was stopped from %(day)s for %(n)d days; the dates ahead moved. The last day is %(last)s."),
    Act.GIVE_BACK: _("The clock runs again from %(day)s; the dates ahead came sooner. The last day is %(last)s."),
    Act.EXTEND: _("The track was made longer by %(n)d days. The last day is %(last)s."),
    Act.CADENCE: _("How often changed from %(day)s on: %(cadence)s."),
    Act.ZONE: _("Since %(day)s the days are counted in the time zone %(zone)s."),
    Act.EARLY: _("The track was completed early. The last day is %(last)s."),
    Act.TRANSFER: _("Since %(day)s the dates follow the terms of %(program)s. What was over stayed as it was."),
}
HAPPENS = {
    Happens.STAYS: _("Stays as it is"),
    Happens.MOVES: _("Moves"),
    Happens.HOURS: _("Same date; its hours are those of the new place"),
    Happens.ADDED: _("New"),
    Happens.CANCELLED: _("Is not asked for any more"),
}
SHORT = {
    Short.NOT_ALLOWED: _("The program’s policy does not let a track be completed early."),
    Short.TOO_SOON: _("Too little of the track is over."),
    Short.STANDING: _("The standing is not what the policy asks for."),
    Short.SHARE: _("Too few of the check-ins so far were made or excused."),
    Short.COMMITMENTS: _("A required commitment is not verified."),
}
REQUEST = {
    Request.OPEN: _("Waits for an answer"),
    Request.WITHDRAWN: _("Taken back"),
    Request.LAPSED: _("Not needed any more"),
    Request.GRANTED: _("Excused"),
    Request.REFUSED: _("Not excused"),
    Request.ON_APPEAL: _("An administrator looks at it"),
    Request.APPEAL_GRANTED: _("Excused"),
    Request.APPEAL_REFUSED: _("Not excused, also on appeal"),
}
REQUEST_TONE = {
    Request.GRANTED: "good",
    Request.APPEAL_GRANTED: "good",
    Request.REFUSED: "stopped",
    Request.APPEAL_REFUSED: "stopped",
    Request.WITHDRAWN: "neutral",
    Request.LAPSED: "neutral",
}
DETERMINATION = {
    Determination.IN_COMPLIANCE: _("In compliance"),
    Determination.AT_RISK: _("At risk"),
    Determination.NOT_IN_COMPLIANCE: _("Not in compliance"),
    Determination.COMPLETED: _("Completed"),
    Determination.NOT_COMPLETED: _("Not completed"),
}


def move_in_words(move: Move) -> str:
    """What a change brought, for the person whose track it is."""
    words = {
        "day": date_format(move.from_on), "n": abs(move.days), "zone": move.zone.replace("_", " "),
        "last": date_format(move.was_ends_on + timedelta(days=move.days)),
        "cadence": cadence_in_words(move.cadence) if move.cadence else "",
        "program": move.transfer.to_name if move.transfer else "",
    }  # fmt: skip
    return MOVED[Act(move.act)] % words


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
    say = _MOVE_IN_WORDS.get(Act(row.act))
    return say(terms) if say else str(Act(row.act).label)


def cadence_in_words(spelled: str) -> str:
    """“week x 8, month”: every week, 8 times; then every month."""
    parts = []
    for phase in parse_cadence(spelled):
        every = str(EVERY[phase.every])
        parts.append(
            every if phase.count is None else gettext("%(every)s, %(n)d times") % {"every": every, "n": phase.count}
        )
    return gettext("; then ").join(parts)


def _extension(terms: dict[str, Any]) -> str:
    words = {"days": terms["days"], "reason": terms["reason"], "who": terms["ordered_by"]}
    return gettext("Extend the track by %(days)d days. Reason: %(reason)s. Ordered by: %(who)s.") % words


def _clock_started(terms: dict[str, Any]) -> str:
    words = {"day": _day(terms["resumes_on"]), "who": terms["authority"]}
    return gettext("Start the clock again on %(day)s. Authority: %(who)s.") % words


def _cadence(terms: dict[str, Any]) -> str:
    words = {"day": _day(terms["from_on"]), "cadence": cadence_in_words(terms["cadence"])}
    words |= {"reason": terms["reason"], "who": terms["ordered_by"]}
    return gettext("From %(day)s check in so: %(cadence)s. Reason: %(reason)s. Ordered or agreed by: %(who)s.") % words


def _zone(terms: dict[str, Any]) -> str:
    words = {"day": _day(terms["from_on"]), "zone": terms["zone"].replace("_", " ")}
    return gettext("The person lives in the time zone %(zone)s since %(day)s.") % words


def _early(terms: dict[str, Any]) -> str:
    words = {"reason": terms["reason"], "who": terms["ordered_by"]}
    return gettext("Complete the track early. Reason: %(reason)s. Ordered or agreed by: %(who)s.") % words


def _day(spelled: str) -> str:
    return str(date_format(date.fromisoformat(spelled)))


_MOVE_IN_WORDS = {
    Act.EXTEND: _extension, Act.GIVE_BACK: _clock_started, Act.CADENCE: _cadence, Act.ZONE: _zone, Act.EARLY: _early,
}  # fmt: skip


EVERY = {"week": _("Every week"), "two_weeks": _("Every two weeks"), "month": _("Every month")}
TOLL_REASON = {
    "hospital": _("Hospital"),
    "custody": _("Custody"),
    "deployment": _("Deployment"),
    "order": _("Order of the court"),
}
