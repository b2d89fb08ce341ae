"""Facts of plausible cases, for tests that need no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from court_reports.rules.conditions import Known, statuses
from court_reports.snapshot import (
    Authority,
    Caption,
    CheckIn,
    Commitment,
    Condition,
    Course,
    Determination,
    ExcusalRequest,
    Issue,
    Kind,
    Module,
    Outage,
    Person,
    Program,
    ReportFacts,
    ResponseStep,
    Supersedes,
    Terms,
    Tolling,
    Track,
)

MODULES = (
    "Why you are here, and how this works",
    "What you were told, and what is true",
    "Who is being sold",
    "Harm, and who carries it",
    "Consent, entitlement, choice",
    "The law and its consequences",
    "Listening and taking responsibility",
    "Your plan, and the six months ahead",
)
TERMS = Terms(
    policy_number=1,
    track_months=6,
    cadence="week",
    window_days=3,
    grace_days=2,
    cure_days=7,
    missed_in_row_at_risk=1,
    missed_in_row_not_in_compliance=2,
    missed_total_not_in_compliance=4,
    required_percent=90,
    pass_mark_percent=80,
    most_hours_a_day=6,
)
CODE = "7K3QM2F9XA4B5C6D7E8F9G0H"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_course(*, done: int = 8) -> Course:
    return Course(
        title="Buying sex: what it is, and what comes after",
        edition=2,
        language="es",
        enrolled_at=at("2027-01-04 15:00"),
        started_at=at("2027-01-05 01:10"),
        completed_at=at("2027-02-26 03:30") if done == len(MODULES) else None,
        attestations=31,
        modules=tuple(_module(number, title, done) for number, title in enumerate(MODULES, 1)),
    )


def _module(number: int, title: str, done: int) -> Module:
    finished = at("2027-01-05 02:00") + timedelta(days=7 * (number - 1), hours=1) if number <= done else None
    return Module(
        position=number,
        title=title,
        required_seconds=5400,
        credited_seconds=5400 + 97 * number if finished else 0,
        completed_at=finished,
        checks=1,
        check_passed_at=finished - timedelta(minutes=20) if finished else None,
    )


def a_track(*, count: int = 26, due: int = 18, missed: tuple[int, ...] = (9,)) -> Track:
    opened = date(2027, 2, 25)
    marks = {5: "late", 10: "cured", 14: "excused"} | dict.fromkeys(missed, "missed")
    statuses = [marks.get(n, "on_time") if n <= due else "scheduled" for n in range(1, count + 1)]
    check_ins = tuple(
        CheckIn(
            number=number,
            due_on=opened + timedelta(days=7 * number),
            status=status,
            submitted_at=at("2027-03-01 02:00") + timedelta(days=7 * number)
            if status in ("on_time", "late", "cured")
            else None,
            excused_reason="work" if status == "excused" else "",
            excused_at=at("2027-06-04 15:00") if status == "excused" else None,
            attended="no" if status == "excused" else "",
            complied="excused" if status == "excused" else "",
            notices=(at("2027-02-23 16:00") + timedelta(days=7 * number),) if status != "scheduled" else (),
        )
        for number, status in enumerate(statuses, 1)
    )
    return Track(
        opened_on=opened,
        ends_on=max(date(2027, 8, 25), check_ins[-1].due_on),
        months=6,
        cadence="week",
        scheduled=count,
        on_time=statuses.count("on_time"),
        late=statuses.count("late"),
        cured=statuses.count("cured"),
        excused=statuses.count("excused"),
        missed=statuses.count("missed"),
        check_ins=check_ins,
        tollings=(
            Tolling(
                from_on=date(2027, 4, 5), to_on=date(2027, 4, 12), reason="hospital", authority="facilitator", days=7
            ),
        ),
        extensions=(),
        outages=(
            Outage(check_in_number=4, from_at=at("2027-03-24 18:00"), to_at=at("2027-03-24 19:10"), added_minutes=70),
        ),
        commitments=(
            Commitment(
                number=1,
                status="verified",
                verified_on=date(2027, 5, 3),
                named_by_order="Restitution of $400",
                due_on=date(2027, 6, 1),
            ),
            Commitment(number=2, status="open", verified_on=None, named_by_order=""),
        ),
        requests=(
            ExcusalRequest(
                check_in_number=9,
                asked_at=at("2027-05-01 15:00"),
                standing="on_appeal",
                reason="not_shown",
                attended="no",
                decided_at=at("2027-06-03 15:00"),
                appealed_at=at("2027-06-05 15:00"),
                appeal_decided_at=None,
            ),
        ),
    )


def steps() -> tuple[ResponseStep, ...]:
    """A contact, and a warning that an administrator let be skipped."""
    a_step = ResponseStep(
        step="contact", at=at("2027-06-02 15:00"), by_role="facilitator", skipped=False, outcome="no_answer", reason="",
        check_ins=(9,), number="",
    )  # fmt: skip
    skipped = replace(
        a_step, step="warning", at=at("2027-06-03 15:00"), by_role="administrator", skipped=True, outcome="",
        reason="court_asked",
    )  # fmt: skip
    return (a_step, skipped)


def facts_of(kind: Kind, *, check_ins: int = 26) -> ReportFacts:
    """Facts of one kind of report, each with what that kind needs."""
    early = kind == Kind.ENROLLMENT
    facts = ReportFacts(
        kind=kind,
        language="en",
        as_of=at("2027-07-01 12:00"),
        period_from=date(2027, 6, 1),
        period_to=date(2027, 6, 30),
        caption=Caption(
            court="Superior Court, Diversion Division",
            jurisdiction="State of New Jersey",
            county="Essex",
            state="NJ",
            zone="America/New_York",
            case_number="CR-2026-004417",
            reference="",
            hearing_at=at("2027-07-08 13:30"),
            hearing_kind="review",
        ),
        person=Person(name="Jos\u00e9 \u0141ukasz Nguy\u1ec5n-\u00d3 Briain", birth_year=1984, zone="America/New_York"),
        authority=Authority(
            ordered_on=date(2026, 12, 14),
            stage="pre_plea_diversion",
            conditions=("Complete the course.", "Complete six months of check-ins.", "Pay restitution of $400."),
            complete_by=date(2027, 10, 1),
            officer_name="R. Alvarez",
            defense_counsel="M. Okafor",
        ),
        program=Program(
            name="Amends Essex",
            organization="Essex Community Justice",
            contact_name="Dana Whitfield",
            contact_phone="(973) 555-0142",
            contact_email="program@amends.example",
            terms=TERMS,
        ),
        enrolled_at=at("2027-01-04 15:00"),
        course=a_course(done=0 if early else 8),
        track=None if early else a_track(count=check_ins, **_course_of(kind)),
        conditions=(),
        determination=None if early or kind == Kind.COMPLETION else Determination(code=_code(kind), rule=_rule(kind)),
        steps=() if early or kind == Kind.COMPLETION else steps(),
    )
    if kind in (Kind.FINAL, Kind.REFERRAL_BACK):
        facts = _at_the_end(facts)
    if facts.determination:
        facts = replace(facts, conditions=_conditions(facts))
    if kind == Kind.CORRECTION:
        old = Supersedes(
            number="2027-00011",
            kind="progress",
            released_on=date(2027, 6, 2),
            what_changed="Check-in 9 was counted as missed; it was received on time.",
        )
        return replace(facts, supersedes=old)
    return facts


def _at_the_end(facts: ReportFacts) -> ReportFacts:
    """After the last day of the track, with nothing undecided, of the whole of it."""
    assert facts.track
    asked = replace(facts.track.requests[0], standing="appeal_refused", appeal_decided_at=at("2027-06-08 15:00"))
    return replace(
        facts,
        as_of=at("2027-09-06 12:00"),
        period_from=date(2027, 1, 4),
        period_to=date(2027, 9, 5),
        caption=replace(facts.caption, hearing_at=at("2027-09-16 13:30")),
        track=replace(facts.track, requests=(asked,)),
    )


def _conditions(facts: ReportFacts) -> tuple[Condition, ...]:
    """As the rule has them: the program's own two, then each of the order."""
    known = Known(today=facts.as_of.date(), complete_by=facts.authority.complete_by, determination=facts.determination)
    return statuses(facts.authority.conditions, facts.course, facts.track, known=known)


