"""What a file for a court's e-filing is called: at most 50 plain characters (domain.md, paper rules). Pure."""

import re
from datetime import date

MOST = 50
DEFAULT = "{kind}-{number}"
PLACES = ("kind", "number", "case", "date")
PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
PLACE = re.compile(r"\{(\w*)\}")


def unknown_places(rule: str) -> list[str]:
    """What stands in braces and means nothing."""
    return [name for name in PLACE.findall(rule) if name not in PLACES]


def file_name(rule: str, *, kind: str, number: str, case: str, released_on: date, ending: str = ".pdf") -> str:
    """``rule`` with its places filled in; empty: kind and number. Never a person's name: no place holds one."""
    values = {"kind": kind.replace("_", "-"), "number": number, "case": case, "date": f"{released_on:%Y%m%d}"}
    filled = PLACE.sub(lambda found: values.get(found[1], ""), rule or DEFAULT)
    return (PLAIN.sub("-", filled).strip("-._") or number)[: MOST - len(ending)] + ending
