"""What a recording needs before anyone is shown it: nobody is left out who cannot hear, or cannot see."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Missing(StrEnum):
    """Each is one sentence in courses.labels."""

    RECORDING = "recording"
    CAPTIONS = "captions"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class Told:
    """What of a recording can be read, in one language."""

    language: str
    captions: bool
    transcript: bool


def missing(told: Iterable[Told], *, language: str) -> list[Missing]:
    """What is missing before a page in ``language`` may show it."""
    here = next((each for each in told if each.language == language), Told(language, False, False))
    needs = ((Missing.CAPTIONS, here.captions), (Missing.TRANSCRIPT, here.transcript))
    return [need for need, there in needs if not there]
