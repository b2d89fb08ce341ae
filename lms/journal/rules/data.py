"""What may stand in an event: ids, codes, counts, dates. Never a word anyone wrote, a name or an address.

Values of changed fields may stand there only where the class of the data is public or compliance
(security.md 2.6), field by field: what is not in ``OPEN`` is named as changed and no more.
"""

import re
from collections.abc import Mapping

WAS, IS = "was", "is"
LONGEST_CODE = 128
LONGEST_VALUE = 200

# A key that is one of these, or ends with one after an underscore, holds identity or narrative, whatever its value.
FORBIDDEN = frozenset({
    "address", "answer", "answers", "birth", "birthday", "body", "city", "comment", "counsel", "dob", "email",
    "handle", "ip", "ip_address", "message", "name", "names", "narrative", "note", "notes", "password", "phone",
    "prompt", "quote", "street", "summary", "surname", "telephone", "text", "texts", "token", "user_agent",
    "username", "word", "birth_year", "case_number", "reference", "officer", "url", "conditions", "zip",
})  # fmt: skip

# Codes, numbers, digests and ids are written small; a name is not.
CODE = re.compile(r"[a-z0-9][a-z0-9_.:\-]*")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+\-]\d{2}:\d{2})?)?\Z")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")

EVERY_FIELD = frozenset({"*"})
# Model → fields of class public or compliance. The person who accepted a court's profile, a contact, an
# agreement's text: not among them.
OPEN: Mapping[str, frozenset[str]] = {
    "referrals.policyversion": EVERY_FIELD,
    "referrals.court": frozenset({
        "name", "jurisdiction", "county", "state", "zone", "accepted_on", "hearing_lead_days", "paper", "filing_copy",
        "holidays_text", "tolling_allowed", "max_months", "progress_day", "route", "link_days",
    }),
    "referrals.program": frozenset({"name", "slug", "organization"}),
    "referrals.agreement": frozenset({"kind", "version", "language"}),
    "accountability.checkinform": frozenset({"number", "in_force_from"}),
    "courses.topic": frozenset({"slug"}),
    "courses.courserecording": frozenset({"kind"}),
    "courses.question": frozenset({"key", "kind", "difficulty", "active"}),
}  # fmt: skip


def check(data: Mapping[str, object], *, on: str = "") -> None:
    """Raises ValueError naming the key of whatever may not stand in an event about a row of model ``on``."""
    for key, value in data.items():
        if key in (WAS, IS):
            _check_values(key, value, on)
        elif _is_forbidden(key) or not _is_plain(value):
            raise ValueError(f"the journal does not take {key!r}: ids, codes, counts and dates only")


def open_values(on: str, values: Mapping[str, object]) -> dict[str, object]:
    """Of the values of a row of model ``on``, those that may stand in the journal, in a form that JSON keeps."""
    return {name: _as_json(value) for name, value in values.items() if _is_open(on, name)}


def _is_forbidden(key: object) -> bool:
    if not isinstance(key, str) or not CODE.fullmatch(key):
        return True
    return key in FORBIDDEN or key.rpartition("_")[2] in FORBIDDEN


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, str):
        return len(value) <= LONGEST_CODE and bool(not value or CODE.fullmatch(value) or MOMENT.match(value))
    return isinstance(value, list | tuple) and all(_is_plain(item) for item in value)


def _check_values(key: str, values: object, on: str) -> None:
    if not isinstance(values, Mapping):
        raise ValueError(f"the journal takes {key!r} as field → value")
    for name, value in values.items():
        if not _is_open(on, name) or not _is_short(value):
            raise ValueError(f"the journal does not take the value of {name!r} of {on or 'nothing'}")


def _is_open(on: str, name: str) -> bool:
    fields = OPEN.get(on, frozenset())
    return fields == EVERY_FIELD or name in fields


def _is_short(value: object) -> bool:
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE and not UNPRINTABLE.search(value)
    return isinstance(value, list | tuple) and all(_is_short(item) for item in value)


def _as_json(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return UNPRINTABLE.sub(" ", str(getattr(value, "pk", value)))[:LONGEST_VALUE]
