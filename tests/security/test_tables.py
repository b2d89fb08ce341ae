"""The tables of docs/security say what is there: no number is missing, and each test they name exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
DOCS = ROOT / "docs" / "security"
TEST = re.compile(r"(tests/[\w/]+\.py)(?:::(\w+))?")
TABLES = ("threats", "requirements", "asvs", "dependencies", "logs")
VERDICTS = {"met", "partly", "gap", "not applicable"}


def rows(name: str) -> list[list[str]]:
    lines = (DOCS / f"{name}.md").read_text().splitlines()
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [row for row in table if not row[0].startswith(("Requirement", "| "))]


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("name", TABLES)
def test_every_test_that_is_named_exists(name):
    named = TEST.findall((DOCS / f"{name}.md").read_text())
    missing = [
        f"{path}::{test}" for path, test in named if not (ROOT / path).exists() or (test and test not in names_in(path))
    ]
    assert missing == []


@pytest.mark.parametrize("name, letter, last", [("threats", "T", 27), ("requirements", "R", 33)])
def test_every_number_has_its_row_and_says_what_proves_it_or_why_nothing_does(name, letter, last):
    found = {row[0]: row for row in rows(name) if re.fullmatch(letter + r"\d+", row[0])}
    assert list(found) == [f"{letter}{number}" for number in range(1, last + 1)]
    silent = [number for number, row in found.items() if not TEST.search(row[3]) and len(row[2] + row[3]) < 12]
    assert silent == []


def test_every_requirement_of_the_list_is_judged_once():
    listed = [number for line in (ROOT / "tests/security/asvs-ids.txt").read_text().splitlines() if not line.startswith("#") for number in line.split()]  # fmt: skip
    judged = [number for row in rows("asvs") for number in row[0].split(", ")]
    assert len(listed) > 253
    assert sorted(judged) == sorted(listed)


def test_every_judgement_gives_its_reason():
    for number, words, why, verdict in rows("asvs"):
        assert verdict in VERDICTS, number
        assert words, number
        assert len(why) > 3, number


def test_the_count_at_the_head_is_that_of_the_rows():
    told = re.search(r"Requirements listed: (\d+): (.*)\.", (DOCS / "asvs.md").read_text())
    counts: dict[str, int] = {}
    for row in rows("asvs"):
        counts[row[3]] = counts.get(row[3], 0) + len(row[0].split(", "))
    assert told
    assert int(told[1]) == sum(counts.values())
    assert {part.split(" ", 1)[1]: int(part.split(" ", 1)[0]) for part in told[2].split(", ")} == counts
