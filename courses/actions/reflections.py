"""Reflections: kept as they are typed, sent, read by a person."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from courses.access import second_readers
from courses.actions import completion
from courses.actions.evidence import record
from courses.models import EditionModule, Enrollment, Reflection, ReflectionReview
from courses.rules import readers
from courses.rules.hints import language_of, sketch
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


class SecondReaderDecides(Exception):
    """Somebody else was asked; whoever would return it again may only accept it."""


class NobodyElse(Exception):
    """It would come back a second time, and there is nobody else in the program to ask."""


@transaction.atomic
def save_draft(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    block_id: str,
    text: str,
    language: str,
    now: datetime,
    typing: bool = False,
) -> Reflection:
    """Keep what is typed; the newest wins. What is being read or was accepted takes no more drafts.

    ``typing``: the open page keeps it every few seconds, and the step from the save before says something. A page
    without scripts is sent whole; of that nothing is counted.
    """
    row = _row(enrollment, module, block_id)
    if row.accepted_at is None and (row.submitted_at is None or row.returned_at):
        _step(row, text, counted=typing)
        Reflection.objects.filter(pk=row.pk).update(
            draft=row.seal("draft", text), draft_saved_at=now, language=language,
            kept_length=row.kept_length, saves=row.saves, largest_step=row.largest_step,
        )  # fmt: skip
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
    # Where the page kept nothing before, it may have no scripts: then the one step says nothing.
    _step(row, text, counted=row.saves > 0)
    row.likeness = sketch(text, crypto.digester(subject=enrollment.edition.program_id)) or None
    row.written_in = language_of(text)
    row.save()
    record(enrollment, module, "reflection_submitted", now, block_id=block_id, language=language, data={"words": words})
    journal.record("reflection.submitted", about=enrollment.referral_id, on=row, by=by, at=now)
    completion.complete_if_done(enrollment=enrollment, by=by, now=now)
    return row


@transaction.atomic
def review(
    *,
    reflection: Reflection,
    outcome: str,
    note: str,
    by: User,
    now: datetime,
    rubric: Sequence[Mapping[str, str]] = (),
) -> ReflectionReview:
    """Accept, or return with a note. ``rubric``: the questions with their answers, for readers alone.

    Whoever returned it first does not return it again alone: then it goes to somebody else, and the person is told
    nothing yet. Raises NothingToReview, SecondReaderDecides, NobodyElse.
    """
    row = Reflection.objects.select_for_update(of=("self",)).get(pk=reflection.pk)
    if not row.submitted_at or row.accepted_at or row.returned_at:
        raise NothingToReview(row.pk)
    if outcome == ReflectionReview.RETURNED and _needs_another(row, by):
        return _ask_another(row, note, rubric, by, now)
    made = _write_review(row, outcome, note, rubric, by, now)
    row.second_asked_at = row.second_asked_by = None
    if outcome == ReflectionReview.ACCEPTED:
        row.accepted_at = now
    else:
        row.returned_at = now
        text = row.read()
        row.draft, row.kept_length, row.saves, row.largest_step = row.seal("draft", text), len(text), 0, 0
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


def _step(row: Reflection, text: str, *, counted: bool) -> None:
    """How much came since what was kept before."""
    if counted:
        row.saves += 1
        row.largest_step = max(row.largest_step, len(text) - row.kept_length)
    row.kept_length = len(text)


def _needs_another(row: Reflection, by: User) -> bool:
    if row.second_asked_by_id == by.pk:
        raise SecondReaderDecides(row.pk)
    returned = row.reviews.filter(outcome=ReflectionReview.RETURNED).order_by("at")
    return readers.needs_another(list(returned.values_list("by", flat=True)), by.pk)


def _ask_another(
    row: Reflection, note: str, rubric: Sequence[Mapping[str, str]], by: User, now: datetime
) -> ReflectionReview:
    others = list(second_readers(row.enrollment.referral.program, by))
    if not others:
        raise NobodyElse(row.pk)
    made = _write_review(row, ReflectionReview.SECOND, note, rubric, by, now)
    row.second_asked_at, row.second_asked_by = now, by
    row.save(update_fields=["second_asked_at", "second_asked_by"])
    journal.record("reflection.second_asked", about=row.enrollment.referral_id, on=row, by=by, at=now)
    for somebody in others:
        outbox.post(
            key=f"reflection:{made.pk}:second:{somebody.pk}", kind="reflection.second_reader", to=somebody, at=now,
            audience=row.enrollment.referral.program_id, context={"path": reverse("courses_staff:queue")},
        )  # fmt: skip
    return made


def _write_review(
    row: Reflection, outcome: str, note: str, rubric: Sequence[Mapping[str, str]], by: User, now: datetime
) -> ReflectionReview:
    pk, subject = uuid.uuid4(), row.enrollment.referral_id
    asked = json.dumps([dict(one) for one in rubric], ensure_ascii=False) if rubric else ""
    sealed = {
        field: crypto.encrypt(text, subject=subject, place=f"courses.reflectionreview.{field}:{pk}") if text else None
        for field, text in (("note", note), ("rubric", asked))
    }
    return ReflectionReview.objects.create(pk=pk, reflection=row, at=now, by=by, outcome=outcome, **sealed)


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
