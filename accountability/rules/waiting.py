"""From when on something has waited too long. Pure. Days are counted as the person was promised them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import add_business_days, day_ends

# An answer that asks for help is somebody's the same hour; a supervisor sees it before the day is over.
SAFETY = timedelta(hours=4)
# An appeal is decided by somebody who reads two sides.
APPEAL_BUSINESS_DAYS = 5
# A miss asks for its next step within as many business days.
STEP_BUSINESS_DAYS = 3
# Somebody in a track with whom nobody has had anything to do for so long.
CONTACT = timedelta(days=30)


def after_business_days(since: datetime, days: int, zone: ZoneInfo, holidays: Collection[date] = ()) -> datetime:
    """The end of the ``days``-th local business day after ``since``."""
    return day_ends(add_business_days(since.astimezone(zone).date(), days, holidays), zone)
