"""Two languages of a text, read as plain values; and how far one lags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.translation import (
    Kind,
    Leaf,
    Many,
    State,
    Stream,
    Struct,
    beside,
    chosen,
    differences,
    editions_behind,
    is_behind,
    merge,
    places,
    plain,
    state,
    takes_in,
)

LINE, OWN, SAME = Leaf(Kind.LINE), Leaf(Kind.OWN), Leaf(Kind.SAME)
PAGE = Struct({
    "title": LINE,
    "body": Stream({
        "text": Leaf(Kind.RICH),
        "check": Struct({"title": LINE, "draw": SAME, "picture": OWN}),
        "pairs": Struct({"rows": Many(Struct({"myth": LINE, "fact": LINE}))}),
    }),
})  # fmt: skip


def item(key: str, myth: str, fact: str) -> dict:
    return {"type": "item", "id": key, "value": {"myth": myth, "fact": fact}}


ENGLISH = {
    "title": "Begin",
    "body": [
        {"id": "a", "type": "text", "value": "<p>One</p>"},
        {"id": "b", "type": "check", "value": {"title": "Check", "draw": 5, "picture": 1}},
        {"id": "c", "type": "pairs", "value": {"rows": [item("x", "M1", "F1"), item("y", "M2", "F2")]}},
    ],
}


def test_each_value_has_an_address_of_names_and_ids():
    assert [place.path for place in places(PAGE, ENGLISH)] == [
        "title", "body.a", "body.b.title", "body.b.draw", "body.b.picture",
        "body.c.rows.x.myth", "body.c.rows.x.fact", "body.c.rows.y.myth", "body.c.rows.y.fact",
    ]  # fmt: skip


def test_blocks_meet_by_id_wherever_they_stand_and_what_is_of_another_kind_is_not_met():
    spanish = {"title": "Empezar", "body": [
        {"id": "b", "type": "text", "value": "Otra cosa"}, {"id": "a", "type": "text", "value": "<p>Uno</p>"},
    ]}  # fmt: skip
    there = beside(PAGE, ENGLISH, spanish)
    assert (there["title"], there["body.a"], there["body.b.title"]) == ("Empezar", "<p>Uno</p>", None)


@pytest.mark.parametrize(
    ("items", "met"),
    [
        ([item("y", "dos", ""), item("x", "uno", "")], ["uno", "dos"]),
        ([item("p", "uno", ""), item("q", "dos", "")], ["uno", "dos"]),
        ([item("x", "uno", "")], ["uno", None]),
        ([{"myth": "uno", "fact": ""}, {"myth": "dos", "fact": ""}], ["uno", "dos"]),
        ([], [None, None]),
    ],
    ids=["by id", "numbered apart", "one is missing", "without ids", "none"],
)
def test_items_of_a_list_meet_by_id_else_by_number(items, met):
    spanish = {"body": [{"id": "c", "type": "pairs", "value": {"rows": items}}]}
    there = beside(PAGE, ENGLISH, spanish)
    assert [there["body.c.rows.x.myth"], there["body.c.rows.y.myth"]] == met


def test_a_merge_has_the_sources_parts_and_ids_and_what_is_decided_for_each():
    def decide(path, leaf, value):
        return path if leaf.kind in (Kind.LINE, Kind.RICH) else value

    made = merge(PAGE, ENGLISH, decide)
    assert made["body"][0] == {"id": "a", "type": "text", "value": "body.a"}
    assert made["body"][1]["value"] == {"title": "body.b.title", "draw": 5, "picture": 1}
    assert made["body"][2]["value"]["rows"][1] == item("y", "body.c.rows.y.myth", "body.c.rows.y.fact")
    assert merge(PAGE, ENGLISH, lambda path, leaf, value: value) == ENGLISH


@pytest.mark.parametrize(
    ("leaf", "there", "before", "typed", "says"),
    [
        (LINE, "hola", "x", None, "hola"), (LINE, None, None, None, ""), (LINE, "hola", "x", "adiós", "adiós"),
        (LINE, "hola", "x", "", ""),
        (SAME, 3, 5, None, 5), (OWN, 9, 5, None, 9), (OWN, 9, 4, None, 5), (OWN, None, 5, None, 5),
    ],
)  # fmt: skip
def test_what_a_translation_says_at_one_place(leaf, there, before, typed, says):
    assert chosen(leaf, 5, there=there, before=before, typed=typed) == says


@pytest.mark.parametrize(
    ("source", "there", "before", "found"),
    [
        ("", None, None, State.SAME), ("One", "", None, State.NEW), ("One", "<p> </p>", "One", State.NEW),
        ("One", "Uno", "One", State.SAME), ("One", "Uno", "Once", State.CHANGED), ("One", "Uno", None, State.CHANGED),
        ('<p data-block-key="a">One</p>', "Uno", '<p data-block-key="b">One</p>', State.SAME),
        ("<p>One</p>", "Uno", "<p><b>One</b></p>", State.CHANGED),
    ],
)  # fmt: skip
def test_whether_a_place_waits(source, there, before, found):
    assert state(source, there=there, before=before) == found


def test_what_changed_is_said_word_by_word():
    assert differences("<p>The red house</p><p>stands</p>", "<p>The blue house</p><p>stands still</p>") == [
        ("same", "The"), ("gone", "red"), ("added", "blue"), ("same", "house stands"), ("added", "still"),
    ]  # fmt: skip


@given(st.text(), st.text())
def test_what_is_left_of_a_difference_is_the_new_text_and_what_went_of_it_the_old(before, now):
    found = differences(before, now)
    assert " ".join(words for what, words in found if what != "gone") == plain(now)
    assert " ".join(words for what, words in found if what != "added") == plain(before)


# --- lag ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "editions"),
    [
        ([], 0), ([set()], 0), ([{"a"}], 1), ([{"a"}, {"a"}], 2), ([{"a"}, set(), {"a"}], 1), ([set(), {"a"}, {"a"}], 0),
        ([{"b"}, {"a"}], 1), ([{"a", "b"}, {"b"}, {"b"}], 3),
    ],
)  # fmt: skip
def test_a_language_lags_as_far_as_the_module_that_was_left_behind_longest(history, editions):
    assert editions_behind(history) == editions


def test_one_edition_behind_takes_people_in_and_more_does_not():
    assert [takes_in(editions) for editions in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("translated", "in_step", "changed", "was_behind", "behind"),
    [
        (False, False, False, False, True),  # there is no translation
        (True, True, True, True, False),  # it was brought up to date
        (True, False, True, False, True),  # the source said something else
        (True, False, False, True, True),  # and it was left so
        (True, False, False, False, False),  # a correction
    ],
)
def test_whether_a_module_was_left_behind(translated, in_step, changed, was_behind, behind):
    assert is_behind(translated=translated, in_step=in_step, changed=changed, was_behind=was_behind) is behind
