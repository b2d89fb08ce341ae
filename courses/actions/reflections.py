"""Reflections: kept as they are typed, sent, read by a person."""

import uuid
from datetime import datetime

from django.db import transaction

from courses.actions import completion
from courses.actions.evidence import record
from courses.models import EditionModule, Enrollment, Reflection, ReflectionReview
from courses.rules.words import count_words
from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User


class TooShort(Exception):
    """``missing`` words are short of what is asked."""

    def __init__(self, missing: int) -> None:
        super().__init__(missing)
        self.missing = missing


class NothingToReview(Exception):
    """It was not sent, or has been decided on."""


@transaction.atomic
def save_draft(
    *, enrollment: Enrollment, module: EditionModule, block_id: str, text: str, language: str, now: datetime
) -> Reflection:
    """Keep what is typed; the newest wins. What is being read or was accepted takes no more drafts."""
    row = _row(enrollment, module, block_id)
    if row.accepted_at is None and (row.submitted_at is None or row.returned_at):
        Reflection.objects.filter(pk=row.pk).update(
            draft=row.seal("draft", text), draft_saved_at=now, language=language
        )
    row.refresh_from_db()
    return row


@transaction.atomic
def submit(
    *, enrollment: Enrollment, module: EditionModule, block_id: str, text: str, language: str, by: User, now: datetime
) -> Reflection:
    """Send what was written. Raises TooShort. What was accepted stays as it is."""
    row = _row(enrollment, module, block_id)
    if row.accepted_at or (row.submitted_at and not row.returned_at):
        return row
    words = count_words(text)
    if words < minimum_words(enrollment, module, block_id):
        raise TooShort(minimum_words(enrollment, module, block_id) - words)
    row.text, row.words, row.language = row.seal("text", text), words, language
    row.draft = row.draft_saved_at = row.returned_at = None
    row.submitted_at = now
    row.save()
    record(enrollment, module, "reflection_submitted", now, block_id=block_id, language=language, data={"words": words})
    journal.record("reflection.submitted", about=enrollment.referral_id, on=row, by=by, at=now)
    completion.complete_if_done(enrollment=enrollment, by=by, now=now)
    return row


@transaction.atomic
def review(*, reflection: Reflection, outcome: str, note: str, by: User, now: datetime) -> ReflectionReview:
    """Accept, or return with a note. Raises NothingToReview."""
    row = Reflection.objects.select_for_update().get(pk=reflection.pk)
    if not row.submitted_at or row.accepted_at or row.returned_at:
        raise NothingToReview(row.pk)
    made = _write_review(row, outcome, note, by, now)
    if outcome == ReflectionReview.ACCEPTED:
        row.accepted_at = now
    else:
        row.returned_at = now
        row.draft = row.seal("draft", row.read())
        _tell(row, made, now)
    row.save()
    record(row.enrollment, row.module, f"reflection_{outcome}", now, block_id=row.block_id, language=row.language)
    journal.record(f"reflection.{outcome}", about=row.enrollment.referral_id, on=row, by=by, at=now)
    completion.complete_if_done(enrollment=row.enrollment, by=by, now=now)
    return made


def minimum_words(enrollment: Enrollment, module: EditionModule, block_id: str) -> int:
    """What the prompt asks for, never more than the policy."""
    ask = module.ask(block_id)
    wanted = ask["minimum_words"] if ask else 0
    return min(int(wanted), enrollment.policy.reflection_min_words)


def _row(enrollment: Enrollment, module: EditionModule, block_id: str) -> Reflection:
    if (ask := module.ask(block_id)) is None or ask["kind"] != "reflection":
        raise ValueError(f"{block_id} is no reflection of this module")
    row, _ = Reflection.objects.select_for_update().get_or_create(
        enrollment=enrollment, block_id=block_id, defaults={"module": module}
    )
    return row


def _write_review(row: Reflection, outcome: str, note: str, by: User, now: datetime) -> ReflectionReview:
    pk = uuid.uuid4()
    place = f"courses.reflectionreview.note:{pk}"
    sealed = crypto.encrypt(note, subject=row.enrollment.referral_id, place=place) if note else None
    return ReflectionReview.objects.create(pk=pk, reflection=row, at=now, by=by, outcome=outcome, note=sealed)


def _tell(row: Reflection, made: ReflectionReview, now: datetime) -> None:
    person = row.enrollment.referral.person
    if person:
        outbox.post(
            key=f"reflection:{made.pk}:returned",
            kind="course.reflection_returned",
            to=person,
            at=now,
            about=row.enrollment.referral_id,
            context={"path": f"/learn/modules/{row.module_id}/reflections/{row.block_id}/"},
        )
