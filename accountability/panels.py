"""What the track lays on the desk: steps, sections, columns. Needs and glances have files of their own."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accountability.labels import DETERMINATION, MARK, STATE, TONE, move_in_words, override_in_words
from accountability.models import CheckIn, Commitment, Track
from accountability.models.overrides import Act
from accountability.rules.check_in_state import ANSWERED, MAY_SUBMIT, State, accepts, state_of
from accountability.rules.standing import Determination, kept_of, standing_of
from accountability.standing_words import rule_in_words
from accountability.strip import strip
from lms.referrals.desk import Audience, Section, Step
from lms.referrals.models import Referral

MINUTES = 3
SOON = timedelta(days=21)


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """Check-ins that can be made, and the next ones ahead."""
    if referral.track_opened_at is None:
        return []
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
        }.get(state, "") or _moved_from(check_in)
        return Step(title, url, detail, due, MINUTES, urgent=state is not State.OPEN, order=100 + check_in.number)
    if state is State.SCHEDULED and check_in.opens_at < now + SOON:
        words = _moved_from(check_in) or _("Opens %(n)d days before its date") % {"n": track.policy.window_days}
        return Step(title, reverse("check_ins:home"), words, check_in.due_at, order=300 + check_in.number)
    return None


def _moved_from(check_in: CheckIn) -> str:
    day = check_in.moved_from
    return _("Moved from %(day)s, a court holiday") % {"day": date_format(day, _("D, M j"))} if day else ""


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
    kept, _counted = kept_of(states)
    ahead = [
        c for c, s in zip(check_ins, states, strict=True) if s in MAY_SUBMIT | {State.SCHEDULED} and c.closes_at > now
    ]
    stands = standing_of(
        [c.moments for c in check_ins], policy=track.rules, ends_at=track.ends_at, now=now,
        commitments_verified=not track.unverified,
    )  # fmt: skip
    return {
        "check_ins": _("%(kept)d of %(due)d") % {"kept": kept, "due": max(len(due), kept)},
        "standing": str(DETERMINATION[stands.determination]),
        "next": date_format(ahead[0].due_on, "MONTH_DAY_FORMAT") if ahead and not track.closed_at else "",
    }


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The track on a case page."""
    if referral.track_opened_at is None:
        return []
    track = Track.objects.filter(referral=referral).select_related("policy", "referral").first()
    if track is None:
        return []
    lines = shaped(track, now)
    states = [line["state"] for line in lines]
    kept, total = kept_of(states)
    context = {
        "track": track,
        "kept": kept,
        "total": total,
        "encouragement": encouragement(states),
        "over": track.ends_at <= now,
    }
    if audience != "facilitator":
        template = "check_ins/panel.html" if audience == "person" else "check_ins/court_panel.html"
        return [Section(_("Accountability track"), template, context, order=20)]
    stands = standing_of(
        [line["check_in"].moments for line in lines], policy=track.rules, ends_at=track.ends_at, now=now,
        commitments_verified=_verified(track),
    )  # fmt: skip
    stops = list(track.tollings.values_list("from_on", flat=True))
    context |= {
        "lines": lines,
        "determination": DETERMINATION[stands.determination],
        "tone": _tone(stands.determination),
        "rule": rule_in_words(stands, states, track.rules),
        "strip": strip(((line["check_in"].due_on, line["state"]) for line in lines), stops),
        "tollings": track.tollings.all(),
        "extensions": track.extensions.all(),
        "moves": [
            {"row": row, "what": move_in_words(row)}
            for row in track.moves.exclude(act__in=(Act.TOLL, Act.EXTEND)).select_related("transfer")
        ],
        "early": track.policy.early_completion and not track.closed_at and not track.ended_early_at,
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
                "mark": MARK[state],
                "may_answer": accepts(check_in.moments, now, track.leeway) and not track.closed_at,
            }
        )
    return found


def encouragement(states: Sequence[State]) -> str:
    """On-time check-ins in a row, as something to keep; silence when there is nothing kind to say."""
    streak = 0
    # What was excused neither breaks the row nor counts in it.
    for state in reversed([s for s in states if s in ANSWERED or s is State.MISSED]):
        if state is not State.ON_TIME:
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
