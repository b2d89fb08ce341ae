"""The rows of a track that opens, written at once: half a year of check-ins, without an instance of each."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from accountability.models import CheckIn, Track
from accountability.rules.windows import Window
from lms.inserts import insert
from lms.referrals.rules.policy import Policy

COLUMNS = (
    "id", "track_id", "number", "planned_on", "due_on", "opens_at", "due_at", "closes_at", "cure_until", "leeway_until",
    "wakes_at",
)  # fmt: skip


def write_check_ins(track: Track, windows: Sequence[Window], policy: Policy) -> None:
    """A check-in for every window, asleep until it opens."""
    leeway = timedelta(minutes=policy.started_leeway_minutes)
    insert(
        CheckIn,
        COLUMNS,
        (
            (
                uuid.uuid4(), track.pk, w.number, w.planned_on, w.due_on, w.opens_at, w.due_at, w.closes_at, w.cure_until,
                w.closes_at + leeway, w.opens_at,
            )
            for w in windows
        ),
    )  # fmt: skip
