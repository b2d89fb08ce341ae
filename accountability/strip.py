"""A track in one line: a mark for each check-in, told apart by its shape, and all of it in words for a screen reader."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accountability.rules.check_in_state import State

TOLLED = "tolled"
AHEAD = "ahead"
OF_STATE = {
    State.ON_TIME: "on_time", State.LATE: "late", State.CURED: "cured", State.EXCUSED: "excused",
    State.MISSED: "missed", State.OPEN: "open", State.IN_GRACE: "open", State.RETURNED: "returned",
    State.SCHEDULED: AHEAD,
}  # fmt: skip
# In the order in which the legend and the summary name them.
MARKS: dict[str, tuple[str, str | Promise]] = {
    "on_time": ("✓", _("on time")),
    "late": ("◐", _("late, accepted")),
    "cured": ("◦", _("made up")),
    "excused": ("e", _("excused")),
    "missed": ("✕", _("missed")),
    TOLLED: ("‖", _("clock stopped")),
    "returned": ("↩", _("sent back with a question")),
    "open": ("▹", _("open now")),
    AHEAD: (".", _("ahead")),
}


@dataclass(frozen=True, slots=True)
class Strip:
    """``marks``: one character each, in the order of the dates; ``words``: the same for whoever does not see them."""

    marks: str
    words: str


def strip(check_ins: Iterable[tuple[date, State]], stops: Sequence[date]) -> Strip:
    """Check-ins by the day they are due; ``stops``: the days on which the clock was stopped. Cancelled ones are left out."""
    placed = [(day, OF_STATE[state]) for day, state in check_ins if state is not State.CANCELLED]
    placed += [(day, TOLLED) for day in stops]
    kinds = [kind for _day, kind in sorted(placed, key=lambda one: one[0])]
    return Strip("".join(MARKS[kind][0] for kind in kinds), summary(kinds))


def summary(kinds: Iterable[str]) -> str:
    """“20 on time, 1 missed, 5 ahead”."""
    counted = Counter(kinds)
    return ", ".join(f"{counted[kind]} {words}" for kind, (_mark, words) in MARKS.items() if counted[kind])
