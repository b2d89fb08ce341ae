"""One person's doings, one function each. Every moment is an argument; nothing is written but by actions,
and what a page writes when it is read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accountability.actions import check_ins, decisions
from accountability.asking import form_for
from accountability.models import CheckIn
from accountability.rules.check_in_state import accepts
from courses.actions import attempts, completion, evidence, reflections
from courses.models import Attestation, EditionModule, Enrollment
from courses.records import module_records
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.actions import invitations
from lms.referrals.models import Referral

# A page read without scripts is credited with at most three minutes.
PAGE = timedelta(minutes=3)
WORDS = (
    "I used to tell myself that nobody was hurt. Writing this down I notice how much I did not want to know. "
    "I think of the evening it happened and of every moment in which I could have stopped. "
)


def open_account(referral: Referral, *, now: datetime, password: str) -> User:
    """Invited, and the account opened with the token that the mail would carry."""
    token = referrals.invite(referral=referral, by=referral.facilitator, now=now)
    person = invitations.accept(token=token, email=referral.email, password=password, now=now)
    referral.refresh_from_db()
    return person


def accept_agreements(referral: Referral, *, now: datetime) -> Enrollment:
    """The deliberate act that enrolls."""
    person = referral.person
    assert person is not None  # noqa: S101  for the type checker: the account was opened before
    agreements = referrals.current_agreements(program=referral.program, language=person.language)
    referrals.accept_agreements(referral=referral, agreements=agreements, language=person.language, by=person, now=now)
    referral.refresh_from_db()
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)


def take_module(enrollment: Enrollment, module: EditionModule, *, now: datetime) -> datetime:
    """Read every page for as long as the module asks, choose, answer, write; when the person is done."""
    person = enrollment.referral.person
    evidence.attest(enrollment=enrollment, module=module, kind=Attestation.MODULE, by=person, now=now)
    now = _read(enrollment, module, now)
    for ask in module.asked("scenario"):
        evidence.choose(enrollment=enrollment, module=module, block_id=ask["id"], choice=1, now=now)
    for ask in module.asked("knowledge_check"):
        now = _pass_check(enrollment, module, ask["id"], now)
    for ask in module.asked("reflection"):
        now += timedelta(minutes=5)
        text = WORDS * (1 + reflections.minimum_words(enrollment, module, ask["id"]) // 40)
        reflections.submit(
            enrollment=enrollment, module=module, block_id=ask["id"], text=text, language="en", by=person, now=now
        )
    completion.complete_if_done(enrollment=enrollment, by=person, now=now)
    return now


def accept_reflections(enrollment: Enrollment, *, by: User, now: datetime) -> None:
    """The facilitator reads what waits and accepts it."""
    for row in enrollment.reflections.filter(submitted_at__isnull=False, accepted_at=None, returned_at=None):
        journal.record("reflection.read", about=enrollment.referral_id, on=row, by=by, at=now)
        reflections.review(reflection=row, outcome="accepted", note="", by=by, now=now)


def submit_check_in(check_in: CheckIn, *, now: datetime, help_wanted: str = "no") -> None:
    """The person answers, if it is open."""
    row = CheckIn.objects.select_related("track__policy", "track__referral__person", "track__referral__program").get(
        pk=check_in.pk
    )
    if not accepts(row.moments, now, row.track.leeway):
        return
    form = form_for(row, now)
    answers = _answers(form, help_wanted)
    check_ins.begin(check_in=row, now=now)
    check_ins.submit(check_in=row, answers=answers, form=form, language="en", by=row.track.referral.person, now=now)


def accept_check_ins(referral: Referral, *, by: User, now: datetime) -> None:
    """The facilitator reads what waits and accepts it."""
    waiting = CheckIn.objects.awaiting_review().filter(track__referral=referral, submitted_at__lte=now)
    for row in waiting:
        shown = {"shown": [str(pk) for pk in row.submissions.order_by("-recorded_at").values_list("pk", flat=True)]}
        journal.record("check_in.read", about=referral.pk, on=row, by=by, at=now, data=shown)
        decisions.review(check_in=row, outcome="accepted", note="", by=by, now=now)


def _read(enrollment: Enrollment, module: EditionModule, now: datetime) -> datetime:
    person = enrollment.referral.person
    pages: Sequence[int] = range(1, len(module.steps) + 1)
    while True:
        for step in pages:
            viewing = evidence.open_step(enrollment=enrollment, module=module, step=step, by=person, now=now)
            now += PAGE
            evidence.turn_page(
                enrollment=enrollment, module=module, viewing_id=viewing.pk, step=step, by=person, now=now
            )
        record = module_records(enrollment, "en")[module.position - 1]
        if record.credited_seconds >= record.required_seconds:
            return now


def _pass_check(enrollment: Enrollment, module: EditionModule, block_id: str, now: datetime) -> datetime:
    attempt = attempts.start(
        enrollment=enrollment, module=module, block_id=block_id, by=enrollment.referral.person, now=now
    )
    now += timedelta(minutes=4)
    answers = {question.key: question.a_right_answer for question in attempt.asked}
    attempts.submit(attempt=attempt, answers=answers, by=enrollment.referral.person, now=now)
    return now


def _answers(form: Any, help_wanted: str) -> dict[str, str]:
    answers = {"help": help_wanted}
    for question in form.in_language("en") if form else ():
        answers[question.key] = {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(
            question.kind, "I kept to my plan."
        )
    return answers
