"""What a module lacks, how hard it reads, and what might tell who somebody is: rules alone, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.labels import words_for_finding
from courses.rules.identifying import Found, identifying
from courses.rules.identifying import Kind as Tells
from courses.rules.quality import ERRORS, Facts, Finding, Kind, Piece, Translation, findings, minutes, reading_level
from courses.rules.reading import Level, ease, level, sentences, syllables
from courses.rules.recordings import Missing

# --- findings ---------------------------------------------------------------------------------------

TEXT = Piece("t", "text", text="Words that are read.")
WHOLE = {
    "story": Piece("b", "story", text="A story."),
    "picture": Piece("b", "picture"),
    "video": Piece("b", "video", title="Clip", seconds=60),
    "audio": Piece("b", "audio", title="Clip", seconds=60),
    "handout": Piece("b", "handout", text="A sheet"),
    "knowledge_check": Piece("b", "knowledge_check", text="Check", draw=5, bank=15),
    "scenario": Piece("b", "scenario", text="A friend asks.", choices=2),
    "reflection": Piece("b", "reflection", text="What stayed?", words_wanted=150),
    "text": Piece("b", "text", text="Words that are read."),
}


def changed(kind: str, **fields: object) -> Piece:
    whole = WHOLE[kind]
    return Piece(**{name: getattr(whole, name) for name in Piece.__slots__} | fields)


def found(*pieces: Piece, **fields: object) -> list[Finding]:
    there = {"language": "en", "minimum_minutes": 0, "pieces": pieces, "attempts": 3} | fields
    return findings(Facts(**there))


def kinds(*pieces: Piece, **fields: object) -> list[Kind]:
    return [one.kind for one in found(*pieces, **fields)]


def test_what_lacks_nothing_has_no_findings():
    assert found(*WHOLE.values()) == []


@pytest.mark.parametrize("kind, fields, wanted", [
    ("story", {"advised": False}, Kind.NO_ADVISORY),
    ("story", {"agreed": False}, Kind.NO_CONSENT),
    ("picture", {"described": False}, Kind.NO_ALTERNATIVE),
    ("picture", {"shows": False}, Kind.EMPTY_PART),
    ("handout", {"shows": False}, Kind.EMPTY_PART),
    ("text", {"text": " \n"}, Kind.EMPTY_PART),
    ("video", {"lacks": (Missing.RECORDING,)}, Kind.NO_RECORDING),
    ("video", {"lacks": (Missing.CAPTIONS,)}, Kind.NO_CAPTIONS),
    ("audio", {"lacks": (Missing.TRANSCRIPT,)}, Kind.NO_TRANSCRIPT),
    ("text", {"broken_links": ("page:9",)}, Kind.BROKEN_LINK),
    ("knowledge_check", {"bank": 0}, Kind.SMALL_BANK),
    ("knowledge_check", {"bank": 9}, Kind.SMALL_BANK),
    ("knowledge_check", {"bank": 10}, Kind.FEW_QUESTIONS),
    ("knowledge_check", {"bank": 14}, Kind.FEW_QUESTIONS),
    ("scenario", {"choices": 1}, Kind.NO_CHOICES),
    ("text", {"own": "Call 212 555 0100."}, Kind.PHONE),
    ("text", {"own": "Write to rosa@mail.com."}, Kind.EMAIL),
    ("text", {"own": "See facebook.com/rosa."}, Kind.ADDRESS),
    ("text", {"own": "We lived in Laredo."}, Kind.NAME),
])  # fmt: skip
def test_each_thing_that_a_part_lacks_is_found_and_names_its_part(kind, fields, wanted):
    (one,) = found(changed(kind, **fields))
    assert (one.kind, one.block) == (wanted, "b")


@pytest.mark.parametrize("asked, wanted", [
    (29, []), (30, [Kind.MORE_TIME]), (87, [Kind.MORE_TIME]), (88, [Kind.TOO_MUCH_TIME]),
])  # fmt: skip
def test_nobody_fills_more_than_three_times_what_it_takes(asked, wanted):
    pieces = [changed("video", seconds=29 * 60), TEXT]
    assert minutes(pieces) == 29
    assert kinds(*pieces, minimum_minutes=asked) == wanted


def test_a_module_without_parts_is_empty_and_nothing_else_is_said_of_it():
    assert kinds(minimum_minutes=20, translation=None) == [Kind.EMPTY]


@pytest.mark.parametrize("other, wanted", [
    (None, [Kind.NO_TRANSLATION]),
    (Translation(waiting=2), [Kind.OLD_TRANSLATION]),
    (Translation(missing=("t",)), [Kind.NOT_TRANSLATED]),
    (Translation(), []),
])  # fmt: skip
def test_a_language_that_is_behind_is_a_warning(other, wanted):
    assert kinds(TEXT, translation=other) == wanted
    assert not ERRORS & set(wanted)


def test_errors_stand_before_warnings_and_each_kind_is_said_in_words():
    rows = found(changed("text", own="In Laredo."), changed("scenario", choices=0), changed("story", advised=False))
    assert [row.is_error for row in rows] == [True, True, False]
    said = {words_for_finding(Finding(kind, words="X", here=1, wanted=2), language) for kind in Kind for language in ("en", "es")}  # fmt: skip
    assert all(said)
    assert len(said) >= len(Kind)


# --- reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language, words", [
    ("en", {"the": 1, "people": 2, "survivor": 3, "walked": 1, "wanted": 2, "table": 2, "idea": 2, "money": 2, "make": 1}),
    ("es", {"amigo": 3, "ella": 2, "días": 2, "país": 2, "sobreviviente": 5, "agua": 2, "ciudad": 2, "aéreo": 4, "y": 1, "quien": 1}),
])  # fmt: skip
def test_syllables_are_counted_as_they_are_heard(language, words):
    assert {word: syllables(word, language) for word in words} == words


def test_each_line_and_each_full_stop_ends_a_sentence():
    assert sentences("What stays\nPain. “Why?” she asked… 988.") == ["What stays", "Pain", "“Why", "she asked"]


EASY = {
    "en": "She was told to wait. She did not know for whom. ",
    "es": "Le dijeron que espere. Ella no sabe a quién. ",
}
HARD = {
    "en": "Notwithstanding the aforementioned considerations, participants acknowledge responsibility for accomplishing every "
    "obligation established administratively, including those subsequently communicated electronically. ",
    "es": "Sin perjuicio de las consideraciones anteriormente mencionadas, los participantes reconocen la responsabilidad "
    "inherente al cumplimiento de las obligaciones establecidas administrativamente con posterioridad a su comunicación. ",
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_short_sentences_of_short_words_are_easy_and_the_law_s_own_are_not(language):
    assert level(EASY[language] * 10, language) == Level.EASY
    assert level(HARD[language] * 10, language) == Level.HARD
    assert level(EASY[language], language) is None  # too few words to say
    assert kinds(changed("text", text=HARD[language] * 10), language=language) == [Kind.HARD]
    assert reading_level(Facts(language, 0, (changed("text", text=EASY[language] * 10),))) == Level.EASY


@given(st.text(max_size=400), st.sampled_from(["en", "es"]))
def test_whatever_is_written_can_be_measured_and_searched(text, language):
    score = ease(text, language)
    assert score is None or score < 250
    assert all(one.words for one in identifying(text))


# --- who somebody is ----------------------------------------------------------------------------------


def names(text: str, known: tuple[str, ...] = ()) -> list[str]:
    return [one.words for one in identifying(text, known=known)]


@pytest.mark.parametrize("text, wanted", [
    ("I met Rosa in Laredo.", ["Rosa", "Laredo"]),
    ("Maria Lopez took me to San Antonio.", ["Maria Lopez", "San Antonio"]),
    ("We fled. But Maria stayed, and I took Maria’s bag.", ["Maria"]),
    ("Conocí a Rosa en la Ciudad de México.", ["Rosa", "Ciudad de México"]),
    ("“Go,” said Jack. She went on Fridays. I’m here in May, in the United States.", ["Jack"]),
    ("Nothing here names anybody. The police came. They spoke English.", []),
    ("Nada aquí nombra a nadie. La policía vino. Un lunes de mayo.", []),
    ("STOP. Call 988 or text 233733 under 22 U.S.C. § 7102; 18 U.S.C. § 1591.", []),
])  # fmt: skip
def test_words_with_a_capital_inside_a_sentence_may_be_names(text, wanted):
    assert names(text) == wanted


def test_her_own_name_is_found_however_she_wrote_it():
    assert names("ines said so. They called me INES.", known=("Ines",)) == ["ines", "INES"]
    assert names("ines said so. They called me INES.") == []


@pytest.mark.parametrize("text, wanted", [
    ("Ring (212) 555-0100 or +52 55 5555 1234.", [("phone", "(212) 555-0100"), ("phone", "+52 55 5555 1234")]),
    ("Mail rosa.l@mail.com!", [("email", "rosa.l@mail.com")]),
    ("It was on facebook.com/rosa and https://x.example/a.", [("address", "facebook.com/rosa"), ("address", "https://x.example/a")]),
])  # fmt: skip
def test_numbers_and_addresses_are_found_as_they_stand(text, wanted):
    assert identifying(text) == [Found(Tells(kind), words) for kind, words in wanted]
