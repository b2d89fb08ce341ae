"""THE door: the only file of this app that reads the other apps' facts.

Everything here reads what was *recorded* by ``as_of``, so that an old report's digest can
be computed again next year (invariant 6).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from accountability import facts as accountability_facts
from courses import facts as course_facts
from court_reports import snapshot
from court_reports.models import Release
from court_reports.rules import conditions
from court_reports.snapshot import Kind, ReportFacts
from lms.referrals import deadlines, transfers
from lms.referrals.models import Referral
from lms.referrals.rules.policy import Policy, spell_cadence


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts for a report, and what a facilitator must settle before it goes."""

    facts: ReportFacts
    unreviewed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A track that has ended and is settled: as of when, with which determination."""

    as_of: datetime
    determination: str


def gather(
    *,
    referral: Referral,
    kind: str,
    as_of: datetime,
    period_from: date,
    period_to: date,
    supersedes: snapshot.Supersedes | None = None,
    zones: tuple[str, str] | None = None,
    schema: int = snapshot.SCHEMA,
    ordered: tuple[str, ...] | None = None,
) -> Gathered:
    """Everything a report of ``kind`` says about a case as of a moment.

    ``zones``: the person's and the court's, where they are not those of today. ``schema``: by which it is read;
    ``ordered``: the conditions in the words of then.
    """
    zone, court_zone = zones or (referral.time_zone.key, referral.court.zone)
    authority = _authority(referral, as_of)
    taken = course_facts.course_facts(referral_id=referral.pk, as_of=as_of)
    course = _course(referral, taken) if taken else None
    known = accountability_facts.track_facts(referral_id=referral.pk, as_of=as_of)
    track = _track(known, schema) if known else None
    about = supersedes.kind if kind == Kind.CORRECTION and supersedes else kind
    period = _Period(period_from, period_to, ZoneInfo(zone))
    track = (
        replace(track, requests=_requests(known, period)) if known and track and about not in _ABOUT_COURSE else track
    )
    waits_for_program = schema >= 5 and taken is not None and taken.waits_for_program
    stands = _determination(court_zone, authority.complete_by, course, known, as_of, waits_for_program)
    beside = conditions.Known(
        today=_day_of(as_of, court_zone),
        complete_by=authority.complete_by,
        determination=stands,
        waits_for_program=waits_for_program,
    )
    facts = ReportFacts(
        schema=schema,
        kind=kind,
        language="en",
        as_of=as_of,
        period_from=period_from,
        period_to=period_to,
        caption=_caption(referral, as_of),
        person=snapshot.Person(name=referral.name, birth_year=referral.birth_year, zone=zone),
        authority=authority,
        program=_program(referral, as_of),
        enrolled_at=_by(referral.enrolled_at, as_of),
        course=course,
        track=track,
        conditions=()
        if about in _ABOUT_COURSE
        else conditions.statuses(
            referral.conditions if ordered is None else ordered, course, track, known=beside, schema=schema
        ),
        determination=None if about in _ABOUT_COURSE else stands,
        supersedes=supersedes,
        steps=() if about in _ABOUT_COURSE else _steps(referral, known, as_of, period),
        transfers=_transfers(referral, as_of),
    )
    return Gathered(facts, _unreviewed(known, period_to))


@dataclass(frozen=True, slots=True)
class _Period:
    """The days that a report covers, in the person's zone."""

    first: date
    last: date
    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        return self.first <= moment.astimezone(self.zone).date() <= self.last


_ABOUT_COURSE = (Kind.ENROLLMENT, Kind.COMPLETION)


