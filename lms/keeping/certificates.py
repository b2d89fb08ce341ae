"""The certificate of destruction: its facts stand here, its drawing with the other papers (court_reports)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the paper says: no name, no number of a case. ``gone`` and ``stays`` are (what, how many[, why])."""

    number: str
    case: str
    program: str
    organization: str
    ground: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime
    finished_at: datetime
    gone: tuple[tuple[str, int], ...]
    stays: tuple[tuple[str, int, str], ...]
    files: int
    journal_position: int
    journal_hash: str
    zone: str
    # Until when what was in clear can be read in backups, and until when what was sealed could be opened there.
    data_backups_until: date
    key_backups_until: date
    # After a restore: done again, for the lost machine had done it.
    again: bool = False


Draw = Callable[[CertificateFacts], bytes]
_draw: list[Draw] = []


def drawn_by(draw: Draw) -> None:
    """Who draws it; the last one wins."""
    _draw[:] = [draw]


def draw(facts: CertificateFacts) -> bytes:
    return _draw[0](facts)
