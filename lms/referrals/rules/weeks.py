"""Seven whole days in somebody's zone, for what is looked at week by week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of which ``last`` is the last. The end is exclusive."""

    last: date
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.last - timedelta(days=DAYS - 1)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(DAYS)]

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


def week_before(now: datetime, zone: ZoneInfo, back: int = 0) -> Week:
    """The seven days up to today, or so many weeks before them."""
    return Week(now.astimezone(zone).date() - back * timedelta(days=DAYS), zone)
