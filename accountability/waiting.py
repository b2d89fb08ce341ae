"""What of the track waits for somebody, over many cases: a constant number of queries.

Read by the page of the supervising administrator and by the daily mail (lms.referrals.actions.supervision).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse

from accountability.ladder import contacts_of, lines_of
from accountability.models import CheckIn, ExcusalRequest, ResponseStep, Track
from accountability.rules import responses as rules
from accountability.rules import waiting as limits
from lms.casework.contacts import last_tried
from lms.casework.models import ContactAttempt
from lms.referrals.desk import Wait
from lms.referrals.holidays import holidays_of
from lms.referrals.models import Referral

# The court's holidays: the facilitator's promise and the supervisor's limit count the same days.
PROFILE = ("track__referral__court__profile",)


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """Safety answers, reviews, requests, appeals, steps, and people without contact."""
    cases = referrals.order_by()
    return [
        *_safety(cases),
        *_reviews(cases),
        *(_asked(row) for row in ExcusalRequest.objects.open().filter(within(cases)).select_related("check_in__track")),
        *_appeals(cases),
        *_of_tracks(cases, now),
    ]


def within(cases: QuerySet[Referral]) -> Q:
    return Q(check_in__track__referral__in=cases)


def _safety(cases: QuerySet[Referral]) -> Iterator[Wait]:
    asked = CheckIn.objects.filter(track__referral__in=cases, help_asked_at__isnull=False, help_answered_at=None)
    for row in asked.select_related("track").defer("draft"):
        if row.help_asked_at:
            url = reverse("track_staff:check_in", args=[row.pk])
            yield Wait(row.track.referral_id, "safety", url, row.help_asked_at, row.help_asked_at + limits.SAFETY)


def _reviews(cases: QuerySet[Referral]) -> Iterator[Wait]:
    sent = CheckIn.objects.awaiting_review().filter(track__referral__in=cases, track__closed_at=None)
    for row in sent.select_related("track__policy", *PROFILE).defer("draft"):
        since = row.resubmitted_at or row.submitted_at
        if since:
            days, url = row.track.policy.review_business_days, reverse("track_staff:check_in", args=[row.pk])
            late = limits.after_business_days(since, days, row.track.time_zone, holidays_of(row.track.referral))
            yield Wait(row.track.referral_id, "review", url, since, late)


def _asked(row: ExcusalRequest) -> Wait:
    url = reverse("track_staff:excusal", args=[row.pk])
    return Wait(row.check_in.track.referral_id, "request", url, row.asked_at, row.answer_by)


def _appeals(cases: QuerySet[Referral]) -> Iterator[Wait]:
    for row in (
        ExcusalRequest.objects.on_appeal()
        .filter(within(cases))
        .select_related("appeal", *(f"check_in__{path}" for path in PROFILE))
    ):
        url, track = reverse("track_staff:excusal", args=[row.pk]), row.check_in.track
        late = limits.after_business_days(
            row.appeal.at, limits.APPEAL_BUSINESS_DAYS, track.time_zone, holidays_of(track.referral)
        )
        yield Wait(track.referral_id, "appeal", url, row.appeal.at, late)


def _of_tracks(cases: QuerySet[Referral], now: datetime) -> Iterator[Wait]:
    tracks = Track.objects.filter(referral__in=cases, closed_at=None).select_related(
        "policy", "referral__court__profile"
    )
    rows = list(
        tracks.annotate(last_review=Max("check_ins__reviews__at"), last_step=Max("referral__response_steps__at"))
    )
    due, tried = steps_due(rows, now), last_tried(cases)
    for track in rows:
        case = reverse("referrals:case", args=[track.referral_id])
        if found := due.get(track.pk):
            url = reverse("track_staff:responses", args=[track.referral_id])
            late = limits.after_business_days(
                found[1], limits.STEP_BUSINESS_DAYS, track.time_zone, holidays_of(track.referral)
            )
            yield Wait(track.referral_id, "step", url, found[1], late)
        heard = (track.opened_at, track.last_review, track.last_step, tried.get(track.referral_id))
        last = max(filter(None, heard))
        if now >= last + limits.CONTACT:
            yield Wait(track.referral_id, "contact", case, last, last + limits.CONTACT)


def steps_due(tracks: Sequence[Track], now: datetime) -> dict[UUID, tuple[rules.Step, datetime]]:
    """Of each track in which a miss has no answer yet: the next step and since when. Three queries for all."""
    policies = {track.pk: track for track in tracks}
    check_ins = CheckIn.objects.filter(track__in=policies, opens_at__lte=now).defer("draft").order_by("number")
    by_track: dict[UUID, list[CheckIn]] = defaultdict(list)
    for row in check_ins:
        by_track[row.track_id].append(row)
    lines = {pk: lines_of(track, by_track[pk], now) for pk, track in policies.items()}
    taken: dict[UUID, list[rules.Taken]] = defaultdict(list)
    steps = ResponseStep.objects.filter(referral__track__in=policies).annotate(track=F("referral__track"))
    for step in steps.defer("words"):
        taken[step.track].append(step.taken)
    for track_id, tried in _attempts(policies).items():
        taken[track_id] += contacts_of(tried, lines[track_id])
    found = {}
    for pk, track in policies.items():
        if due := _due(track, lines[pk], taken[pk]):
            found[pk] = due
    return found


def _attempts(tracks: Collection[UUID]) -> dict[UUID, list[ContactAttempt]]:
    made: dict[UUID, list[ContactAttempt]] = defaultdict(list)
    rows = ContactAttempt.objects.filter(referral__track__in=tracks).annotate(track=F("referral__track"))
    for attempt in rows.defer("note"):
        made[attempt.track].append(attempt)
    return made


def _due(track: Track, lines: list[rules.Line], taken: list[rules.Taken]) -> tuple[rules.Step, datetime] | None:
    """The first miss that no step in force was taken for."""
    after = track.policy.steps_lapse_after
    answered = {number for one in rules.in_force(taken, lines, after=after) for number in one.misses}
    fresh = [line for line in lines if line.number in rules.open_misses(lines) and line.number not in answered]
    if not fresh:
        return None
    begin = rules.Step(track.policy.steps_begin_at)
    return rules.next_step(taken, lines, after=after, begin_at=begin), fresh[0].closes_at
