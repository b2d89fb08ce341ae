"""What a module still lacks, or what its reviewer should look at: facts in, findings out. Pure.

An error stops publishing by every road. A warning is for the people who review; nothing here decides for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from courses.rules import identifying
from courses.rules.reading import WORDS_A_MINUTE, Level, level
from courses.rules.recordings import Missing
from courses.rules.words import count_words

# Minutes that a careful reader spends beside the reading itself.
A_QUESTION = 1.0
A_SCENARIO = 2.0
A_COMMITMENT = 3.0
A_PAUSE = 1.0
A_PICTURE = 0.5
A_HANDOUT = 5.0
WRITTEN_A_MINUTE = 10
# Somebody who reads three times as slowly still fills the time that is asked. Nobody fills more.
SLOWEST = 3
# So small a bank asks the same again at the second attempt.
ATTEMPTS_WORTH = 2
FEWEST_CHOICES = 2

READS_NOTHING = frozenset({"picture", "handout", "audio", "video"})


class Kind(StrEnum):
    """Each is one sentence in courses.labels."""

    EMPTY = "empty"
    EMPTY_PART = "empty_part"
    NO_ADVISORY = "no_advisory"
    NO_CONSENT = "no_consent"
    NO_ALTERNATIVE = "no_alternative"
    NO_RECORDING = "recording"
    NO_CAPTIONS = "captions"
    NO_TRANSCRIPT = "transcript"
    BROKEN_LINK = "broken_link"
    SMALL_BANK = "small_bank"
    FEW_QUESTIONS = "few_questions"
    NO_CHOICES = "no_choices"
    TOO_MUCH_TIME = "too_much_time"
    MORE_TIME = "more_time"
    HARD = "hard"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"
    NO_TRANSLATION = "no_translation"
    OLD_TRANSLATION = "old_translation"
    NOT_TRANSLATED = "not_translated"


ERRORS = frozenset({
    Kind.EMPTY, Kind.NO_ADVISORY, Kind.NO_CONSENT, Kind.NO_ALTERNATIVE, Kind.NO_RECORDING, Kind.NO_CAPTIONS,
    Kind.NO_TRANSCRIPT, Kind.BROKEN_LINK, Kind.SMALL_BANK, Kind.NO_CHOICES, Kind.TOO_MUCH_TIME,
})  # fmt: skip
# Worded with the name of the recording (courses.rules.recordings).
LACKS = frozenset({Kind.NO_RECORDING, Kind.NO_CAPTIONS, Kind.NO_TRANSCRIPT})
# The author may say that such a word is fine.
IDENTIFYING = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.NAME})


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, as far as it matters here. ``own``: of its words those that could tell who somebody is."""

    block: str
    kind: str
    text: str = ""
    own: str = ""
    title: str = ""  # of its recording
    broken_links: tuple[str, ...] = ()
    shows: bool = True  # what it was chosen to show, play or hand out is there
    seconds: int = 0
    lacks: tuple[Missing, ...] = ()
    described: bool = True
    advised: bool = True
    agreed: bool = True
    draw: int = 0
    bank: int = 0
    choices: int = 0
    words_wanted: int = 0


@dataclass(frozen=True, slots=True)
class Translation:
    """The same module in the other language. ``waiting``: how many parts of the translation wait for a translator;
    ``missing``: ids of blocks of this one that it has not."""

    waiting: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    language: str
    minimum_minutes: int
    pieces: tuple[Piece, ...]
    heading: Piece | None = None
    attempts: int = ATTEMPTS_WORTH
    translation: Translation | None = field(default_factory=Translation)
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """``words``: of the text; ``here`` and ``wanted``: what is there, and what should be."""

    kind: Kind
    block: str = ""
    words: str = ""
    here: int = 0
    wanted: int = 0

    @property
    def is_error(self) -> bool:
        return self.kind in ERRORS


