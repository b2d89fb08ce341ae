"""Condition by condition: what this program can say was met, and what it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from court_reports.snapshot import SCHEMA, Commitment, Condition, Course, Determination, Track

OWN = ("Complete the program\u2019s course", "Keep the program\u2019s check-ins to the end")


# An order that says the program's own requirement in these very words means that one (since schema 4). Nothing near to
# them does: the program does not guess.
COURSE_ITSELF = {"complete the course", "complete the program's course", "finish the course"}
TRACK_ITSELF = {
    "complete the accountability track", "complete the check-ins", "complete six months of check-ins",
    "keep the program's check-ins to the end",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What must be known beside the course and the track. ``today`` is in the court's zone.

    ``waits_for_program``: the person did all of the course that was theirs, and somebody here has still to look at it.
    """

    today: date = date.min
    complete_by: date | None = None
    determination: Determination | None = None
    waits_for_program: bool = False

    @property
    def over(self) -> bool:
        """The track has ended, with nothing open."""
        return self.determination is not None and self.determination.code in ("completed", "not_completed")


NOTHING_ELSE = Known()


def statuses(
    ordered: Sequence[str],
    course: Course | None,
    track: Track | None,
    *,
    known: Known = NOTHING_ELSE,
    schema: int = SCHEMA,
) -> tuple[Condition, ...]:
    """The program's own two requirements, then each condition as ordered.

    A condition of the order that is neither of the two, and that no commitment of the same words stands for, is said to
    be not verified here: the program does not guess (domain.md, "a statement of limits").

    "Not met" is said only of what can be proved: a term that is over, and nothing left open that was ours to do. Up to
    schema 4 nothing was ever said to be not met.
    """
    if schema < 5:
        own = {OWN[0]: _course_before(course), OWN[1]: _track_before(track)}
    else:
        own = {OWN[0]: _course(course, known), OWN[1]: _track(track, known)}
    rows = [*own.items()]
    rows += [
        (words, (_itself(words, own) if schema >= 4 else "") or _ordered(words, track, known, schema))
        for words in ordered
    ]
    return tuple(Condition(number=n, words=words, status=status) for n, (words, status) in enumerate(rows, 1))


def _itself(words: str, own: dict[str, str]) -> str:
    plain = words.strip().rstrip(".").replace("\u2019", "'").casefold()
    if plain in COURSE_ITSELF:
        return own[OWN[0]]
    return own[OWN[1]] if plain in TRACK_ITSELF else ""


def commitment(
    *, verified: bool, ended: bool = False, required: bool = True, waits: bool = False, over: bool = False
) -> str:
    """How a commitment stands. ``waits``: something was sent to show it that nobody decided on; ``over``: the track is.

    Until the track is over it can be verified, whatever its day was.
    """
    if verified:
        return "verified"
    if ended:
        return "withdrawn"
    return "not_met" if over and required and not waits else "open"


def _course(course: Course | None, known: Known) -> str:
    if course is None:
        return "not_yet_due"
    if course.completed_at:
        return "met"
    late = known.complete_by is not None and known.complete_by < known.today
    if late and not known.waits_for_program:
        return "not_met"
    return "partly_met" if course.completed or known.waits_for_program else "not_yet_due"


def _track(track: Track | None, known: Known) -> str:
    """As it was determined. What the policy asks for is its share, not every single check-in."""
    if track is None:
        return "not_yet_due"
    settled = track.on_time + track.late + track.cured + track.excused
    if known.over and known.determination:
        # Where the commitments alone stood in the way, the check-ins were kept.
        if known.determination.code == "completed" or known.determination.rule == "commitments":
            return "met"
        if not any(request.standing in ("open", "on_appeal") for request in track.requests):
            return "not_met"
        return "partly_met"
    return "partly_met" if settled else "not_yet_due"


def _ordered(words: str, track: Track | None, known: Known, schema: int) -> str:
    for one in track.commitments if track else ():
        if one.named_by_order.strip().casefold() == words.strip().casefold():
            if schema < 5:
                return "met" if one.verified_on else "not_yet_due"
            return _committed(one, _stopped(track, known.today), known)
    return "not_verified_here"


def _committed(one: Commitment, stopped: bool, known: Known) -> str:
    if one.status == "verified":
        return "met"
    if one.status == "not_met":
        return "not_met"
    # Its day is over and the track is not: it may still be verified, and was not.
    past = one.due_on is not None and one.due_on < known.today and not stopped
    return "not_verified_here" if one.status == "withdrawn" or past or known.over else "not_yet_due"


def _stopped(track: Track | None, today: date) -> bool:
    """Whether the clock is stopped: nothing falls due then."""
    tollings = track.tollings if track else ()
    return any(one.from_on <= today and (one.to_on is None or today <= one.to_on) for one in tollings)


def _course_before(course: Course | None) -> str:
    """Up to schema 4."""
    if course is None or not course.completed:
        return "not_yet_due"
    return "met" if course.completed_at else "partly_met"


def _track_before(track: Track | None) -> str:
    """Up to schema 4: "partly met" also beside a program that was completed with a check-in missed."""
    if track is None:
        return "not_yet_due"
    settled = track.on_time + track.late + track.cured + track.excused
    if settled + track.missed < track.scheduled:
        return "partly_met" if settled else "not_yet_due"
    return "met" if not track.missed else "partly_met"
