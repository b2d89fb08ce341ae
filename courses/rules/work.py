"""What became of an author's modules, in numbers too large to be about anybody. Pure."""

from dataclasses import dataclass

# Fewer than this are “a few”: a small number beside a known program could be somebody.
FEW = 5
MINUTE, ROUNDED_TO = 60, 10


@dataclass(frozen=True, slots=True)
class Work:
    """Of one module: how many people read in it and finished it, and the seconds they were credited together."""

    title: str
    read: int
    finished: int
    seconds: int

    @property
    def minutes(self) -> int | None:
        """To the nearest ten; None where too few read for their time to be nobody's."""
        return None if self.read < FEW else round(self.seconds / MINUTE / ROUNDED_TO) * ROUNDED_TO


def is_few(people: int) -> bool:
    """Whether a count is said as “a few”."""
    return 0 < people < FEW
