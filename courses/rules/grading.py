"""Drawing questions and grading answers. Pure: the seed comes in, nothing is looked up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked in one attempt: which choices are right stays on the server."""

    key: str
    choices: tuple[str, ...]
    correct: frozenset[str]


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


def right(asked: Asked, given: Collection[str]) -> bool:
    """A question is right when exactly the correct choices were given."""
    return frozenset(given) == asked.correct


def score(asked: Sequence[Asked], answers: Mapping[str, Collection[str]]) -> Decimal:
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
