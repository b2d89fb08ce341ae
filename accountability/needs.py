"""Who of a caseload needs somebody because of their track: for how long, why, and what comes next."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accountability.glances import dated
from accountability.models import CheckIn, Override, Track
from accountability.rules.check_in_state import state_of
from accountability.rules.standing import missed_in_a_row
from accountability.told import is_told
from lms.casework.contacts import last_tried
from lms.referrals.desk import Ahead, Need, Weight
from lms.referrals.holidays import holidays_of
from lms.referrals.models import Referral
from lms.referrals.rules.business_days import add_business_days

RESTS = timedelta(days=7)  # who was tried within it is left in peace, and so is whoever tried
QUIET = timedelta(days=1)  # after this a returned check-in without a word is worth a call
STILL_QUIET = timedelta(days=14)  # and after this it is an old story
TWICE = 2
AHEAD = 5


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Who asked for help, who went quiet, whose check-in waits to be read, what waits for a second person."""
    cases = referrals.order_by().values("pk")
    check_ins = CheckIn.objects.filter(track__referral__in=cases, track__closed_at=None).select_related("track")
    return [
        *_asked(cases),
        *_missed(referrals, check_ins, now),
        *_returned(check_ins, now),
        *_changed(check_ins),
        *_to_read(check_ins, now),
        *_proposed(cases, now),
    ]


def _asked(cases: Any) -> Iterator[Need]:
    """A call for help outlives the track it was made in."""
    asked = CheckIn.objects.filter(track__referral__in=cases, help_asked_at__isnull=False, help_answered_at=None)
    for c in asked.select_related("track"):
        yield _need(c, _("asked to be contacted"), c.help_asked_at, Weight.SAFETY, _("Get in touch now, and say so"))


def _missed(referrals: QuerySet[Referral], check_ins: Any, now: datetime) -> Iterator[Need]:
    """Each miss asks how somebody tried to reach them; two in a row ask again every week."""
    by_track: dict[UUID, list[CheckIn]] = defaultdict(list)
    for c in check_ins.in_state_missed(now).select_related("track__policy").order_by("number"):
        if not is_told(c, c.track, now):
            continue
        by_track[c.track_id].append(c)
    tried = last_tried(referrals) if by_track else {}
    often = {pk for pk, missed in by_track.items() if len(missed) >= TWICE}
    rows = _in_a_row(often, now)
    for pk, missed in by_track.items():
        newest, last = missed[-1], tried.get(missed[-1].track.referral_id)
        if rows.get(pk, 0) >= TWICE and (last is None or last < now - RESTS):
            words = _("missed %(n)d check-ins in a row") % {"n": rows[pk]}
            yield _contact(newest, words, missed[-rows[pk]].closes_at, Weight.MISSED_TWICE)
        elif last is None or last < newest.closes_at:
            words = _("did not make check-in %(number)d") % {"number": newest.number}
            yield _contact(newest, words, newest.closes_at, Weight.MISSED)


def _in_a_row(tracks: set[UUID], now: datetime) -> dict[UUID, int]:
    if not tracks:
        return {}
    leeway = {track.pk: track.leeway for track in Track.objects.filter(pk__in=tracks).select_related("policy")}
    return {
        pk: missed_in_a_row([state_of(one.moments, now, leeway[pk]) for one in some])
        for pk, some in dated(list(tracks)).items()
    }


def _returned(check_ins: Any, now: datetime) -> Iterator[Need]:
    """It went back to them with a question, and not a word came since."""
    silent = Q(resubmitted_at=None) | Q(resubmitted_at__lte=F("reviewed_at"))
    found = check_ins.filter(silent, returned_until__isnull=False, cancelled_at=None)
    for c in found.filter(reviewed_at__lt=now - QUIET, reviewed_at__gt=now - STILL_QUIET):
        words = _("got check-in %(number)d back and has been quiet since") % {"number": c.number}
        yield _need(c, words, c.reviewed_at, Weight.RETURNED, _("Ask whether the question was understood"))


def _changed(check_ins: Any) -> Iterator[Need]:
    """What was told of address, telephone or arrest, until the facilitator has decided on the check-in."""
    told = check_ins.filter(answering__changed_said_at__isnull=False).select_related("track", "answering")
    for c in told.filter(Q(reviewed_at=None) | Q(reviewed_at__lt=F("answering__changed_said_at"))):
        said = c.answering.changed_said_at
        yield _need(c, _("says that something has changed"), said, Weight.PAST_PROMISE, _("Read it and decide"))


def _to_read(check_ins: Any, now: datetime) -> Iterator[Need]:
    """What was sent and waits; past the promised day it is heavier."""
    waiting = check_ins.awaiting_review().select_related("track__policy", "track__referral__court__profile")
    for c in waiting:
        sent = c.resubmitted_at or c.submitted_at
        late = past_promise(c, sent, now)
        words = (
            _("sent check-in %(number)d, and the promised day has passed") if late else _("sent check-in %(number)d")
        )
        weight = Weight.PAST_PROMISE if late else Weight.REVIEW
        yield _need(c, words % {"number": c.number}, sent, weight, _("Read it and decide"))


def past_promise(check_in: CheckIn, sent: datetime, now: datetime) -> bool:
    """An answer was promised within so many business days of the court, and the last of them is over."""
    track = check_in.track
    promised = add_business_days(
        sent.astimezone(track.time_zone).date(), track.policy.review_business_days, holidays_of(track.referral)
    )
    return now >= datetime.combine(promised + timedelta(days=1), time(), track.time_zone)


def _proposed(cases: Any, now: datetime) -> Iterator[Need]:
    proposed = Override.objects.waiting(now).filter(track__referral__in=cases, track__closed_at=None)
    for row in proposed.select_related("track").defer("terms"):
        url = reverse("track_staff:override", args=[row.pk])
        why, step = _("a proposal waits for a second person"), _("Read it, and confirm it or not")
        yield Need(row.track.referral_id, why, url, row.proposed_at, Weight.SECOND, step)


def outlook(referrals: QuerySet[Referral], now: datetime) -> Sequence[Ahead]:
    """The check-ins that are due next."""
    cases = referrals.order_by().values("pk")
    coming = CheckIn.objects.unanswered().filter(track__referral__in=cases, track__closed_at=None, due_at__gt=now)
    return [
        Ahead(
            c.track.referral_id, _("check-in %(number)d is due") % {"number": c.number},
            c.due_at - timedelta(minutes=1), reverse("track_staff:check_in", args=[c.pk]),
        )
        for c in coming.select_related("track").defer("draft").order_by("due_at")[:AHEAD]
    ]  # fmt: skip


def _contact(check_in: CheckIn, why: str, since: datetime, weight: int) -> Need:
    """A call to make, and the place to say what came of it."""
    url = reverse("casework:contact", args=[check_in.track.referral_id])
    return Need(check_in.track.referral_id, why, url, since, weight, _("Say how you tried to reach them"))


def _need(check_in: CheckIn, why: str, since: Any, weight: int, step: str) -> Need:
    url = reverse("track_staff:check_in", args=[check_in.pk])
    return Need(check_in.track.referral_id, why, url, since, weight, step)