def recompute(referral: Referral, stored: ReportFacts) -> ReportFacts:
    """The same report from stored events again.

    What the referral, the court and the course called things, and in which zone they counted days, is taken from the
    report: names have no events. Everything that was counted, measured or decided is read anew.
    """
    again = gather(
        referral=referral,
        kind=stored.kind,
        as_of=stored.as_of,
        period_from=stored.period_from,
        period_to=stored.period_to,
        supersedes=stored.supersedes,
        zones=(stored.person.zone, stored.caption.zone),
        schema=stored.schema,
        ordered=tuple(c.words for c in stored.conditions[len(conditions.OWN) :]),
    ).facts
    caption = replace(stored.caption, hearing_at=again.caption.hearing_at, hearing_kind=again.caption.hearing_kind)
    program = replace(stored.program, terms=again.program.terms)
    days = again.authority
    authority = replace(stored.authority, complete_by=days.complete_by, moves=days.moves)
    return replace(
        again,
        caption=caption,
        person=stored.person,
        authority=authority,
        program=program,
        course=_named_as(again.course, stored.course),
    )


def _named_as(course: snapshot.Course | None, stored: snapshot.Course | None) -> snapshot.Course | None:
    if course is None or stored is None:
        return course
    titles = {m.position: m.title for m in stored.modules}
    modules = tuple(replace(m, title=titles.get(m.position, m.title)) for m in course.modules)
    return replace(course, title=stored.title, language=stored.language, modules=modules)


def missing_steps(*, referral: Referral, now: datetime) -> tuple[str, ...]:
    """The steps of the graduated response that must be taken before a notice of non-compliance, by name."""
    return accountability_facts.steps_before_notice(referral=referral, now=now).missing


def term_ends(referrals: Collection[UUID]) -> dict[UUID, datetime]:
    """When the tracks of these cases are to end, as they stand now; nothing of a case without a track."""
    return accountability_facts.term_ends(referrals)


def oldest_unreviewed(referrals: Collection[UUID]) -> dict[UUID, date]:
    """The first due day of what waits for a review in each of these cases, as it stands now."""
    return accountability_facts.oldest_unreviewed(referrals)


def track_ended(*, referral: Referral, now: datetime) -> Ended | None:
    """When the track ended with nothing open, else None. The moment does not depend on when one asks."""
    known = accountability_facts.track_facts(referral_id=referral.pk, as_of=now)
    if known is None or not known.ended:
        return None
    at_end = accountability_facts.track_facts(referral_id=referral.pk, as_of=known.ends_at)
    moment = known.ends_at if at_end and at_end.ended else max(c.cure_until for c in known.check_ins)
    return Ended(moment, known.determination)


def _day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _by(moment: datetime | None, as_of: datetime) -> datetime | None:
    return moment if moment and moment <= as_of else None


def _caption(referral: Referral, as_of: datetime) -> snapshot.Caption:
    court = referral.court
    known = referral.hearings.filter(recorded_at__lte=as_of, at__gt=as_of).order_by("at")
    hearing = next((h for h in known if h.cancelled_at is None or h.cancelled_at > as_of), None)
    return snapshot.Caption(
        court=court.name,
        jurisdiction=court.jurisdiction,
        county=court.county,
        state=court.state,
        zone=court.zone,
        case_number=referral.case_number,
        reference=referral.reference,
        hearing_at=hearing.at if hearing else None,
        hearing_kind=hearing.kind if hearing else "",
    )


def _authority(referral: Referral, as_of: datetime) -> snapshot.Authority:
    complete_by, moves = deadlines.as_known(referral, as_of)
    return snapshot.Authority(
        ordered_on=referral.ordered_on,
        stage=referral.stage,
        conditions=tuple(referral.conditions),
        complete_by=complete_by,
        officer_name=referral.officer_name,
        defense_counsel=referral.defense_counsel,
        moves=tuple(
            snapshot.DayMoved(
                recorded_at=m.recorded_at,
                from_on=m.from_on,
                to_on=m.to_on,
                authority=m.authority,
                ordered_by=m.ordered_by,
                by_court=m.by_court,
            )
            for m in moves
        ),
    )


def _transfers(referral: Referral, as_of: datetime) -> tuple[snapshot.Transfer, ...]:
    return tuple(
        snapshot.Transfer(
            from_program=t.from_name, to_program=t.to_name, from_on=t.from_on, recorded_at=t.at,
            reason=t.proposal.reason, ordered_by=t.proposal.ordered_by,
        )
        for t in referral.transfers.filter(at__lte=as_of).select_related("proposal").order_by("number")
    )  # fmt: skip


