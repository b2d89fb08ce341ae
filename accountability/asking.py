"""What one check-in asks of one person: the program's questions, and those that are always there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accountability.models import Answering, CheckIn, CheckInForm, Submission
from accountability.models.forms import Question, form_in_force
from accountability.rules.phases import Part, part_of
from lms import crypto
from lms.referrals import recall
from lms.referrals.easing import in_force
from lms.referrals.recall import Recall
from lms.referrals.rules.accommodations import Kind

# Who has one of these may speak, or send a picture of paper, instead of typing.
SPEAKS = {Kind.OTHER_FORMAT, Kind.READER, Kind.INTERPRETER}


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions in one language; ``commitments``: number and words of each that the person undertook.

    ``instead``: whether a voice note or a file may stand for typed words. ``attached``: questions that have a file.
    """

    questions: tuple[Question, ...] = ()
    commitments: tuple[tuple[int, str], ...] = ()
    recall: Recall | None = None
    instead: bool = False
    attached: frozenset[str] = frozenset()
    language: str = "en"


def form_for(check_in: CheckIn, moment: datetime) -> CheckInForm | None:
    """The questions in force for this part of the track. ``check_in`` needs its track with program and policy."""
    return form_in_force(check_in.track.referral.program, moment, part_for(check_in))


def part_for(check_in: CheckIn) -> Part:
    track = check_in.track
    return part_of(
        number=check_in.number,
        due_on=check_in.due_on,
        opened_on=track.opened_on,
        planned_end_on=track.planned_end_on,
        cadence=track.policy.rules.cadence,
    )


def asked_now(check_in: CheckIn, answering: Answering, language: str, *, now: datetime) -> Asked:
    """What the page asks."""
    attached = check_in.attachments.filter(removed_at=None, submission=None).values_list("question", flat=True)
    return Asked(
        questions=_questions(answering.form, language),
        commitments=_commitments(check_in, open_at=answering.opened_at),
        recall=recall.read(answering.recall) if answering.recall else None,
        instead=may_speak(check_in, now=now),
        attached=frozenset(attached),
        language=language,
    )


def asked_then(submission: Submission) -> Asked:
    """What a submission answered, in its own language."""
    return Asked(_questions(submission.form, submission.language), _commitments(submission.check_in))


def may_speak(check_in: CheckIn, *, now: datetime) -> bool:
    """Whether it was agreed with this person. Raises crypto.KeyMissing, crypto.Tampered."""
    return any(row.kind in SPEAKS for row in in_force(check_in.track.referral, now=now))


def _questions(form: CheckInForm | None, language: str) -> tuple[Question, ...]:
    return tuple(form.in_language(language)) if form else ()


def _commitments(check_in: CheckIn, open_at: datetime | None = None) -> tuple[tuple[int, str], ...]:
    """All of the plan, or those alone that were neither verified nor ended by then."""
    rows = check_in.track.commitments.order_by("number")
    if open_at:
        rows = rows.filter(Q(verified_at=None) | Q(verified_at__gt=open_at), Q(ended_at=None) | Q(ended_at__gt=open_at))
    return tuple((row.number, _words_of(row.words, row.pk, check_in.track.referral_id)) for row in rows)


def _words_of(sealed: object, pk: object, subject: object) -> str:
    """Raises crypto.KeyMissing, crypto.Tampered."""
    if not sealed:
        return ""
    if isinstance(sealed, str):
        return sealed
    place = f"accountability.commitment.words:{pk}"
    return crypto.decrypt(bytes(sealed), subject=subject, place=place)  # type: ignore[call-overload, arg-type]
