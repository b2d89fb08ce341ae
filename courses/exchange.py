"""What a file of questions would do to a topic of the bank: read, and nothing written."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from courses.bank import draft_of
from courses.models import Question, Topic
from courses.rules import gift, moodle_xml
from courses.rules.drafts import flaws
from courses.rules.transfer import Exported, Found

GIFT, XML = "gift", "xml"
MOST_BYTES = 500_000
MOST_QUESTIONS = 1_000


class TooMany(Exception):
    """More questions than are taken at once."""


class State(StrEnum):
    ADD = "add"
    THERE = "there"
    TWICE = "twice"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Planned:
    """One question of the file: where it would go, and what would become of it."""

    found: Found
    topic: Topic
    state: State


def plan(*, text: str, language: str, topic: Topic) -> list[Planned]:
    """A line for each question of the file. Raises NotThisFormat, TooMany.

    A question under a category that has the short name or the title of another topic of the program goes there.
    What is in the bank is never replaced.
    """
    found = (moodle_xml if format_of(text) == XML else gift).read(text, language)
    if len(found) > MOST_QUESTIONS:
        raise TooMany
    topics: dict[str, Topic] = {}
    for own in Topic.objects.filter(program=topic.program_id):
        topics |= {own.title.casefold(): own, own.slug: own}
    there = set(Question.objects.filter(topic__program=topic.program_id).values_list("topic", "key"))
    planned = []
    seen = set()
    for one in found:
        goes_to = topics.get(one.category.casefold(), topic)
        place = (goes_to.pk, one.key)
        planned.append(Planned(one, goes_to, _state(one, place in there, place in seen)))
        if one.draft:
            seen.add(place)
    return planned


def format_of(text: str) -> str:
    return XML if text.lstrip("\ufeff \t\r\n").startswith("<") else GIFT


def digest(planned: list[Planned]) -> str:
    """The same as long as the same would be done."""
    shown = [[asdict(one.found), str(one.topic.pk), one.state] for one in planned]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def exported(questions: "list[Question]", language: str) -> list[Exported]:
    """Those that can be asked in this language, as a file holds them."""
    drafts = ((question, draft_of(question, language)) for question in questions)
    return [
        Exported(question.key, question.topic.slug, str(question.difficulty), draft)
        for question, draft in drafts
        if not flaws(draft)
    ]


def _state(found: Found, there: bool, seen: bool) -> State:
    if found.draft is None:
        return State.REFUSED
    if there:
        return State.THERE
    return State.TWICE if seen else State.ADD
