"""GIFT and Moodle XML: the constructs of Moodle's own documentation, what is refused, and there and back again."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.rules import gift, moodle_xml, transfer
from courses.rules.drafts import Draft, Flaw, Item, flaws
from courses.rules.grading import MATCHING, MULTIPLE, NUMERIC, ORDERING, SHORT, SINGLE
from courses.rules.transfer import Exported, Note, NotThisFormat, Refusal


def one(text: str, language: str = "en") -> transfer.Found:
    found = gift.read(text, language)
    assert len(found) == 1
    return found[0]


def draft_of(text: str) -> Draft:
    found = one(text)
    assert found.draft, found.why
    return found.draft


def right(draft: Draft) -> list[str]:
    return [item.text for item in draft.items if item.correct]


def test_one_of_several_choices_with_a_title_a_comment_and_notes_on_the_answers():
    found = one("""// question: 1 name: Grants tomb
::Grants tomb::Who is buried in Grant's tomb in New York City? {
=Grant#He is.
~No one
#Was true for 12 years, but Grant's remains were buried in the tomb in 1897
~Napoleon
}
""")
    assert (found.line, found.title, found.key) == (2, "Grants tomb", "grants-tomb")
    assert found.draft.kind == SINGLE
    assert [item.text for item in found.draft.items] == ["Grant", "No one", "Napoleon"]
    assert right(found.draft) == ["Grant"]
    assert found.draft.explanation == "He is." and found.notes == (Note.FEEDBACK,)


def test_a_missing_word_leaves_a_gap_in_the_sentence():
    draft = draft_of("Grant is {~buried =entombed ~living} in Grant's tomb.")
    assert draft.prompt == "Grant is _____ in Grant's tomb."
    assert right(draft) == ["entombed"]
    assert draft_of("Two plus two equals {=four =4}.").prompt == "Two plus two equals _____."


def test_several_right_answers_by_weight():
    draft = draft_of("""What two people are entombed in Grant's tomb? {
