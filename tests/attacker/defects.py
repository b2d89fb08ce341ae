"""The fourteen defects that a survey reproduced in the peer, each as one question. True: the promise holds.

Eleven clauses of the issue; two of them name two defects each, and the fourteenth is the one behind the first: a grade
is whatever the browser posts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacker.attacked import Attacked

SITTING = 600  # seconds


@dataclass(frozen=True)
class Defect:
    """One defect: its name, what it is, and whether a system is free of it."""

    name: str
    words: str
    is_free: Callable[[Attacked], bool]


def time_is_added_up(system: Attacked) -> bool:
    """Of two sittings nearly all is counted, and never more than was spent."""
    counted = system.time_of_two_sittings(seconds=SITTING)
    return 1.5 * SITTING <= counted <= 2 * SITTING


DEFECTS = (
    Defect("one_post", "one request completes it", lambda s: not s.finish()),
    Defect("unknown_state", "a state that there is none of is kept", lambda s: not s.state("brilliant")),
    Defect("enrolled_by_get", "a link enrolls whoever opens it", lambda s: not s.enroll(by_get=True, published=True)),
    Defect(
        "enrolled_in_unpublished",
        "an unpublished course enrolls",
        lambda s: not s.enroll(by_get=False, published=False),
    ),
    Defect("assets_for_anyone", "files of a course come to the unenrolled", lambda s: not s.read_unenrolled()),
    Defect("statement_for_another", "a statement about somebody else is kept", lambda s: not s.speak_for_another()),
    Defect("failing_completes", "failing counts as completing", lambda s: not s.fail()),
    Defect("grade_posted", "a grade is what the browser says", lambda s: not s.grade()),
    Defect("time_not_added", "time is never added up", time_is_added_up),
    Defect("resume_forgets", "coming back begins at the beginning", lambda s: s.comes_back_to_the_place()),
    Defect("unpublishing_strands", "unpublishing a part strands people", lambda s: not s.is_stranded_by_unpublishing()),
    Defect("page_erases", "deleting a page erases evidence", lambda s: s.evidence_after_deleting_the_page() > 0),
    Defect(
        "person_erases", "deleting an account erases evidence", lambda s: s.evidence_after_deleting_the_person() > 0
    ),
    Defect(
        "edits_unrecorded",
        "an edit changes what was completed, unrecorded",
        lambda s: s.tells_what_was_completed_after_an_edit(),
    ),
)