def _program(referral: Referral, as_of: datetime) -> snapshot.Program:
    program, pinned = transfers.as_known(referral, as_of)
    policy = pinned or program.policy_at(as_of)
    return snapshot.Program(
        name=program.name,
        organization=program.organization,
        contact_name=program.contact_name,
        contact_phone=program.contact_phone,
        contact_email=program.contact_email,
        terms=_terms(policy.rules),
    )


def _terms(policy: Policy) -> snapshot.Terms:
    return snapshot.Terms(
        policy_number=policy.number,
        track_months=policy.track_months,
        cadence=spell_cadence(policy.cadence),
        window_days=policy.window_days,
        grace_days=policy.grace_days,
        cure_days=policy.cure_days,
        missed_in_row_at_risk=policy.missed_in_row_at_risk,
        missed_in_row_not_in_compliance=policy.missed_in_row_not_in_compliance,
        missed_total_not_in_compliance=policy.missed_total_not_in_compliance,
        required_percent=_percent(policy.required_share),
        pass_mark_percent=_percent(policy.pass_mark),
        most_hours_a_day=policy.most_hours_a_day,
        early_after_percent=_percent(policy.early_after_share) if policy.early_completion else None,
    )


def _percent(share: Decimal) -> int:
    return int(share * 100)


def _course(referral: Referral, known: course_facts.CourseFacts) -> snapshot.Course:
    let_go = {w.position for w in known.waivers if w.requirement == snapshot.WHOLE_MODULE}
    return snapshot.Course(
        title=known.title,
        edition=known.edition,
        language=referral.person.language if referral.person else referral.language,
        enrolled_at=known.enrolled_at,
        started_at=known.started_at,
        completed_at=known.completed_at,
        attestations=known.attestations,
        modules=tuple(
            snapshot.Module(
                position=m.position,
                title=m.title,
                required_seconds=m.required_seconds,
                credited_seconds=m.credited_seconds,
                completed_at=m.completed_at,
                waived=(m.withdrawn and m.completed_at is None) or m.position in let_go,
                checks=m.checks,
                check_passed_at=m.check_passed_at,
            )
            for m in known.modules
        ),
        waivers=tuple(
            snapshot.Waiver(position=w.position, requirement=w.requirement, reason=w.reason, waived_at=w.waived_at)
            for w in known.waivers
        ),
    )


def _track(known: accountability_facts.TrackFacts, schema: int) -> snapshot.Track:
    return snapshot.Track(
        opened_on=known.opened_on,
        ends_on=known.ends_on,
        months=known.months,
        cadence=known.cadence,
        scheduled=len(known.check_ins) - known.count("cancelled"),
        on_time=known.count("on_time"),
        late=known.count("late"),
        cured=known.count("cured"),
        excused=known.count("excused"),
        missed=known.count("missed"),
        check_ins=tuple(
            snapshot.CheckIn(
                number=c.number,
                due_on=c.due_on,
                status=c.status,
                submitted_at=c.submitted_at,
                excused_reason=c.excused_reason,
                notices=c.notices,
                moved_from=c.moved_from,
                excused_at=c.excused_at,
                attended=c.attended,
                complied=c.complied,
            )
            for c in known.check_ins
        ),
        tollings=tuple(
            snapshot.Tolling(from_on=t.from_on, to_on=t.to_on, reason=t.reason, authority=t.authority, days=t.days)
            for t in known.tollings
        ),
        extensions=tuple(
            snapshot.Extension(days=e.days, reason=e.reason, ordered_by=e.ordered_by) for e in known.extensions
        ),
        outages=tuple(
            snapshot.Outage(
                check_in_number=o.check_in_number, from_at=o.from_at, to_at=o.to_at, added_minutes=o.added_minutes
            )
            for o in known.outages
        ),
        commitments=tuple(_commitment(c, known, schema) for c in known.commitments),
        moves=tuple(
            snapshot.ScheduleMove(
                act=m.act, from_on=m.from_on, days=m.days, reason=m.reason, authority=m.authority, was=m.was, now=m.now
            )
            for m in known.moves
            if m.act != "transfer"  # said of the case itself, which it can befall before there is a track
        ),
    )


