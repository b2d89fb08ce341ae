"""How each app forgets, seals and hands out what it holds about one case.

An app registers in ``AppConfig.ready()``. The forgetting asks everyone, so that it need
not know what there is (docs/decisions/keeping.md).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from lms.referrals.models import Referral

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Word:
    """What a kind of thing is called; with ``why``, it stays, for that reason."""

    label: Words
    why: Words = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a preview: how many of what will go, or must stay and why."""

    code: str
    what: str
    count: int
    why: str = ""

    @property
    def stays(self) -> bool:
        return bool(self.why)


@dataclass(frozen=True, slots=True)
class File:
    """A file outside the database: which store, and its name there."""

    store: str
    name: str


@dataclass(frozen=True, slots=True)
class PutAway:
    """What sealing took out of plain sight: values to give back (JSON), and files that are kept sealed elsewhere."""

    values: dict[str, Any] = field(default_factory=dict)
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One part of a person's own copy: a table of words, or a file."""

    name: str
    title: str
    rows: Sequence[Mapping[str, str]] = ()
    data: bytes = b""
    extension: str = ""


Preview = Callable[[Referral], dict[str, int]]


class Shred(Protocol):
    def __call__(self, referral: Referral, *, now: datetime) -> Iterable[File]: ...


class Copy(Protocol):
    def __call__(self, referral: Referral, *, now: datetime) -> Iterable[Document]: ...


class Seal(Protocol):
    def __call__(self, referral: Referral, *, now: datetime) -> PutAway: ...


class Unseal(Protocol):
    def __call__(self, referral: Referral, values: dict[str, Any], *, now: datetime) -> Iterable[File]: ...


@dataclass(frozen=True, slots=True)
class Shredder:
    """``preview`` counts, ``shred`` blanks and deletes and names the files to delete, ``seal`` puts away, ``unseal``
    gives back, ``copy`` is the person's own copy."""

    words: Mapping[str, Word]
    preview: Preview
    shred: Shred | None = None
    seal: Seal | None = None
    unseal: Unseal | None = None
    copy: Copy | None = None
    order: int = 50


_shredders: dict[str, Shredder] = {}
_stores: dict[str, Callable[[str], None]] = {}


def register(name: str, shredder: Shredder) -> None:
    """Registering again under the same name replaces."""
    _shredders[name] = shredder


def register_store(name: str, delete: Callable[[str], None]) -> None:
    """Where files lie, and how one is deleted. Deleting one that is gone must be harmless."""
    _stores[name] = delete


def delete(file: File) -> None:
    _stores[file.store](file.name)


def preview(referral: Referral) -> list[Line]:
    """Everything that is held about a case: what would go, and what must stay."""
    return [
        describe(code, count)
        for _, shredder in _in_order()
        for code, count in shredder.preview(referral).items()
        if count
    ]


def describe(code: str, count: int) -> Line:
    word = _word(code)
    return Line(code, str(word.label), count, str(word.why))


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Forget: in the caller's transaction. The files named are to be deleted after it."""
    return [f for _, shredder in _in_order() if shredder.shred for f in shredder.shred(referral, now=now)]


def seal(referral: Referral, *, now: datetime) -> tuple[dict[str, dict[str, Any]], list[File]]:
    """Put away: (values by app, files to delete after the transaction)."""
    put_away = {name: shredder.seal(referral, now=now) for name, shredder in _in_order() if shredder.seal}
    return {name: away.values for name, away in put_away.items()}, [f for a in put_away.values() for f in a.files]


def unseal(referral: Referral, values: Mapping[str, dict[str, Any]], *, now: datetime) -> list[File]:
    """Give back what :func:`seal` put away."""
    return [
        f
        for name, shredder in _in_order()
        if shredder.unseal
        for f in shredder.unseal(referral, values.get(name, {}), now=now)
    ]


def copy(referral: Referral, *, now: datetime) -> list[Document]:
    """All parts of a person's own copy, in the language that is active."""
    return [document for _, shredder in _in_order() if shredder.copy for document in shredder.copy(referral, now=now)]


def _word(code: str) -> Word:
    return next((s.words[code] for s in _shredders.values() if code in s.words), Word(code))


def _in_order() -> list[tuple[str, Shredder]]:
    return sorted(_shredders.items(), key=lambda item: item[1].order)
