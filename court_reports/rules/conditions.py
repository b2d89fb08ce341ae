"""Condition by condition: what this program can say was met, and what it cannot."""

from collections.abc import Sequence

from court_reports.snapshot import Condition, Course, Track

OWN = ("Complete the program\u2019s course", "Keep the program\u2019s check-ins to the end")


def statuses(ordered: Sequence[str], course: Course | None, track: Track | None) -> tuple[Condition, ...]:
    """The program's own two requirements, then each condition as ordered.

    A condition of the order that no commitment of the same words stands for is said to be
    not verified here: the program does not guess (domain.md, "a statement of limits").
    """
    rows = [(OWN[0], _course(course)), (OWN[1], _track(track))]
    rows += [(words, _ordered(words, track)) for words in ordered]
    return tuple(Condition(number=n, words=words, status=status) for n, (words, status) in enumerate(rows, 1))


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
