"""What a referral must never carry. Pure: no Django."""

import re

# Identifiers from FBI and state criminal-history systems would make this a system under the
# CJIS Security Policy; we refuse to hold them (security.md R18).
_FORBIDDEN = re.compile(r"\b(?:FBI|SID|NCIC|UCN)\b[\s#:.no-]*\d{4,}|\b(?:FBI|NCIC)\b", re.IGNORECASE)


def forbidden_numbers(text: str) -> list[str]:
    """The passages of ``text`` that look like criminal-history identifiers."""
    return _FORBIDDEN.findall(text)
