"""Whether one text says the words of another again: by the runs of words that both hold. Pure."""

import re
from collections.abc import Iterable, Set

# A run this long is hardly written twice by chance.
RUN = 8
# A text shorter than that is compared whole, and one shorter than this says nothing of whose it is.
FEWEST = 5

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Its words, without marks and capitals."""
    return _WORD.findall(text.casefold())


def runs(text: str) -> frozenset[str]:
    """Every run of RUN words; of a shorter text all of it, and of one that is too short nothing."""
    found = words(text)
    if len(found) < FEWEST:
        return frozenset()
    return frozenset(" ".join(found[i : i + RUN]) for i in range(max(1, len(found) - RUN + 1)))


class Story:
    """A text in all its versions and languages, to be found again wherever it was copied."""

    def __init__(self, versions: Iterable[str]) -> None:
        texts = set(versions)
        self.versions = [found for text in texts if (found := runs(text))]
        self.whole = [f" {' '.join(words(text))} " for text in texts]

    @property
    def runs(self) -> frozenset[str]:
        return frozenset().union(*self.versions)

    def is_in(self, text: str) -> bool:
        """Whether at least half of one of its versions stands in ``text``."""
        there = runs(text)
        return any(_half(version & there, version) for version in self.versions)

    def holds(self, text: str) -> bool:
        """Whether at least half of ``text`` is its words."""
        found = words(text)
        if len(found) < RUN:
            return len(found) >= FEWEST and any(f" {' '.join(found)} " in whole for whole in self.whole)
        return _half(runs(text) & self.runs, runs(text))


def _half(part: Set[str], whole: Set[str]) -> bool:
    return bool(part) and 2 * len(part) >= len(whole)
