"""Who is told of a meeting, and how: each gets an entry for their own calendar, and nobody else's name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accountability.models import Circle, CirclePerson, Helper, Meeting
from accountability.rules import meetings as rules
from lms.outbox import outbox
from lms.outbox.models import Category, Channel
from lms.people.models import User
from lms.referrals.models import Referral

INVITATION, CANCELLED, TOMORROW = "circle.invitation", "circle.cancelled", "circle.tomorrow"
HELP = "/pages/help/"


@dataclass(frozen=True, slots=True)
class Whom:
    """One member: with an account, or an address alone. ``mark`` tells them apart in a message's key."""

    mark: str
    to: User | None
    path: str
    referral: Referral | None = None
    helper: Helper | None = None


def person(member: CirclePerson) -> Whom:
    return Whom(f"p{member.pk}", member.referral.person, "/commitments/", referral=member.referral)


def helper(member: Helper) -> Whom:
    return Whom(f"h{member.pk}", None, HELP, helper=member)


def everybody(circle: Circle) -> Iterator[Whom]:
    """The facilitator, and who belongs to it now. Whose case is put away is not written to."""
    yield Whom("f", circle.leader, f"/facilitate/circles/{circle.pk}/")
    people = circle.people.filter(left_at=None, referral__sealed_at=None, referral__forgotten_at=None)
    for member in people.select_related("referral__person"):
        if member.referral.person is not None:
            yield person(member)
    for volunteer in circle.helpers.filter(left_at=None):
        yield helper(volunteer)


def next_look(meeting: Meeting) -> datetime | None:
    """When somebody is next to be told of it."""
    return rules.next_look(
        moments_of(meeting), invited=meeting.invited_at is not None, reminded=meeting.reminded_at is not None,
        asked=meeting.minutes_asked_at is not None,
    )  # fmt: skip


def moments_of(meeting: Meeting) -> rules.Moments:
    circle = meeting.circle
    policy = circle.program.policy_at(circle.made_at)
    return rules.moments(meeting.starts_at, meeting.ends_at, policy.quiet_until, policy.quiet_from, circle.time_zone)


def invite(meeting: Meeting, now: datetime) -> None:
    for whom in everybody(meeting.circle):
        tell(INVITATION, meeting, whom, now)


def cancel(meeting: Meeting, now: datetime) -> None:
    for whom in everybody(meeting.circle):
        tell(CANCELLED, meeting, whom, now)


def invite_to_what_is_ahead(circle: Circle, whom: Whom, now: datetime) -> None:
    """Whoever joins gets what the others have in their calendars already."""
    for meeting in _told_of(circle, now):
        tell(INVITATION, meeting, whom, now)


def cancel_what_is_ahead(circle: Circle, whom: Whom, now: datetime) -> None:
    for meeting in _told_of(circle, now):
        tell(CANCELLED, meeting, whom, now, because="left")


def tell(kind: str, meeting: Meeting, whom: Whom, now: datetime, because: str = "") -> None:
    """Post one message. Where somebody meets is in nobody's message row: it is read when it is sent."""
    if whom.to is None and whom.helper is None:
        return
    outbox.post(
        key=f"meeting:{meeting.pk}:{kind.partition('.')[2]}:{meeting.sequence}{because}:{whom.mark}",
        kind=kind,
        to=whom.to,
        at=now,
        about=whom.referral.pk if whom.referral else None,
        audience=None if whom.referral else meeting.circle.program_id,
        address=str(whom.helper.email) if whom.helper else "",
        channel=Channel.EMAIL if whom.helper else "",
        context={"path": whom.path, "language": whom.helper.language if whom.helper else "en"},
        expires_at=meeting.starts_at,
        category=Category.REMINDER if kind == TOMORROW else Category.NOTICE,
    )


def _told_of(circle: Circle, now: datetime) -> list[Meeting]:
    ahead = circle.meetings.filter(starts_at__gt=now, cancelled_at=None, invited_at__isnull=False)
    return list(ahead.select_related("circle__program"))
