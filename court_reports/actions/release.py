"""Draft → release: a named human, having signed in again, lets a report go to the court.

What can cost a person something needs two of them, and the person's time to answer
(invariant 12). Nothing but this function makes a released file.
"""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from court_reports import facts as door
from court_reports import register, signing, snapshot, storage
from court_reports.actions import sending
from court_reports.actions.draft import AlreadyReleased, Discarded, locked, prepared_by, with_differences
from court_reports.actions.supersede import replace
from court_reports.models import ZONE, Entry, Kind, Release, Report
from court_reports.rules.preflight import Problem, problems, undecided
from court_reports.rules.schedule import after_signature
from lms import crypto
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.access import is_administrator
from lms.referrals.covers import acts_for
from lms.referrals.holidays import holidays_of
from lms.referrals.models import CourtProfile, Referral

__all__ = [
    "AlreadyReleased",
    "AnswerStillOpen",
    "ChangedSince",
    "Discarded",
    "NotAllowed",
    "PreflightRefused",
    "SamePersonTwice",
    "preflight",
    "release",
]


class PreflightRefused(Exception):
    """The report has holes or holds what it must not; ``problems`` names each."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        self.problems = found
        super().__init__(", ".join(f"{p.code}: {p.what}" for p in found))


class NotAllowed(Exception):
    """This person may not release reports of this case."""


class SamePersonTwice(Exception):
    """A notice needs two people; this one has released it already."""


class ChangedSince(Exception):
    """Its facts were read again, or the person answered, after this page was opened."""


class AnswerStillOpen(Exception):
    """The person was shown this draft and may still answer."""


@transaction.atomic
def release(*, report: Report, by: User, now: datetime, second: User | None = None, seen: str = "") -> Release | None:
    """Let a report go. For kinds that need two people the first call records the first and returns None.

    ``seen``: what they read (``Report.printed``), where they read it on a page that may have grown old.
    Raises NotAllowed, ChangedSince, AlreadyReleased, Discarded, AnswerStillOpen, PreflightRefused,
    SamePersonTwice, signing.SigningKeyUnusable, storage.NotKept.
    """
    report = locked(report)
    for person in filter(None, (by, second)):
        _guard_person(report.referral, person)
    if seen and seen != report.printed:
        raise ChangedSince(report.pk)
    if report.waits_for_answer(now):
        raise AnswerStillOpen(report.pk)
    if found := preflight(report=report, now=now):
        raise PreflightRefused(found)
    if not report.needs_two_people:
        return _issue(report, by, None, now)
    if report.first_release_by:
        return _issue_by_two(report, report.first_release_by, by, now)
    if second:
        return _issue_by_two(report, by, second, now)
    _record_first(report, by, now)
    return None


def preflight(*, report: Report, now: datetime) -> tuple[Problem, ...]:
    """Everything that stands in the way of releasing this report now."""
    from court_reports.pdf.text import MissingGlyph
    from court_reports.render import render

    facts = report.facts
    present = door.gather(
        referral=report.referral,
        kind=report.kind,
        as_of=now,
        period_from=report.period_from,
        period_to=report.period_to,
        supersedes=facts.supersedes,
    )
    found = problems(facts, unreviewed=present.unreviewed, overlapping=_overlapping(report), answer=report.answer)
    found += undecided(facts, present.facts)
    if _hearing_moved(facts, present.facts, now):
        found += (Problem("hearing", ""),)
    try:
        render(report)
    except MissingGlyph as problem:
        found += (Problem("glyph", problem.words),)
    return found


def _hearing_moved(facts: snapshot.ReportFacts, present: snapshot.ReportFacts, now: datetime) -> bool:
    """The hearing that it names is still to come, as it says, and will not take place then."""
    named = facts.caption.hearing_at
    return named is not None and named > now and present.caption.hearing_at != named


def _overlapping(report: Report) -> tuple[str, ...]:
    """Numbers of released progress reports whose period this one repeats without saying so."""
    if report.kind != Kind.PROGRESS:
        return ()
    others = Release.objects.filter(
        report__referral=report.referral_id,
        report__kind=report.kind,
        report__period_from__lte=report.period_to,
        report__period_to__gte=report.period_from,
    )
    return tuple(others.values_list("number", flat=True))


def _guard_person(referral: Referral, person: User) -> None:
    """Asked again at the moment of the release: a role may have ended since the page was opened."""
    if person.is_active and (acts_for(person, referral) or is_administrator(person, referral.program)):
        return
    raise NotAllowed(person.pk)


def _record_first(report: Report, by: User, now: datetime) -> None:
    report.first_release_by, report.first_release_at = by, now
    if report.is_notice:
        zone = ZoneInfo(report.referral.court.zone)
        report.owed_on = after_signature(now, zone=zone, holidays=holidays_of(report.referral))
    report.save(update_fields=["first_release_by", "first_release_at", "owed_on"])
    journal.record("report.first_release", about=report.referral_id, on=report, by=by, at=now)


def _issue_by_two(report: Report, first: User, second: User, now: datetime) -> Release:
    if first == second:
        raise SamePersonTwice(report.pk)
    return _issue(report, first, second, now)


def _issue(report: Report, by: User, second: User | None, now: datetime) -> Release:
    from court_reports.render import filing_bytes, unsigned_bytes

    referral, facts = report.referral, report.facts
    signing.ensure(now=now)
    register.lock()
    year = now.astimezone(ZoneInfo(referral.court.zone)).year
    sequence = register.next_sequence(program_id=referral.program_id, year=year)
    issue = _issue_words(report, f"{year}-{sequence:05d}", by, second, now)
    profile = CourtProfile.objects.filter(court=referral.court_id).first()
    paper = profile.paper if profile else "letter"
    unsigned = unsigned_bytes(facts, issue, paper=paper)
    signed = signing.sign(unsigned, reason=f"Released as number {issue.number}", now=now)
    row = Release(
        report=report,
        program=referral.program,
        year=year,
        sequence=sequence,
        number=issue.number,
        code_digest=snapshot.code_digest(issue.code),
        released_at=now,
        released_by=by,
        second_by=second,
        unsigned_digest=hashlib.sha256(unsigned).hexdigest(),
        file_digest=storage.write(signed.data, subject=referral.pk),
        size=len(signed.data),
        signer=signing.fingerprint(),
    )
    if profile and profile.filing_copy:
        row.filing_digest = storage.write(filing_bytes(facts, issue, paper=paper), subject=referral.pk)
    text = snapshot.rfc8785.dumps(snapshot.as_json(issue)).decode()
    row.sealed_issue = crypto.encrypt(text, subject=referral.pk, zone=ZONE, place=row.place)
    row.save(force_insert=True)
    register.append(release=row, kind=Entry.ISSUED, now=now)
    data = {
        "number": row.number,
        "kind": report.kind,
        "second": str(second.pk) if second else "",
        "time_stamp": "none" if signed.lacks_stamp else "",
    }
    journal.record("report.released", about=referral.subject, on=report, by=by, at=now, data=data)
    sending.send(release=row, referral=referral, now=now)
    if report.supersedes is not None:
        replace(new=row, old=report.supersedes.release, by=second or by, now=now)
    _end_case(report, facts, second or by, now)
    return row


def _issue_words(report: Report, number: str, by: User, second: User | None, now: datetime) -> snapshot.Issue:
    issue = snapshot.Issue(
        number=number,
        code=snapshot.new_code(),
        prepared_by=prepared_by(report),
        prepared_at=report.drafted_at,
        released_by=by.shown_name,
        released_at=now,
        second_by=second.shown_name if second else "",
        answer=report.answer,
        verify_url=settings.PUBLIC_URL + reverse("verify:check"),
        demonstration=signing.is_demonstration(),
        shown_at=report.shown_at,
        answer_by=report.answer_by,
        answered_before=report.answered_before,
    )
    return with_differences(report, issue)


def _end_case(report: Report, facts: snapshot.ReportFacts, by: User, now: datetime) -> None:
    if not report.referral.is_open:
        return
    if report.kind == Kind.FINAL and facts.determination:
        referrals.close(referral=report.referral, outcome=facts.determination.code, by=by, now=now)
    if report.kind == Kind.REFERRAL_BACK:
        referrals.refer_back(referral=report.referral, by=by, now=now)
