"""A referral's status is what its stored moments imply. Pure: no Django."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    RECEIVED = "received"
    INVITED = "invited"
    ENROLLED = "enrolled"
    IN_COURSE = "in_course"
    IN_TRACK = "in_track"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    REFERRED_BACK = "referred_back"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


# The later in this list wins: an ending outranks every step before it.
MOMENTS: tuple[tuple[str, Status], ...] = (
    ("received_at", Status.RECEIVED),
    ("invited_at", Status.INVITED),
    ("enrolled_at", Status.ENROLLED),
    ("course_started_at", Status.IN_COURSE),
    ("track_opened_at", Status.IN_TRACK),
    ("completed_at", Status.COMPLETED),
    ("not_completed_at", Status.NOT_COMPLETED),
    ("referred_back_at", Status.REFERRED_BACK),
    ("withdrawn_at", Status.WITHDRAWN),
    ("transferred_at", Status.TRANSFERRED),
)
ENDINGS = tuple(name for name, _ in MOMENTS[5:])
# Endings that a reason is asked for: the others say why by themselves.
ENDED_EARLY = ("referred_back_at", "withdrawn_at")


def status_of(moments: Mapping[str, datetime | None], as_of: datetime | None = None) -> Status:
    """The status the moments imply, counting only those at or before ``as_of`` (all, when None)."""
    reached = Status.RECEIVED
    for name, status in MOMENTS:
        moment = moments[name]
        if moment is not None and (as_of is None or moment <= as_of):
            reached = status
    return reached
