"""How the blocks of a module fall into the pages that a reader turns. Pure."""

from collections.abc import Iterable
from typing import Any

# Each of these stands on a page of its own, so that nobody scrolls past it.
ON_ITS_OWN = frozenset({"knowledge_check", "reflection", "scenario", "commitment"})


def steps(blocks: Iterable[Any]) -> list[list[str]]:
    """The ids of each page's blocks: a heading text begins a page; what must be done stands alone."""
    found: list[list[str]] = []
    fresh = True
    for block in blocks:
        alone = block.block_type in ON_ITS_OWN
        begins = alone or (block.block_type == "text" and "<h2" in str(block.value))
        if fresh or begins:
            found.append([])
        found[-1].append(str(block.id))
        fresh = alone
    return found
