"""Cases at the points of their lives where reports are made, through the real actions."""

from datetime import datetime, timedelta
from uuid import uuid4

from accountability.actions import check_ins, decisions, responses, tracks
from accountability.models import CheckIn, Review, Track
from courses.models import Edition
from court_reports.actions import supersede
from court_reports.actions.draft import draft
from court_reports.actions.release import release
from court_reports.models import Kind, Release, Report
from lms.referrals import actions as referrals
from lms.referrals.models import Program, Referral
from tests.builders import a_program, an_administrator, an_enrolled_referral, at

OPENED = at("2026-02-02 10:00")
DAY = timedelta(days=1)


def a_program_with_a_course(**fields: object) -> Program:
    """A program whose course has an edition: enrolling needs one."""
    program = a_program(**{"name": "Amends Lantern", "organization": "Lantern Community Justice"} | fields)
    if not Edition.objects.filter(program=program).exists():
        Edition.objects.create(
            program=program,
            course_key=uuid4(),
            number=1,
            title_en="What it costs",
            title_es="Lo que cuesta",
            published_at=at("2020-01-01 00:00"),
        )
    return program


def an_enrolled_case(**fields: object) -> Referral:
    """Accepted on January 5, 2026."""
    program = fields.pop("program", None) or a_program_with_a_course()
    return an_enrolled_referral(program=program, **fields)


def a_case_in_track(**fields: object) -> Referral:
    """Enrolled in January; the track opened on February 2."""
    referral = an_enrolled_case(**fields)
    tracks.open_track(referral=referral, by=None, now=OPENED)
    referrals.mark_track_opened(referral=referral, by=None, now=OPENED)
    referral.refresh_from_db()
    return referral


def check_ins_of(referral: Referral) -> list[CheckIn]:
    return list(Track.objects.get(referral=referral).check_ins.order_by("number"))


def make(referral: Referral, check_in: CheckIn, *, reviewed: bool = True) -> None:
    """One check-in made a day before it is due, and accepted an hour later."""
    moment = check_in.due_at - DAY
    check_ins.submit(check_in=check_in, answers={}, form=None, language="en", by=referral.person, now=moment)
    if reviewed:
        decisions.review(
            check_in=check_in,
            outcome=Review.ACCEPTED,
            note="",
            by=referral.facilitator,
            now=moment + timedelta(hours=1),
        )


def keep(referral: Referral, *, until: datetime, missing: tuple[int, ...] = ()) -> None:
    """Make every check-in due by ``until`` but those ``missing``."""
    for check_in in check_ins_of(referral):
        if check_in.due_at <= until and check_in.number not in missing:
            make(referral, check_in)


def skip_steps(referral: Referral, *, now: datetime) -> None:
    """An administrator lets the steps before a notice be skipped: what this test is about comes after them."""
    somebody = an_administrator(referral.program)
    for step in responses.ladder(referral, now).missing:
        responses.skip(referral=referral, step=step, why="The court asked for it at once.", by=somebody, now=now)


def a_draft_of(referral: Referral, kind: str = Kind.PROGRESS, *, now: datetime) -> Report:
    if kind == Kind.NON_COMPLIANCE:
        skip_steps(referral, now=now)
    return draft(referral=referral, kind=kind, by=referral.facilitator, now=now)


def a_release_of(referral: Referral, kind: str = Kind.PROGRESS, *, now: datetime) -> Release:
    report = a_draft_of(referral, kind, now=now)
    gone = release(report=report, by=referral.facilitator, now=now)
    assert gone is not None
    return gone


def a_correction_of(gone: Release, *, now: datetime) -> Release:
    """The report that replaced a released one, let go by two people."""
    by, somebody = gone.released_by, an_administrator(gone.report.referral.program)
    report = supersede.correct(release=gone, what_changed="A date.", by=by, now=now)
    right = release(report=report, by=by, second=somebody, now=now)
    assert right is not None
    return right
