"""Condition by condition: what this program can say was met, and what it cannot."""

from collections.abc import Sequence

from court_reports.snapshot import SCHEMA, Condition, Course, Track

OWN = ("Complete the program\u2019s course", "Keep the program\u2019s check-ins to the end")


# An order that says the program's own requirement in these very words means that one (since schema 4). Nothing near to
# them does: the program does not guess.
COURSE_ITSELF = {"complete the course", "complete the program's course", "finish the course"}
TRACK_ITSELF = {
    "complete the accountability track", "complete the check-ins", "complete six months of check-ins",
    "keep the program's check-ins to the end",
}  # fmt: skip


def statuses(
    ordered: Sequence[str], course: Course | None, track: Track | None, *, schema: int = SCHEMA
) -> tuple[Condition, ...]:
    """The program's own two requirements, then each condition as ordered.

    A condition of the order that is neither of the two, and that no commitment of the same words stands for, is said to
    be not verified here: the program does not guess (domain.md, "a statement of limits").
    """
    own = {OWN[0]: _course(course), OWN[1]: _track(track)}
    rows = [*own.items()]
    rows += [(words, (_itself(words, own) if schema >= 4 else "") or _ordered(words, track)) for words in ordered]
    return tuple(Condition(number=n, words=words, status=status) for n, (words, status) in enumerate(rows, 1))


def _itself(words: str, own: dict[str, str]) -> str:
    plain = words.strip().rstrip(".").replace("\u2019", "'").casefold()
    if plain in COURSE_ITSELF:
        return own[OWN[0]]
    return own[OWN[1]] if plain in TRACK_ITSELF else ""


def _course(course: Course | None) -> str:
    if course is None or not course.completed:
        return "not_yet_due"
    return "met" if course.completed_at else "partly_met"


def _track(track: Track | None) -> str:
    if track is None:
        return "not_yet_due"
    settled = track.on_time + track.late + track.cured + track.excused
    if settled + track.missed < track.scheduled:
        return "partly_met" if settled else "not_yet_due"
    return "met" if not track.missed else "partly_met"


def _ordered(words: str, track: Track | None) -> str:
    for commitment in track.commitments if track else ():
        if commitment.named_by_order.strip().casefold() == words.strip().casefold():
            return "met" if commitment.verified_on else "not_yet_due"
    return "not_verified_here"
