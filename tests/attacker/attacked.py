"""What a learning system offers to somebody who cheats, as one small set of verbs.

Each system is one class: ``tests/attacker/amends.py`` is ours, ``tests/attacker/peer.py`` the peer's, which runs in an
environment of its own and imports nothing else of this repository than this file and ``defects.py``.
"""

from typing import Protocol


class Attacked(Protocol):
    """A world made anew for each attack: one person enrolled in a published course, another enrolled beside them."""

    name: str

    def finish(self) -> bool:
        """Say in one request that it is done, having done nothing. Whether it is complete now."""

    def state(self, word: str) -> bool:
        """Post a state that there is none of. Whether it is kept as the state."""

    def enroll(self, *, by_get: bool, published: bool) -> bool:
        """Enroll oneself in a course nobody gave one. Whether one is enrolled now."""

    def read_unenrolled(self) -> bool:
        """Ask for a file of a course without being enrolled in it. Whether it comes."""

    def speak_for_another(self) -> bool:
        """Post a statement in which somebody else did it. Whether it is kept."""

    def fail(self) -> bool:
        """Hand in nothing but wrong answers. Whether that counts as completing."""

    def grade(self) -> bool:
        """Post one's own full marks. Whether they are kept as the result."""

    def time_of_two_sittings(self, *, seconds: int) -> float:
        """Study twice, so many seconds each. How many seconds the system says were spent, in all."""

    def comes_back_to_the_place(self) -> bool:
        """Leave in the middle and come back elsewhere. Whether one is brought back to where one was."""

    def is_stranded_by_unpublishing(self) -> bool:
        """Do all but one part; that one is taken away. Whether what is done stays incomplete for ever."""

    def evidence_after_deleting_the_page(self) -> int:
        """Complete; delete the page as its owner may. How many records of what was done are left."""

    def evidence_after_deleting_the_person(self) -> int:
        """Complete; delete the account as staff may. How many records of what was done are left."""

    def tells_what_was_completed_after_an_edit(self) -> bool:
        """Complete; the page is edited and published. Whether it can still be told which words were completed."""
