"""What the track lays on the desk: steps, needs, sections, columns."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accountability.labels import DETERMINATION, STATE, TONE, override_in_words
from accountability.models import CheckIn, Commitment, Override, Track
from accountability.rules.check_in_state import ANSWERED, MAY_SUBMIT, State, accepts, state_of
from accountability.rules.standing import Determination, standing_of
from lms.referrals.desk import Audience, Need, Section, Step
from lms.referrals.models import Referral

MINUTES = 3
SOON = timedelta(days=21)


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """Check-ins that can be made, and the next ones ahead."""
    track = Track.objects.filter(referral=referral).select_related("policy").first()
    if track is None or track.closed_at:
        return []
    found = []
    ahead = Q(submitted_at=None, excused_at=None, cancelled_at=None, opens_at__lt=now + SOON)
    for check_in in track.check_ins.filter(ahead | Q(returned_until__gt=now)).defer("draft"):
        step = _step(check_in, track, now)
        if step:
            found.append(step)
    return found


def _step(check_in: CheckIn, track: Track, now: datetime) -> Step | None:
    state = state_of(check_in.moments, now, track.leeway)
    url = reverse("check_ins:answer", args=[check_in.pk])
    title = _("Check-in %(number)d") % {"number": check_in.number}
    if accepts(check_in.moments, now, track.leeway):
        due = {
            State.OPEN: check_in.due_at,
            State.IN_GRACE: check_in.closes_at,
            State.MISSED: check_in.cure_until,
            State.RETURNED: check_in.returned_until,
        }[state]
        detail = {
            State.IN_GRACE: _("It is past its date and is still accepted."),
            State.MISSED: _("You can still make up for it."),
            State.RETURNED: _("Your facilitator has a question."),
        }.get(state, "")
        return Step(title, url, detail, due, MINUTES, urgent=state is not State.OPEN, order=100 + check_in.number)
    if state is State.SCHEDULED and check_in.opens_at < now + SOON:
        words = _("Opens %(n)d days before its date") % {"n": track.policy.window_days}
        return Step(title, reverse("check_ins:home"), words, check_in.due_at, order=300 + check_in.number)
    return None


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Who asked for help, who went quiet, whose check-in waits to be read."""
    check_ins = CheckIn.objects.filter(track__referral__in=referrals.order_by(), track__closed_at=None)
    found = []
    # A call for help outlives the track it was made in.
    asked = CheckIn.objects.filter(track__referral__in=referrals.order_by(), help_asked_at__isnull=False)
    for c in asked.filter(help_answered_at=None).select_related("track"):
        found.append(_need(c, _("asked to be contacted"), c.help_asked_at, 100))
    for c in check_ins.in_state_missed(now).filter(cure_until__gt=now - timedelta(days=7)).select_related("track"):
        words = _("did not make check-in %(number)d") % {"number": c.number}
        found.append(_need(c, words, c.closes_at, 80))
    for c in check_ins.awaiting_review().select_related("track"):
        words = _("sent check-in %(number)d") % {"number": c.number}
        found.append(_need(c, words, c.resubmitted_at or c.submitted_at, 60))
    proposed = Override.objects.waiting(now).filter(track__referral__in=referrals.order_by(), track__closed_at=None)
    for row in proposed.select_related("track").defer("terms"):
        url = reverse("track_staff:override", args=[row.pk])
        found.append(Need(row.track.referral_id, _("a proposal waits for a second person"), url, row.proposed_at, 70))
    return found


def _need(check_in: CheckIn, why: str, since: datetime, weight: int) -> Need:
    url = reverse("track_staff:check_in", args=[check_in.pk])
    return Need(check_in.track.referral_id, why, url, since, weight)


def rows(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, str]]:
    """Check-ins made of those due, the standing, the next date: a constant number of queries."""
    ids = [r.pk for r in referrals]
    unverified = Commitment.objects.filter(track=OuterRef("pk"), required=True, verified_at=None)
    tracks = Track.objects.filter(referral__in=ids).select_related("policy").annotate(unverified=Exists(unverified))
    by_track: dict[UUID, list[CheckIn]] = defaultdict(list)
    for check_in in CheckIn.objects.filter(track__referral__in=ids).defer("draft").order_by("number"):
        by_track[check_in.track_id].append(check_in)
    return {track.referral_id: _columns(track, by_track[track.pk], now) for track in tracks}


