"""What a learner is shown: the blocks of one page, from the revision that the edition pinned."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from wagtail.blocks import StreamValue

from courses import consents
from courses.consents import Standing
from courses.models import Attempt, Consent, EditionModule, Enrollment, ModulePage
from courses.rules import grading

ACTIVITIES = frozenset({"knowledge_check", "reflection", "scenario"})


def language_for(enrollment: Enrollment) -> str:
    """In which language the course is shown: the one they read, but for somebody who began in another one."""
    return enrollment.language or get_language() or "en"


def blocks_of_step(
    module: EditionModule, step: int, language: str, answers: dict[str, Any], *, now: datetime
) -> list[dict[str, Any]]:
    """The blocks of page ``step`` (from 1), each with what the person did in it."""
    return blocks_of_pages(module, [step], language, answers, now=now)[0]


def blocks_of_pages(
    module: EditionModule, pages: Sequence[int], language: str, answers: dict[str, Any], *, now: datetime
) -> list[list[dict[str, Any]]]:
    """Of each of these pages (from 1) the blocks.

    Both languages share block ids, so a switch of language keeps the place. Where a story is not shown now,
    whatever the pinned revision holds, a notice stands.
    """
    wanted = [module.steps[number - 1] for number in pages]
    by_id = {str(block.id): block for block in body(module, language, only={one for page in wanted for one in page})}
    used = "es" if language == "es" and module.revision_es_id else "en"
    # A picture may belong to a story on another page: all that the module shows is asked for.
    everywhere = [block_id for page in module.steps for block_id in page]
    standing = consents.standing(by_id.values(), also=everywhere, language=used, now=now)
    return [
        [row for block_id in page if (row := _row(block_id, by_id.get(block_id), standing, answers)) is not None]
        for page in wanted
    ]


def taken_away(module: EditionModule, ids: Collection[str], language: str, *, now: datetime) -> bool:
    """Whether one of these blocks of a page that somebody has open is not shown any more."""
    if module.withdrawn_at:
        return True
    used = "es" if language == "es" and module.revision_es_id else "en"
    there = {block_id for page in module.steps for block_id in page}
    now_hidden = consents.standing([], also=there, language=used, now=now)
    hidden = now_hidden.hidden_stories | now_hidden.hidden_media | Consent.objects.taken_back(there)
    return not hidden.isdisjoint(ids)


def _row(block_id: str, block: Any, standing: Standing, answers: dict[str, Any]) -> dict[str, Any] | None:
    if block_id in standing.hidden_stories:
        return {"id": block_id, "kind": "gone"}
    if block is None or block_id in standing.hidden_media:
        return None
    if block_id in standing.bylines:
        block.value["byline"] = standing.bylines[block_id]
    return shaped(block, answers)


def block(module: EditionModule, block_id: object, language: str) -> Any:
    """One block of a module, or None."""
    return next(iter(body(module, language, only=[str(block_id)])), None)


def body(module: EditionModule, language: str, *, only: Collection[str] | None = None) -> StreamValue:
    """The module's content in one language, as pinned; of it ``only`` these blocks, for reading one costs something."""
    rows = json.loads(module.revision(language).content["body"] or "[]")
    stream = ModulePage._meta.get_field("body")
    return stream.to_python([row for row in rows if only is None or row.get("id") in only])


def shaped(block: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """A block with what the person did in it."""
    block_id = str(block.id)
    row = {"block": block, "id": block_id, "kind": block.block_type, "activity": block.block_type in ACTIVITIES}
    if block.block_type == "knowledge_check":
        row["passed"] = block_id in answers["passed"]
    elif block.block_type == "reflection":
        row["reflection"] = answers["sent"].get(block_id)
    elif block.block_type == "scenario" and block_id in answers["chosen"]:
        choices = list(block.value["choices"])
        number = answers["chosen"][block_id]
        row["chosen"] = choices[number] if number < len(choices) else None
    elif block.block_type == "commitment":
        row["plan"] = answers["plan"].get(block_id, "")
    return row


def explained(attempt: Attempt, language: str) -> list[dict[str, Any]]:
    """After grading: each question, what was answered, whether it was right, and why. If the check
    was not passed the right answers stay unsaid, so that the next attempt is worth taking."""
    lines = []
    for question, asked in zip(attempt.questions, attempt.asked, strict=True):
        given = attempt.answers.get(asked.key, [])
        right = grading.right(asked, given)
        lines.append(
            {
                "prompt": said(question["prompt"], language),
                "chosen": answered(question, given, language),
                "right": right,
                "wanted": answered(question, asked.a_right_answer, language) if attempt.passed and not right else [],
                "explanation": said(question["explanation"], language),
            }
        )
    return lines


def answered(question: dict[str, Any], given: list[Any], language: str) -> list[str]:
    """An answer in words, a line for each part of it."""
    words = {key: said(text, language) for key, text in question["choices"].items()}
    match question["kind"]:
        case grading.SHORT | grading.NUMERIC:
            return [str(text) for text in given]
        case grading.MATCHING:
            partners = {key: said(text, language) for key, text in question["partners"].items()}
            return [f"{words[key]}: {partners[partner]}" for key, partner in given]
        case grading.ORDERING:
            return [f"{place}. {words[key]}" for place, key in enumerate(given, start=1)]
    return [words[key] for key in given]


def said(words: dict[str, str], language: str) -> str:
    """In the language asked for, or in the one there is."""
    return words.get(language) or words["en"] or words.get("es", "")
