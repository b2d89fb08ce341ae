"""In which part of the track a check-in stands."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accountability.rules.phases import Part, part_of
from accountability.rules.windows import due_dates
from lms.referrals.rules.policy import Phase

OPENED, END = date(2026, 2, 2), date(2026, 8, 2)


def parts(cadence: tuple[Phase, ...], *, extended: int = 0) -> list[Part]:
    due = due_dates(OPENED, END + timedelta(days=extended), cadence)
    return [
        part_of(number=n, due_on=day, opened_on=OPENED, planned_end_on=END, cadence=cadence)
        for n, day in enumerate(due, start=1)
    ]


def test_the_phases_of_a_cadence_are_its_parts():
    found = parts((Phase("week", 8), Phase("two_weeks", 4), Phase("month")))
    assert (found[:8], found[8:12]) == ([Part.EARLY] * 8, [Part.MIDDLE] * 4)
    assert set(found[12:]) == {Part.LAST}


def test_two_phases_are_early_and_last():
    assert set(parts((Phase("week", 8), Phase("month")))) == {Part.EARLY, Part.LAST}


def test_one_phase_is_divided_into_thirds_and_what_was_added_comes_last():
    found = parts((Phase("week"),), extended=60)
    assert [found.count(part) for part in Part][:2] == [8, 9]
    assert found[-8:] == [Part.LAST] * 8


@given(
    st.lists(st.tuples(st.sampled_from(["week", "two_weeks", "month"]), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(0, 200),
)
def test_parts_never_go_back(phases, extended):
    cadence = (*(Phase(every, count) for every, count in phases[:-1]), Phase(phases[-1][0]))
    found = [list(Part).index(part) for part in parts(cadence, extended=extended)]
    assert found == sorted(found)
