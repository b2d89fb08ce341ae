"""A report in two languages: no phrase without its Spanish, the same names in braces, the same facts."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from court_reports import content, words, words_es
from court_reports.rules.conditions import OWN
from court_reports.snapshot import Kind, ReportFacts
from tests.court_reports.samples import an_issue, facts_of

HOUSE = Path(words.__file__).parent
FILES = [HOUSE / name for name in ("words.py", "content.py", "content_next.py", "content_track.py", "tongue.py", "pdf/layout.py", "pdf/figures.py")]  # fmt: skip
TABLES = ("TITLES", "STAGES", "STATUSES", "DETERMINATIONS", "STANDINGS", "CONDITIONS", "COMMITMENTS", "REASONS", "ATTENDED",
          "COMPLIED", "REFUSALS", "STEPS", "OUTCOMES", "SKIPPED", "ROLES", "AUTHORITIES", "REQUIREMENTS", "LANGUAGES", "_RULES",
          "_ONE_MISSED", "_CHANGED")  # fmt: skip


def said_in_the_code() -> set[str]:
    """Every literal phrase that is handed to a tongue, and every value of a table of words."""
    found = {value for name in TABLES for value in getattr(words, name).values()} | {*words.LIMITS, *OWN, words.DRAFT}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("say", "count")
            ):
                found |= set(_literals(node.args[0 if node.func.attr == "say" else 1 :]))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "map":
                found |= set(_literals(node.args[1:]))
    return found


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def names_in(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_no_phrase_is_without_its_spanish() -> None:
    said = said_in_the_code()
    assert len(said) > 150
    assert sorted(said - set(words_es.PHRASES)) == []


def test_a_phrase_and_its_spanish_name_the_same_things() -> None:
    for english, spanish in words_es.PHRASES.items():
        assert names_in(english) == names_in(spanish), english
        assert spanish.strip(), english
        assert english[-1] == spanish[-1] or not english.endswith("."), english


@pytest.mark.parametrize("kind", list(Kind))
def test_both_languages_hold_the_same_facts(kind: Kind) -> None:
    """Section for section, row for row; and the same numbers, names and codes in each cell that holds them."""
    english = facts_of(kind)
    spanish = replace(english, language="es")
    one, other = (content.sections(facts, an_issue()) for facts in (english, spanish))
    assert [_shape(part) for part in one] == [_shape(part) for part in other]
    for first, second in zip(_cells(english), _cells(spanish), strict=True):
        assert sorted(re.findall(r"\d+", first)) == sorted(re.findall(r"\d+", second)), (first, second)


def _shape(part: content.Section) -> tuple[int, ...]:
    rows = len(part.grid.rows) if part.grid else 0
    return (len(part.paragraphs), len(part.pairs), rows, len(part.items), bool(part.quote))


def _cells(facts: ReportFacts) -> list[str]:
    found = [value for pair in content.caption(facts) for value in pair]
    for part in content.sections(facts, an_issue()):
        found += [*part.paragraphs, *part.items, *(value for pair in part.pairs for value in pair)]
        found += [cell for row in (part.grid.rows if part.grid else ()) for cell in row]
    return found


def test_nothing_of_english_is_left_in_a_spanish_copy() -> None:
    """But for what people and courts wrote, and names."""
    typed = {"Pay restitution of $400.", "Complete the course.", "Complete six months of check-ins."}
    for kind in Kind:
        facts = facts_of(kind)
        english = {cell for cell in _cells(facts) if len(re.findall(r"[a-z]{4,}", cell)) > 1}
        same = {cell for cell in _cells(replace(facts, language="es")) if cell in english}
        named = {c for c in same if any(t in c for t in (*typed, facts.program.name, facts.program.organization, facts.program.contact_name))}  # fmt: skip
        modules = {c for c in same if facts.course and any(m.title in c for m in facts.course.modules)}
        assert same - named - modules - {facts.supersedes.what_changed if facts.supersedes else ""} == set()