def _code(kind: Kind) -> str:
    return {
        Kind.NON_COMPLIANCE: "not_in_compliance",
        Kind.REFERRAL_BACK: "not_completed",
        Kind.FINAL: "completed",
    }.get(kind, "in_compliance")


def _course_of(kind: Kind) -> dict[str, Any]:
    """What happened in the track, so that the determination is what the rule gives."""
    return {
        Kind.NON_COMPLIANCE: {"missed": (9, 17, 18)},
        Kind.REFERRAL_BACK: {"due": 26, "missed": (9, 17, 18, 22, 23)},
        Kind.FINAL: {"due": 26},
    }.get(kind, {})


def _rule(kind: Kind) -> str:
    return {
        Kind.NON_COMPLIANCE: "missed_in_row",
        Kind.REFERRAL_BACK: "required_share",
        Kind.FINAL: "required_share",
    }.get(kind, "none_due")


def an_issue(**changes: object) -> Issue:
    issue = Issue(
        number="2027-00012",
        code=CODE,
        prepared_by="Sam Reyes",
        prepared_at=at("2027-07-01 12:00"),
        released_by="Sam Reyes",
        released_at=at("2027-07-01 14:05"),
        verify_url="http://127.0.0.1:8000/verify/",
        demonstration=True,
    )
    return replace(issue, **changes)  # type: ignore[arg-type]


def a_draft() -> Issue:
    return an_issue(number="(draft)", code="", released_by="", released_at=None)
