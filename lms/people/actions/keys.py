"""Rotation of the key ring: everything that lies under an older key comes under the newest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lms import crypto
from lms.journal import journal
from lms.people import keyring
from lms.people.models import User

BATCH = 200

Tell = Callable[[str, int, int], object]
"""Called after every batch: what, how many are done of it, of how many that waited."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run did. ``left``: rows that did not open, that somebody held, or that came since; they are as they were."""

    to: int
    done: int
    left: int


def rotate(
    *, by: User | None, now: datetime, tell: Tell = lambda *_: None, batch: int = BATCH, batches: int | None = None
) -> Rotated:
    """Wrap with the newest key of the ring all that an older one wraps. Raises RingKeyMissing where there is no ring.

    One short transaction for each batch; the rows themselves say what is done, so a run that was killed is
    simply begun again. Safe while the service runs. At most ``batches``, if given.
    """
    newest = crypto.newest()
    waiting = {source.name: _waiting(source, newest) for source in keyring.sources()}
    if not any(waiting.values()):
        return Rotated(newest, 0, 0)
    # At the beginning: a run that is cut off has happened too.
    journal.record("keys.rotated", about=None, by=by, at=now, data={"to": newest, "waiting": sum(waiting.values())})
    done = 0
    for source in keyring.sources():
        after, mine = None, 0
        while waiting[source.name] and (batches is None or batches > 0):
            found = source.rewrap(newest, after, batch)
            batches = None if batches is None else batches - 1
            mine, after = mine + found.done, found.last
            if after is None:
                break
            tell(source.name, mine, waiting[source.name])
        done += mine
    return Rotated(newest, done, sum(_waiting(source, newest) for source in keyring.sources()))


def _waiting(source: keyring.Source, newest: int) -> int:
    return sum(count for version, count in source.count().items() if version != newest)
