"""A question as somebody wrote it, in one language, and what keeps it from being asked. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from courses.rules.grading import MATCHING, MULTIPLE, NUMERIC, ORDERING, SHORT, SINGLE, plain, readings

LONGEST_PROMPT = 5000
LONGEST_ITEM = 500
LONGEST_ACCEPTED = 200
FEWEST_ITEMS = 3
MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A choice; an item of an ordering; or one side of a pair, with its partner."""

    text: str
    correct: bool = False
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    kind: str
    prompt: str
    items: tuple[Item, ...] = ()
    accepted: tuple[str, ...] = ()
    accents: bool = False
    number: str = ""
    tolerance: str = "0"
    explanation: str = ""


class Flaw(StrEnum):
    NO_PROMPT = "no_prompt"
    LONG_PROMPT = "long_prompt"
    FEW_CHOICES = "few_choices"
    EMPTY_ITEM = "empty_item"
    LONG_ITEM = "long_item"
    SAME_ITEM = "same_item"
    MANY_ITEMS = "many_items"
    NO_RIGHT = "no_right"
    TWO_RIGHT = "two_right"
    FEW_ITEMS = "few_items"
    FEW_PAIRS = "few_pairs"
    LONE_ITEM = "lone_item"
    ONE_PARTNER = "one_partner"
    NOTHING_ACCEPTED = "nothing_accepted"
    LONG_ACCEPTED = "long_accepted"
    NO_NUMBER = "no_number"
    BELOW_ZERO = "below_zero"
    LONG_NUMBER = "long_number"


def flaws(draft: Draft) -> list[Flaw]:
    """What is wrong, in the order in which one would mend it. Nothing for a question that can be asked."""
    found = {
        Flaw.NO_PROMPT: not draft.prompt.strip(),
        Flaw.LONG_PROMPT: len(draft.prompt) > LONGEST_PROMPT or len(draft.explanation) > LONGEST_PROMPT,
    }
    match draft.kind:
        case "single" | "multiple":
            found |= _of_choices(draft)
        case "ordering":
            found |= _of_items(draft.items) | {Flaw.FEW_ITEMS: len(draft.items) < FEWEST_ITEMS}
        case "matching":
            found |= _of_pairs(draft.items)
        case "short":
            found |= _of_words(draft.accepted)
        case "numeric":
            found |= _of_number(draft)
    return [flaw for flaw in Flaw if found.get(flaw)]


def _of_choices(draft: Draft) -> dict[Flaw, bool]:
    right = sum(item.correct for item in draft.items)
    return _of_items(draft.items) | {
        Flaw.FEW_CHOICES: len(draft.items) < 2,
        Flaw.NO_RIGHT: right == 0,
        Flaw.TWO_RIGHT: draft.kind == SINGLE and right > 1,
    }


def _of_items(items: tuple[Item, ...]) -> dict[Flaw, bool]:
    texts = [text for item in items if (text := _seen(item.text))]
    return {
        Flaw.EMPTY_ITEM: len(texts) < len(items),
        Flaw.LONG_ITEM: any(len(item.text) > LONGEST_ITEM for item in items),
        Flaw.SAME_ITEM: len(set(texts)) < len(texts),
        Flaw.MANY_ITEMS: len(items) > MOST_ITEMS,
    }


def _of_pairs(items: tuple[Item, ...]) -> dict[Flaw, bool]:
    """A row may have no item: then its partner is one more to choose from. An item always has a partner."""
    asked = tuple(item for item in items if item.text.strip())
    partners = {_seen(item.partner) for item in items} - {""}
    return _of_items(asked) | {
        Flaw.EMPTY_ITEM: any(not item.text.strip() and not item.partner.strip() for item in items),
        Flaw.LONG_ITEM: any(len(text) > LONGEST_ITEM for item in items for text in (item.text, item.partner)),
        Flaw.FEW_PAIRS: len(asked) < 2,
        Flaw.LONE_ITEM: any(not item.partner.strip() for item in asked),
        Flaw.ONE_PARTNER: len(asked) > 1 and len(partners) == 1 and all(item.partner.strip() for item in asked),
    }


def _of_words(accepted: tuple[str, ...]) -> dict[Flaw, bool]:
    return {
        Flaw.NOTHING_ACCEPTED: not any(plain(text, accents=True) for text in accepted),
        Flaw.LONG_ACCEPTED: any(len(text) > LONGEST_ACCEPTED for text in accepted),
    }


def _of_number(draft: Draft) -> dict[Flaw, bool]:
    """A telephone's number pad often has no minus, so that nothing below zero is asked for."""
    numbers = [readings(text)[:1] for text in (draft.number, draft.tolerance)]
    return {
        Flaw.NO_NUMBER: not all(numbers),
        Flaw.BELOW_ZERO: any(number < Decimal(0) for found in numbers for number in found),
        Flaw.LONG_NUMBER: any(number != round(number, 6) or number >= 10**12 for found in numbers for number in found),
    }


def _seen(text: str) -> str:
    """Two texts that look alike to a reader are the same choice."""
    return " ".join(text.split())


KINDS = (SINGLE, MULTIPLE, ORDERING, MATCHING, SHORT, NUMERIC)
