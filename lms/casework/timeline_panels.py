"""The newest lines of a case's timeline, on its page."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lms.casework import timeline
from lms.people.models import User
from lms.referrals.desk import Section
from lms.referrals.models import Referral

SHOWN = 8


def sections(referral: Referral, reader: User, now: datetime) -> Sequence[Section]:
    """What happened last, and the way to everything."""
    keys = timeline.keys(referral, reader)
    shown = timeline.lines(keys[:SHOWN], referral, reader)
    context = {"referral": referral, "lines": shown}
    return [Section(_("Lately"), "facilitate/cases/timeline_panel.html", context, order=8)]