def _columns(track: Track, check_ins: list[CheckIn], now: datetime) -> dict[str, str]:
    states = [state_of(c.moments, now, track.leeway) for c in check_ins]
    due = [s for s in states if s not in (State.SCHEDULED, State.OPEN, State.CANCELLED)]
    kept = sum(s in ANSWERED or s is State.EXCUSED for s in states)
    ahead = [
        c for c, s in zip(check_ins, states, strict=True) if s in MAY_SUBMIT | {State.SCHEDULED} and c.closes_at > now
    ]
    stands = standing_of(
        [c.moments for c in check_ins], policy=track.policy.rules, ends_at=track.ends_at, now=now,
        commitments_verified=not track.unverified,
    )  # fmt: skip
    return {
        "check_ins": _("%(kept)d of %(due)d") % {"kept": kept, "due": max(len(due), kept)},
        "standing": str(DETERMINATION[stands.determination]),
        "next": date_format(ahead[0].due_on, "MONTH_DAY_FORMAT") if ahead and not track.closed_at else "",
    }


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The track on a case page."""
    track = Track.objects.filter(referral=referral).select_related("policy", "referral").first()
    if track is None:
        return []
    lines = shaped(track, now)
    states = [line["state"] for line in lines]
    context = {
        "track": track,
        "kept": sum(s in ANSWERED or s is State.EXCUSED for s in states),
        "total": len(states),
        "encouragement": encouragement(states),
        "over": track.ends_at <= now,
    }
    if audience != "facilitator":
        template = "check_ins/panel.html" if audience == "person" else "check_ins/court_panel.html"
        return [Section(_("Accountability track"), template, context, order=20)]
    stands = standing_of(
        [line["check_in"].moments for line in lines], policy=track.policy.rules, ends_at=track.ends_at, now=now,
        commitments_verified=_verified(track),
    )  # fmt: skip
    context |= {
        "lines": lines,
        "determination": DETERMINATION[stands.determination],
        "tone": _tone(stands.determination),
        "tollings": track.tollings.all(),
        "extensions": track.extensions.all(),
        "overrides": _overrides(track, now),
    }
    return [Section(_("Accountability track"), "facilitate/track/panel.html", context, order=20)]


def _overrides(track: Track, now: datetime) -> list[dict[str, object]]:
    """What waits for a second person, for staff alone: nothing of it has happened."""
    waiting = track.overrides.waiting(now).select_related("proposed_by", "check_in")
    return [{"row": row, "what": override_in_words(row)} for row in waiting]


def shaped(track: Track, now: datetime) -> list[dict[str, object]]:
    """Every check-in as a row for a page: state, words, tone."""
    found = []
    for check_in in track.check_ins.defer("draft").order_by("number"):
        state = state_of(check_in.moments, now, track.leeway)
        found.append(
            {
                "check_in": check_in,
                "state": state,
                "label": STATE[state],
                "tone": TONE.get(state, "neutral"),
                "may_answer": accepts(check_in.moments, now, track.leeway) and not track.closed_at,
            }
        )
    return found


def encouragement(states: Sequence[State]) -> str:
    """On-time check-ins in a row, as something to keep; silence when there is nothing kind to say."""
    streak = 0
    for state in reversed([s for s in states if s in ANSWERED or s in (State.MISSED, State.EXCUSED)]):
        if state not in (State.ON_TIME, State.EXCUSED):
            break
        streak += 1
    if streak < 2:
        return ""
    return ngettext("%(n)d check-in in a row, on time.", "%(n)d check-ins in a row, on time.", streak) % {"n": streak}


def _verified(track: Track) -> bool:
    return not track.commitments.filter(required=True, verified_at=None).exists()


def _tone(determination: Determination) -> str:
    good = {Determination.IN_COMPLIANCE, Determination.COMPLETED}
    return "good" if determination in good else "attention" if determination is Determination.AT_RISK else "stopped"