~%-100%No one
~%50%Grant
~%50%Grant's wife
~%-100%Grant's father
}""")
    assert draft.kind == MULTIPLE and right(draft) == ["Grant", "Grant's wife"]
    assert right(draft_of("Thirds {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}")) == ["a", "b", "c"]


def test_partly_right_is_wrong_here_and_the_line_says_so():
    found = one("::Jesus' hometown:: Jesus Christ was from {~Jerusalem ~%25%Bethlehem =Nazareth} .")
    assert found.draft and right(found.draft) == ["Nazareth"]
    assert found.notes == (Note.ALL_OR_NOTHING,)
    assert found.draft.prompt == "Jesus Christ was from _____."


@pytest.mark.parametrize("mark, truth", [("T", True), ("TRUE", True), ("true", True), ("F", False), ("FALSE", False)])
def test_true_or_false(mark, truth):
    draft = draft_of(f"The sun rises in the East.{{{mark}#No.#Yes.}}")
    assert right(draft) == [str(truth)]
    assert draft.explanation == "Yes."
    spanish = one(f"El sol sale por el este.{{{mark}}}", "es").draft
    assert {item.text for item in spanish.items} == {"Verdadero", "Falso"}


def test_short_answers_and_general_feedback():
    draft = draft_of("Who's buried in Grant's tomb?{=Grant =Ulysses S. Grant =Ulysses Grant####General\nfeedback}")
    assert draft.kind == SHORT
    assert draft.accepted == ("Grant", "Ulysses S. Grant", "Ulysses Grant")
    assert draft.explanation == "General feedback"
    partly = one("Q {=%100%a =%50%b}")
    assert partly.draft.accepted == ("a",) and partly.notes == (Note.ALL_OR_NOTHING,)


def test_matching_with_a_partner_to_mislead():
    draft = draft_of("""Match the following countries with their corresponding capitals. {
   =Canada -> Ottawa
   =Italy  -> Rome
   =Japan  -> Tokyo
   =India  -> New Delhi
   = -> Paris
   }""")
    assert draft.kind == MATCHING
    assert [(item.text, item.partner) for item in draft.items][:2] == [("Canada", "Ottawa"), ("Italy", "Rome")]
    assert draft.items[-1] == Item("", partner="Paris")


@pytest.mark.parametrize(
    "answer, number, tolerance",
    [("1822:5", "1822", "5"), ("3.14159:0.0005", "3.14159", "0.0005"), ("3.141..3.142", "3.1415", "0.0005"),
     ("1..5", "3", "2"), ("7", "7", "0"), ("=1822:0 =%50%1822:2", "1822", "0"), (" =1990:0 ", "1990", "0")],
)  # fmt: skip
def test_numbers(answer, number, tolerance):
    draft = draft_of(f"When was Ulysses S. Grant born? {{#{answer}}}")
    assert (draft.kind, draft.number, draft.tolerance) == (NUMERIC, number, tolerance)


def test_escapes_mean_themselves():
    draft = draft_of(r"Which answer equals 5? {~ \= 2 + 2 = \= 2 + 3 ~ \= 2 + 4}")
    assert right(draft) == ["= 2 + 3"]
    assert (
        draft_of(
            r"::GIFT Control Characters:: Which of the following is NOT a control character for the GIFT import format? {~ \~ #x ~ \= ~ \# ~ \{ ~ \} = \\ }"
        )
        .items[-1]
        .text
        == "\\"
    )
    assert draft_of(r"One\:\nTwo {=a}").prompt == "One:\nTwo"


def test_html_becomes_text_and_plain_stays_as_it_is():
    assert (
        draft_of("[html]<p>This is <b>bold</b> &amp; new.</p><p>Second.</p>{=a}").prompt
        == "This is bold & new.\nSecond."
    )
    assert draft_of("[plain]A <b>tag</b>{=a}").prompt == "A <b>tag</b>"
    assert draft_of("[markdown]The *American*{=a}").prompt == "The *American*"
    assert draft_of("If a < b and c > d{=a}").prompt == "If a < b and c > d"


def test_categories_give_the_last_part_of_their_path():
    found = gift.read("$CATEGORY: tom/dick/harry\n\nA {=a}\n\n$CATEGORY: $course$/Law and//or order\n\nB {=b}\n", "en")
    assert [(each.category, each.line) for each in found] == [("harry", 3), ("Law and/or order", 7)]
    assert gift.read("$CATEGORY: joined\nA {=a}", "en")[0].category == "joined"


def test_ordering_as_moodle_writes_it():
    draft = draft_of("::o::Put them in order{>3 ALL VERTICAL ALL_OR_NOTHING HIDE NONE\nfirst\nsecond\nthird\n}")
    assert draft.kind == ORDERING
    assert [item.text for item in draft.items] == ["first", "second", "third"]


@pytest.mark.parametrize(
    "text, why",
    [
        ("Write a short biography of Dag Hammarskjöld. {}", Refusal.ESSAY),
        ("You can use your pencil and paper for these next math questions.", Refusal.DESCRIPTION),
        ("Not closed {=a ~b", Refusal.UNCLOSED),
        ("Closed alone =a}", Refusal.UNCLOSED),
        ("Two {=a} blanks {=b}", Refusal.SEVERAL_BLANKS),
        ("Mixed {a =b}", Refusal.MIXED),
        ("Mixed {=a -> b =c}", Refusal.MIXED),
        ("Number {#twelve}", Refusal.NOT_A_NUMBER),
        ("Numbers {#=1 =2}", Refusal.SEVERAL_NUMBERS),
        ("Below {#-3}", Flaw.BELOW_ZERO),
        ("Wild {=*grant*}", Refusal.WILDCARD),
        ("Partly {=%50%a}", Refusal.ONLY_PARTLY_RIGHT),
        ('[html]<img src="x.png">Who? {=a}', Refusal.MEDIA),
        ("See @@PLUGINFILE@@/x.png {=a}", Refusal.MEDIA),
        ("None right {~a ~b}", Flaw.NO_RIGHT),
        ("Two right {=a =b ~c}", Flaw.TWO_RIGHT),
        ("One pair {=a -> b}", Flaw.FEW_PAIRS),
        ("Lone {=a -> b =c ->}", Flaw.LONE_ITEM),
        ("{=a ~b}", Flaw.NO_PROMPT),
        ("Few {>2 ALL\na\nb}", Flaw.FEW_ITEMS),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_its_reason_and_its_line(text, why):
    found = one(f"// a comment\n\n\n{text}\n")
    assert (found.draft, found.why, found.line) == (None, (why,), 4)


@pytest.mark.parametrize(
    "busy", ["[tag:", "// [tag:", "$CATEGORY: a ", " \n", "::", "<a", "&a", "\\", "q{=%", "q{\n~a#"]
)
def test_a_file_made_to_keep_the_reader_busy_is_read_all_the_same(busy):
    began = perf_counter()
    gift.read(busy * (100_000 // len(busy)) + "{=x}", "en")
    assert perf_counter() - began < 5


def test_one_refused_question_keeps_no_other_out():
    found = gift.read("Write {}\n\nAnswer {=yes}\n", "en")
    assert [bool(each.draft) for each in found] == [False, True]


def test_a_question_without_a_title_has_a_short_name_all_the_same():
    assert one("What is it? {=a}").key == "what-is-it"
    assert one("何? {=a}").key.startswith("q-")


@given(st.text(alphabet=st.sampled_from(list("\\~=#{}:>-%$[]/*<>&nT 1\nab.")), max_size=80))
def test_whatever_stands_in_a_file_is_read_or_refused(text):
    for found in gift.read(text, "en"):
        assert (found.draft is None) == bool(found.why)
        assert found.draft is None or flaws(found.draft) == []


# --- XML

XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/top/Law</text></category></question>
<question type="multichoice">
  <name><text>Grant</text></name>
  <questiontext format="html"><text><![CDATA[<p>Who is <b>buried</b>?</p>]]></text></questiontext>
  <generalfeedback format="html"><text>He is.</text></generalfeedback>
  <single>true</single>
  <answer fraction="100" format="html"><text><![CDATA[<p>Grant</p>]]></text><feedback><text>Yes.</text></feedback></answer>
  <answer fraction="0" format="html"><text>Napoleon</text></answer>
  <tags><tag><text>hard</text></tag></tags>
</question>
<question type="multichoice"><name><text>Two</text></name><questiontext><text>Which?</text></questiontext><single>false</single>
  <answer fraction="50"><text>a</text></answer><answer fraction="50"><text>b</text></answer><answer fraction="-100"><text>c</text></answer></question>
<question type="truefalse"><name><text>TF</text></name><questiontext><text>East?</text></questiontext>
  <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
<question type="shortanswer"><name><text>SA</text></name><questiontext><text>Word?</text></questiontext><usecase>1</usecase>
  <answer fraction="100"><text>yes</text></answer><answer fraction="50"><text>ok</text></answer><answer fraction="0"><text>*</text></answer></question>
<question type="numerical"><name><text>N</text></name><questiontext><text>Number?</text></questiontext>
  <answer fraction="100"><text>23</text><tolerance>2.5</tolerance></answer></question>
<question type="matching"><name><text>M</text></name><questiontext><text>Match.</text></questiontext>
  <subquestion format="html"><text>Dog</text><answer><text>Barks</text></answer></subquestion>
  <subquestion format="html"><text>Cat</text><answer><text>Meows</text></answer></subquestion>
  <subquestion format="html"><text></text><answer><text>Moos</text></answer></subquestion></question>
<question type="ordering"><name><text>O</text></name><questiontext><text>Order.</text></questiontext>
  <answer fraction="1"><text>1st</text></answer><answer fraction="2"><text>2nd</text></answer><answer fraction="3"><text>3rd</text></answer></question>
<question type="essay"><name><text>E</text></name><questiontext><text>Write.</text></questiontext></question>
<question type="cloze"><name><text>C</text></name><questiontext><text>{1:SA:=a}</text></questiontext></question>
<question type="shortanswer"><name><text>P</text></name><questiontext><text>See.</text><file name="p.png" encoding="base64">aGk=</file></questiontext>
  <answer fraction="100"><text>a</text></answer></question>
<question type="numerical"><name><text>U</text></name><questiontext><text>How far?</text></questiontext>
  <answer fraction="100"><text>1</text></answer><units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units></question>
</quiz>"""