def findings(facts: Facts) -> list[Finding]:
    """Errors first; within them in the order of the page."""
    heading = _telling(facts.heading, facts) if facts.heading else ()
    found = [*_of_page(facts), *heading, *(one for piece in facts.pieces for one in _of_piece(piece, facts))]
    return sorted(found, key=lambda finding: not finding.is_error)


def minutes(pieces: Iterable[Piece]) -> int:
    """How long a careful reader takes, doing what is asked."""
    return max(1, round(sum(_minutes(piece) for piece in pieces)))


def reading_level(facts: Facts) -> Level | None:
    return level("\n".join(piece.text for piece in facts.pieces), facts.language)


def _minutes(piece: Piece) -> float:
    beside = {
        "knowledge_check": piece.draw * A_QUESTION, "reflection": piece.words_wanted / WRITTEN_A_MINUTE,
        "scenario": A_SCENARIO, "commitment": A_COMMITMENT, "grounding_pause": A_PAUSE, "picture": A_PICTURE,
        "handout": A_HANDOUT,
    }  # fmt: skip
    return count_words(piece.text) / WORDS_A_MINUTE + beside.get(piece.kind, 0) + piece.seconds / 60


def _of_page(facts: Facts) -> Iterator[Finding]:
    if not facts.pieces:
        yield Finding(Kind.EMPTY)
        return
    takes = minutes(facts.pieces)
    if facts.minimum_minutes > takes:
        kind = Kind.TOO_MUCH_TIME if facts.minimum_minutes > SLOWEST * takes else Kind.MORE_TIME
        yield Finding(kind, here=takes, wanted=facts.minimum_minutes)
    yield from _of_translation(facts.translation)


def _of_translation(other: Translation | None) -> Iterator[Finding]:
    if other is None:
        yield Finding(Kind.NO_TRANSLATION)
        return
    if other.waiting:
        yield Finding(Kind.OLD_TRANSLATION, here=other.waiting)
    yield from (Finding(Kind.NOT_TRANSLATED, block) for block in other.missing)


def _of_piece(piece: Piece, facts: Facts) -> Iterator[Finding]:
    yield from (Finding(Kind(each.value), piece.block, words=piece.title) for each in piece.lacks)
    if not piece.agreed:
        yield Finding(Kind.NO_CONSENT, piece.block)
    if not piece.advised:
        yield Finding(Kind.NO_ADVISORY, piece.block)
    if not piece.described:
        yield Finding(Kind.NO_ALTERNATIVE, piece.block)
    if not piece.shows or (piece.kind not in READS_NOTHING and not piece.text.strip()):
        yield Finding(Kind.EMPTY_PART, piece.block)
    yield from (Finding(Kind.BROKEN_LINK, piece.block, words=each) for each in piece.broken_links)
    yield from _of_gate(piece, facts.attempts)
    if level(piece.text, facts.language) == Level.HARD:
        yield Finding(Kind.HARD, piece.block)
    yield from _telling(piece, facts)


def _telling(piece: Piece, facts: Facts) -> Iterator[Finding]:
    """What might tell who somebody is."""
    for each in identifying.identifying(piece.own, known=facts.known):
        yield Finding(Kind(each.kind.value), piece.block, words=each.words)


def _of_gate(piece: Piece, attempts: int) -> Iterator[Finding]:
    """What everybody must pass, and nobody could."""
    if piece.kind == "knowledge_check" and piece.bank < piece.draw * max(attempts, ATTEMPTS_WORTH):
        kind = Kind.SMALL_BANK if piece.bank < piece.draw * ATTEMPTS_WORTH else Kind.FEW_QUESTIONS
        times = ATTEMPTS_WORTH if kind == Kind.SMALL_BANK else attempts
        yield Finding(kind, piece.block, here=piece.bank, wanted=piece.draw * times)
    if piece.kind == "scenario" and piece.choices < FEWEST_CHOICES:
        yield Finding(Kind.NO_CHOICES, piece.block)
