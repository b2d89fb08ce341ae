"""How hard a text is to read, in English and Spanish, and how long it takes. Pure.

Flesch's formula for English (1948) and Fernández Huerta's for Spanish (1959) share one scale: 100 is very easy, below 60
is harder than the plain language that a court's own letters should have. Each line of a text ends a sentence.
"""

import re
from enum import StrEnum

WORDS_A_MINUTE = 150  # of somebody who reads without hurry, on a telephone
PLAIN = 60
EASY = 70
# Fewer words say nothing about a text.
ENOUGH_WORDS = 60

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)]*+(?:\s++|$)|\n++")
_ENGLISH = re.compile(r"[aeiouy]+")
# Of a final e, and of a final ed but after t and d, nothing is heard.
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$")
# One strong vowel with the weak ones around it, a weak one with its accent, or weak ones alone.
_SPANISH = re.compile(r"[iuüy]*[aeoáéó](?:[iuüy](?![aeoáéó]))?|[íú]|[iuüy]+")


class Level(StrEnum):
    """Each is one word in courses.labels."""

    EASY = "easy"
    PLAIN = "plain"
    HARD = "hard"


def syllables(word: str, language: str) -> int:
    """Within two in a hundred of a dictionary's count, over a whole text (docs/decisions/quality.md)."""
    word = word.lower()
    if language == "es":
        return len(_SPANISH.findall(word)) or 1
    found = len(_ENGLISH.findall(word))
    return max(1, found - bool(found > 1 and _SILENT.search(word)))


def sentences(text: str) -> list[str]:
    return [part for part in _END.split(text) if _WORD.search(part)]


def ease(text: str, language: str) -> float | None:
    """0 to about 100, the higher the easier. None for a text of too few words."""
    words = _WORD.findall(text)
    if len(words) < ENOUGH_WORDS:
        return None
    in_a_word = sum(syllables(word, language) for word in words) / len(words)
    in_a_sentence = len(words) / len(sentences(text))
    if language == "es":
        return 206.84 - 60 * in_a_word - 1.02 * in_a_sentence
    return 206.835 - 84.6 * in_a_word - 1.015 * in_a_sentence


def level(text: str, language: str) -> Level | None:
    """Where a text stands on that scale."""
    score = ease(text, language)
    if score is None:
        return None
    return Level.EASY if score >= EASY else Level.PLAIN if score >= PLAIN else Level.HARD
