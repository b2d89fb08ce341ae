"""When to try again. Pure."""

from datetime import timedelta

# One message that did not leave: eight tries in more than a day, so that a day's trouble is outlived.
RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 30, 120, 240, 480, 720)]

# A provider that does not answer at all: one message asks, the others wait and lose no try of theirs.
ASK_AGAIN_AFTER = [timedelta(minutes=m) for m in (1, 2, 5, 10, 15)]
LONGEST_PAUSE = timedelta(hours=6)


def pause(times: int, asked_for: timedelta | None = None) -> timedelta:
    """How long a provider is left alone after failing ``times`` times in a row; what it asked for wins."""
    ours = ASK_AGAIN_AFTER[min(times, len(ASK_AGAIN_AFTER)) - 1]
    return min(max(ours, asked_for), LONGEST_PAUSE) if asked_for else ours
