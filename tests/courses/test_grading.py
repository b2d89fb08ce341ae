"""Grading each kind of question: pure, total, all or nothing."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import grading
from courses.rules.drafts import Draft, Flaw, Item, flaws

ORDER = grading.Asked("o", grading.ORDERING, ("first", "second", "third"))
PAIRS = grading.Asked("m", grading.MATCHING, (("dog", ":barks"), ("cat", ":meows"), ("hound", ":barks")))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)  # fmt: skip


def a_word(*accepted: str, accents: bool = False) -> grading.Asked:
    return grading.Asked("w", grading.SHORT, accepted, accents=accents)


def a_number(right: str, tolerance: str = "0") -> grading.Asked:
    return grading.Asked("n", grading.NUMERIC, (right,), tolerance=tolerance)


# As attempts kept their questions before there were other kinds than these two.
OLD = {
    "key": "old", "kind": "multiple", "prompt": {"en": "?", "es": "¿?"}, "explanation": {"en": "", "es": ""},
    "choices": {key: {"en": key, "es": key} for key in "abc"}, "correct": ["a", "b"], "order": ["c", "a", "b"],
}  # fmt: skip


@pytest.mark.parametrize("answer, score", [(["a", "b"], 1), (["b", "a"], 1), (["a"], 0), (["a", "b", "c"], 0), ([], 0)])
def test_an_attempt_from_before_the_other_kinds_is_read_and_graded_as_it_was(answer, score):
    assert grading.score([grading.read(OLD)], {"old": answer}) == score
    without_kind = {name: value for name, value in OLD.items() if name != "kind"}
    assert grading.score([grading.read(without_kind)], {"old": answer}) == score


def test_an_order_is_right_only_as_a_whole():
    assert grading.right(ORDER, ["first", "second", "third"])
    assert not grading.right(ORDER, ["second", "first", "third"])
    assert not grading.right(ORDER, ["first", "second"])


def test_every_pair_has_to_be_right_in_whatever_order_they_come():
    assert grading.right(PAIRS, [["hound", ":barks"], ["cat", ":meows"], ["dog", ":barks"]])
    assert not grading.right(PAIRS, [["dog", ":barks"], ["cat", ":meows"]])
    assert not grading.right(PAIRS, [["dog", ":meows"], ["cat", ":barks"], ["hound", ":barks"]])
    assert not grading.right(PAIRS, [["dog", ":barks"], ["dog", ":barks"], ["cat", ":meows"]])


@pytest.mark.parametrize(
    "written", ["consent", " Consent ", "CONSENT", "\u00a0consent\u2003", "ｃonsent".replace("ｃ", "c")]
)
def test_capitals_and_spaces_never_count(written):
    assert grading.right(a_word("Consent"), [written])


@pytest.mark.parametrize(
    "accepted, written, loosely, strictly",
    [
        ("Sí", "si", True, False),
        ("Sí", "SÍ", True, True),
        ("caf\u00e9", "cafe\u0301", True, True),
        ("año", "ano", False, False),
        ("año", "AN\u0303O", True, True),
        ("pingüino", "pinguino", True, False),
        ("don't", "don’t", True, True),
        ("Straße", "STRASSE", True, True),
        ("two words", "two  words", True, True),
        ("two words", "twowords", False, False),
    ],
)
def test_accents_count_when_the_author_says_so_and_an_n_is_never_an_ene(accepted, written, loosely, strictly):
    assert grading.right(a_word(accepted), [written]) is loosely
    assert grading.right(a_word(accepted, accents=True), [written]) is strictly


def test_nothing_is_no_answer_even_if_nothing_is_accepted():
    assert not grading.right(a_word("", "  "), [""])


@pytest.mark.parametrize(
    "right, tolerance, written, expected",
    [
        ("3.5", "0", "3.5", True), ("3.5", "0", "3,5", True), ("3.5", "0", " 3.50 ", True), ("3.5", "0", "3.51", False),
        ("10", "2", "12", True), ("10", "2", "12.0001", False), ("10", "2", "8", True),
        ("1000", "0", "1,000", True), ("1000", "0", "1.000", True), ("1000", "0", "1 000", True), ("1", "0", "1,000", True),
        ("1000000", "0", "1,000,000", True), ("1000", "0", "ten", False), ("0", "0", "", False), ("1", "0", "1e0", False),
        ("1", "0", "NaN", False), ("1", "0", "Infinity", False), ("0", "0", "-0", True),
    ],
)  # fmt: skip
def test_a_number_is_right_within_its_tolerance_however_it_is_written(right, tolerance, written, expected):
    assert grading.right(a_number(right, tolerance), [written]) is expected


@given(ANYTHING)
def test_whatever_comes_as_an_answer_is_graded(answer):
    for asked in (
        grading.read(OLD),
        ORDER,
        PAIRS,
        a_word("x"),
        a_number("7", "1"),
        grading.Asked("?", "unheard", ("a",)),
    ):
        assert grading.right(asked, answer) in (True, False)
        assert 0 <= grading.score([asked], {asked.key: answer}) <= 1


@given(st.sampled_from([ORDER, PAIRS, a_word("Sí", "yes"), a_number("3.5", "0.5"), grading.read(OLD)]))
def test_a_right_answer_is_right_also_after_it_was_kept(asked):
    kept = json.loads(json.dumps(asked.a_right_answer))
    assert grading.right(asked, kept)
    assert grading.score([asked], {asked.key: kept}) == Decimal(1)


@given(st.text(), st.booleans())
def test_what_is_compared_is_the_same_however_often_it_is_prepared(text, accents):
    once = grading.plain(text, accents=accents)
    assert grading.plain(once, accents=accents) == once


@given(st.permutations(["first", "second", "third"]))
def test_no_other_order_is_right(order):
    assert grading.right(ORDER, order) is (order == ["first", "second", "third"])


def test_a_question_that_can_be_asked_has_no_flaw():
    two = (Item("a", correct=True), Item("b"))
    assert flaws(Draft("single", "?", two)) == []
    assert flaws(Draft("multiple", "?", (*two, Item("c", correct=True)))) == []
    assert flaws(Draft("ordering", "?", (Item("a"), Item("b"), Item("c")))) == []
    pairs = (Item("dog", partner="barks"), Item("cat", partner="meows"), Item("", partner="moos"))
    assert flaws(Draft("matching", "?", pairs)) == []
    assert flaws(Draft("short", "?", accepted=("yes",))) == []
    assert flaws(Draft("numeric", "?", number="3.5", tolerance="0.1")) == []


@pytest.mark.parametrize(
    "draft, flaw",
    [
        (Draft("single", " ", (Item("a", correct=True), Item("b"))), Flaw.NO_PROMPT),
        (Draft("single", "?", (Item("a", correct=True),)), Flaw.FEW_CHOICES),
        (Draft("single", "?", (Item("a"), Item("b"))), Flaw.NO_RIGHT),
        (Draft("single", "?", (Item("a", correct=True), Item("b", correct=True))), Flaw.TWO_RIGHT),
        (Draft("multiple", "?", (Item("a"), Item("b"))), Flaw.NO_RIGHT),
        (Draft("multiple", "?", (Item("a", correct=True), Item("a "))), Flaw.SAME_ITEM),
        (Draft("multiple", "?", (Item("a", correct=True), Item(""))), Flaw.EMPTY_ITEM),
        (Draft("ordering", "?", (Item("a"), Item("b"))), Flaw.FEW_ITEMS),
        (Draft("matching", "?", (Item("dog", partner="barks"), Item("cat"))), Flaw.LONE_ITEM),
        (Draft("matching", "?", (Item("dog", partner="barks"), Item("", partner="moos"))), Flaw.FEW_PAIRS),
        (Draft("matching", "?", (Item("dog", partner="barks"), Item("hound", partner="barks"))), Flaw.ONE_PARTNER),
        (Draft("short", "?", accepted=(" ",)), Flaw.NOTHING_ACCEPTED),
        (Draft("numeric", "?"), Flaw.NO_NUMBER),
        (Draft("numeric", "?", number="-3"), Flaw.BELOW_ZERO),
        (Draft("ordering", "?", tuple(Item(str(n)) for n in range(51))), Flaw.MANY_ITEMS),
        (Draft("single", "?", (Item("a" * 501, correct=True), Item("b"))), Flaw.LONG_ITEM),
    ],
)
def test_what_keeps_a_question_from_being_asked_is_found(draft, flaw):
    assert flaws(draft) == [flaw]
