"""Rules of the course: plain Python, no database."""

from datetime import timedelta
from decimal import Decimal

import pytest

from courses.rules import grading
from courses.rules.progress import CheckRecord, ModuleRecord, ReflectionRecord, is_open, own_part_done, unmet
from courses.rules.words import count_words
from tests.builders import JANUARY

POOL = {f"q{n}": ["a", "b", "c"] for n in range(6)}


def test_questions_never_seen_come_first():
    drawn = grading.draw(POOL, count=3, seen={"q0": 1, "q1": 1, "q2": 1}, seed="s")
    assert {key for key, _ in drawn} == {"q3", "q4", "q5"}


def test_the_same_seed_gives_the_same_draw_and_another_another():
    assert grading.draw(POOL, count=6, seen={}, seed="s") == grading.draw(POOL, count=6, seen={}, seed="s")
    assert len({str(grading.draw(POOL, count=6, seen={}, seed=str(n))) for n in range(5)}) > 1


@pytest.mark.parametrize(
    "given, expected", [(["a", "b"], 1), (["a"], 0), (["a", "b", "c"], 0), ([], 0), (["b", "a"], 1)]
)
def test_a_question_is_right_only_when_exactly_the_right_choices_are_given(given, expected):
    asked = grading.Asked("q", grading.MULTIPLE, ("a", "b"))
    assert grading.score([asked], {"q": given}) == Decimal(expected)


@pytest.mark.parametrize(
    "taken, waits", [(0, False), (1, False), (2, False), (3, True), (4, False), (5, False), (6, True)]
)
def test_after_every_three_attempts_there_is_a_pause(taken, waits):
    graded = [JANUARY + n * timedelta(minutes=1) for n in range(taken)]
    until = grading.may_start(graded, allowed=3, cool_down=timedelta(hours=24))
    assert until == (max(graded) + timedelta(hours=24) if waits else None)


def a_record(**fields) -> ModuleRecord:
    return ModuleRecord(
        **{"position": 1, "title": "One", "required_seconds": 60, "credited_seconds": 60, "steps": 2, "steps_seen": 2}
        | fields
    )


def test_each_unmet_requirement_names_its_shortfall():
    record = a_record(
        credited_seconds=15,
        steps_seen=1,
        checks=(CheckRecord("c", "Check", None, 1),),
        reflections=(ReflectionRecord("r", None, None, returned=False),),
        scenarios=(("s", False),),
    )
    missing = [(m.kind, m.short) for m in unmet(record, reviewed=True)]
    assert missing == [("pages", 1), ("scenario", 0), ("check", 0), ("reflection", 0), ("time", 45)]


def test_a_reflection_that_is_being_read_waits_for_nobody_but_the_reader():
    record = a_record(reflections=(ReflectionRecord("r", JANUARY, None, returned=False),))
    assert [m.waits_for for m in unmet(record, reviewed=True)] == ["reviewer"]
    assert own_part_done(record, reviewed=True)
    assert unmet(record, reviewed=False) == ()


def test_what_was_completed_stays_completed_and_a_withdrawn_module_asks_for_nothing():
    assert unmet(a_record(credited_seconds=0, completed_at=JANUARY), reviewed=True) == ()
    assert unmet(a_record(credited_seconds=0, withdrawn=True), reviewed=True) == ()


def test_modules_open_in_order():
    records = [a_record(), a_record(position=2, steps_seen=0), a_record(position=3)]
    assert [is_open(records, n, reviewed=True) for n in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    "text, count", [("", 0), ("one two", 2), ("don’t stop", 2), ("bien-estar, ¿sí?", 2), ("… — !", 0), ("a\n\nb 3", 3)]
)
def test_words_are_counted_as_a_person_would(text, count):
    assert count_words(text) == count
