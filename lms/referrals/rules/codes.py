"""The short code on paper: letters and digits that nobody reads for another. Pure."""

import math

# Without 0 O, 1 I L, S, Z, B, G, U: what a tired eye or a bad copier takes for another sign that is in use.
ALPHABET = "23456789ACDEFHJKMNPQRTVWXY"
LENGTH, GROUP = 10, 5
BITS = LENGTH * math.log2(len(ALPHABET))


def shown(code: str) -> str:
    """In two groups, as it is printed."""
    return f"{code[:GROUP]} {code[GROUP:]}"


def plain(typed: str) -> str:
    """As it was made: however many blanks, hyphens and small letters it was typed with."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[: LENGTH + 1]


def number(typed: str) -> str:
    """A case number without what people add or leave out when they copy one."""
    return "".join(sign for sign in typed.casefold() if sign.isalnum())
