"""Codes that a person reads to the program over the telephone."""

import secrets

# No vowels and no look-alikes: it spells nothing.
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(LENGTH))
