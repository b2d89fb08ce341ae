"""The day that the court named: how it moved, for the person, the staff of the case and the court."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lms.referrals.deadlines import last_move, moves_of
from lms.referrals.desk import Audience, Section
from lms.referrals.models import Referral

MOVE = {"facilitator": "referrals:move_deadline", "court": "referrals:court_move_deadline"}


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The person reads how the day came to stand where it stands; who ordered it is in the copy of their file."""
    title = _("The day the court named")
    if audience == "person":
        move = last_move(referral) if referral.is_open else None
        return [Section(title, "learn/moved_day.html", {"move": move}, order=1)] if move else []
    moves = moves_of(referral)
    if not moves and not referral.is_open:
        return []
    context = {"referral": referral, "moves": moves, "move_at": MOVE[audience], "names": audience == "facilitator"}
    return [Section(title, "components/moved_days.html", context, order=4)]
