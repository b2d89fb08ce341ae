"""The roster of a facilitator with ten people and with ten thousand, against the bare SQL of the same pages."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import ActiveTime, Attempt, Enrollment, Evidence, ModuleProgress, Reflection
from lms.demonstration import steps
from lms.referrals.models import Referral
from tests.builders import a_facilitator, a_program, a_published_course, an_enrolled_referral
from tests.conftest import sign_in_session

FEW, MANY = 10, int(os.environ.get("BENCH_PEOPLE", "10000"))
# Of each kind of trace so many lines a person: the database writes them, and a machine must do so in a minute.
LINES = 12
PAGES = {
    "roster": "/facilitate/roster/",
    "roster, who may need a hand": "/facilitate/roster/?state=stuck&sort=activity",
    "roster, the last page": "/facilitate/roster/?page=last",
    "those who began together": "/facilitate/roster/cohorts/",
}
Like = Callable[..., None]
Timed = Callable[[Callable[[], object], int], float]


def roster(now: datetime, *, like: Like, timed: Timed, row: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """A line for each page: milliseconds among MANY, how that is to its SQL alone, and its queries (as among FEW)."""
    settings.ALLOWED_HOSTS = ["*"]
    found = []
    few, many = (_caseload(now, people, like) for people in (FEW, MANY))
    for name, path in PAGES.items():
        asked, as_asked = _statements(few, path), _statements(many, path)
        assert len(asked) == len(as_asked), (name, len(asked), len(as_asked))
        page, bare = timed(lambda c=many, p=path: _get(c, p), 7), timed(lambda s=as_asked: _run(s), 7)
        found.append(row(f"{name}, of {MANY:,}", page, "its bare SQL", bare, len(as_asked)))
    return found


def _get(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def _statements(client: Client, path: str) -> list[str]:
    for _ in range(3):  # a session notes once in a while that it is used
        _get(client, path)
    with CaptureQueriesContext(connection) as captured:
        _get(client, path)
    return [query["sql"] for query in captured.captured_queries]


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.upper().startswith("SELECT"):
                cursor.execute(statement)
                cursor.fetchall()


def _caseload(now: datetime, people: int, like: Like) -> Client:
    """A facilitator with so many people, each of whom did what one did: two modules, with traces of every kind."""
    program = a_program(name=f"Roster of {people}")
    facilitator = a_facilitator(program)
    a_published_course(program, modules=8)
    referral = an_enrolled_referral(program=program, now=now - timedelta(days=20), case_number=f"ROSTER-{people}")
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)
    first, second = enrollment.edition.modules.all()[:2]
    at = steps.take_module(enrollment, first, now=now - timedelta(days=19))
    steps.accept_reflections(enrollment, by=facilitator, now=at)
    steps.take_module(enrollment, second, now=at + timedelta(days=1))
    Referral.objects.filter(pk=referral.pk).update(facilitator=facilitator)
    with transaction.atomic(), connection.cursor() as cursor:
        _copies(cursor, enrollment, people - 1, like)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As its own upkeep would have done a minute later.
            cursor.execute("ANALYZE")
    assert Referral.objects.filter(facilitator=facilitator).count() == people
    client = Client()
    sign_in_session(client, facilitator)
    return client


def _copies(cursor: Any, enrollment: Enrollment, count: int, like: Like) -> None:
    sqlite = connection.vendor == "sqlite"
    fresh = "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    if not sqlite:
        # Rows that were copied from rows need no asking whether what they point to is there.
        cursor.execute("SET LOCAL session_replication_role = replica")
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    case = f"{enrollment.referral.case_number}-"
    like(
        cursor, Referral, enrollment.referral_id, numbers, "n",
        {"id": fresh, "case_number": f"'{case}' || CAST(n.i AS text)", "last_name": "'Sample ' || CAST(n.i AS text)"},
        person=None,
    )  # fmt: skip
    cases = f"(SELECT id FROM referrals_referral WHERE case_number LIKE '{case}%%') r"
    like(cursor, Enrollment, enrollment.pk, "", cases, {"id": fresh, "referral_id": "r.id"})
    theirs = f"(SELECT e.id FROM courses_enrollment e JOIN {cases} ON e.referral_id = r.id) t"
    for model in (ModuleProgress, Evidence, Attempt, Reflection, ActiveTime):
        for line in model.objects.filter(enrollment=enrollment).values_list("pk", flat=True)[:LINES]:
            like(cursor, model, line, "", theirs, {"id": fresh, "enrollment_id": "t.id"})
