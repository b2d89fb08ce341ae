"""What every provider of text messages can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the provider says it has."""

    provider_id: str
    number: str
    text: str
    at: datetime
    status: str
    code: str = ""


class Provider(Protocol):
    """Numbers and words go to the provider alone: never into a log, an address or the broker."""

    def send(self, *, number: str, text: str, reference: UUID) -> str:
        """Hand one message over; what the provider calls it. Raises Refused, NotSent or Uncertain."""

    def taken(self, *, since: datetime) -> list[Taken]:
        """What the provider has taken from us since then. Raises Fault."""
