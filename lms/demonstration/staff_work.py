"""What staff do beside the check-ins, so that these pages too have something to show. Every word is a sample.

Lived after the days have passed, with moments of the last weeks: a few cases are enough to look around in.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import Max

from accountability.actions import circles, commitments, excusal_requests, moves
from accountability.models import Circle, Track
from court_reports.models import Report
from lms.casework.actions import contacts, notes
from lms.demonstration.people import Life
from lms.demonstration.world import DOMAIN, World
from lms.referrals.actions import covers

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NOTES = (
    ("private", "Sample note for myself: ask about the new shift next time, he sounded tired."),
    ("team", "Sample note for the team: prefers a call after six; evenings are calm."),
    ("court", "Sample note that may go to court: showed a letter of his employer about the new hours."),
)


def do(lives: Sequence[Life], world: World, *, now: datetime) -> None:
    """Notes, calls, commitments, a circle, requests to be excused, an extension, a cover."""
    running = list(_running(lives, now))
    first, second, third, fourth, *_ = running
    _case_notes(first, now)
    _calls(running, now)
    _plan(second, now)
    _circle(running, world, now)
    _requests(third, fourth, now)
    _extension(second, now)
    _cover(world, now)


def _running(lives: Sequence[Life], now: datetime) -> Iterator[Track]:
    """Tracks of open cases that go on for some weeks yet, of one facilitator: a circle has one leader."""
    leader = next(life.referral.facilitator_id for life in lives)
    for life in lives:
        found = Track.objects.filter(referral=life.referral, closed_at=None, ends_at__gt=now + 25 * DAY)
        track = found.filter(opened_at__lt=now - 32 * DAY).select_related("policy", "referral__person").first()
        if track and life.referral.is_open and life.referral.facilitator_id == leader:
            yield track


def _case_notes(track: Track, now: datetime) -> None:
    by = track.referral.facilitator
    for ago, (kind, words) in enumerate(NOTES, start=2):
        notes.write(referral=track.referral, kind=kind, words=words, by=by, now=now - ago * DAY)


def _calls(tracks: Sequence[Track], now: datetime) -> None:
    """One who was reached, one who was not."""
    said = (
        ("call", "reached", "Sample: talked ten minutes, all is well."),
        ("call", "no_answer", "Sample: no answer."),
    )
    for track, (way, outcome, note) in zip(tracks, said, strict=False):
        contacts.record(
            referral=track.referral, way=way, outcome=outcome, note=note, made_at=now - 2 * DAY,
            by=track.referral.facilitator, now=now - 2 * DAY + HOUR,
        )  # fmt: skip


def _since_the_last_report(track: Track, moment: datetime) -> datetime:
    """``moment``, or just after the newest report of the case: what a report did not know must not be older than it."""
    last = Report.objects.filter(referral=track.referral_id).aggregate(at=Max("drafted_at"))["at"]
    return max(moment, last + MINUTE) if last else moment


def _plan(track: Track, now: datetime) -> None:
    """One commitment under way, in hours; one that is done; one that waits to be agreed to."""
    referral, begun = track.referral, _since_the_last_report(track, now - 30 * DAY)
    part = max(now - begun, HOUR) / 10
    by = referral.facilitator
    service = commitments.add(
        track=track, words="Sample: hours of service at the food pantry.", named_by_order="20 hours of service",
        required=True, why="Sample: to give something back, where it is seen.", due_on=(now + 40 * DAY).date(),
        proof="facilitator", unit="hours", units_asked=Decimal(20), by=by, now=begun,
    )  # fmt: skip
    commitments.agree(commitment=service, by=referral.person, now=begun + part)
    for turn, hours in enumerate((3, 4, Decimal("2.5")), start=1):
        on = begun + 2 * turn * part
        commitments.record_progress(
            commitment=service, on=on.date(), units=Decimal(hours), source="facilitator", by=by, now=on + part
        )
    done = commitments.add(
        track=track, words="Sample: a talk with the employer about evening shifts.", named_by_order="", required=False,
        by=by, now=begun,
    )  # fmt: skip
    commitments.agree(commitment=done, by=referral.person, now=begun + part)
    commitments.verify(commitment=done, on=(begun + 3 * part).date(), by=by, now=begun + 4 * part)
    commitments.add(
        track=track, words="Sample: a first appointment with a counselor.", named_by_order="", required=False,
        due_on=(now + 21 * DAY).date(), proof="document", by=by, now=now - part,
    )  # fmt: skip


def _circle(tracks: Sequence[Track], world: World, now: datetime) -> None:
    """A circle that met three times: who came, and what was agreed; and meets again."""
    leader, began = tracks[0].referral.facilitator, now - 20 * DAY
    circle = circles.open_circle(
        program=world.program, name="Sample circle, Tuesday evenings", place="Sample: Room 2, 12 Lantern Street",
        first_on=began.date(), last_on=(now + 50 * DAY).date(), at=time(18, 30), minutes=90,
        zone=world.courts[0].zone, every="weekly", on_holiday="move", holidays=[], by=leader, now=began - DAY,
    )  # fmt: skip
    people = [
        circles.add_person(circle=circle, referral=track.referral, commitment=None, by=leader, now=began - DAY)
        for track in tracks[:4]
    ]
    mentor = circles.add_helper(
        circle=circle, role="mentor", name="Mika Sample", email=f"mentor@{DOMAIN}", language="en", by=leader,
        now=began - DAY,
    )  # fmt: skip
    came = ("present", "present", "remote", "absent")
    for meeting in circle.meetings.filter(starts_at__lt=now - HOUR, cancelled_at=None):
        seen = {row.pk: came[(number + meeting.number) % 4] for number, row in enumerate(people)}
        circles.record_attendance(
            meeting=meeting, people=seen, helpers={mentor.pk: "present"}, by=leader, now=meeting.ends_at
        )
    _minutes(circle, now)


def _minutes(circle: Circle, now: datetime) -> None:
    """Of all but the newest meeting: those are still to be written."""
    held = list(circle.meetings.filter(starts_at__lt=now - HOUR, cancelled_at=None).order_by("number"))
    for meeting in held[:-1]:
        words = "Sample minutes: how the week was, what helped, who calls whom before the next time."
        circles.write_minutes(meeting=meeting, words=words, by=circle.leader, now=meeting.ends_at + HOUR)


def _requests(decided: Track, waiting: Track, now: datetime) -> None:
    """One request that was granted, one that waits for its answer."""
    for track, words in (
        (decided, "Sample: I am at a hearing of my own that day."),
        (waiting, "Sample: my daughter is in the hospital this week."),
    ):
        ahead = track.check_ins.filter(submitted_at=None, excused_at=None, cancelled_at=None, due_at__gt=now)
        check_in = ahead.order_by("number")[1]
        reason = "court_or_legal" if track == decided else "care"
        asked = _since_the_last_report(track, now - 2 * DAY)
        request = excusal_requests.ask(
            check_in=check_in, reason=reason, words=words, evidence=[], by=track.referral.person, now=asked
        )
        if track == decided:
            excusal_requests.grant(
                request=request, reason=reason, attended="yes", complied="yes", said="Sample: thank you for asking early.",
                by=track.referral.facilitator, now=max(asked + MINUTE, now - DAY),
            )  # fmt: skip


def _extension(track: Track, now: datetime) -> None:
    moves.extend(
        track=track, days=14, reason="Sample: two weeks more for the service", ordered_by="Sample judge",
        by=track.referral.facilitator, now=_since_the_last_report(track, now - 3 * DAY),
    )  # fmt: skip


def _cover(world: World, now: datetime) -> None:
    """The second facilitator is away next week, and the first looks after the cases."""
    first, second = world.facilitators[:2]
    covers.arrange(
        program=world.program, absent=second, cover=first, from_at=now + 3 * DAY, until_at=now + 8 * DAY,
        by=world.administrator, now=now - DAY,
    )  # fmt: skip
