"""What somebody wants to change of a track, as a move of the rules; or why it cannot be. Nothing is written here."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Sum

from accountability import schedules
from accountability.models import Tolling, Track
from accountability.models.overrides import Act
from accountability.rules import early, moves
from accountability.rules.calendar import local_date
from accountability.rules.check_in_state import SETTLED
from accountability.rules.schedule import Schedule
from accountability.rules.standing import share_kept, standing_of
from lms.referrals.rules.policy import parse_cadence

Terms = Mapping[str, Any]


class TollingNotAllowed(Exception):
    """The court's profile does not allow the clock to stop."""


class AlreadyTolled(ValueError):
    """The clock stands still already on some of these days; a day counts once."""


class NothingToGiveBack(ValueError):
    """The clock ran on that day already, or every day of the stretch is over."""


class TooLong(ValueError):
    """The court's profile allows no track of this length."""


class NothingChanges(ValueError):
    """It is so already."""


class NotOnThatDay(ValueError):
    """The change cannot count from this day: it is past the track's end, or for a zone has not come."""


class NotEarly(Exception):
    """The track cannot be completed now. ``short``: what is missing, by the policy."""

    def __init__(self, short: tuple[early.Short, ...]) -> None:
        super().__init__(*short)
        self.short = short


def intended(track: Track, act: str, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    """The move that an act means for this track. Raises what stands above, ValueError."""
    return _INTENTS[Act(act)](track, terms, schedule, now)


def day_of(value: date | str) -> date:
    """A day as a form gives it, or as a proposal keeps it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def last_day_of(tolling: Tolling) -> date:
    """The last day on which the clock stands still, after what was given back of it."""
    given_back = tolling.given_back.aggregate(days=Sum("days"))["days"] or 0
    return tolling.to_on + timedelta(days=given_back)


def _toll(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    move = moves.Toll(day_of(terms["from_on"]), day_of(terms["to_on"]))
    if move.to_on < move.from_on:
        raise ValueError("the last day lies before the first")
    if not track.referral.court.profile.tolling_allowed:
        raise TollingNotAllowed(track.referral.court_id)
    if move.from_on > schedule.ends_on:
        raise NotOnThatDay(track.pk)
    for tolling in track.tollings.filter(from_on__lte=move.to_on, to_on__gte=move.from_on):
        if last_day_of(tolling) >= move.from_on:
            raise AlreadyTolled(track.pk)
    return move


def _give_back(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    tolling = track.tollings.get(pk=UUID(str(terms["tolling"])))
    resumes_on = day_of(terms["resumes_on"])
    if resumes_on < tolling.from_on:
        raise NothingToGiveBack(tolling.pk)
    asked = (last_day_of(tolling) - resumes_on).days + 1
    days = min(asked, moves.can_give_back(schedule, now))
    if days < 1:
        raise NothingToGiveBack(tolling.pk)
    return moves.GiveBack(tolling.from_on, days)


def _extend(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    days = int(terms["days"])
    if days < 1:
        raise ValueError("an extension adds at least one day")
    longest = schedules.longest_end(track)
    if longest and schedule.ends_on + timedelta(days=days) > longest:
        raise TooLong(track.pk)
    return moves.Extend(days)


def _cadence(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    move = moves.NewCadence(parse_cadence(terms["cadence"]), day_of(terms["from_on"]))
    if move.from_on > schedule.ends_on:
        raise NotOnThatDay(track.pk)
    if move.cadence == schedule.cadence:
        raise NothingChanges(track.pk)
    return move


def _zone(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    if terms["zone"] not in available_timezones():
        raise ValueError("no such time zone")
    move = moves.NewZone(ZoneInfo(terms["zone"]), day_of(terms["from_on"]))
    if move.zone.key == schedule.zone.key:
        raise NothingChanges(track.pk)
    if move.from_on > max(local_date(now, move.zone), local_date(now, schedule.zone)):
        raise NotOnThatDay(track.pk)
    return move


def _early(track: Track, terms: Terms, schedule: Schedule, now: datetime) -> moves.Move:
    check_ins = list(track.check_ins.defer("draft"))
    verified = not track.commitments.filter(required=True, verified_at=None).exists()
    stands = standing_of(
        [c.moments for c in check_ins], policy=track.rules, ends_at=track.ends_at, now=now,
        commitments_verified=verified,
    )  # fmt: skip
    states = [c.state(now) for c in check_ins]
    short = early.short_of(
        track.policy.rules,
        over=early.share_over(track.opened_on, track.ends_on, local_date(now, schedule.zone)),
        determination=stands.determination,
        kept=share_kept([state for state in states if state in SETTLED]),
        commitments_verified=verified,
    )
    if short:
        raise NotEarly(short)
    return moves.EndEarly()


_INTENTS: dict[Act, Callable[[Track, Terms, Schedule, datetime], moves.Move]] = {
    Act.TOLL: _toll, Act.GIVE_BACK: _give_back, Act.EXTEND: _extend, Act.CADENCE: _cadence, Act.ZONE: _zone,
    Act.EARLY: _early,
}  # fmt: skip
