"""Referrals by file: a dry run that names every bad row; all of a file or none of it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lms.referrals.intake import COLUMNS, read_file, take_in
from lms.referrals.models import Referral
from lms.referrals.rules.intake import forbidden_numbers
from tests.builders import JANUARY, a_court, a_court_user, a_program, a_referral

pytestmark = pytest.mark.django_db
HEADER = ",".join(column.name for column in COLUMNS)
GOOD = "Robin,Sample,1984,robin@people.example,,en,,CR-1,,sentence,2025-12-01,,,,Complete the course|Check in"


def read(*lines: str, court=None, program=None):
    return read_file("\n".join(lines), court=court or a_court(), program=program or a_program(), now=JANUARY)


def test_a_good_file_is_taken_whole():
    court, program = a_court(), a_program()
    intake = read(HEADER, GOOD, GOOD.replace("CR-1", "CR-2"), court=court, program=program)
    assert (len(intake.good), intake.bad) == (2, [])
    assert take_in(intake, by=a_court_user(court), now=JANUARY) == 2
    assert Referral.objects.get(case_number="CR-2").conditions == ["Complete the course", "Check in"]


def test_reading_stores_nothing():
    read(HEADER, GOOD)
    assert not Referral.objects.exists()


def test_every_bad_row_is_named_and_a_bad_file_is_not_taken():
    intake = read(HEADER, GOOD.replace("1984", "84"), GOOD, GOOD.replace("sentence", "sometime"))
    assert [row.line for row in intake.bad] == [2, 4]
    assert "birth_year" in intake.bad[0].problems[0]
    assert not intake.may_be_taken(good_rows_only=False)
    assert intake.may_be_taken(good_rows_only=True)


def test_a_case_number_known_or_twice_in_the_file_is_refused():
    court, program = a_court(), a_program()
    a_referral(court=court, program=program, case_number="CR-1")
    intake = read(
        HEADER, GOOD, GOOD.replace("CR-1", "CR-3"), GOOD.replace("CR-1", "CR-3"), court=court, program=program
    )
    assert [row.line for row in intake.bad] == [2, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("first,second\n1,2", "missing"),
        (HEADER + ",salary\n" + GOOD + ",1", "salary"),
        (HEADER, "no rows"),
        (HEADER + '\n"unclosed', "cannot be read"),
        ("", "missing"),
        (HEADER + ",email\n" + GOOD + ",x", "stand twice: email"),
        (HEADER + "\n" + "x" * 200_000, "cannot be read"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text, words):
    assert words in read(text).file_problem


@pytest.mark.parametrize("text", ["FBI 123456A7", "ncic no. 55512345", "SID: 0099123"])
def test_criminal_history_numbers_are_recognized(text):
    assert forbidden_numbers(text)


@pytest.mark.parametrize("text", ["CR-2026-00123", "Complete the course by 2027", "Sidney Smith"])
def test_ordinary_words_are_not(text):
    assert not forbidden_numbers(text)


@pytest.mark.parametrize("begins", ["=cmd|' /C calc'!A1", "+1+1", "@SUM(A1)", "-1+1", "-(1)"])
@pytest.mark.parametrize("column", ["Robin", "Complete the course|Check in"])
def test_what_a_spreadsheet_would_run_is_not_taken(begins, column):
    intake = read(HEADER, GOOD.replace(column, begins))
    assert intake.good == []
    assert "begins like a spreadsheet" in intake.bad[0].problems[0]


def test_a_telephone_number_may_begin_with_a_plus_and_a_condition_with_a_dash():
    intake = read(HEADER, GOOD.replace("example,,en", "example,+1 518 555 0100,en").replace("Complete", "- Complete"))
    assert intake.bad == []


WRONG_FILES = {
    "a spreadsheet": ("list.xlsx", b"PK\x03\x04" + bytes(3000), "CSV UTF-8"),
    "a page": ("list.csv", b"<html><script>alert(1)</script>", "CSV UTF-8"),
    "another alphabet": ("list.csv", (HEADER + "\nJos\u00e9").encode("latin-1"), "CSV UTF-8"),
    "two bytes a letter": ("list.csv", HEADER.encode("utf-16"), "CSV UTF-8"),
    "a zero byte": ("list.csv", HEADER.encode() + b"\n\0", "CSV UTF-8"),
    "commands for a terminal": ("list.csv", HEADER.encode() + b"\n\x1b[2J", "CSV UTF-8"),
    "another name": ("list.exe", (HEADER + "\n" + GOOD).encode(), "name ends differently"),
    "too much": ("list.csv", b"x," * 600_000, "larger than 1 MB"),
    "nothing": ("list.csv", b"", "is empty"),
}


@pytest.mark.parametrize("what", WRONG_FILES)
def test_the_page_says_what_is_wrong_with_a_file_and_refers_nobody(what, signed_in):
    name, data, words = WRONG_FILES[what]
    program, court = a_program(), a_court()
    page = signed_in(a_court_user(court)).post(
        reverse("referrals:refer_by_file"),
        {"court": court.pk, "program": program.pk, "file": SimpleUploadedFile(name, data)},
    )
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Referral.objects.exists()


@pytest.mark.parametrize("text", [HEADER + "\n\x1b[2J", "<html>", HEADER + "\n" + "x" * 1_000_001])
def test_the_text_that_comes_back_is_looked_at_again(text, signed_in):
    program, court = a_program(), a_court()
    page = signed_in(a_court_user(court)).post(
        reverse("referrals:refer_by_file"), {"court": court.pk, "program": program.pk, "text": text, "confirm": "1"}
    )
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert not Referral.objects.exists()


def test_a_file_with_a_byte_order_mark_is_taken_in_two_steps(signed_in):
    program, court = a_program(), a_court()
    client = signed_in(a_court_user(court))
    data = ("\ufeff" + HEADER + "\r\n" + GOOD + "\r\n").encode()
    fields = {"court": court.pk, "program": program.pk}
    page = client.post(reverse("referrals:refer_by_file"), fields | {"file": SimpleUploadedFile("List.CSV", data)})
    text = page.context["form"].cleaned_data["text"]
    client.post(reverse("referrals:refer_by_file"), fields | {"text": text, "confirm": "1"})
    assert Referral.objects.filter(case_number="CR-1").count() == 1


def test_what_is_wrong_is_listed_in_the_order_of_the_page(signed_in):
    a_program()
    page = signed_in(a_court_user(a_court())).post(reverse("referrals:refer"), {"email": ""}).content.decode()
    listed = re.findall(r'<li><a href="#(id_\w+)">', page)
    assert len(listed) > 4
    assert listed == sorted(listed, key=lambda field: page.index(f'id="group-{field}"'))
