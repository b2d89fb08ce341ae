"""What a way of sending can answer besides “taken”. Three answers, because only three are true."""

from datetime import timedelta


class Fault(Exception):
    """``everywhere``: it is the provider's trouble, not this message's; the others need not be tried now."""

    def __init__(self, word: str = "", *, everywhere: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(word)
        self.word = word
        self.everywhere = everywhere
        self.retry_after = retry_after


class Refused(Fault):
    """The provider will never take this message to this address. Trying again changes nothing."""


class NotSent(Fault):
    """It certainly did not leave. Trying again is safe."""


class Uncertain(Fault):
    """It may have left: the answer was lost. Trying again could double it."""
