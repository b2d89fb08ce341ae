"""What in a text might tell who somebody is or where. A hint, never a verdict: its author decides. Pure.

Telephone numbers are found by libphonenumber, addresses of mail and of the web by linkify-it. Names and places are
guessed: words with a capital in the middle of a sentence (docs/decisions/quality.md says why no library does it).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from linkify_it import LinkifyIt
from phonenumbers import Leniency, PhoneNumberMatcher

from courses.rules.reading import sentences

# What people of the United States write without a country before it.
HOME = "US"


class Kind(StrEnum):
    """Each is one sentence in courses.labels."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Found:
    kind: Kind
    words: str


_LINKS = LinkifyIt()
_CAPITAL = r"[A-ZÁÉÍÓÚÜÑ][^\W\d_]*[a-záéíóúüñ][^\W\d_]*"
_TOKEN = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_IS_CAPITAL = re.compile(rf"{_CAPITAL}(?:['’\-][^\W\d_]+)*")
# What is said begins anew, and so does what stands in brackets or after a colon.
_OPENS = re.compile(r"[:;(\[“«\"—–•]")
# May stand inside a name, not at its end: "Ciudad de México", "Maria del Carmen".
_INSIDE = frozenset({"de", "del", "la", "las", "los", "of", "the"})
# English writes them with a capital though they name nobody.
_NOBODY = frozenset(
    [
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "english",
        "spanish",
        "american",
        "internet",
        "god",
        "christmas",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sr",
        "sra",
        "srta",
        "dios",
        "navidad",
        "ud",
        "uds",
    ]
)
# A whole country is no place where somebody is found.
_NOWHERE = frozenset({"united states", "estados unidos"})
# What often begins a sentence, and is no part of the name after it.
_OPENERS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "because",
        "but",
        "by",
        "for",
        "from",
        "he",
        "her",
        "his",
        "if",
        "in",
        "it",
        "my",
        "of",
        "on",
        "once",
        "one",
        "or",
        "our",
        "she",
        "so",
        "that",
        "the",
        "their",
        "then",
        "there",
        "they",
        "this",
        "to",
        "we",
        "when",
        "while",
        "with",
        "you",
        "your",
        "al",
        "antes",
        "aquí",
        "como",
        "con",
        "cuando",
        "de",
        "desde",
        "después",
        "el",
        "ella",
        "en",
        "entonces",
        "era",
        "es",
        "hasta",
        "la",
        "las",
        "lo",
        "los",
        "mi",
        "no",
        "nos",
        "o",
        "para",
        "pero",
        "por",
        "que",
        "se",
        "si",
        "sin",
        "su",
        "también",
        "un",
        "una",
        "y",
        "ya",
        "yo",
    ]
)


def identifying(text: str, *, known: Collection[str] = ()) -> list[Found]:
    """Each thing once, in the order of its kind. ``known``: words to be found however they are written."""
    found = [
        Found(Kind.PHONE, match.raw_string) for match in PhoneNumberMatcher(text, HOME, leniency=Leniency.POSSIBLE)
    ]
    for match in _LINKS.match(text) or ():
        found.append(Found(Kind.EMAIL if match.schema == "mailto:" else Kind.ADDRESS, match.raw))
        text = text.replace(match.raw, " ")
    found += [Found(Kind.NAME, name) for name in [*_known(text, known), *_names(text)]]
    return list(dict.fromkeys(found))


def _known(text: str, known: Collection[str]) -> list[str]:
    wanted = {word.casefold() for word in known}
    return [token for token in _TOKEN.findall(text) if token.casefold() in wanted]


def _names(text: str) -> list[str]:
    small = _OPENERS | {token for token in _TOKEN.findall(text) if token.islower()}
    found = []
    for sentence in sentences(text):
        for part in _OPENS.split(sentence):
            found += _in_part(_TOKEN.findall(part), small)
    return found


def _in_part(tokens: list[str], small: Collection[str]) -> list[str]:
    """Runs of words with a capital. The first word has one anyway: alone it says nothing, and it begins a longer
    name only where it is never written small."""
    found: list[str] = []
    run: list[str] = []
    for place, token in enumerate([*tokens, ""]):
        begins = _is_capital(token) and not (place == 0 and token.casefold() in small)
        if begins or (run and token in _INSIDE):
            run.append(token)
        else:
            found += _ended(run, starts=place == len(run))
            run = []
    return found


def _is_capital(token: str) -> bool:
    plain = token.replace("’", "'").casefold()
    return bool(_IS_CAPITAL.fullmatch(token)) and plain not in _NOBODY and plain.rstrip("s") not in _NOBODY


def _ended(run: list[str], *, starts: bool) -> list[str]:
    while run and run[-1] in _INSIDE:
        run = run[:-1]
    name = " ".join(run).removesuffix("’s").removesuffix("'s")
    return [name] if name and name.casefold() not in _NOWHERE and not (starts and len(run) == 1) else []
