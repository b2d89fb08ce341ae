"""Telephone numbers as people type them, and as providers want them (E.164). Pure."""

import re


class NotANumber(ValueError):
    """This cannot be a telephone number."""


def e164(typed: str) -> str:
    """``(555) 010-0199`` → ``+15550100199``: ten digits are of this country, a plus names another."""
    text = typed.strip()
    digits = re.sub(r"[\s().\-/·]", "", text.removeprefix("+"))
    if not re.fullmatch(r"[0-9]{8,15}", digits):
        raise NotANumber
    if text.startswith("+"):
        return f"+{digits}"
    if len(digits) == 11 and digits.startswith("1"):
        return f"+{digits}"
    if len(digits) == 10 and digits[0] not in "01":
        return f"+1{digits}"
    raise NotANumber


def ending(number: str) -> str:
    """What may be shown of it."""
    return number[-4:]
