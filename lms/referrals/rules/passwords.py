"""Whether a password is little more than words that everybody here knows (ASVS 6.1.2, 6.2.11). Pure."""

import re
import unicodedata
from collections.abc import Iterable

# Of the product itself, in its two languages; names of programs and courts come beside them.
OWN = ("amends", "enmiendas", "course", "curso", "court", "tribunal", "juzgado", "program", "programa", "password")
# Shorter ones (of, the, del) stand in any sentence.
SHORTEST = 4
# What must be left when the known words are taken out.
LEAST_BESIDE = 8


def is_of_known_words(password: str, names: Iterable[str]) -> bool:
    """Too little is left of it without our words and those of ``names``. One in a long sentence does no harm."""
    left = plain = _plain(password)
    for word in sorted(words(names), key=len, reverse=True):
        left = left.replace(word, "")
    return left != plain and len(left) < LEAST_BESIDE


def words(names: Iterable[str]) -> set[str]:
    """Every word that counts as known."""
    parts = (_plain(part) for name in names for part in re.split(r"[\W_]+", name))
    return {*OWN, *(part for part in parts if len(part) >= SHORTEST)}


def _plain(text: str) -> str:
    """Letters and digits alone, without accents: “A-m-e-n-d-s” hides nothing."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
