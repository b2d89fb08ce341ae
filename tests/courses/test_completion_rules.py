"""Completion is a pure function over the ledger: whatever the order of its lines, and whatever comes later."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.completion import (
    ALWAYS,
    Kind,
    Line,
    ModuleAsks,
    Requirements,
    Spent,
    Waiver,
    answer,
    record_of,
)
from courses.rules.progress import Unmet, unmet
from courses.rules.recomputing import differs
from tests.builders import JANUARY

MINUTE = timedelta(minutes=1)
ASKS = ModuleAsks(
    position=1, minimum_seconds=120, pages=2, checks=(("check", "A check"),), reflections=("reflection",),
    scenarios=("scenario",),
)  # fmt: skip
moments = st.integers(0, 12).map(lambda n: JANUARY + n * MINUTE)


def after(minutes: float):
    return JANUARY + minutes * MINUTE


def everything(reviewed: bool = True) -> list[Line]:
    lines = [
        Line(Kind.OPENED, after(0), 1),
        Line(Kind.PAGE, after(1), 1, step=1),
        Line(Kind.PAGE, after(2), 1, step=2),
        Line(Kind.CHOSEN, after(3), 1, "scenario"),
        Line(Kind.GRADED, after(4), 1, "check", passed=False),
        Line(Kind.GRADED, after(5), 1, "check", passed=True),
        Line(Kind.SUBMITTED, after(6), 1, "reflection"),
    ]
    return [*lines, Line(Kind.ACCEPTED, after(8), 1, "reflection")] if reviewed else lines


TIME = [Spent(1, after(1), 60_000_000), Spent(1, after(2), 60_000_000)]


def one(asks: ModuleAsks, lines, spent, reviewed: bool = True):
    return answer(Requirements((asks,), reviewed), lines, spent)


def test_each_requirement_is_met_by_the_line_that_met_it():
    found = one(ASKS, everything(), TIME)
    assert [(met.kind, met.at) for met in found.modules[0].met] == [
        ("pages", after(2)), ("scenario", after(3)), ("check", after(5)), ("reflection", after(8)), ("time", after(2)),
    ]  # fmt: skip
    assert (found.met_at, found.started_at, found.modules[0].unmet) == (after(8), after(0), ())


@pytest.mark.parametrize(
    "missing, short",
    [
        (Kind.PAGE, Unmet("pages", short=2)),
        (Kind.CHOSEN, Unmet("scenario", "scenario")),
        (Kind.GRADED, Unmet("check", "check")),
        (Kind.SUBMITTED, Unmet("reflection", "reflection")),
        (Kind.ACCEPTED, Unmet("reflection_review", "reflection", waits_for="reviewer")),
    ],
)
def test_whatever_is_missing_is_named_and_nothing_is_complete(missing, short):
    gone = {missing, Kind.ACCEPTED} if missing == Kind.SUBMITTED else {missing}
    found = one(ASKS, [line for line in everything() if line.kind not in gone], TIME)
    assert found.modules[0].unmet == (short,)
    assert (found.complete, found.met_at) == (False, None)


def test_what_is_short_of_time_is_told_to_the_second():
    found = one(ASKS, everything(), [Spent(1, after(1), 60_000_001), Spent(1, after(2), 59_998_998)])
    assert found.modules[0].unmet == (Unmet("time", short=1),)


def test_what_a_database_loses_in_adding_up_costs_nobody_a_second():
    found = one(ASKS, everything(), [Spent(1, after(1), 60_000_001), Spent(1, after(2), 59_999_998)])
    assert found.modules[0].unmet == ()


def test_a_check_that_was_not_passed_completes_nothing():
    lines = [line for line in everything() if not line.passed]
    assert one(ASKS, lines, TIME).modules[0].unmet == (Unmet("check", "check"),)


def test_a_reflection_that_came_back_is_owed_until_it_is_sent_again():
    back = [*everything(reviewed=False), Line(Kind.RETURNED, after(4.5), 1, "reflection")]
    sent, returned = Line(Kind.SUBMITTED, after(3), 1, "reflection"), Line(Kind.RETURNED, after(7), 1, "reflection")
    assert one(ASKS, [*back, sent], TIME, reviewed=False).met_at == after(6)
    # Everything was met for a moment, before it came back: what was once met in full stays so.
    assert one(ASKS, [*back, sent, returned], TIME, reviewed=False).met_at == after(6)
    short = [line for line in [*back, sent, returned] if line.kind != Kind.CHOSEN]
    assert Unmet("reflection_returned", "reflection") in one(ASKS, short, TIME, reviewed=False).modules[0].unmet


def test_a_module_that_was_taken_back_is_owed_by_nobody_and_one_that_asks_for_nothing_holds_nobody_up():
    gone = ModuleAsks(position=2, minimum_seconds=600, pages=3, withdrawn_at=after(20))
    nothing = ModuleAsks(position=3, minimum_seconds=0, pages=0)
    found = answer(Requirements((ASKS, gone, nothing), True), everything(), TIME)
    assert found.met_at == after(20)
    assert (found.modules[2].met_at, found.modules[2].owes_nothing_since) == (None, ALWAYS)


def test_what_a_story_that_was_taken_back_made_owed_is_waived_from_that_moment_on():
    waived = ModuleAsks(
        position=1, minimum_seconds=120, pages=2, waivers=(Waiver(after(9), 60, frozenset({2})),)
    )  # fmt: skip
    lines = [Line(Kind.OPENED, after(0), 1), Line(Kind.PAGE, after(1), 1, step=1)]
    assert one(waived, lines, TIME[:1]).met_at == after(9)
    assert one(waived.as_of(after(8)), lines, TIME[:1]).met_at is None


@pytest.mark.parametrize("waives, block", [("check", "check"), ("module", "")])
def test_what_staff_waived_for_one_person_is_met_from_that_moment_on(waives, block):
    lines = [line for line in everything() if line.kind != Kind.GRADED]
    waived = Line(Kind.WAIVED, after(30), 1, block, waives=waives)
    assert one(ASKS, [*lines, waived], TIME).met_at == (after(30))
    assert one(ASKS, [*lines, Line(Kind.WAIVED, after(30), 1, "another", waives="check")], TIME).met_at is None


def test_a_recording_that_everybody_watches_is_met_by_the_line_that_says_so():
    asks = ModuleAsks(position=1, minimum_seconds=0, pages=0, recordings=(("film", 60.0),))
    opened = Line(Kind.OPENED, after(0), 1)
    assert one(asks, [opened], []).modules[0].unmet == (Unmet("video", "film", 57),)
    assert one(asks, [opened, Line(Kind.WATCHED, after(4), 1, "film")], []).met_at == after(4)


def test_what_is_stated_stays_stated_whatever_the_evidence_says():
    found = one(ASKS, [Line(Kind.MODULE, after(9), 1), Line(Kind.COURSE, after(9))], [])
    assert (found.complete, found.modules[0].completed_at, found.completed_at) == (True, after(9), after(9))
    assert found.modules[0].met_at is None


def test_a_stored_completion_differs_where_row_line_and_evidence_do():
    early, late = after(1), after(2)
    assert (
        differs(None, None, None, None) == differs(late, late, early, early) == differs(late, late, None, early) == ""
    )
    for wrong in [
        (late, None, None, early),
        (None, late, None, early),
        (late, early, early, early),
        (late, late, early, None),
        (early, early, late, late),
        (late, late, early, late),
    ]:
        assert differs(*wrong)


# --- whatever happens ---------------------------------------------------------------------------


@st.composite
def worlds(draw):
    """Modules, what was done in them in any order and at moments that are often the same, and the time that was spent."""
    modules, lines, spent = [], [], []
    for position in range(1, draw(st.integers(1, 3)) + 1):
        pages = draw(st.integers(0, 2))
        modules.append(
            ModuleAsks(
                position=position,
                minimum_seconds=draw(st.sampled_from([0, 60, 120])),
                pages=pages,
                checks=(("c", ""),) if draw(st.booleans()) else (),
                reflections=("r",) if draw(st.booleans()) else (),
                scenarios=("s",) if draw(st.booleans()) else (),
                waivers=tuple(
                    draw(
                        st.lists(st.builds(Waiver, moments, st.just(60), st.frozensets(st.integers(1, 2))), max_size=1)
                    )
                ),
                withdrawn_at=draw(st.none() | moments),
            )
        )
        what = st.sampled_from([
            (Kind.OPENED, "", 0), (Kind.PAGE, "", 1), (Kind.PAGE, "", 2), (Kind.CHOSEN, "s", 0), (Kind.GRADED, "c", 0),
            (Kind.ACCEPTED, "r", 0), (Kind.MODULE, "", 0),
        ])  # fmt: skip
        for kind, block, step in draw(st.lists(what, max_size=9)):
            lines.append(Line(kind, draw(moments), position, block, step, passed=draw(st.booleans())))
        if draw(st.booleans()):
            lines.append(
                Line(Kind.WAIVED, draw(moments), position, "", waives=draw(st.sampled_from(["time", "module"])))
            )
        for number, moment in enumerate(sorted(draw(st.lists(moments, max_size=5)))):
            lines.append(Line(Kind.RETURNED if number % 2 else Kind.SUBMITTED, moment, position, "r"))
        for moment in draw(st.lists(moments, max_size=4)):
            spent.append(Spent(position, moment, draw(st.sampled_from([1, 20_000_000, 60_000_000]))))
    return Requirements(tuple(modules), draw(st.booleans())), lines, spent


@given(worlds(), st.randoms())
def test_the_order_of_the_lines_makes_no_difference(world, random):
    requirements, lines, spent = world
    found = answer(requirements, lines, spent)
    for _ in range(3):
        random.shuffle(lines)
        random.shuffle(spent)
        assert answer(requirements, lines, spent) == found


def by(moment, requirements, lines, spent):
    """The answer as it would have been given at that moment."""
    then = Requirements(tuple(asks.as_of(moment) for asks in requirements.modules), requirements.reviewed)
    return answer(then, [x for x in lines if x.at <= moment], [x for x in spent if x.until <= moment])


@given(worlds(), moments)
def test_what_was_met_at_a_moment_is_met_for_ever_and_since_the_same_moment(world, moment):
    """Withdrawals, waivers and all that is done later change nothing of what was once complete."""
    requirements, lines, spent = world
    then, now = by(moment, requirements, lines, spent), answer(requirements, lines, spent)
    pairs = [(then.met_at, now.met_at), *zip(*[[m.met_at for m in one.modules] for one in (then, now)], strict=True)]
    for before, later in pairs:
        assert before is None or before == later
        # And nothing is met since a moment at which it was not.
        assert later is None or later > moment or before == later


@given(worlds())
def test_time_told_in_sum_says_the_same_but_for_since_when(world):
    requirements, lines, spent = world
    for asks in requirements.modules:
        mine, done = [x for x in spent if x.module == asks.position], [x for x in lines if x.module == asks.position]
        last = max((x.until for x in mine), default=JANUARY)
        in_sum = [Spent(asks.position, last, sum(x.microseconds for x in mine))]
        assert record_of(asks, done, in_sum) == record_of(asks, done, mine)


@given(worlds())
def test_what_is_unmet_is_what_the_page_says_is_unmet(world):
    requirements, lines, spent = world
    for asks, module in zip(requirements.modules, answer(requirements, lines, spent).modules, strict=True):
        done = [x for x in lines if x.module == asks.position and x.kind != Kind.MODULE]
        record = record_of(asks, done, [x for x in spent if x.module == asks.position])
        said = unmet(record, reviewed=requirements.reviewed)
        if requirements.reviewed and not record.withdrawn:
            assert (module.owes_nothing_since is None) == bool(said)
        assert not (said and module.owes_nothing_since is None and not module.completed_at) or module.unmet == said


@given(st.lists(moments, min_size=1, max_size=8), st.randoms())
def test_a_completion_never_moves_as_lines_arrive(arrivals, random):
    """Line after line, in whatever order they are told: once it is met it stays met, and never since later."""
    lines = [line for line in everything() if line.kind != Kind.OPENED]
    random.shuffle(lines)
    told = [Line(Kind.OPENED, after(0), 1)]
    found = []
    for line in [*lines, *[Line(Kind.GRADED, moment, 1, "check", passed=True) for moment in arrivals]]:
        told.append(line)
        found.append(one(ASKS, told, TIME).met_at)
    assert all(later is not None and later <= before for before, later in pairwise(found) if before)
