"""What the sweep reads of a check-in that is awake: plain rows, for thousands are read at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import Moments
from lms.inserts import Among


class Awake(NamedTuple):
    """One check-in with what it needs of its track; the moments stand in the rule's order."""

    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    cure_until: datetime
    begun_at: datetime | None
    submitted_at: datetime | None
    reviewed_at: datetime | None
    returned_until: datetime | None
    missed_at: datetime | None
    excused_at: datetime | None
    cancelled_at: datetime | None
    pk: UUID
    number: int
    due_on: date
    leeway_until: datetime
    wakes_at: datetime
    zone: str
    policy_id: UUID
    referral_id: UUID
    person_id: UUID | None

    @property
    def moments(self) -> Moments:
        return Moments(*self[:11])

    @property
    def settled(self) -> bool:
        return bool(self.submitted_at or self.excused_at or self.cancelled_at)


OF_THE_TRACK = ("track__zone", "track__policy_id", "track__referral_id", "track__referral__person_id")
COLUMNS = (*Awake._fields[: -len(OF_THE_TRACK)], *OF_THE_TRACK)
# Put together once: naming twenty columns takes as long as reading twenty-five rows.
ROWS = CheckIn.objects.order_by("wakes_at").values_list(*COLUMNS)


def awake_in(track_ids: Sequence[UUID], now: datetime) -> list[Awake]:
    """The check-ins of these tracks whose moment has come, held until the transaction ends."""
    rows = ROWS.filter(Among("track_id", track_ids), wakes_at__lte=now)
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    return [Awake._make(row) for row in rows]


def rouse(tracks: QuerySet[Track]) -> None:
    """Recompute the hint of many: the earliest moment at which a check-in of each must be looked at."""
    awake = CheckIn.objects.filter(track=OuterRef("pk"), wakes_at__isnull=False).order_by("wakes_at")
    tracks.update(wakes_at=Subquery(awake.values("wakes_at")[:1]))