def test_each_type_of_moodle_xml_is_read_or_refused_with_its_line():
    found = moodle_xml.read(XML, "en")
    kinds = [each.draft.kind if each.draft else each.why[0] for each in found]
    assert kinds == [SINGLE, MULTIPLE, SINGLE, SHORT, NUMERIC, MATCHING, ORDERING,
                     Refusal.ESSAY, Refusal.OTHER_KIND, Refusal.MEDIA, Refusal.UNITS]  # fmt: skip
    assert {each.category for each in found} == {"Law"}
    assert (found[0].line, found[0].difficulty, found[0].draft.prompt) == (4, "hard", "Who is buried?")
    assert right(found[0].draft) == ["Grant"] and found[0].notes == (Note.FEEDBACK,)
    assert right(found[1].draft) == ["a", "b"] and right(found[2].draft) == ["True"]
    assert found[3].notes == (Note.ALL_OR_NOTHING, Note.CAPITALS) and found[3].draft.accepted == ("yes",)
    assert (found[4].draft.number, found[4].draft.tolerance) == ("23", "2.5")
    assert found[5].draft.items[-1] == Item("", partner="Moos")


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>',
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>',
        "<quiz><question>",
        "<html></html>",
        "not xml at all",
        "",
        "<quiz>&undeclared;</quiz>",
    ],
)
def test_an_entity_bomb_and_whatever_else_is_no_quiz_is_refused_as_a_whole(text):
    with pytest.raises(NotThisFormat):
        moodle_xml.read(text, "en")


