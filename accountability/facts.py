"""Track facts as of a moment: only what was *recorded* by then (invariant 6)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Min

from accountability import decided
from accountability.decided import RequestFact, StepFact
from accountability.ladder import ladder
from accountability.models import (
    CheckIn,
    Commitment,
    CommitmentChange,
    Move,
    Review,
    Submission,
    Track,
    WindowChange,
)
from accountability.models.overrides import Act
from accountability.rules.calendar import day_ends
from accountability.rules.check_in_state import Moments, State, state_of
from accountability.rules.standing import has_ended, standing_of
from lms.outbox.models import Message
from lms.referrals.models import Referral
from lms.referrals.rules.policy import spell_cadence


@dataclass(frozen=True, slots=True)
class CheckInFact:
    """One check-in as a court may see it: moments and a status word, never an answer."""

    number: int
    due_on: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    cure_until: datetime
    submitted_at: datetime | None
    status: str
    excused_reason: str
    notices: tuple[datetime, ...]
    route: str
    # The court holiday on which it would have been due; None where it is due as planned.
    moved_from: date | None = None
    # Of an excusal: when, and its two axes; blank where it is of before they were kept.
    excused_at: datetime | None = None
    attended: str = ""
    complied: str = ""


@dataclass(frozen=True, slots=True)
class MoveFact:
    """A change that has no fact of its own: give_back, cadence, zone, early, transfer. ``days``: by which the end moved."""

    act: str
    from_on: date
    days: int
    reason: str
    authority: str
    was: str
    now: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TollingFact:
    days: int
    from_on: date
    to_on: date
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class ExtensionFact:
    days: int
    reason: str
    ordered_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OutageFact:
    check_in_number: int
    added_minutes: int
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    number: int
    named_by_order: str
    required: bool
    verified_on: date | None
    due_on: date | None = None
    ended: bool = False
    # Something was sent to show it, and nobody had decided on that.
    waits: bool = False


@dataclass(frozen=True, slots=True)
class StepsFact:
    """Which steps of the graduated response a notice still lacks, by name."""

    missing: tuple[str, ...]


def steps_before_notice(*, referral: Referral, now: datetime) -> StepsFact:
    """Whether contact and written warning stand before a drafted notice (accountability.rules.responses)."""
    return StepsFact(tuple(step.value for step in ladder(referral, now).missing))


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """Everything a report may say of a track."""

    opened_at: datetime
    opened_on: date
    ends_on: date
    ends_at: datetime
    zone: str
    months: int
    cadence: str
    policy_number: int
    closed_at: datetime | None
    ended: bool
    check_ins: tuple[CheckInFact, ...]
    tollings: tuple[TollingFact, ...]
    extensions: tuple[ExtensionFact, ...]
    outages: tuple[OutageFact, ...]
    commitments: tuple[CommitmentFact, ...]
    determination: str
    rule: str
    because: str
    unreviewed: tuple[int, ...]
    moves: tuple[MoveFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()

    def count(self, status: str) -> int:
        """How many check-ins stand in one status."""
        return Counter(c.status for c in self.check_ins)[status]


def term_ends(referrals: Collection[UUID]) -> dict[UUID, datetime]:
    """When the tracks of these cases are to end, as they stand now: a look ahead, and no fact for a report."""
    return dict(Track.objects.filter(referral__in=referrals).values_list("referral", "ends_at"))


def oldest_unreviewed(referrals: Collection[UUID]) -> dict[UUID, date]:
    """The first due day among the check-ins of each case that wait for a review now: a look ahead, and no fact for a
    report. Nothing of a case where none waits."""
    waiting = CheckIn.objects.awaiting_review().filter(track__referral__in=referrals).order_by()
    return dict(waiting.values("track__referral").annotate(first=Min("due_on")).values_list("track__referral", "first"))


def track_facts(*, referral_id: UUID, as_of: datetime) -> TrackFacts | None:
    """The track of a case as it was known at ``as_of``; None when it had not been opened by then."""
    track = (
        Track.objects.filter(referral=referral_id, opened_at__lte=as_of).select_related("policy", "referral").first()
    )
    if track is None:
        return None
    tollings, extensions = _moved_by(track, as_of)
    moves = list(track.moves.select_related("was_policy", "transfer").order_by("number"))
    _as_before(track, moves, as_of)
    policy = track.rules
    made = [move for move in moves if move.recorded_at <= as_of]
    # What the first of those that nobody knew of yet found is how it stood.
    undone = next((move for move in moves if move.recorded_at > as_of), None)
    ends_on = _end_as_of(track, tollings, extensions, made)
    ends_at = _end_moment(track, ends_on, undone)
    known = _known_check_ins(track, ends_on, as_of)
    moments = [m for _, m, _ in known]
    commitments = _commitments(track, as_of)
    stands = standing_of(
        moments,
        policy=policy,
        ends_at=ends_at,
        now=as_of,
        commitments_verified=all(c.verified_on for c in commitments if c.required),
    )
    return TrackFacts(
        opened_at=track.opened_at,
        opened_on=track.opened_on,
        ends_on=ends_on,
        ends_at=ends_at,
        zone=undone.was_zone if undone else track.zone,
        months=policy.track_months,
        cadence=next((m.cadence for m in reversed(made) if m.cadence), spell_cadence(policy.cadence)),
        policy_number=policy.number,
        closed_at=track.closed_at if track.closed_at and track.closed_at <= as_of else None,
        ended=has_ended(moments, ends_at=ends_at, now=as_of, leeway=track.leeway),
        check_ins=_lines(track, known, as_of),
        tollings=tollings,
        extensions=extensions,
        outages=_outages(track, as_of),
        commitments=commitments,
        determination=stands.determination.value,
        rule=stands.rule,
        because=stands.because,
        unreviewed=_unreviewed(track, as_of),
        moves=tuple(_move(move) for move in made if move.act not in HAVE_FACTS),
        requests=decided.requests(track, {check_in.pk: m for check_in, m, _ in known}, as_of),
    )


def response_steps(*, referral_id: UUID, track: TrackFacts | None, as_of: datetime) -> tuple[StepFact, ...]:
    """The steps of the graduated response by then; ``track``: the facts as of the same moment."""
    lines = [(c.number, c.closes_at, c.status) for c in track.check_ins] if track else []
    return decided.steps(referral_id, lines, as_of)


def _as_before(track: Track, moves: list[Move], as_of: datetime) -> None:
    """Give the track (this copy of its row) the policy it was under then: a transfer brings another."""
    undone = next((move for move in moves if move.was_policy and move.recorded_at > as_of), None)
    if undone and undone.was_policy:
        track.policy = undone.was_policy


Known = list[tuple[CheckIn, Moments, State]]


def _known_check_ins(track: Track, ends_on: date, as_of: datetime) -> Known:
    """Each check-in that existed by then, with its moments as they were known."""
    extended_later = track.extensions.filter(recorded_at__gt=as_of).exists()
    known = []
    for check_in in track.check_ins.prefetch_related("window_changes__outage", "reviews", "submissions"):
        if check_in.added_at and check_in.added_at > as_of:
            continue  # a move that nobody knew of yet brought it
        if extended_later and not check_in.added_at and _dates_as_of(check_in, as_of)[0] > ends_on:
            continue  # an extension of before that moment was kept
        moments = _moments_as_of(check_in, as_of)
        known.append((check_in, moments, state_of(moments, as_of, track.leeway)))
    return known


def _moments_as_of(check_in: CheckIn, as_of: datetime) -> Moments:
    window: CheckIn | WindowChange = check_in
    later = [change for change in check_in.window_changes.all() if change.recorded_at > as_of]
    if later:
        window = min(later, key=lambda change: change.recorded_at)
    reviews = [review for review in check_in.reviews.all() if review.at <= as_of]
    newest = max(reviews, key=lambda review: review.at, default=None)
    sent = sorted(s.recorded_at for s in check_in.submissions.all() if s.recorded_at <= as_of)
    first = min(check_in.submissions.all(), key=lambda s: s.recorded_at) if sent else None
    # Sent again, it is no longer open, whatever the return allowed.
    returned_until = _returned_until(check_in, newest, as_of) if newest and sent and sent[-1] <= newest.at else None
    moments = check_in.moments.as_of(as_of)
    return Moments(
        window.opens_at, window.due_at, window.closes_at, window.cure_until,
        moments.begun_at, first.made_at if first else None, newest.at if newest else None, returned_until,
        moments.missed_at, moments.excused_at, moments.cancelled_at,
    )  # fmt: skip


def _returned_until(check_in: CheckIn, review: Review, as_of: datetime) -> datetime | None:
    """Until when a return left it open, with what the outages known by then gave back of it."""
    changes = (c for c in check_in.window_changes.all() if review.at < c.recorded_at <= as_of)
    given_back = sum((c.outage.given_back_of(review.at) for c in changes if c.outage), timedelta())
    return review.returned_until + given_back if review.returned_until else None


def _dates_as_of(check_in: CheckIn, as_of: datetime) -> tuple[date, date | None]:
    """When it was due, and the holiday it was moved from."""
    later = [change for change in check_in.window_changes.all() if change.recorded_at > as_of]
    row: CheckIn | WindowChange = min(later, key=lambda change: change.recorded_at) if later else check_in
    return row.due_on, row.planned_on if row.planned_on != row.due_on else None


def _moved_by(track: Track, as_of: datetime) -> tuple[tuple[TollingFact, ...], tuple[ExtensionFact, ...]]:
    tollings = track.tollings.filter(recorded_at__lte=as_of)
    extensions = track.extensions.filter(recorded_at__lte=as_of)
    return (
        tuple(TollingFact(t.days, t.from_on, t.to_on, t.reason, t.authority) for t in tollings),
        tuple(ExtensionFact(e.days, e.reason, e.ordered_by, e.recorded_at) for e in extensions),
    )


HAVE_FACTS = (Act.TOLL, Act.EXTEND)


def _end_as_of(
    track: Track, tollings: tuple[TollingFact, ...], extensions: tuple[ExtensionFact, ...], made: list[Move]
) -> date:
    """What was planned, and the days stopped, and the days added, less the days given back; or an early end."""
    days = sum(t.days for t in tollings) + sum(e.days for e in extensions)
    days += sum(move.days for move in made if move.act not in HAVE_FACTS)
    return track.planned_end_on + timedelta(days=days)


def _end_moment(track: Track, ends_on: date, undone: Move | None) -> datetime:
    if undone:
        return undone.was_ends_at
    # Rows of before moves were kept say no more than the day.
    return track.ends_at if ends_on == track.ends_on else day_ends(ends_on, track.time_zone)


def _move(move: Move) -> MoveFact:
    if move.transfer:
        was, now = move.transfer.from_name, move.transfer.to_name
    else:
        was, now = _was_and_is(move)
    return MoveFact(move.act, move.from_on, move.days, move.reason, move.authority, was, now, move.recorded_at)


def _was_and_is(move: Move) -> tuple[str, str]:
    return (move.was_zone, move.zone) if move.zone else (move.was_cadence if move.cadence else "", move.cadence)


def _lines(track: Track, known: Known, as_of: datetime) -> tuple[CheckInFact, ...]:
    told = _notices(track, as_of)
    routes = _routes(track, as_of)
    axes = decided.axes(track, as_of)
    return tuple(
        CheckInFact(
            number=check_in.number,
            due_on=_dates_as_of(check_in, as_of)[0],
            moved_from=_dates_as_of(check_in, as_of)[1],
            opens_at=m.opens_at,
            due_at=m.due_at,
            closes_at=m.closes_at,
            cure_until=m.cure_until,
            submitted_at=m.submitted_at,
            status=state.value,
            excused_reason=check_in.excused_reason if m.excused_at else "",
            notices=told.get(str(check_in.pk), ()),
            route=routes.get(check_in.pk, ""),
            excused_at=m.excused_at,
            attended=axes.get(check_in.pk, ("", ""))[0] if m.excused_at else "",
            complied=axes.get(check_in.pk, ("", ""))[1] if m.excused_at else "",
        )
        for check_in, m, state in known
    )


def _routes(track: Track, as_of: datetime) -> dict[UUID, str]:
    made = Submission.objects.filter(check_in__track=track, recorded_at__lte=as_of).order_by("-recorded_at")
    return dict(made.values_list("check_in_id", "route"))


def _notices(track: Track, as_of: datetime) -> dict[str, tuple[datetime, ...]]:
    """When each check-in's messages were sent, by check-in."""
    sent = Message.objects.filter(about=track.referral_id, key__startswith="check-in:", sent_at__lte=as_of)
    # A call for help went to us, not to the person, and no report may show that there was one.
    sent = sent.exclude(kind="check_in.help_asked")
    told: dict[str, list[datetime]] = {}
    for message in sent.order_by("sent_at").only("key", "sent_at"):
        if message.sent_at:
            told.setdefault(message.key.split(":")[1], []).append(message.sent_at)
    return {pk: tuple(moments) for pk, moments in told.items()}


