"""Seven whole days, also where the clock is moved in between."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lms.referrals.rules.weeks import week_before

NEW_YORK = ZoneInfo("America/New_York")


def test_a_week_is_the_seven_days_up_to_today_where_the_reader_is():
    week = week_before(datetime(2026, 2, 4, 1, 15, tzinfo=UTC), NEW_YORK)
    assert (week.first, week.last) == (date(2026, 1, 28), date(2026, 2, 3))
    assert len(week.days) == 7


def test_weeks_leave_no_gap_and_share_no_moment():
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)  # the clock was put forward on the eighth
    week, before = week_before(now, NEW_YORK), week_before(now, NEW_YORK, back=1)
    assert before.ends == week.begins
    assert week.ends.astimezone(UTC) - week.begins.astimezone(UTC) == timedelta(days=7, hours=-1)
