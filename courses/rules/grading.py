"""Drawing questions and grading answers. Pure: the seed comes in, nothing is looked up."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

SINGLE, MULTIPLE, ORDERING, MATCHING, SHORT, NUMERIC = (
    "single", "multiple", "ordering", "matching", "short", "numeric",
)  # fmt: skip

# At most fifteen digits and ten behind the point: no answer is so big that comparing it takes long.
NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")
THOUSANDS = re.compile(r"-?\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3}){0,3}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked in one attempt, and what is right in it (which stays on the server).

    ``correct`` holds what its kind needs: the right choices, in any order; the items in their right order; pairs
    of item and partner; the texts that are accepted; one number.
    """

    key: str
    kind: str
    correct: tuple[Any, ...]
    accents: bool = False
    tolerance: str = "0"

    @property
    def a_right_answer(self) -> list[Any]:
        return list(self.correct[:1] if self.kind in (SHORT, NUMERIC) else self.correct)


def read(question: Mapping[str, Any]) -> Asked:
    """A question as an attempt keeps it. Attempts from before there were other kinds hold choices alone."""
    return Asked(
        key=question["key"],
        kind=question.get("kind", SINGLE),
        correct=tuple(tuple(one) if isinstance(one, list) else one for one in question["correct"]),
        accents=question.get("accents", False),
        tolerance=question.get("tolerance", "0"),
    )


def draw(
    pool: Mapping[str, Sequence[str]], *, count: int, seen: Mapping[str, int], seed: str
) -> list[tuple[str, list[str]]]:
    """Draw ``count`` question keys with shuffled choices: unseen ones first, then the least seen.

    ``pool`` maps a question to its choices. The same seed gives the same draw.
    """
    random = Random(seed)  # noqa: S311  an exam draw needs repeatability, not secrecy; the seed is the secret
    keys = sorted(pool)
    random.shuffle(keys)
    keys.sort(key=lambda key: seen.get(key, 0))
    chosen = keys[:count]
    random.shuffle(chosen)
    return [(key, random.sample(list(pool[key]), len(pool[key]))) for key in chosen]


def right(asked: Asked, given: Iterable[Any]) -> bool:
    """All or nothing. Whatever comes as an answer is right or not; nothing is too strange to be graded."""
    answer = list(given) if isinstance(given, list | tuple | set | frozenset) else []
    match asked.kind:
        case "single" | "multiple":
            return {str(one) for one in answer} == set(asked.correct)
        case "ordering":
            return answer == list(asked.correct)
        case "matching":
            pairs = [tuple(one) if isinstance(one, list | tuple) else one for one in answer]
            return len(pairs) == len(asked.correct) and all(pair in pairs for pair in asked.correct)
        case "short":
            wanted = {plain(text, accents=asked.accents) for text in asked.correct} - {""}
            return len(answer) == 1 and plain(str(answer[0]), accents=asked.accents) in wanted
        case "numeric":
            number, tolerance = Decimal(asked.correct[0]), Decimal(asked.tolerance)
            return len(answer) == 1 and any(abs(n - number) <= tolerance for n in readings(str(answer[0])))
    return False


def plain(text: str, *, accents: bool) -> str:
    """What is compared of a short answer: capitals, spaces and kinds of apostrophe make no difference, and accents
    only where ``accents`` says so. An ñ is a letter of its own, not an n with an accent."""
    text = unicodedata.normalize("NFD", text.replace("’", "'")).casefold()
    text = unicodedata.normalize("NFD", text)
    if not accents:
        text = "".join(
            mark for before, mark in zip(" " + text, text, strict=False)
            if not unicodedata.combining(mark) or (before, mark) == ("n", "\u0303")
        )  # fmt: skip
    return " ".join(unicodedata.normalize("NFC", text).split())


def readings(text: str) -> list[Decimal]:
    """The numbers that this may mean: 3.5 and 3,5 are the same, 1,000 is a thousand here and one elsewhere."""
    text = "".join(text.split()).replace("\u2212", "-").removeprefix("+")
    found = [text.replace(",", ".")] if NUMBER.fullmatch(text.replace(",", ".")) else []
    if THOUSANDS.fullmatch(text):
        found.append(text.replace(",", "").replace(".", ""))
    return [Decimal(one) for one in found]


def score(asked: Sequence[Asked], answers: Mapping[str, Iterable[Any]]) -> Decimal:
    """The share of questions answered right, from 0 to 1."""
    if not asked:
        return Decimal(0)
    return Decimal(sum(right(q, answers.get(q.key, ())) for q in asked)) / Decimal(len(asked))


def may_start(graded: Sequence[datetime], *, allowed: int, cool_down: timedelta) -> datetime | None:
    """When the next attempt may start: None for now, else the moment.

    After every ``allowed`` attempts the person waits ``cool_down``, counted from the last grading.
    """
    if not graded or len(graded) % allowed:
        return None
    return max(graded) + cool_down
