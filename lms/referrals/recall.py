"""The door through which the course brings one question back, to keep alive what was learned.

The course registers in ``AppConfig.ready()``; the track asks. Neither knows the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lms.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Recall:
    """A question that somebody has passed before, in every language it is there in.

    ``choices``: key → language → words, in the order in which they are shown. ``right`` stays on the server until
    it was answered.
    """

    key: str
    several: bool
    prompt: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    right: tuple[str, ...]
    explanation: Mapping[str, str]

    def as_kept(self) -> dict[str, Any]:
        """What a row keeps of it, so that it is explained as it was asked."""
        return asdict(self)


Provider = Callable[[Referral, int], Recall | None]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Registering again under the same name replaces."""
    _providers[name] = provider


def one_for(referral: Referral, turn: int) -> Recall | None:
    """One question for this person; the next turn brings another one. None where there is none to ask."""
    return next((found for provider in _providers.values() if (found := provider(referral, turn))), None)


def read(kept: Mapping[str, Any]) -> Recall:
    """As :meth:`Recall.as_kept` wrote it."""
    return Recall(**{**kept, "right": tuple(kept["right"])})
