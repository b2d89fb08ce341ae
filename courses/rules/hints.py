"""What a reader may want to look at twice: hints, never verdicts. Pure.

None of them refuses anything, and none is shown to anyone but whoever reads. They are made of the words once, when
they are sent, and of the lengths of what was kept while they were typed; never of keys or clocks of the browser.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# So many words in a row are one shingle; so many of the smallest keyed hashes of shingles stand for a text.
SHINGLE, SKETCH = 4, 32
HASH_BYTES = 8
# Of two sketches so much is the same where two texts share most of what they say.
ALIKE = 0.5
# Of a text shorter than this many characters nothing is said; one save that brought this much of it is a burst.
SHORTEST, BURST = 200, 0.8
# So many words that belong to one language alone, and so many times those of the other, before it is called that.
TELLING, TIMES = 5, 3

WORD = re.compile(r"[^\W_]+")
OF_ONE_LANGUAGE = {
    "en": frozenset({"the", "and", "of", "to", "that", "was", "my", "it", "is", "not", "with", "for", "have", "had"}),
    "es": frozenset({"de", "la", "que", "el", "los", "y", "una", "por", "con", "para", "mi", "se", "lo", "era"}),
}


class Hint(StrEnum):
    SAME_TEXT = "same_text"
    ONE_BURST = "one_burst"
    OTHER_LANGUAGE = "other_language"


@dataclass(frozen=True, slots=True)
class Traces:
    """What is known of how a reflection came to be.

    ``alike``: the largest share that it has in common with another person's, from 0 to 1. ``saves`` were kept while
    it was typed, of which the one that brought most brought ``largest`` of its ``length`` characters.
    """

    alike: float = 0.0
    saves: int = 0
    largest: int = 0
    length: int = 0
    language: str = ""
    language_before: str = ""


def hints(traces: Traces, *, muted: Collection[str] = ()) -> tuple[Hint, ...]:
    """What there is to look at; ``muted``: what says nothing of this person (an interpreter writes in one burst)."""
    found = (
        (Hint.SAME_TEXT, traces.alike >= ALIKE),
        (Hint.ONE_BURST, traces.saves > 0 and traces.length >= SHORTEST and traces.largest >= BURST * traces.length),
        (Hint.OTHER_LANGUAGE, bool(traces.language_before) and traces.language not in ("", traces.language_before)),
    )
    return tuple(hint for hint, there in found if there and hint not in muted)


def words_of(text: str) -> list[str]:
    """Without capitals, accents and punctuation: what a small change of spelling does not change."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return WORD.findall("".join(mark for mark in plain if not unicodedata.combining(mark)))


def sketch(text: str, hashed: Callable[[str], str]) -> bytes:
    """The smallest keyed hashes of all runs of words: nothing of the text can be read from them, and without the key
    nobody can try whether a text fits. ``hashed`` gives hex. Empty for a text of few words."""
    words = words_of(text)
    runs = {" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)}
    if len(text) < SHORTEST:
        return b""
    return b"".join(sorted(bytes.fromhex(hashed(run))[:HASH_BYTES] for run in runs)[:SKETCH])


def alike(one: bytes, other: bytes) -> float:
    """About which share of all their runs of words two texts have in common, from 0 to 1 (a bottom-k sketch)."""
    left, right = _hashes(one), _hashes(other)
    smallest = sorted(left | right)[: min(SKETCH, max(len(left), len(right)))]
    return sum(h in left and h in right for h in smallest) / len(smallest) if left and right else 0.0


def most_alike(one: bytes, others: Iterable[bytes]) -> float:
    """The largest share with any of them."""
    return max((alike(one, other) for other in others), default=0.0)


def language_of(text: str) -> str:
    """“en” or “es”, by small words that belong to one of them alone; nothing where that is not plain."""
    words = words_of(text)
    counted: Sequence[tuple[int, str]] = sorted(
        ((sum(word in small for word in words), code) for code, small in OF_ONE_LANGUAGE.items()), reverse=True
    )
    (most, language), (less, _other) = counted
    return language if most >= TELLING and most > TIMES * less else ""


def _hashes(sketched: bytes) -> set[bytes]:
    return {sketched[start : start + HASH_BYTES] for start in range(0, len(sketched), HASH_BYTES)}
