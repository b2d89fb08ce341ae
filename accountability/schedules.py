"""A track as the rules read it: its rows, gathered into one schedule."""

from datetime import date, timedelta

from django.db.models import Sum

from accountability.models import CheckIn, Track
from accountability.models.overrides import Act
from accountability.rules.calendar import add_months
from accountability.rules.schedule import Schedule, Slot, Terms
from accountability.rules.windows import Window
from lms.referrals.models import Court, CourtProfile, PolicyVersion
from lms.referrals.rules.policy import parse_cadence

OF_THE_CLOCK = (Act.TOLL, Act.GIVE_BACK)


def holidays_of(court: Court) -> frozenset[date]:
    """The days on which a court is closed; none where it has no profile yet."""
    listed = CourtProfile.objects.filter(court=court).values_list("holidays", flat=True).first() or []
    return frozenset(date.fromisoformat(str(day)) for day in listed)


def terms_of(track: Track, policy: PolicyVersion | None = None) -> Terms:
    """By what a track is counted, or would be under another policy."""
    return Terms((policy or track.policy).rules, holidays_of(track.referral.court))


def schedule_of(track: Track, *, hold: bool = False) -> Schedule:
    """As it stands now. ``hold``: the check-ins are held until the transaction ends."""
    check_ins = track.check_ins.select_for_update(of=("self",)) if hold else track.check_ins.all()
    changed = track.moves.exclude(cadence="").order_by("-number").first()
    return Schedule(
        anchor=changed.anchor_on if changed and changed.anchor_on else track.opened_on,
        shift=_stopped_since(track, changed.number) if changed else days_stopped(track),
        cadence=parse_cadence(changed.cadence) if changed else track.policy.rules.cadence,
        zone=track.time_zone,
        ends_on=track.ends_on,
        ends_at=track.ends_at,
        slots=tuple(slot_of(check_in) for check_in in check_ins.defer("draft").order_by("number")),
    )


def slot_of(c: CheckIn) -> Slot:
    planned_on = c.planned_on or c.due_on
    window = Window(c.number, planned_on, c.due_on, c.opens_at, c.due_at, c.closes_at, c.cure_until)
    return Slot(window, settled=bool(c.submitted_at or c.excused_at), cancelled=bool(c.cancelled_at))


def days_stopped(track: Track) -> int:
    """How long the clock stood still, less what was given back."""
    stopped = track.tollings.aggregate(days=Sum("days"))["days"] or 0
    given_back = track.moves.filter(act=Act.GIVE_BACK).aggregate(days=Sum("days"))["days"] or 0
    return int(stopped + given_back)


def longest_end(track: Track) -> date | None:
    """The last day that the court's profile allows: its months, and the days on which the clock stood still."""
    months = track.referral.court.profile.max_months
    return add_months(track.opened_on, months) + timedelta(days=days_stopped(track)) if months else None


def _stopped_since(track: Track, number: int) -> int:
    since = track.moves.filter(act__in=OF_THE_CLOCK, number__gt=number)
    return int(since.aggregate(days=Sum("days"))["days"] or 0)
