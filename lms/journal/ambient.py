"""Where an event comes from, told by whoever began the work: a request, a task; else it is a command.

Only ``journal.record`` and ``record_all`` read it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from lms.people.models import Kind, User

SERVICE, COMMAND = "service", "command"
# Whose events never say from where (security.md R8).
UNRECORDED = frozenset({Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT})


@dataclass(frozen=True, slots=True)
class Origin:
    """``request`` is asked for its user only when an event is written: who signs in is known by then."""

    origin: str = COMMAND
    request_id: str = ""
    request: Any = None

    def of(self, by: User | None) -> str:
        """The origin as it may be kept for what ``by`` does."""
        somebody = by or getattr(self.request, "user", None)
        return "" if getattr(somebody, "kind", "") in UNRECORDED or self._visited_by_unrecorded() else self.origin

    def _visited_by_unrecorded(self) -> bool:
        return getattr(getattr(self.request, "user", None), "kind", "") in UNRECORDED


_origin: ContextVar[Origin] = ContextVar("journal_origin", default=Origin())  # noqa: B039  frozen


def current() -> Origin:
    return _origin.get()


def new_request_id() -> str:
    """Random, and ours: never what the client sends."""
    return secrets.token_hex(8)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Everything written inside comes from there."""
    before = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(before)


def come_by(mark: str) -> None:
    """For the rest of this request: what is written came in by this, and not by somebody's session."""
    _origin.set(replace(_origin.get(), origin=mark))


def begin_task(**_: object) -> None:
    """A task begins: what it writes, the service writes."""
    _origin.set(Origin(SERVICE))


def end_task(**_: object) -> None:
    _origin.set(Origin())
