"""A commitment in the words every reader sees, and shaped for a page."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accountability.models import Commitment, Progress
from accountability.rules.commitments import State, Terms, done, state_of

STATE = {
    State.TO_AGREE: gettext_lazy("Waits for the person’s agreement"),
    State.OPEN: gettext_lazy("Under way"),
    State.OVERDUE: gettext_lazy("Its date has passed"),
    State.VERIFIED: gettext_lazy("Verified"),
    State.ENDED: gettext_lazy("Not asked for any more"),
}
# The same to the person themselves.
YOURS = STATE | {State.TO_AGREE: gettext_lazy("Please read it and agree")}
TONE = {State.VERIFIED: "good", State.OVERDUE: "attention", State.TO_AGREE: "attention"}


def state(row: Commitment, now: datetime) -> State:
    terms = Terms(row.due_on, row.agreed_at, row.verified_at, row.ended_at)
    return state_of(terms, now, row.track.time_zone)


def shaped(row: Commitment, now: datetime, *, yours: bool = False) -> dict[str, object]:
    """One commitment as a row for a page."""
    stands = state(row, now)
    lines: Iterable[Progress] = row.progress.all()
    return {
        "row": row,
        "words": row.read_words(),
        "state": stands.value,
        "label": (YOURS if yours else STATE)[stands],
        "tone": TONE.get(stands, "neutral"),
        "progress": progress(row, lines),
        "share": share(row, lines),
    }


def progress(row: Commitment, lines: Iterable[Progress]) -> str:
    """“6 of 20 hours”; nothing where nothing is counted."""
    if not row.is_counted:
        return ""
    return _("%(done)s of %(asked)s %(unit)s") % {
        "done": plain(done(line.units for line in lines)),
        "asked": plain(row.units_asked),
        "unit": row.get_unit_display(),
    }


def share(row: Commitment, lines: Iterable[Progress]) -> int:
    """Percent of what was asked, 100 at most."""
    if not row.is_counted:
        return 0
    return min(int(done(line.units for line in lines) * 100 / row.units_asked), 100)


def plain(units: Decimal) -> str:
    """Without zeros that say nothing."""
    return str(number_format(units.normalize() if units % 1 else units.quantize(Decimal(1))))
