"""What staff let go of what a module asks for, and what that covers. Pure.

A waiver never undoes anything: it only takes one requirement away (domain.md, "The course": an override is a
separate, reasoned, audited act).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

# The kind of a line of evidence that takes a requirement away.
EVIDENCE = "waived"


class Requirement(StrEnum):
    """What can be waived. The values are the beginnings of the kinds of ``progress.Unmet``."""

    TIME = "time"
    PAGES = "pages"
    CHECK = "check"
    REFLECTION = "reflection"
    SCENARIO = "scenario"
    VIDEO = "video"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class Waived:
    """One requirement of one module that nobody owes any more; ``block_id`` where it is one block's."""

    requirement: str
    block_id: str = ""


def requirement_of(kind: str) -> Requirement:
    """Which requirement an unmet thing of this kind belongs to. Raises ValueError where none can be waived."""
    return Requirement(kind.partition("_")[0])


def covers(waived: Collection[Waived], kind: str, block_id: str = "") -> bool:
    """Whether what is unmet (``kind`` and ``block_id`` of ``progress.Unmet``) was waived, alone or with its module."""
    if not waived:
        return False
    return bool({Waived(Requirement.MODULE), Waived(kind.partition("_")[0], block_id)} & set(waived))
