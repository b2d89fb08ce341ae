"""A person asks to be excused; the facilitator decides; an administrator decides once more where it was refused."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accountability.access import may_decide, may_decide_appeal, who_decides_appeal
from accountability.actions import decisions
from accountability.models import CheckIn, ExcusalAppeal, ExcusalDecision, ExcusalFile, ExcusalRequest
from accountability.models.check_ins import ExcusalReason
from accountability.models.excusal_requests import RefusalReason
from accountability.rules import excusal_requests as rules
from accountability.rules.calendar import add_business_days, day_ends
from lms.files import actions as files
from lms.files.accept import Accepted
from lms.files.rules import EVIDENCE
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import CourtProfile

PURPOSE = "excusal_evidence"
ZONE = "narrative"
AT_MOST = 3


class NotAllowed(Exception):
    """This person may not ask, or may not decide here."""


class TooLate(Exception):
    """The time to ask, or to appeal, is over, or the track is closed."""


class AlreadyAsked(Exception):
    """A request for this check-in waits, or was refused: then there is the appeal."""


class NotWaiting(Exception):
    """It was withdrawn or decided meanwhile, or the check-in was made."""


class OwnDecision(Exception):
    """Nobody decides the appeal against their own word."""


@transaction.atomic
def ask(
    *, check_in: CheckIn, reason: str, words: str, evidence: Sequence[Accepted], by: User, now: datetime
) -> ExcusalRequest:
    """Ask that a check-in need not be made, before or after it was missed. Raises NotAllowed, AlreadySettled, TooLate,
    AlreadyAsked, ValueError, NotKept."""
    row = _held(check_in)
    if row.track.referral.person_id != by.pk:
        raise NotAllowed(by.pk)
    guard_asking(row, now)
    made = ExcusalRequest(
        check_in=row, reason=ExcusalReason(reason), asked_at=now, asked_by=by, answer_by=answer_by(row, now)
    )
    made.words = words
    made.save(force_insert=True)
    for one in evidence[:AT_MOST]:
        _keep(made, one, by, now)
    _record("excusal.asked", made, by, now, reason=made.reason, files=min(len(evidence), AT_MOST))
    for somebody in carers_of(row.track.referral) or administrators_of(row.track.referral.program):
        _tell(made, "excusal.asked", somebody, now)
    return made


def guard_asking(row: CheckIn, now: datetime) -> None:
    """Raises AlreadySettled, TooLate, AlreadyAsked."""
    decisions.guard_excusal(row)
    if row.track.closed_at or now >= may_ask_until(row):
        raise TooLate(row.pk)
    if row.excusal_requests.filter(withdrawn_at=None).exists():
        raise AlreadyAsked(row.pk)


def may_ask_until(row: CheckIn) -> datetime:
    """Until when the person can ask about a check-in."""
    policy, zone = row.track.policy, row.track.time_zone
    return rules.may_ask_until(due_at=row.due_at, cure_until=row.cure_until, days=policy.excusal_ask_days, zone=zone)


def answer_by(row: CheckIn, now: datetime) -> datetime:
    """What the person is promised: the end of the n-th business day in their zone, by the court's holidays."""
    profile = CourtProfile.objects.filter(court=row.track.referral.court_id).first()
    holidays = {datetime.fromisoformat(str(day)).date() for day in (profile.holidays if profile else ())}
    zone = row.track.time_zone
    day = add_business_days(now.astimezone(zone).date(), row.track.policy.review_business_days, holidays)
    return day_ends(day, zone)


@transaction.atomic
def withdraw(*, request: ExcusalRequest, by: User, now: datetime) -> ExcusalRequest:
    """The person takes it back; its files are destroyed. Raises NotAllowed, NotWaiting."""
    row = _open(request)
    if row.check_in.track.referral.person_id != by.pk:
        raise NotAllowed(by.pk)
    row.withdrawn_at = row.closed_at = now
    row.save(update_fields=["withdrawn_at", "closed_at"])
    files.destroy([one.file for one in row.files.select_related("file")], now=now)
    _record("excusal.withdrawn", row, by, now)
    return row