# --- there and back again

WORDS = st.text(max_size=40).map(transfer.one_line).filter(bool)
# The one thing that is not kept: GIFT has no way to write an arrow inside an item of a matching.
ITEMS = WORDS.filter(lambda text: "->" not in text)
PROSE = st.text(max_size=80).map(transfer.lines)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    kind = draw(st.sampled_from([SINGLE, MULTIPLE, ORDERING, MATCHING, SHORT, NUMERIC]))
    prompt, explanation = draw(PROSE.filter(bool)), draw(PROSE)
    texts = draw(st.lists(ITEMS, min_size=3, max_size=6, unique=True))
    match kind:
        case "single":
            chosen = draw(st.integers(0, len(texts) - 1))
            return Draft(
                kind, prompt, tuple(Item(t, n == chosen) for n, t in enumerate(texts)), explanation=explanation
            )
        case "multiple":
            marks = [True, *(draw(st.booleans()) for _ in texts[1:])]
            return Draft(kind, prompt, tuple(map(Item, texts, marks)), explanation=explanation)
        case "ordering":
            return Draft(kind, prompt, tuple(map(Item, texts)), explanation=explanation)
        case "matching":
            partners = draw(st.lists(WORDS, min_size=len(texts), max_size=len(texts), unique=True))
            last = Item("", partner=partners[0] + "x")
            return Draft(
                kind,
                prompt,
                (*(Item(t, partner=p) for t, p in zip(texts, partners, strict=True)), last),
                explanation=explanation,
            )
        case "short":
            accepted = tuple(text for text in texts if "*" not in text) or ("yes",)
            return Draft(kind, prompt, accepted=accepted, accents=draw(st.booleans()), explanation=explanation)
    number, off = draw(st.decimals(0, 10**11, places=6)), draw(st.decimals(0, 99, places=6))
    return Draft(kind, prompt, number=transfer.plain_number(number), tolerance=transfer.plain_number(off), explanation=explanation)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(drafts().filter(lambda draft: not flaws(draft)), st.sampled_from(transfer.DIFFICULTIES)), max_size=3
    )
)
def test_what_was_written_is_read_back_the_same(questions):
    exported = [Exported(f"q-{n}", "law", level, draft) for n, (draft, level) in enumerate(questions)]
    for format_ in (gift, moodle_xml):
        found = format_.read(format_.write(exported), "en")
        assert [each.why for each in found] == [()] * len(exported)
        assert [(each.key, each.category, each.difficulty, each.draft) for each in found] == [
            (each.key, each.topic, each.difficulty, each.draft) for each in exported
        ]
        assert [each.notes for each in found] == [()] * len(exported)
