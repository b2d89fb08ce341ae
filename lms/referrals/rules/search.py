"""What a case is found by: words without accents or capitals, and numbers without punctuation. Pure."""

import unicodedata
from collections.abc import Iterable

# Letters that no decomposition takes the stroke or the ligature from.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
APOSTROPHES = "'’ʼ‘`´"
LONGEST = 60  # letters of a key


def plain(text: str) -> str:
    """“Núñez-O’Brien” → “nunez-obrien”."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = (letter for letter in decomposed if not unicodedata.combining(letter) and letter not in APOSTROPHES)
    return "".join(bare).translate(PLAIN)


def words(text: str) -> tuple[str, ...]:
    """Its words, in order: letters and digits; whatever stands between them parts them."""
    return tuple("".join(c if c.isalnum() else " " for c in plain(text)).split())


def numbers(number: str) -> frozenset[str]:
    """What a case number may be begun with: itself, each of its later parts to the end, and its last number without zeros.

    “CR-2026-00123” is found by cr2026, 2026001, 00123 and 123.
    """
    parts = words(number)
    found = {"".join(parts[start:]) for start in range(len(parts))}
    if parts and parts[-1].isdigit():
        found.add(parts[-1].lstrip("0"))
    return frozenset(key[:LONGEST] for key in found if key)


def keys(*, first_name: str, last_name: str, numbers_of: Iterable[str]) -> frozenset[str]:
    """Everything a case is found by."""
    found = {word[:LONGEST] for word in (*words(first_name), *words(last_name))}
    return frozenset(found.union(*(numbers(number) for number in numbers_of)))


def order_key(*, first_name: str, last_name: str) -> str:
    """Where a person stands in a list by last name."""
    return " ".join((*words(last_name), *words(first_name)))[: 2 * LONGEST]


def wanted(text: str) -> tuple[str, ...]:
    """What somebody looks for, the longest first: all of these begin a word, or a number, of the case.

    A piece with a digit in it is one number, whatever punctuation it has: “2026-CR-12” is not three words.
    """
    found: list[str] = []
    for piece in text.split():
        parts = words(piece)
        found += ["".join(parts)] if any(c.isdigit() for c in piece) else parts
    return tuple(sorted({key[:LONGEST] for key in found if key}, key=lambda key: (-len(key), key)))
