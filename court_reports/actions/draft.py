"""Facts → draft. A draft is frozen facts; its PDF is made when someone looks at it, marked DRAFT."""

import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from court_reports import content, snapshot
from court_reports import facts as door
from court_reports.models import ZONE, Kind, Report
from court_reports.rules.schedule import starts
from court_reports.rules.shown import must_be_shown, says_otherwise
from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.models import Hearing, Referral

SALT_BYTES = 32


class AlreadyReleased(Exception):
    """This report has left; it is corrected by a superseding one."""


class StepMissing(Exception):
    """A notice of non-compliance comes after a contact and a written warning; ``steps`` are not taken yet."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        self.steps = steps
        super().__init__(", ".join(steps))


class Discarded(Exception):
    """This draft was put aside."""


@transaction.atomic
def draft(
    *,
    referral: Referral,
    kind: str,
    by: User | None,
    now: datetime,
    period: tuple[date, date] | None = None,
    as_of: datetime | None = None,
    schedule_key: str = "",
    hearing: Hearing | None = None,
    owed_on: date | None = None,
    supersedes: Report | None = None,
    correction: snapshot.Supersedes | None = None,
) -> Report:
    """Freeze the facts of a case as of a moment (``now``, unless given) into a report to be released.

    The same ``schedule_key`` gives the report that is there. A notice is shown to the person
    at once, with the policy's days to answer; so is a correction of one, or that says worse (rules.shown). ``by`` None: the schedule. ``owed_on``: by the end of which
    court day the court is to have it, where it is owed.
    Raises StepMissing.
    """
    key = schedule_key or f"{referral.pk}:{kind}:{uuid4()}"
    if found := Report.objects.filter(schedule_key=key).first():
        return found
    # A correction of a notice that went has had its steps.
    if kind == Kind.NON_COMPLIANCE and (missing := door.missing_steps(referral=referral, now=now)):
        raise StepMissing(missing)
    moment = as_of or now
    start, end = period or next_period(referral=referral, kind=kind, as_of=moment)
    gathered = door.gather(
        referral=referral, kind=kind, as_of=moment, period_from=start, period_to=end, supersedes=correction
    )
    report = Report(
        referral=referral,
        kind=kind,
        schedule_key=key,
        hearing=hearing,
        supersedes=supersedes,
        period_from=start,
        period_to=end,
        owed_on=owed_on,
        as_of=moment,
        drafted_at=now,
        drafted_by=by,
    )
    _freeze(report, gathered.facts)
    if must_be_shown(gathered.facts, supersedes.facts if supersedes else None):
        _show_to_person(report, now)
        _carry_over(supersedes, report)
    report.save(force_insert=True)
    journal.record("report.drafted", about=referral.subject, on=report, by=by, at=now, data={"kind": kind})
    return report


@transaction.atomic
def refresh(
    *, report: Report, by: User | None, now: datetime, as_of: datetime | None = None, owed_on: date | None = None
) -> Report:
    """Freeze the facts anew as of now (or ``as_of``), before release. A first release given for the old facts lapses.

    Where the person was shown what it said, and it says something else of them now, they are shown it again, with all
    their days to answer: nobody is reported for what they never saw.

    ``by`` None: the schedule, when the term is over that a draft ran ahead of. A draft for a hearing that moved is for
    the next one from now on. Raises AlreadyReleased, Discarded.
    """
    report = locked(report)
    moment = as_of or now
    if report.kind not in (Kind.PROGRESS, Kind.CORRECTION):
        # From the enrollment to today; those two are about a period of their own.
        report.period_from, report.period_to = next_period(referral=report.referral, kind=report.kind, as_of=moment)
    gathered = door.gather(
        referral=report.referral,
        kind=report.kind,
        as_of=moment,
        period_from=report.period_from,
        period_to=report.period_to,
        supersedes=report.facts.supersedes,
    )
    report.as_of = moment
    _lapse(report)
    report.owed_on = owed_on or report.owed_on
    if report.hearing and report.hearing.cancelled_at:
        report.hearing = report.referral.hearings.filter(cancelled_at=None, at__gt=now).order_by("at").first()
    again = _is_to_be_shown(report, gathered.facts)
    _freeze(report, gathered.facts)
    if again:
        _show_to_person(report, now)
    report.save()
    shown = "again" if again else ""
    journal.record("report.refreshed", about=report.referral_id, on=report, by=by, at=now, data={"shown": shown})
    return report


@transaction.atomic
def discard(*, report: Report, by: User | None, now: datetime) -> Report:
    """Put a draft aside: nothing was sent, nothing will be. ``by`` None: the schedule, when its hearing moved.

    Raises AlreadyReleased, Discarded.
    """
    report = locked(report)
    report.discarded_at, report.discarded_by = now, by
    report.save(update_fields=["discarded_at", "discarded_by"])
    journal.record("report.discarded", about=report.referral_id, on=report, by=by, at=now)
    return report


@transaction.atomic
def answer(*, report: Report, words: str, by: User, now: datetime) -> Report:
    """The person's own answer, printed in the report. Until the release it may be changed or taken back: a first release
    was given for what it said before, and lapses."""
    report = locked(report)
    place = report.place("answer")
    sealed = crypto.encrypt(words, subject=report.referral_id, zone=ZONE, place=place) if words else None
    report.sealed_answer, report.answered_at = sealed, now
    _lapse(report)
    report.save()
    journal.record("report.answered", about=report.referral_id, on=report, by=by, at=now)
    return report


def read_answer(*, report: Report, by: User, now: datetime) -> None:
    """Somebody reads what the person answered, in a draft or in what was released: those are their own words."""
    if report.answered_at and report.sealed_answer:
        journal.record("report.answer_read", about=report.referral_id, on=report, by=by, at=now)


def next_period(*, referral: Referral, kind: str, as_of: datetime) -> tuple[date, date]:
    """From the day after the last report of this kind (else the enrollment) to the day before ``as_of``."""
    zone = referral.time_zone
    today = as_of.astimezone(zone).date()
    began = (referral.enrolled_at or referral.received_at).astimezone(zone).date()
    if kind != Kind.PROGRESS:
        return min(began, today), today
    reports = referral.reports.filter(kind=kind, discarded_at=None, as_of__lt=as_of)
    last = reports.order_by("-period_to").values_list("period_to", flat=True).first()
    end = max(today - timedelta(days=1), began)
    start = last + timedelta(days=1) if last else began
    return min(start, end), end


def locked(report: Report) -> Report:
    """The draft as it stands, held until the transaction ends. Raises AlreadyReleased, Discarded."""
    found = (
        Report.objects.select_for_update(of=("self",))
        .select_related("referral__court", "referral__program", "referral__policy")
        .get(pk=report.pk)
    )
    if found.is_released:
        raise AlreadyReleased(report.pk)
    if found.discarded_at:
        raise Discarded(report.pk)
    return found


def a_draft_issue(report: Report) -> snapshot.Issue:
    """What stands in place of number, code and release while a report is a draft."""
    issue = snapshot.Issue(
        number="(draft)",
        code="",
        prepared_by=prepared_by(report),
        prepared_at=report.drafted_at,
        answer=report.answer,
        shown_at=report.shown_at,
        answer_by=report.answer_by,
        answered_before=report.answered_before,
    )
    return with_differences(report, issue)


def with_differences(report: Report, issue: snapshot.Issue) -> snapshot.Issue:
    """Of a correction: which lines differ from the report it replaces."""
    if report.supersedes is None:
        return issue
    old = report.supersedes
    corrected, left_out = content.differences(old.facts, old.release.issue, report.facts, issue)
    return replace(issue, corrected=corrected, left_out=left_out)


def prepared_by(report: Report) -> str:
    return str(report.drafted_by.shown_name) if report.drafted_by else "Amends, on schedule"


def _freeze(report: Report, facts: snapshot.ReportFacts) -> None:
    salt = secrets.token_bytes(SALT_BYTES)
    text = snapshot.canonical(facts).decode()
    subject = report.referral_id
    report.sealed_facts = crypto.encrypt(text, subject=subject, zone=ZONE, place=report.place("facts"))
    report.sealed_salt = crypto.encrypt(salt.hex(), subject=subject, zone=ZONE, place=report.place("salt"))
    report.commitment = snapshot.commitment(facts, salt=salt)


def _lapse(report: Report) -> None:
    """Two people release the same words, or the first of them begins again."""
    if report.first_release_at:
        report.first_release_by = report.first_release_at = None
        report.owed_on = None if report.is_notice else report.owed_on


def _is_to_be_shown(report: Report, facts: snapshot.ReportFacts) -> bool:
    """Of a draft whose facts are read again, while it still holds the ones from before."""
    if report.shown_at is None:
        return must_be_shown(facts, report.supersedes.facts if report.supersedes else None)
    return says_otherwise(report.facts, facts)


def _carry_over(old: Report | None, report: Report) -> None:
    """What the person answered to the report that this one replaces stands here too, with its day, unless they say
    something else."""
    if old is None or not (words := old.answer):
        return
    place = report.place("answer")
    report.sealed_answer = crypto.encrypt(words, subject=report.referral_id, zone=ZONE, place=place)
    report.answered_at = old.answered_at


def _show_to_person(report: Report, now: datetime) -> None:
    """For the first time, or again."""
    referral = report.referral
    policy = referral.policy or referral.program.policy_at(now)
    today = now.astimezone(referral.time_zone).date()
    again = f":{now.isoformat()}" if report.shown_at else ""
    report.shown_at = now
    # The whole of the last day is theirs.
    report.answer_by = starts(today + timedelta(days=policy.answer_days + 1), referral.time_zone)
    if referral.person is not None:
        outbox.post(
            key=f"report:{report.pk}:draft-to-answer{again}",
            kind="report.draft_to_answer",
            to=referral.person,
            at=now,
            about=referral.subject,
            context={"path": f"/my-reports/{report.pk}/answer/"},
        )