def _outages(track: Track, as_of: datetime) -> tuple[OutageFact, ...]:
    changes = WindowChange.objects.filter(check_in__track=track, cause="outage", recorded_at__lte=as_of)
    return tuple(
        OutageFact(c.check_in.number, c.minutes, c.outage.from_at, c.outage.to_at)
        for c in changes.select_related("check_in", "outage").order_by("recorded_at", "check_in__number")
        if c.outage
    )


def _commitments(track: Track, as_of: datetime) -> tuple[CommitmentFact, ...]:
    found = track.commitments.filter(made_at__lte=as_of).prefetch_related("changes", "evidence")
    return tuple(_commitment(c, as_of) for c in found)


def _commitment(row: Commitment, as_of: datetime) -> CommitmentFact:
    """By the terms that were in force then: each change keeps those that it replaced."""
    later = [change for change in row.changes.all() if change.recorded_at > as_of]
    terms: Commitment | CommitmentChange = min(later, key=lambda change: change.recorded_at) if later else row
    verified_on = row.verified_on if row.verified_at and row.verified_at <= as_of else None
    return CommitmentFact(
        number=row.number,
        named_by_order=terms.named_by_order,
        required=terms.required,
        verified_on=verified_on,
        due_on=terms.due_on,
        ended=row.ended_at is not None and row.ended_at <= as_of,
        waits=any(e.sent_at <= as_of and (e.decided_at is None or e.decided_at > as_of) for e in row.evidence.all()),
    )


def _unreviewed(track: Track, as_of: datetime) -> tuple[int, ...]:
    """Numbers of check-ins sent by then on whose newest version nobody had decided."""
    numbers = []
    for check_in in track.check_ins.prefetch_related("submissions", "reviews"):
        sent = [s.recorded_at for s in check_in.submissions.all() if s.recorded_at <= as_of]
        decided = [r.at for r in check_in.reviews.all() if r.at <= as_of]
        if sent and (not decided or max(sent) > max(decided)):
            numbers.append(check_in.number)
    return tuple(numbers)
