"""Condition by condition: what is met, what is not, and what cannot be said."""

from dataclasses import replace
from datetime import date

import pytest

from court_reports.rules.conditions import Known, commitment, statuses
from court_reports.snapshot import Commitment, Course, Determination, Track
from tests.court_reports.samples import a_course, a_track

DUE, AFTER = date(2027, 7, 1), date(2027, 7, 2)
ENDED = {"completed": Determination(code="completed", rule="required_share")}
ENDED |= {"not_completed": Determination(code="not_completed", rule="required_share")}
ENDED |= {"commitments": Determination(code="not_completed", rule="commitments")}
RUNS = Determination(code="in_compliance", rule="none_due")


def of(course: Course | None, track: Track | None, known: Known, *ordered: str, schema: int = 5) -> list[str]:
    return [c.status for c in statuses(ordered, course, track, known=known, schema=schema)]


@pytest.mark.parametrize(
    ("stands", "open_request", "said"),
    [
        ("completed", False, "met"),
        ("not_completed", False, "not_met"),
        ("not_completed", True, "partly_met"),
        ("commitments", False, "met"),
    ],
)
def test_at_the_end_the_check_ins_are_as_was_determined(stands: str, open_request: bool, said: str) -> None:
    """24 of 26 kept under a rule of 90% is met; before schema 5 it was said to be met in part."""
    track = a_track(due=26, missed=(9, 20))
    track = track if open_request else replace(track, requests=())
    known = Known(today=AFTER, determination=ENDED[stands])
    assert of(a_course(), track, known)[1] == said
    assert of(a_course(), track, known, schema=4)[1] == "partly_met"


def test_under_way_it_is_met_in_part_as_soon_as_something_is_settled() -> None:
    known = Known(today=AFTER, determination=RUNS)
    assert [of(a_course(), track, known)[1] for track in (a_track(), a_track(due=0), None)] == [
        "partly_met", "not_yet_due", "not_yet_due",
    ]  # fmt: skip


def test_the_course_is_not_met_only_when_its_day_is_over_and_nothing_waits_for_us() -> None:
    late, in_time = Known(today=AFTER, complete_by=DUE), Known(today=DUE, complete_by=DUE)
    assert of(a_course(done=3), None, late)[0] == of(a_course(done=0), None, late)[0] == "not_met"
    assert of(a_course(done=3), None, in_time)[0] == "partly_met"
    assert of(a_course(done=0), None, in_time)[0] == of(None, None, late)[0] == "not_yet_due"
    assert of(a_course(done=7), None, replace(late, waits_for_program=True))[0] == "partly_met"
    assert of(a_course(), None, late)[0] == "met"
    assert of(a_course(done=3), None, late, schema=4)[0] == "partly_met"


def a_commitment(**changes: object) -> Track:
    one = Commitment(number=1, status="open", verified_on=None, named_by_order="Pay $400", due_on=DUE)
    return replace(a_track(), commitments=(replace(one, **changes),), tollings=())  # type: ignore[arg-type]


def test_a_condition_that_a_commitment_stands_for() -> None:
    runs, over = Known(today=AFTER, determination=RUNS), Known(today=AFTER, determination=ENDED["not_completed"])

    def said(track: Track, known: Known, schema: int = 5) -> str:
        return of(a_course(), track, known, "pay $400", schema=schema)[2]

    assert said(a_commitment(), replace(runs, today=DUE)) == "not_yet_due"
    assert said(a_commitment(due_on=None), runs) == "not_yet_due"
    # After its day it can still be verified, and is not: no more is known.
    assert said(a_commitment(), runs) == "not_verified_here"
    assert said(a_commitment(), over) == "not_verified_here"  # something that was sent still waits
    assert said(a_commitment(status="not_met"), over) == "not_met"
    assert said(a_commitment(status="withdrawn"), runs) == "not_verified_here"
    assert said(a_commitment(status="verified", verified_on=DUE), over) == "met"
    assert said(a_commitment(), over, schema=4) == "not_yet_due"
    stopped = replace(a_commitment(), tollings=(replace(a_track().tollings[0], from_on=DUE, to_on=None),))
    assert said(stopped, runs) == "not_yet_due"


def test_a_commitment_is_not_met_only_at_the_end_and_where_nobody_here_has_to_look() -> None:
    assert commitment(verified=False) == "open"
    assert commitment(verified=False, over=True) == "not_met"
    assert commitment(verified=False, over=True, waits=True) == "open"
    assert commitment(verified=False, over=True, required=False) == "open"
    assert commitment(verified=False, over=True, ended=True, required=False) == "withdrawn"
    assert commitment(verified=True, over=True, ended=True) == "verified"