@transaction.atomic
def grant(
    *, request: ExcusalRequest, reason: str, attended: str, complied: str, said: str, by: User, now: datetime
) -> ExcusalRequest:
    """Excuse as asked, with the reason that was found. Raises NotAllowed, NotWaiting, and as ``decisions.excuse``."""
    row = _open(request)
    _guard_decider(row, by)
    decisions.excuse(
        check_in=row.check_in, reason=reason, attended=attended, complied=complied, said=said, by=by, now=now
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def refuse(
    *, request: ExcusalRequest, reason: str, attended: str, said: str, by: User, now: datetime
) -> ExcusalRequest:
    """Say no, and why, in words to the person. Raises NotAllowed, NotWaiting, ValueError, CountsAgainst."""
    row = _open(request)
    _guard_decider(row, by)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    _refused(row, None, reason, attended, said, by, now)
    decisions.tell_decided(row, now)
    return row


@transaction.atomic
def appeal(*, request: ExcusalRequest, words: str, shows_files: bool, by: User, now: datetime) -> ExcusalAppeal:
    """Ask an administrator to look once more. Raises NotAllowed, NotWaiting, TooLate."""
    row = _request(request)
    decision = row.decided
    if row.check_in.track.referral.person_id != by.pk:
        raise NotAllowed(by.pk)
    if decision is None or row.standing is not rules.Standing.REFUSED:
        raise NotWaiting(row.pk)
    if now >= row.appeal_until(decision) or row.check_in.excused_at or row.check_in.submitted_at:
        raise TooLate(row.pk)
    made = ExcusalAppeal(request=row, at=now, shows_files=shows_files)
    made.words = words
    made.save(force_insert=True)
    _record("excusal.appealed", row, by, now)
    for somebody in who_decides_appeal(row):
        _tell(row, "excusal.appealed", somebody, now)
    return made


@transaction.atomic
def decide_appeal(
    *, appeal: ExcusalAppeal, granted: bool, reason: str, attended: str, complied: str, said: str, by: User,
    now: datetime,
) -> ExcusalDecision:  # fmt: skip
    """The administrator's word, once. Raises NotAllowed, OwnDecision, NotWaiting, and as the decision does."""
    row = _request(appeal.request)
    guard_appeal_decider(row, by)
    if not may_decide_appeal(by, row):
        raise NotAllowed(by.pk)
    if row.standing is not rules.Standing.ON_APPEAL:
        raise NotWaiting(row.pk)
    if granted:
        decisions.excuse(
            check_in=row.check_in, reason=reason, attended=attended, complied=complied, said=said, appeal=row.appeal,
            by=by, now=now,
        )  # fmt: skip
    else:
        _refused(row, row.appeal, reason, attended, said, by, now)
    decisions.tell_decided(row, now, again=":appeal")
    return ExcusalDecision.objects.get(appeal=row.appeal)


def guard_appeal_decider(row: ExcusalRequest, by: User) -> None:
    """Raises OwnDecision."""
    if (first := row.decided) is not None and first.by_id == by.pk:
        raise OwnDecision(by.pk)


def _refused(
    row: ExcusalRequest, appeal: ExcusalAppeal | None, reason: str, attended: str, said: str, by: User, now: datetime
) -> None:
    rules.guard_axes(reason=reason, attended=rules.Attended(attended), complied=rules.Complied.NO)
    made = ExcusalDecision(
        check_in=row.check_in, request=row, appeal=appeal, at=now, by=by, granted=False, reason=RefusalReason(reason),
        attended=attended, complied=rules.Complied.NO,
    )  # fmt: skip
    made.said = said
    made.save(force_insert=True)
    said_of = {"number": row.check_in.number, "why": made.reason, "attended": attended, "on_appeal": appeal is not None}
    journal.record("excusal.refused", about=row.subject, on=row, by=by, at=now, data=said_of)


def _guard_decider(row: ExcusalRequest, by: User) -> None:
    """Asked again at the moment of the decision: a cover may have ended since the page was opened."""
    if not may_decide(by, row.check_in.track.referral):
        raise NotAllowed(by.pk)


def _keep(row: ExcusalRequest, one: Accepted, by: User, now: datetime) -> None:
    stored = files.store(data=one, subject=row.subject, purpose=PURPOSE, zone=ZONE, rules=EVIDENCE, by=by, now=now)
    ExcusalFile.objects.create(request=row, file=stored)


def _held(check_in: CheckIn) -> CheckIn:
    return (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related(
            "track__policy", "track__referral__person", "track__referral__program", "track__referral__court"
        )
        .get(pk=check_in.pk)
    )


def _request(request: ExcusalRequest) -> ExcusalRequest:
    """With its check-in held: two who decide at once must not both be heard."""
    row = ExcusalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    row.check_in = _held(row.check_in)
    return row


def _open(request: ExcusalRequest) -> ExcusalRequest:
    row = _request(request)
    if row.standing is not rules.Standing.OPEN:
        raise NotWaiting(row.pk)
    return row


def _record(kind: str, row: ExcusalRequest, by: User, now: datetime, **data: object) -> None:
    journal.record(kind, about=row.subject, on=row, by=by, at=now, data={"number": row.check_in.number, **data})


def _tell(row: ExcusalRequest, kind: str, to: User, now: datetime) -> None:
    outbox.post(
        key=f"excusal:{row.pk}:{kind}:{to.pk}", kind=kind, to=to, at=now, about=row.subject,
        context={"path": reverse("track_staff:excusal", args=[row.pk])},
    )  # fmt: skip


def read(*, request: ExcusalRequest, by: User, now: datetime) -> None:
    """Reading somebody's words is itself an event (security.md 5)."""
    _record("excusal.read", request, by, now)


def open_file(*, file: ExcusalFile, by: User, now: datetime) -> None:
    """So is looking at what they showed."""
    _record("excusal.file_opened", file.request, by, now)
