"""What the track brings to the program's pictures: counts, by the database, however many check-ins there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate, TruncMonth
from django.utils.translation import gettext as _

from accountability.models import CheckIn, Track
from accountability.models.check_ins import ExcusalReason
from accountability.models.readings import state_at
from accountability.rules.check_in_state import State
from lms.referrals.figures import EXCUSED, KEPT, NO, NONE, WEEKS, YES, Tally, Wait, Waits
from lms.referrals.models import Program

ONE_WEEK = timedelta(weeks=1)
# Of so many check-ins of a hundred that count, sent on time.
NINE_IN_TEN = 90
COUNTS = (State.ON_TIME, State.LATE, State.CURED, State.MISSED)


def tallies(program: Program, as_of: datetime) -> Sequence[Tally]:
    return [*_weeks(program, as_of), *_kept(program, as_of), *_excused(program, as_of)]


def waits(program: Program, as_of: datetime) -> Sequence[Waits]:
    """Of the newest version of each check-in: the day it was sent, and the day somebody decided."""
    sent = Coalesce("resubmitted_at", "submitted_at")
    rows = (
        _of(program)
        .filter(submitted_at__isnull=False, reviewed_at__lt=as_of, cancelled_at=None)
        .annotate(sent=sent)
        .filter(reviewed_at__gte=F("sent"))
        .annotate(began=TruncDate("sent", tzinfo=UTC), ended=TruncDate("reviewed_at", tzinfo=UTC))
        .values_list("began", "ended")
        .annotate(n=Count("pk"))
    )
    return [Waits(_("Check-ins: until somebody decided"), [Wait(*row) for row in rows], promised=True, order=10)]


def words() -> dict[str, str]:
    return {reason.value: str(reason.label) for reason in ExcusalReason}


def _of(program: Program) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(track__referral__program=program).order_by()


def _counting(program: Program, as_of: datetime) -> QuerySet[Any]:
    """Check-ins about which everything is said: they can be made up for no more, and are neither excused nor open."""
    settled = _of(program).filter(cure_until__lte=as_of).annotate(now=state_at(as_of))
    return settled.filter(now__in=[state.value for state in COUNTS])


def _weeks(program: Program, as_of: datetime) -> list[Tally]:
    """By the week of the track in which they were due; one that moved far keeps its own week."""
    since = ExpressionWrapper(F("due_on") - F("track__opened_on"), output_field=DurationField())
    rows = (
        _counting(program, as_of)
        .annotate(month=TruncMonth("due_on"), since=since)
        .values_list("month", "since", "now")
        .annotate(n=Count("track", distinct=True))
    )
    return [
        Tally(WEEKS, month, n, group=f"{-(-since // ONE_WEEK):03}", answer=YES if now == State.ON_TIME else NO)
        for month, since, now, n in rows
    ]


def _kept(program: Program, as_of: datetime) -> list[Tally]:
    """Each track once: a line a person, for the database knows no count of counts that both of ours can say."""
    counted = _counting(program, as_of).values_list("track").annotate(
        n=Count("pk"), on_time=Count("pk", filter=Q(now=State.ON_TIME.value))
    )  # fmt: skip
    how = {track: YES if on_time * 100 >= NINE_IN_TEN * n else NO for track, n, on_time in counted}
    tracks = (
        Track.objects.filter(referral__program=program, opened_at__lt=as_of)
        .order_by()
        .annotate(month=TruncMonth("referral__received_at", tzinfo=UTC))
        .values_list("pk", "month", "referral__court", "referral__language", "referral__forgotten_at")
    )
    return [
        Tally(KEPT, month.date(), 1, answer=how.get(pk, NONE), court=court, language="" if forgotten else language)
        for pk, month, court, language, forgotten in tracks
    ]


def _excused(program: Program, as_of: datetime) -> list[Tally]:
    first = (
        _of(program)
        .filter(excused_at__lt=as_of, cancelled_at=None)
        .exclude(excused_reason="")
        .values_list("track", "excused_reason")
        .annotate(first=TruncMonth(Min("excused_at"), tzinfo=UTC))
    )
    return [Tally(EXCUSED, month.date(), 1, group=reason) for _track, reason, month in first]
