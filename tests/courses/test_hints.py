"""Hints for whoever reads a reflection: what each is made of, and that none of them is a verdict."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.labels import HINTS
from courses.rules.hints import ALIKE, SKETCH, Hint, Traces, alike, hints, language_of, sketch, words_of
from lms.referrals.rules import accommodations

ENGLISH = (
    "I used to tell myself that nobody was hurt and that it was a fair trade. Writing this down I notice how much I did "
    "not want to know. The woman I met that evening was afraid of somebody, and I saw it and went on. It is not easy to "
    "put that on paper, and I think that I have to, with my own words, for the people I did it to."
)
SPANISH = (
    "Me decía que no le hacía daño a nadie y que era un trato justo. Al escribir esto noto lo poco que quería saber de "
    "la mujer que vi esa noche. Ella tenía miedo de alguien, y yo lo vi y seguí. No se me hace fácil ponerlo por "
    "escrito, y creo que tengo que hacerlo con mis palabras, para los que dañé con lo que hice por mi gusto."
)
OTHER = " ".join(f"another{n} thought{n} altogether{n}" for n in range(60))


def keyed(key: bytes):
    return lambda run: hmac.new(key, run.encode(), hashlib.sha256).hexdigest()


def test_the_same_words_are_alike_whatever_their_spelling():
    shouted = ENGLISH.upper().replace(".", " ... ").replace(",", ";")
    assert alike(sketch(ENGLISH, keyed(b"k")), sketch(shouted, keyed(b"k"))) == 1


def test_a_text_with_a_sentence_of_ones_own_is_alike_and_another_text_is_not():
    changed = f"{ENGLISH} This one sentence I added myself."
    assert alike(sketch(ENGLISH, keyed(b"k")), sketch(changed, keyed(b"k"))) >= ALIKE
    assert alike(sketch(ENGLISH, keyed(b"k")), sketch(OTHER, keyed(b"k"))) == 0


def test_under_another_key_the_same_words_have_nothing_in_common():
    """So programs cannot be compared, and without the key nobody can try whether a text fits."""
    assert alike(sketch(ENGLISH, keyed(b"one")), sketch(ENGLISH, keyed(b"other"))) == 0


@given(st.text(min_size=200, max_size=600))
def test_a_sketch_is_small_holds_no_words_and_is_like_itself(text):
    made = sketch(text, keyed(b"k"))
    assert len(made) <= SKETCH * 8
    assert alike(made, made) == (1 if made else 0)
    for word in words_of(text):
        assert len(word) < 4 or word.encode() not in made


def test_of_a_few_words_nothing_is_kept():
    assert sketch("I am sorry.", keyed(b"k")) == b""
    assert alike(b"", b"") == 0


@pytest.mark.parametrize(
    "traces, found",
    [
        (Traces(), ()),
        (Traces(alike=0.5), (Hint.SAME_TEXT,)),
        (Traces(alike=0.49), ()),
        # One save that brought everything; and somebody who typed it.
        (Traces(saves=1, largest=400, length=400), (Hint.ONE_BURST,)),
        (Traces(saves=2, largest=320, length=400), (Hint.ONE_BURST,)),
        (Traces(saves=30, largest=60, length=400), ()),
        # A page without scripts keeps nothing on the way: that says nothing.
        (Traces(saves=0, largest=0, length=400), ()),
        (Traces(saves=1, largest=150, length=150), ()),
        (Traces(language="es", language_before="en"), (Hint.OTHER_LANGUAGE,)),
        (Traces(language="es", language_before="es"), ()),
        (Traces(language="", language_before="en"), ()),
        (Traces(language="es", language_before=""), ()),
    ],
)
def test_what_there_is_to_look_at(traces, found):
    assert hints(traces) == found


def test_what_says_nothing_of_somebody_with_an_interpreter_is_not_said():
    traces = Traces(alike=1, saves=1, largest=400, length=400, language="es", language_before="en")
    muted = accommodations.easing([accommodations.Kind.INTERPRETER]).muted
    assert muted == {Hint.ONE_BURST, Hint.OTHER_LANGUAGE}
    assert hints(traces, muted=muted) == (Hint.SAME_TEXT,)


def test_languages_are_told_apart_and_in_doubt_not():
    assert (language_of(ENGLISH), language_of(SPANISH)) == ("en", "es")
    assert language_of("word " * 100) == language_of(ENGLISH + SPANISH) == ""


def test_every_hint_says_what_it_does_not_prove():
    assert set(HINTS) == set(Hint)
    assert all(words.what and words.proves_not for words in HINTS.values())
