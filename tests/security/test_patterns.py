"""No pattern of ours takes for ever over a text made to keep it busy (ASVS v5.0.0-1.3.12)."""

import ast
import re
from time import perf_counter

import pytest
from django.conf import settings

ROOMS = ("lms", "courses", "accountability", "court_reports")
CALLS = {"compile", "match", "fullmatch", "search", "sub", "findall", "split", "finditer", "re_path", "RegexField", "RegexValidator"}  # fmt: skip
BUSY = ("a", "0", "-", " ", "\t", "\n", "A0-", "a@", "é", "=", ".", ",", "<", "/", "AB12 ", "FBI", "SID ")
LONG = 20_000


def patterns() -> dict[str, str]:
    """Every regular expression written in our code, and where."""
    found = {}
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) in CALLS:
                    for argument in node.args[:1]:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            found[argument.value] = f"{path.name}:{node.lineno}"
    return {text: where for text, where in found.items() if _compiles(text)}


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _compiles(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@pytest.mark.parametrize("text", sorted(patterns()))
def test_it_ends_at_once_over_a_text_made_to_keep_it_busy(text):
    pattern = re.compile(text)
    slowest = 0.0
    for piece in BUSY:
        words = piece * (LONG // len(piece)) + "\0!"
        began = perf_counter()
        pattern.search(words)
        pattern.fullmatch(words)
        slowest = max(slowest, perf_counter() - began)
    assert slowest < 2, patterns()[text]


def test_the_search_for_patterns_finds_those_we_know():
    assert len(patterns()) > 5
    assert "[0-9a-f]{64}" in patterns()


def test_the_clock_of_this_test_sees_a_bad_one():
    began = perf_counter()
    re.fullmatch(r"(a+)+b", "a" * 24)
    bad = perf_counter() - began
    began = perf_counter()
    re.fullmatch(r"a+b", "a" * 24)
    assert bad > 100 * (perf_counter() - began)
