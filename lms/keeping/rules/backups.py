"""How long what was forgotten lives on in backups. Pure: no Django."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# Of the persons' keys: until then a backup of the data, beside them and the ring, could still be opened.
KEYS_LIVE = timedelta(days=30)
# Between two daily runs: what grew too old a minute after one is removed by the next.
A_RUN = timedelta(days=1)


def gone_by(saved_at: datetime, *, live: timedelta, zone: ZoneInfo) -> date:
    """The local date by which a backup made at this moment has been removed, where one is taken daily."""
    return (saved_at + live + A_RUN).astimezone(zone).date()