def _commitment(
    one: accountability_facts.CommitmentFact, known: accountability_facts.TrackFacts, schema: int
) -> snapshot.Commitment:
    verified, now = one.verified_on is not None, schema >= 5
    return snapshot.Commitment(
        number=one.number,
        status=conditions.commitment(
            verified=verified,
            ended=now and one.ended,
            required=one.required,
            waits=one.waits,
            over=now and known.ended,
        ),
        verified_on=one.verified_on,
        named_by_order=one.named_by_order,
        due_on=one.due_on if one.named_by_order else None,
    )


def _requests(known: accountability_facts.TrackFacts, period: _Period) -> tuple[snapshot.ExcusalRequest, ...]:
    """Those that wait, and those that were refused in the period. Never what the person gave as their reason."""
    return tuple(
        snapshot.ExcusalRequest(
            check_in_number=r.check_in_number,
            asked_at=r.asked_at,
            standing=r.standing,
            reason=r.reason,
            attended=r.attended,
            decided_at=r.decided_at,
            appealed_at=r.appealed_at,
            appeal_decided_at=r.appeal_decided_at,
        )
        for r in known.requests
        if r.standing in ("open", "on_appeal") or period.holds(r.newest)
    )


def _steps(
    referral: Referral, known: accountability_facts.TrackFacts | None, as_of: datetime, period: _Period
) -> tuple[snapshot.ResponseStep, ...]:
    """What was done about what was missed, in the period: contacts, warnings, what was skipped, notices that went."""
    taken = accountability_facts.response_steps(referral_id=referral.pk, track=known, as_of=as_of)
    found = [
        snapshot.ResponseStep(
            step=s.step,
            at=s.at,
            by_role=s.by_role,
            skipped=s.skipped,
            outcome=s.outcome,
            reason=s.reason,
            check_ins=s.check_ins,
            number="",
        )
        for s in taken
    ]
    gone = Release.objects.filter(report__referral=referral, report__kind=Kind.NON_COMPLIANCE, released_at__lte=as_of)
    found += [
        snapshot.ResponseStep(
            step="notice",
            at=at,
            by_role="two_people",
            skipped=False,
            outcome="",
            reason="",
            check_ins=(),
            number=number,
        )
        for at, number in gone.values_list("released_at", "number")
    ]
    return tuple(sorted((s for s in found if period.holds(s.at)), key=lambda s: (s.at, s.step)))


def _determination(
    court_zone: str,
    complete_by: date | None,
    course: snapshot.Course | None,
    known: accountability_facts.TrackFacts | None,
    as_of: datetime,
    waits_for_program: bool,
) -> snapshot.Determination:
    """``waits_for_program``: what the course still lacks is ours to do, and our delay is nobody's risk (since schema 5)."""
    if known:
        return snapshot.Determination(code=known.determination, rule=known.rule, because=str(known.because))
    today = _day_of(as_of, court_zone)
    if complete_by and complete_by < today and not (course and course.completed_at):
        if waits_for_program:
            return snapshot.Determination(code="in_compliance", rule="program_reviews")
        late = "The court\u2019s date to complete has passed and the course is not complete."
        return snapshot.Determination(code="at_risk", rule="complete_by_passed", because=late)
    under_way = "The course is under way and no date set by the court or the program has passed."
    return snapshot.Determination(code="in_compliance", rule="course_under_way", because=under_way)


def _unreviewed(known: accountability_facts.TrackFacts | None, period_to: date) -> tuple[int, ...]:
    if known is None:
        return ()
    due = {c.number: c.due_on for c in known.check_ins}
    return tuple(number for number in known.unreviewed if due[number] <= period_to)
