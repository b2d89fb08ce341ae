"""The caseload of a facilitator with one person and with two hundred, against the bare SQL of the same page."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accountability.caseloads import many_on_track
from tests.builders import a_facilitator, a_program, a_published_course, an_enrolled_referral
from tests.conftest import sign_in_session

PEOPLE = int(os.environ.get("BENCH_CASELOAD", "200"))
AT_MOST = 15  # queries, whoever asks
PAGES = {
    "caseload": "/facilitate/people/",
    "caseload, filtered by a rule": "/facilitate/people/?standing=at_risk",
    "today": "/facilitate/",
}


def caseload(
    now: datetime, *, timed: Callable[[Callable[[], object], int], float], row: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    """A line for each page: milliseconds with PEOPLE, how that is to its SQL alone, and its queries (as with one)."""
    settings.ALLOWED_HOSTS = ["*"]
    one, many = _facilitator(now, 1), _facilitator(now, PEOPLE)
    found = []
    for name, path in PAGES.items():
        few, asked = _statements(one, path), _statements(many, path)
        if name == "caseload":
            assert len(few) == len(asked) <= AT_MOST, (len(few), len(asked))
        page, bare = timed(lambda p=path: _get(many, p), 7), timed(lambda s=asked: _run(s), 7)
        found.append(row(f"{name}, of {PEOPLE:,}", page, "its bare SQL", bare, len(asked)))
    return found


def _facilitator(now: datetime, people: int) -> Client:
    program = a_program(name=f"Caseload of {people}")
    facilitator = a_facilitator(program)
    a_published_course(program, modules=2)
    many_on_track(an_enrolled_referral(program=program), people - 1, now)
    client = Client()
    sign_in_session(client, facilitator)
    return client


def _get(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def _statements(client: Client, path: str) -> list[str]:
    for _ in range(3):  # a session notes once in a while that it is used
        _get(client, path)
    with CaptureQueriesContext(connection) as captured:
        _get(client, path)
    return [query["sql"] for query in captured.captured_queries]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.upper().startswith("SELECT"):
                cursor.execute(statement)
                cursor.fetchall()
