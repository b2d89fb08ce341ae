"""What goes with a message of a kind beside its fixed words: read when it is sent, so that it stands in no message row.

An app registers in ``AppConfig.ready()``; the outbox needs not know what there is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lms.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Enclosure:
    """``words`` are for the templates; ``calendar`` is an iCalendar object of ``method`` (RFC 5546)."""

    words: Mapping[str, str] = field(default_factory=dict)
    calendar: str = ""
    method: str = ""


Give = Callable[[Message, str], Enclosure]

_give: dict[str, Give] = {}


def register(kind: str, give: Give) -> None:
    """``give(message, address)``. Registering again replaces."""
    _give[kind] = give


def of(message: Message, address: str) -> Enclosure:
    """Nothing, for a kind that nobody registered."""
    return _give[message.kind](message, address) if message.kind in _give else Enclosure()
