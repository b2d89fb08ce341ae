"""Who gets how many of the cases of somebody who leaves. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Person = TypeVar("Person", bound=Hashable)


def share(cases: int, load: Mapping[Person, int]) -> list[Person]:
    """Each next case to whoever has the fewest by then; of equals, to the one named first."""
    now, got = dict(load), []
    for _ in range(cases):
        least = min(now, key=lambda person: now[person])
        now[least] += 1
        got.append(least)
    return got
