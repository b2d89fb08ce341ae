"""The sample course: whole, the same in both languages, kind, readable, and honest about being a sample."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from courses.actions.editions import current_edition
from courses.models import CoursePage, ModulePage, Question
from courses.rules.drafts import Draft, Item, flaws
from courses.rules.words import count_words
from courses.sample import loader
from lms.referrals.models import Agreement
from tests.builders import a_program, at

LANGUAGES = ("en", "es")
WHOLE = loader._read("course.toml")
BANK = loader._read("bank.toml")["question"]
MODULES = loader.modules()
SLUGS = [module["slug"] for module in MODULES]
PUBLIC_NUMBERS = {"988", "911", "233733", "1-888-373-7888", "1-800-656-4673"}
SHAMING = re.compile(
    r"\b(offenders?|delinquents?|violators?|johns?|perverts?|prostitutes?|hookers?|whores?|failed"
    r"|delincuentes?|infractor(?:es)?|prostitutas?|putas?|pervertidos?|fracas\w+)\b",
    re.IGNORECASE,
)
# What somebody who writes a testimony says of herself. No sample text may speak so.
TESTIMONY = re.compile(
    r"\b(I am a survivor|I was (?:sold|trafficked)|soy (?:una )?sobreviviente|me vendieron)\b", re.IGNORECASE
)


@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_both_languages_have_the_same_shape(source):
    english, spanish = (_blocks(source, language) for language in LANGUAGES)
    assert [(b["id"], b["type"]) for b in english] == [(b["id"], b["type"]) for b in spanish]
    assert [_shape(b["value"]) for b in english] == [_shape(b["value"]) for b in spanish]
    assert len({b["id"] for b in english}) == len(english)
    assert len(source["goals"]["en"]) == len(source["goals"]["es"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_every_module_teaches_asks_and_points_to_help(source, language):
    kinds = Counter(b["type"] for b in _blocks(source, language))
    assert source["summary"][language]
    assert 3 <= len(source["goals"][language]) <= 4
    assert kinds["reflection"] == kinds["knowledge_check"] == kinds["resources"] == 1
    assert kinds["scenario"] >= 1
    assert 20 <= source["minutes"] <= 40


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_a_module_is_as_long_as_it_says(source, language):
    words = count_words(" ".join(_texts([b["value"] for b in _blocks(source, language)])))
    assert 800 <= words <= 1900


def test_nobody_is_asked_to_write_more_than_the_program_asks():
    words = [b["value"]["minimum_words"] for m in MODULES for b in _blocks(m, "en") if b["type"] == "reflection"]
    assert words == [60] + [150] * 7


@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_a_scenario_has_a_better_choice_and_another(source):
    for block in _blocks(source, "en"):
        if block["type"] == "scenario":
            better = {choice["better"] for choice in block["value"]["choices"]}
            assert better == {True, False}


def test_a_place_for_a_story_says_that_it_is_one():
    stories = [b["value"] for m in MODULES for lang in LANGUAGES for b in _blocks(m, lang) if b["type"] == "story"]
    assert len(stories) == 6
    for story in stories:
        assert story["sample"] is True
        assert story["kind"] == "sample"
        assert story["byline"] == ""
        assert story["advisory"]
        assert "marked place" in story["body"] or "lugar señalado" in story["body"]


def test_the_bank_is_twice_what_is_drawn():
    sizes = Counter(question["topic"] for question in BANK)
    asked = [b["value"] for m in MODULES for b in _blocks(m, "en") if b["type"] == "knowledge_check"]
    assert {check["topic"] for check in asked} == set(sizes)
    assert all(sizes[check["topic"]] >= 2 * check["draw"] for check in asked)
    assert len({(q["topic"], q["key"]) for q in BANK}) == len(BANK)


@pytest.mark.parametrize("question", BANK, ids=[q["key"] for q in BANK])
def test_a_question_can_be_answered_and_is_explained(question):
    choices = question.get("choices", [])
    assert len({choice["key"] for choice in choices}) == len(choices)
    if question["kind"] == "multiple":
        assert 2 <= sum(choice["correct"] for choice in choices) < len(choices)
    for language in LANGUAGES:
        draft = Draft(
            kind=question["kind"],
            prompt=question[language],
            items=tuple(Item(c[language], c.get("correct", False), c.get(f"partner_{language}", "")) for c in choices),
            accepted=tuple(question.get(f"accepted_{language}", ())),
            number=str(question.get("number", "")),
        )
        assert flaws(draft) == []
        assert question[f"why_{language}"]


@pytest.mark.parametrize(("language", "ceiling"), [("en", 16.0), ("es", 18.0)])
@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_sentences_are_short(source, language, ceiling):
    """Words a sentence, the part of a reading level that holds in both languages."""
    assert _words_a_sentence(_prose(source, language)) <= ceiling


@pytest.mark.parametrize("source", MODULES, ids=SLUGS)
def test_english_reads_at_about_eighth_grade(source):
    assert _grade(_prose(source, "en")) <= 8.5


def test_no_word_shames_and_no_testimony_is_invented():
    for text in _everything():
        assert not SHAMING.search(text), text
        assert not TESTIMONY.search(text), text


def test_no_address_and_no_number_but_the_public_ones():
    for text in _everything():
        assert "@" not in text
        numbers = set(re.findall(r"\d[\d-]{4,}\d", text))
        assert numbers <= PUBLIC_NUMBERS, text


@pytest.mark.parametrize("kind", ["participation", "release"])
def test_agreements_say_that_they_are_samples_and_say_the_same(kind):
    english, spanish = WHOLE[kind]["en"], WHOLE[kind]["es"]
    assert english.startswith("THIS IS A SAMPLE.")
    assert spanish.startswith("ESTE ES UN TEXTO DE MUESTRA.")
    assert len(english.split("\n\n")) == len(spanish.split("\n\n"))


@pytest.mark.django_db
def test_it_loads_once_in_both_languages_and_is_published():
    program = a_program(agreements=False)
    now = at("2026-01-05 12:00")
    course = loader.load_sample_course(program=program, by=None, now=now)
    loader.load_sample_agreements(program=program)
    assert loader.load_sample_course(program=program, by=None, now=now) == course
    loader.load_sample_agreements(program=program)
    assert CoursePage.objects.filter(program=program).count() == 2
    assert ModulePage.objects.child_of(course).count() == 8
    assert Question.objects.filter(topic__program=program).count() == len(BANK)
    assert Agreement.objects.filter(program=program).count() == 4
    edition = current_edition(program.pk)
    assert edition is not None
    assert [m.revision_es_id is not None for m in edition.modules.all()] == [True] * 8


def _blocks(source: dict[str, Any], language: str) -> list[dict[str, Any]]:
    return loader.blocks(source, language, WHOLE)


def _shape(value: Any) -> Any:
    """What must not differ: numbers, marks, how many of each, and the headings and lists in a text."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    if isinstance(value, str):
        return re.findall(r"</?(?:h2|h3|p|ul|ol|li)>", value)
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every piece of text inside, without its marks."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</(p|li|h2|h3)>", ". ", value)))


def _prose(source: dict[str, Any], language: str) -> str:
    running = ("text", "grounding_pause", "scenario", "myth_fact", "reflection")
    return " ".join(_texts([b["value"] for b in _blocks(source, language) if b["type"] in running]))


def _everything() -> Iterator[str]:
    yield from _texts(MODULES)
    yield from _texts(BANK)
    yield from _texts({key: value for key, value in WHOLE.items() if key != "resources"})


def _sentences(text: str) -> int:
    return len([part for part in re.split(r"[.!?:]+", text) if count_words(part)])


def _words_a_sentence(text: str) -> float:
    return count_words(text) / _sentences(text)


def _grade(text: str) -> float:
    """Flesch-Kincaid grade, counting groups of vowels as syllables and a last silent e as none."""
    words = re.findall(r"[A-Za-z’']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)
    return 0.39 * len(words) / _sentences(text) + 11.8 * syllables / len(words) - 15.59
