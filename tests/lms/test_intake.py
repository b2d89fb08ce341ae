"""Referrals by file: a dry run that names every bad row; all of a file or none of it."""

import pytest

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
