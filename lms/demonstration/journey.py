"""One whole case, referral to final report, six months in seconds: the product's own proof that the path holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accountability.actions import decisions
from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import State
from accountability.rules.windows import plan
from courses.models import Enrollment
from court_reports import register
from court_reports import verification as of_reports
from court_reports.models import Kind, Release
from lms.demonstration import days, steps, world
from lms.journal import journal, verification
from lms.outbox.models import Message
from lms.referrals import actions as referrals
from lms.referrals.models import Referral, Stage

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATE, MISSED_THEN_CURED, EXCUSED = 5, 9, 14
NOTICES = (Kind.ENROLLMENT, Kind.PROGRESS, Kind.COMPLETION, Kind.FINAL)


class BrokenPromise(Exception):
    """Something that must hold did not."""


@dataclass(slots=True)
class Line:
    """One line of the timeline; ``at`` is aware."""

    at: datetime
    who: str
    what: str


@dataclass(slots=True)
class Journey:
    """What happened, and what was proved."""

    lines: list[Line] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    referral: Referral | None = None
    final: Release | None = None

    def note(self, at: datetime, who: str, what: str) -> None:
        self.lines.append(Line(at, who, what))

    def prove(self, what: str, holds: object) -> None:
        """Raises BrokenPromise when it does not."""
        if not holds:
            raise BrokenPromise(what)
        self.proved.append(what)


def live(*, start: datetime, tell: Callable[[Line], None] = lambda line: None) -> Journey:
    """Live one case beginning at ``start`` and prove what must be true of it. Raises BrokenPromise."""
    journey = _Telling(tell)
    place = world.build(now=start - DAY, courts=1, facilitators=1)
    facilitator = place.facilitators[0]
    referral = _refer(journey, place, start)
    enrollment = _enroll(journey, referral, start + DAY)
    finished = _course(journey, enrollment, facilitator, start + 2 * DAY)
    _track(journey, referral, facilitator, finished)
    _prove(journey, referral)
    return journey


class _Telling(Journey):
    """A journey that is told while it happens."""

    def __init__(self, tell: Callable[[Line], None]) -> None:
        super().__init__()
        self.tell = tell

    def note(self, at: datetime, who: str, what: str) -> None:
        super().note(at, who, what)
        self.tell(self.lines[-1])


def _refer(journey: Journey, place: world.World, now: datetime) -> Referral:
    referral = referrals.receive(
        program=place.program,
        court=place.courts[0],
        fields={
            "first_name": "Robin",
            "last_name": "Sample",
            "birth_year": 1984,
            "email": f"robin@{world.DOMAIN}",
            "language": "en",
            "case_number": "CR-0001",
            "stage": Stage.PRE_PLEA_DIVERSION,
            "ordered_on": (now - DAY).date(),
            "complete_by": (now + 365 * DAY).date(),
            "conditions": ["Complete the course", "Complete the accountability track"],
        },
        by=place.clerks[0],
        now=now,
    )
    journey.referral = referral
    journey.note(now, "court user", "refers a person")
    return referral


def _enroll(journey: Journey, referral: Referral, now: datetime) -> Enrollment:
    steps.open_account(referral, now=now, password="a long and quiet passphrase")  # noqa: S106  of a scratch database
    journey.note(now, "responsible party", "opens the account with the invitation")
    enrollment = steps.accept_agreements(referral, now=now + HOUR)
    journey.note(now + HOUR, "responsible party", "accepts both agreements and is enrolled")
    return enrollment


def _course(journey: Journey, enrollment: Enrollment, facilitator: Any, now: datetime) -> datetime:
    for module in enrollment.edition.modules.all():
        done = steps.take_module(enrollment, module, now=now)
        journey.note(done, "responsible party", f"finishes module {module.position}")
        steps.accept_reflections(enrollment, by=facilitator, now=done + 2 * HOUR)
        days.pass_day(now=done + 3 * HOUR, send=_nowhere)
        now += DAY
    enrollment.refresh_from_db()
    journey.prove("the course is complete", enrollment.completed_at)
    journey.prove("the track opened in the same moment", enrollment.referral.track.opened_at == enrollment.completed_at)
    journey.note(enrollment.completed_at, "the program", "the last reflection is accepted: course complete, track open")
    return enrollment.completed_at


def _track(journey: Journey, referral: Referral, facilitator: Any, opened_at: datetime) -> None:
    track = Track.objects.select_related("policy").get(referral=referral)
    hearing = referrals.add_hearing(
        referral=referral, at=opened_at + 100 * DAY, kind="review", by=facilitator, now=opened_at + DAY
    )
    journey.note(hearing.recorded_at, "facilitator", "records a hearing")
    for now in days.between(opened_at + DAY, track.ends_at + 9 * DAY):
        days.pass_day(now=now, send=_nowhere)
        _check_in(journey, referral, facilitator, now)
        steps.accept_check_ins(referral, by=facilitator, now=now + HOUR)
        released = days.release_waiting(referral, by=facilitator, now=now + 2 * HOUR, kinds=NOTICES)
        if released:
            journey.note(
                now + 2 * HOUR, "facilitator", f"releases {released} report{'s' if released > 1 else ''} to the court"
            )


def _check_in(journey: Journey, referral: Referral, facilitator: Any, now: datetime) -> None:
    """What this person does today: most in time, one late, one missed and made up, one excused."""
    for check_in in referral.track.check_ins.filter(submitted_at=None, excused_at=None, opens_at__lte=now):
        if check_in.number == EXCUSED:
            decisions.excuse(check_in=check_in, reason="medical", by=facilitator, now=now)
            journey.note(now, "facilitator", f"excuses check-in {check_in.number}")
        elif now >= _moment_for(check_in):
            steps.submit_check_in(check_in, now=now)
            journey.note(now, "responsible party", f"sends check-in {check_in.number}")


def _moment_for(check_in: CheckIn) -> datetime:
    return {LATE: check_in.due_at, MISSED_THEN_CURED: check_in.closes_at}.get(check_in.number, check_in.opens_at + DAY)


def _prove(journey: Journey, referral: Referral) -> None:
    referral.refresh_from_db()
    track = Track.objects.select_related("policy").get(referral=referral)
    planned = plan(track.opened_on, track.policy.rules, ZoneInfo(track.zone))
    check_ins = list(track.check_ins.all())
    journey.prove("the track has exactly the check-ins its policy implies (2)", len(check_ins) == len(planned.windows))
    states = {c.number: c.state(track.ends_at + 30 * DAY) for c in check_ins}
    journey.prove("the late one is late, the missed one made up, the excused one excused", (
        states[LATE], states[MISSED_THEN_CURED], states[EXCUSED]
    ) == (State.LATE, State.CURED, State.EXCUSED))  # fmt: skip
    journey.prove("all others are on time", sum(s is State.ON_TIME for s in states.values()) == len(check_ins) - 3)
    missed = CheckIn.objects.get(track=track, number=MISSED_THEN_CURED)
    journey.prove("nothing was marked missed before its grace ended (3)", missed.missed_at == missed.closes_at)
    keys = list(Message.objects.values_list("key", flat=True))
    journey.prove("every message was posted exactly once (4)", len(keys) == len(set(keys)))
    journey.prove("the case is completed", referral.status == "completed")
    releases = list(Release.objects.filter(report__referral=referral).select_related("report"))
    journey.prove("one final report was released", [r.report.kind for r in releases].count(Kind.FINAL) == 1)
    journey.prove("the register holds from end to end (6, 7)", register.verify_chain() == [])
    journey.final = next(r for r in releases if r.report.kind == Kind.FINAL)
    answer = of_reports.check(code=journey.final.issue.code)
    journey.prove(
        "anyone who has the code hears that the report is genuine", answer.answer == of_reports.Answer.CURRENT
    )
    journal.seal_all(now=track.ends_at + 30 * DAY)
    journey.prove("the journal holds", verification.verify() == [])
    journey.prove("the final report was released by a named human (12)", journey.final.released_by is not None)


def _nowhere(message: Message) -> None:
    """Mail of a scratch database goes nowhere; that it was posted and tried is what counts."""
