"""A court's list: every case once, whatever the order, found by name and number, and by its own court alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lms.referrals import court_list, search
from lms.referrals.access import referrals_for
from lms.referrals.court_list import Asked
from lms.referrals.models import Court, CourtMembership, Program, Referral, SearchKey
from lms.referrals.rules import search as rules
from lms.referrals.rules.status import MOMENTS, Status, status_of
from lms.referrals.status_reading import in_status
from tests.builders import JANUARY, a_court, a_court_user, a_program, a_referral
from tests.conftest import sign_in_session

pytestmark = pytest.mark.django_db
LIST = "referrals:court_home"


def test_accents_capitals_and_punctuation_do_not_matter() -> None:
    assert rules.words("Núñez-O’Brien") == ("nunez", "obrien")
    assert rules.words("  ŁØDŹ  strauß ") == ("lodz", "strauss")
    assert rules.numbers("CR-2026-00123") == {"cr202600123", "202600123", "00123", "123"}
    assert rules.wanted("2026-cr-12 Ana") == ("2026cr12", "ana")
    assert rules.wanted("  ") == ()


@given(st.text(max_size=80))
def test_every_beginning_of_a_word_finds_it(text: str) -> None:
    for word in rules.words(text):
        found = rules.keys(first_name=text, last_name="", numbers_of=())
        assert any(key.startswith(word[:3]) for key in found)


@given(st.lists(st.booleans(), min_size=len(MOMENTS), max_size=len(MOMENTS)))
def test_the_rule_of_a_status_and_its_reading_in_the_database_agree(reached: list[bool]) -> None:
    moments = {name: JANUARY if there else None for (name, _), there in zip(MOMENTS, reached, strict=True)}
    moments["received_at"] = JANUARY
    conditions = {status: in_status(status).children for status in Status}
    true = [
        s
        for s, asked in conditions.items()
        if all((moments[n.removesuffix("__isnull")] is None) == v for n, v in asked)
    ]
    assert true == [status_of(moments)]


def test_the_database_reads_each_status_as_the_rule_does() -> None:
    program, court = a_program(), a_court()
    for name, _status in MOMENTS:
        referral = a_referral(program=program, court=court)
        Referral.objects.filter(pk=referral.pk).update(**{name: JANUARY})
    for status in Status:
        assert [r.status for r in Referral.objects.filter(in_status(status))] == [status]


@pytest.fixture
def court() -> Court:
    return a_court()


@pytest.fixture
def program() -> Program:
    return a_program()


def many(program: Program, court: Court, count: int, **fields: Any) -> list[Referral]:
    """Of which every third was received in one moment with the one before."""
    return [
        a_referral(program=program, court=court, now=JANUARY + timedelta(hours=n - (n % 3 == 0)),
                   last_name=f"Name{n:03}", **fields)
        for n in range(count)
    ]  # fmt: skip


def walked(seen: Any, courts: list[Court], **asked: Any) -> tuple[list[UUID], list[UUID]]:
    """All cases by going on from page to page, and by coming back from the last."""
    page = court_list.page(seen, courts, Asked(**asked))
    there = [case.pk for case in page.cases]
    while page.after:
        page = court_list.page(seen, courts, Asked(**asked, beyond=page.after))
        there += [case.pk for case in page.cases]
    back = [case.pk for case in page.cases]
    while page.before:
        page = court_list.page(seen, courts, Asked(**asked, beyond=page.before, back=True))
        back = [case.pk for case in page.cases] + back
    return there, back


def test_every_case_stands_on_one_page_there_and_back(program: Program, court: Court) -> None:
    many(program, court, 60)
    seen = referrals_for(a_court_user(court))
    newest = list(seen.order_by("-received_at", "-pk").values_list("pk", flat=True))
    assert walked(seen, [court]) == (newest, newest)
    by_name = list(seen.order_by("last_name").values_list("pk", flat=True))
    assert walked(seen, [court], by_name=True) == (by_name, by_name)
    assert walked(seen, [court], text="name") == (by_name, by_name)
    assert walked(seen, [court], text="rob", status=Status.RECEIVED)[0]
    assert walked(seen, [court], status=Status.COMPLETED) == ([], [])


def test_several_courts_are_one_list(program: Program, court: Court) -> None:
    other = a_court("Other Court")
    clerk = a_court_user(court)
    CourtMembership.objects.create(court=other, user=clerk)
    many(program, court, 31)
    many(program, other, 31)
    seen = referrals_for(clerk)
    newest = list(seen.order_by("-received_at", "-pk").values_list("pk", flat=True))
    assert walked(seen, [court, other]) == (newest, newest)


def test_a_person_with_two_words_alike_is_found_once(program: Program, court: Court) -> None:
    found = a_referral(program=program, court=court, first_name="Ana", last_name="Anaya", case_number="ANA-1")
    a_referral(program=program, court=court, first_name="Bea", last_name="Blanco")
    page = court_list.page(referrals_for(a_court_user(court)), [court], Asked("ana"))
    assert [case.pk for case in page.cases] == [found.pk]
    assert court_list.count([court], Asked("ana")) == court_list.Count(1, False)


@pytest.mark.parametrize(
    "text",
    [
        "nunez",
        "NÚÑ",
        "Ana Núñez",
        "núñez ana",
        "lopez ana",
        "o'b",
        "2026-cf-00042",
        "2026cf00042",
        "cf 42",
        "42",
        "da7",
    ],
)
def test_a_case_is_found_by_how_its_name_or_number_begins(program: Program, court: Court, text: str) -> None:
    wanted = a_referral(
        program=program, court=court, first_name="Ana María", last_name="Núñez López O’Brien",
        case_number="2026-CF-00042", reference="DA-7",
    )  # fmt: skip
    a_referral(program=program, court=court, first_name="Lope", last_name="Anders", case_number="2026-CF-00043")
    seen = referrals_for(a_court_user(court))
    assert [case.pk for case in court_list.page(seen, [court], Asked(text)).cases] == [wanted.pk]
    assert list(search.narrow(Referral.objects.all(), text)) == [wanted]


def test_nothing_of_another_court_is_found(program: Program, court: Court) -> None:
    theirs = a_referral(program=program, court=a_court("Other Court"), last_name="Elsewhere")
    a_referral(program=program, court=court, last_name="Here")
    client = Client()
    sign_in_session(client, a_court_user(court))
    for asked in ({"q": "elsewhere"}, {"order": "name"}, {"after": str(theirs.pk)}, {"before": str(theirs.pk)}):
        assert "Elsewhere" not in client.post(reverse(LIST), asked).content.decode()
    # An edge that is not theirs is none: they are shown the first page.
    assert "Here" in client.post(reverse(LIST), {"after": str(theirs.pk)}).content.decode()


def test_a_case_that_is_put_away_is_found_by_nothing(program: Program, court: Court) -> None:
    sealed = a_referral(program=program, court=court, last_name="Gone")
    Referral.objects.filter(pk=sealed.pk).update(sealed_at=JANUARY)
    seen = referrals_for(a_court_user(court))
    for asked in (Asked(), Asked("gone"), Asked(by_name=True)):
        assert court_list.page(seen, [court], asked) == court_list.Page([])
        assert court_list.count([court], asked).n == 0


def test_nobody_counts_to_the_end(program: Program, court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    many(program, court, 4)
    monkeypatch.setattr(court_list, "COUNTED", 3)
    assert court_list.count([court], Asked()) == court_list.Count(3, True)


def test_as_many_queries_for_three_as_for_sixty(program: Program, court: Court) -> None:
    client = Client()
    sign_in_session(client, a_court_user(court))
    counts = []
    for more in (3, 57):
        many(program, court, more)
        for asked in ({"order": "newest"}, {"q": "name"}, {"order": "name"}, {"status": "received"}):
            client.post(reverse(LIST), asked)
            with CaptureQueriesContext(connection) as captured:
                client.post(reverse(LIST), asked)
            counts.append(len(captured))
    assert counts == [counts[0]] * 8


def test_what_was_looked_for_goes_along_to_the_next_page_and_stands_in_no_address(
    program: Program, court: Court
) -> None:
    many(program, court, 30)
    client = Client()
    sign_in_session(client, a_court_user(court))
    page = client.post(reverse(LIST), {"q": "name", "order": "name"}).content.decode()
    assert 'name="q" value="name"' in page and "?q=" not in page and 'name="after"' in page
    assert client.get(reverse(LIST), {"q": "nobody"}).content.decode().count('scope="row"') == 25


def test_the_words_of_a_case_go_with_it(program: Program, court: Court) -> None:
    referral = a_referral(program=program, court=court)
    assert SearchKey.objects.filter(referral=referral).exists()
    referral.first_name = referral.last_name = referral.case_number = referral.reference = ""
    search.index([referral])
    assert not SearchKey.objects.filter(referral=referral).exists()
