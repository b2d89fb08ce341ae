"""Forty responsible parties at every stage. All names are invented; no one's story is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accountability.actions import decisions, moves
from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import State
from courses.models import Enrollment
from court_reports.actions import draft, release
from court_reports.models import Kind
from lms.demonstration import days, steps
from lms.demonstration.world import DOMAIN, World
from lms.outbox.models import Message
from lms.referrals import actions as referrals
from lms.referrals.models import EndReason, Referral, Stage

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FIRST = ("Robin", "Alex", "Sam", "Jordan", "Casey", "Morgan", "Taylor", "Jamie", "Luis", "José", "Ángel", "Marco", "Dana",
         "Chris", "Pat", "Lee", "Noel", "René", "Terry", "Kim")  # fmt: skip
LAST = ("Sample", "Muestra", "Example", "Ejemplo", "Specimen", "Modelo", "Placeholder", "Prueba", "Pattern", "Patrón")
STAGES = tuple(Stage.values)


@dataclass(frozen=True, slots=True)
class Course:
    """How one person goes: days since the referral, modules done, and what happens in the track."""

    referred_days_ago: int
    modules: int = 8
    opened: bool = True
    enrolled: bool = True
    missed: Sequence[int] = ()
    late: Sequence[int] = ()
    excused: Sequence[int] = ()
    cured: Sequence[int] = ()
    help_at: int = 0
    tolled: bool = False
    ending: str = ""
    language: str = "en"
    unread: int = 0


def courses() -> list[Course]:
    """Everybody: from the one whose referral came this morning to those whose case is closed."""
    return [
        Course(230, ending="final"),
        Course(225, ending="final", late=(4,)),
        Course(222, missed=(5, 9, 10, 15), ending="final"),
        Course(200, missed=(3, 4, 5), ending="referred_back"),
        Course(190), Course(185, language="es"), Course(180, late=(2, 7)), Course(176, excused=(6,)),
        Course(170, tolled=True), Course(165, cured=(5,)), Course(160, unread=1), Course(150, missed=(18,)),
        Course(140, missed=(15, 16)), Course(130, language="es", late=(3,)), Course(125), Course(118, help_at=14),
        Course(110), Course(104, missed=(4, 12)), Course(98, language="es"), Course(90, unread=2), Course(84, missed=(9,)),
        Course(75), Course(66, late=(1, 2, 3)), Course(57, language="es", excused=(2,)), Course(48), Course(40, missed=(2,)),
        Course(33), Course(27, language="es"), Course(22),
        Course(30, modules=7), Course(28, modules=6, language="es"), Course(25, modules=5), Course(21, modules=4),
        Course(16, modules=3), Course(12, modules=2, language="es"), Course(9, modules=1), Course(6, modules=0),
        Course(5, modules=0, enrolled=False), Course(3, modules=0, enrolled=False, opened=False),
        Course(1, modules=0, enrolled=False, opened=False, language="es"),
    ]  # fmt: skip


@dataclass(slots=True)
class Life:
    """One person while the days pass."""

    course: Course
    referral: Referral
    begins: datetime
    enrollment: Enrollment | None = None
    taken: int = 0
    done: set[str] = field(default_factory=set)


def refer(world: World, number: int, course: Course, *, now: datetime) -> Life:
    """A clerk refers the ``number``-th person of the demonstration."""
    court = world.courts[number % len(world.courts)]
    ordered = (now - 3 * DAY).date()
    referral = referrals.receive(
        program=world.program,
        court=court,
        fields={
            "first_name": FIRST[number % len(FIRST)],
            "last_name": LAST[number % len(LAST)],
            "birth_year": 1962 + (number * 7) % 40,
            "email": f"person{number + 1}@{DOMAIN}",
            "language": course.language,
            "case_number": f"CR-{now.year}-{1001 + number}",
            "stage": STAGES[1 + number % 5],
            "ordered_on": ordered,
            "complete_by": ordered + timedelta(days=420),
            "conditions": ["Complete the course", "Complete the accountability track"],
            "officer_name": "Sample officer",
        },
        by=world.clerks[number % len(world.clerks)],
        now=now,
    )
    return Life(course, referral, now)


def live_a_day(life: Life, world: World, *, now: datetime) -> None:
    """What one person and their facilitator do on one day."""
    _begin(life, world, now)
    if life.enrollment is None:
        return
    facilitator = life.referral.facilitator
    if life.taken < life.course.modules:
        _take_modules(life, now)
    steps.accept_reflections(life.enrollment, by=facilitator, now=now + HOUR)
    track = Track.objects.filter(referral=life.referral, closed_at=None).select_related("policy").first()
    if track is None:
        return
    _move(life, track, now)
    for check_in in track.check_ins.filter(submitted_at=None, excused_at=None, opens_at__lte=now, cure_until__gt=now):
        _check_in(life, check_in, now)


def read_and_release(life: Life, *, now: datetime, days_left: int) -> None:
    """The facilitator reads what waits and releases what may go; of the last days some of it still waits."""
    facilitator = life.referral.facilitator
    last_day = days_left == 0
    if not last_day and days_left >= 8 * life.course.unread:
        steps.accept_check_ins(life.referral, by=facilitator, now=now)
    if not last_day:
        days.release_waiting(
            life.referral, by=facilitator, now=now, kinds=(Kind.ENROLLMENT, Kind.COMPLETION, Kind.PROGRESS, Kind.FINAL)
        )


def refer_back(life: Life, world: World, *, now: datetime) -> None:
    """Returned to the court: drafted, shown to the person, released by two named people."""
    facilitator = life.referral.facilitator
    steps.accept_check_ins(life.referral, by=facilitator, now=now)
    report = draft.draft(referral=life.referral, kind=Kind.REFERRAL_BACK, by=facilitator, now=now)
    later = now + 6 * DAY
    release.release(report=report, by=facilitator, now=later)
    report.refresh_from_db()
    release.release(report=report, by=world.administrator, now=later + HOUR)
    referrals.say_why_it_ended(
        referral=life.referral, reason=EndReason.NO_CONTACT, by=facilitator, now=later + 2 * HOUR
    )


def _begin(life: Life, world: World, now: datetime) -> None:
    course = life.course
    if not life.referral.invited_at and course.opened:
        steps.open_account(life.referral, now=now, password=world.password)
    elif not life.referral.invited_at and now - life.begins > DAY:
        referrals.invite(referral=life.referral, by=life.referral.facilitator, now=now)
    elif course.enrolled and life.enrollment is None and life.referral.person:
        life.enrollment = steps.accept_agreements(life.referral, now=now)


def _take_modules(life: Life, now: datetime) -> None:
    assert life.enrollment is not None  # noqa: S101  for the type checker
    modules = list(life.enrollment.edition.modules.all())
    # The quick take two modules a day; those still in the course take one every other day.
    for _ in range(2 if life.course.modules == 8 else 1):
        if life.taken < life.course.modules:
            now = steps.take_module(life.enrollment, modules[life.taken], now=now)
            life.taken += 1


def _move(life: Life, track: Track, now: datetime) -> None:
    if life.course.tolled and "tolled" not in life.done and now > track.opened_at + 40 * DAY:
        life.done.add("tolled")
        first = now.date() + 3 * DAY
        moves.toll(
            track=track, from_on=first, to_on=first + 13 * DAY, reason="hospital", authority="Letter seen by the program",
            by=life.referral.facilitator, now=now,
        )  # fmt: skip


def _check_in(life: Life, check_in: CheckIn, now: datetime) -> None:
    course, number = life.course, check_in.number
    state = check_in.state(now)
    if number in course.missed:
        return
    if number in course.excused:
        decisions.excuse(check_in=check_in, reason="work", by=life.referral.facilitator, now=now)
        return
    waits_for = State.MISSED if number in course.cured else State.IN_GRACE if number in course.late else State.OPEN
    if state is waits_for or (state is State.IN_GRACE and waits_for is State.OPEN):
        steps.submit_check_in(check_in, now=now, help_wanted="call" if number == course.help_at else "no")


def nowhere(message: Message) -> None:
    """Mail of the past is not sent again."""
