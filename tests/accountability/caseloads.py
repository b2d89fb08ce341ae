"""A caseload of many people in all sorts of states, written in bulk: not a journey each."""

from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from accountability.actions import tracks
from accountability.models import CheckIn, Track
from lms.referrals import search
from lms.referrals.models import Referral

DAY = timedelta(days=1)
# What somebody did with each check-in that is over, the newest last; in turns over the people.
HABITS: tuple[str, ...] = ("✓✓✓✓✓✓", "✓✓✓✓✓✕", "✓✓✓✓✕✕", "✓◐✓e✓✓", "✓✕◦✓✓✓", "✓✓✓✓✓?")
WEEKS = 6


def many_on_track(like: Referral, count: int, now: datetime) -> list[Track]:
    """``count`` people more on ``like``'s facilitator's caseload, WEEKS weeks into their track, each with a habit."""
    first = a_track_of(like, now)
    people = [_person(like, number) for number in range(1, count + 1)]
    Referral.objects.bulk_create(people)
    search.index(people)
    found = [_copy(first, id=None, referral=person, feed_key=f"{person.pk}"[:40]) for person in people]
    Track.objects.bulk_create(found)
    rows = list(first.check_ins.order_by("number"))
    made = [
        _copy(row, id=None, track=track, **_moments(row, habit))
        for track, habit in zip(found, cycle(HABITS), strict=False)
        for row in rows
    ]
    CheckIn.objects.bulk_create(made, batch_size=2000)
    return found


def a_track_of(like: Referral, now: datetime) -> Track:
    """The one that the others are copied from: open for WEEKS weeks and three days more, so that grace is over."""
    track = tracks.open_track(referral=like, by=None, now=now - (WEEKS * 7 + 3) * DAY)
    Referral.objects.filter(pk=like.pk).update(track_opened_at=track.opened_at)
    return track


def _person(like: Referral, number: int) -> Referral:
    names = {"first_name": f"Alex {number}", "last_name": f"Sample{number:03}", "case_number": f"MANY-{number:04}"}
    language = "es" if number % 3 == 0 else "en"
    return _copy(like, id=None, person=None, language=language, track_opened_at=like.received_at, **names)


def _moments(row: CheckIn, habit: str) -> dict[str, Any]:
    """What a character of a habit means in moments; nothing for those still ahead."""
    if row.number > WEEKS:
        return {}
    did, read = habit[row.number - 1], {"reviewed_at": row.closes_at}
    return {
        "✓": {"submitted_at": row.due_at - DAY} | read,
        "?": {"submitted_at": row.due_at - DAY},
        "◐": {"submitted_at": row.due_at + DAY / 2} | read,
        "◦": {"submitted_at": row.closes_at + DAY, "missed_at": row.closes_at, "reviewed_at": row.cure_until},
        "e": {"excused_at": row.due_at, "excused_reason": "work"},
        "✕": {"missed_at": row.closes_at},
    }[did]


def _copy(row: Any, **values: Any) -> Any:
    """A row like another, with another key."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    made = type(row)(**fields)
    for name, value in values.items():
        if name != "id":
            setattr(made, name, value)
    # Sealed under another case's key: theirs to open, and not this one's.
    for name in ("email", "phone", "conditions", "defense_counsel"):
        if hasattr(type(row), name) and "referral" in row._meta.label_lower:
            setattr(made, name, [] if name == "conditions" else "")
    return made
