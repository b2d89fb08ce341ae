"""From bytes that somebody sent to bytes that may be kept: checked, then cleaned."""

from dataclasses import dataclass

from lms.files import remux, scrub
from lms.files.rules import (
    CSV,
    PDF,
    Kind,
    Refused,
    Rules,
    Why,
    documents,
    is_drawing,
    is_office,
    is_sequence,
    kind_of,
    named,
    pictures,
    whole,
)
from lms.files.scratch import Scratch


@dataclass(frozen=True, slots=True)
class Accepted:
    """Bytes that passed the rules of their purpose and were cleaned."""

    data: bytes
    kind: Kind

    @property
    def media_type(self) -> str:
        return self.kind.media_type


def accept(data: bytes, *, rules: Rules, name: str = "") -> Accepted:
    """Check and clean. ``name`` is the one it came with: its ending must not lie. Raises Refused."""
    if not data:
        raise Refused(Why.EMPTY)
    if len(data) > rules.max_bytes:
        raise Refused(Why.TOO_BIG, megabytes=rules.megabytes)
    kind = kind_of(data)
    if kind is None and rules.kinds == (CSV,):
        raise Refused(Why.NOT_TEXT)
    check_kind(kind, data, rules=rules, name=name)
    assert kind is not None  # noqa: S101  for the types; the line above has refused it
    return _clean(data, kind, rules)


def accept_recording(source: Scratch, *, rules: Rules, name: str = "") -> remux.Clean:
    """As :func:`accept`, for what is larger than memory: a clean copy beside it. Raises Refused, NotKept."""
    if not source.size:
        raise Refused(Why.EMPTY)
    if source.size > rules.max_bytes:
        raise Refused(Why.TOO_BIG, megabytes=rules.megabytes)
    head = source.part(0, 8192)
    kind = kind_of(head)
    check_kind(kind, head, rules=rules, name=name)
    assert kind is not None  # noqa: S101  as above
    if whole.is_cut(kind, source.size, source.part):
        raise Refused(Why.CUT_OFF)
    return remux.recording(source, kind, rules=rules)


def check_kind(kind: Kind | None, data: bytes, *, rules: Rules, name: str) -> None:
    """Raises Refused for a kind that this purpose does not take, saying what to do where we know it."""
    if kind is None or kind not in rules.kinds:
        if is_drawing(data):
            raise Refused(Why.DRAWING)
        if is_office(data):
            raise Refused(Why.OFFICE)
        if is_sequence(data):
            raise Refused(Why.MOVES)
        raise Refused(Why.WRONG_KIND, kinds=", ".join(each.shown for each in rules.kinds))
    if name and not named(kind, name):
        raise Refused(Why.NAME_DIFFERS, kind=kind.shown)


def _clean(data: bytes, kind: Kind, rules: Rules) -> Accepted:
    if kind.is_picture:
        return _clean_picture(data, kind, rules)
    if kind is PDF:
        # A reader of PDFs would mend it, and show the pages that came.
        if _is_cut(data, kind):
            raise Refused(Why.CUT_OFF)
        documents.check(data, rules=rules)
        return Accepted(scrub.pdf(data) if rules.clean_pdf else data, kind)
    return Accepted(data, kind)


def _clean_picture(data: bytes, kind: Kind, rules: Rules) -> Accepted:
    try:
        pictures.check(data, kind=kind, rules=rules)
        return Accepted(*scrub.picture(data, kind))
    except Refused as refused:
        if refused.why == Why.BROKEN and _is_cut(data, kind):
            raise Refused(Why.CUT_OFF) from refused
        raise


def _is_cut(data: bytes, kind: Kind) -> bool:
    return whole.is_cut(kind, len(data), lambda start, end: data[start:end])
