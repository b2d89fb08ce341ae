"""Questions brought in from a file, and taken out into one."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from courses.exchange import GIFT, Planned, State, digest, exported, plan
from courses.models import Choice, Question, Topic
from courses.rules import gift, moodle_xml
from courses.rules.drafts import Draft
from lms.journal import journal
from lms.people.models import User


class NotAsShown(Exception):
    """Since it was shown what would be done, the bank has changed."""


@transaction.atomic
def bring_in(*, text: str, language: str, topic: Topic, shown: str, by: User, now: datetime) -> int:
    """Add what the file holds, exactly as it was shown (``shown`` is the digest of that plan), or nothing.

    Nothing of it is in use: the other language is still to be written. Raises NotAsShown.
    """
    Topic.objects.select_for_update().get(pk=topic.pk)
    planned = plan(text=text, language=language, topic=topic)
    if digest(planned) != shown:
        raise NotAsShown
    added = [one for one in planned if one.state == State.ADD]
    questions = [_question(one, language) for one in added]
    Question.objects.bulk_create(questions)
    Choice.objects.bulk_create(
        row for one, question in zip(added, questions, strict=True) for row in _rows(one, question, language)
    )
    refused = sum(one.state == State.REFUSED for one in planned)
    left = len(planned) - len(added) - refused
    journal.record(
        "question.brought_in", about=None, on=topic, by=by, at=now,
        data={"added": len(added), "refused": refused, "left": left, "language": language},
    )  # fmt: skip
    return len(added)


@transaction.atomic
def take_out(*, questions: Sequence[Question], language: str, form: str, by: User, now: datetime) -> str:
    """A file of those questions that are there in this language."""
    found = exported(list(questions), language)
    journal.record(
        "question.taken_out", about=None, by=by, at=now,
        data={"questions": len(found), "language": language, "form": form},
    )  # fmt: skip
    return gift.write(found) if form == GIFT else moodle_xml.write(found)


def _question(planned: Planned, language: str) -> Question:
    draft = _draft(planned)
    return Question(
        id=uuid.uuid4(),
        topic=planned.topic,
        key=planned.found.key,
        kind=draft.kind,
        difficulty=planned.found.difficulty,
        accents=draft.accents,
        number=Decimal(draft.number) if draft.number else None,
        tolerance=Decimal(draft.tolerance),
        active=False,
        **{
            f"prompt_{language}": draft.prompt,
            f"explanation_{language}": draft.explanation,
            f"accepted_{language}": "\n".join(draft.accepted),
        },
    )


def _rows(planned: Planned, question: Question, language: str) -> list[Choice]:
    return [
        Choice(
            question=question,
            sort_order=order,
            correct=item.correct,
            **{f"text_{language}": item.text, f"partner_{language}": item.partner},
        )
        for order, item in enumerate(_draft(planned).items)
    ]


def _draft(planned: Planned) -> Draft:
    assert planned.found.draft is not None, "only what can be asked is planned to be added"  # noqa: S101
    return planned.found.draft
