"""A court with fifty thousand cases: every page and every search against the first page."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lms.referrals import court_list, search
from lms.referrals.models import Court, Program, Referral, SearchKey
from tests.builders import a_court, a_court_user, a_program
from tests.conftest import sign_in_session

CASES = int(os.environ.get("BENCH_CASES", "50000"))
ADDRESS = "/court/"
FIRST = ("Ana", "José", "María", "Luis", "James", "Robert", "Linda", "Karen", "Omar", "Aisha", "Wei", "Ivan", "Nadia",
         "Tom", "Marcus", "Dana", "Rosa", "Kim", "Sean", "Élise")  # fmt: skip
LAST = ("García", "Núñez", "Smith", "Johnson", "Martínez", "O’Brien", "Nguyen", "Kowalski", "Müller", "Brown", "Davis",
        "Marsh", "Mason", "Maddox", "Lopez", "Hill", "Young", "Okafor", "Ibrahim", "Petrov", "Silva", "Reyes", "Cruz")  # fmt: skip
AT_ONCE = 2_000
ROUNDS = 9
Row = Callable[..., dict[str, Any]]


def court_list_pages(now: datetime, *, row: Row) -> list[dict[str, Any]]:
    """Milliseconds of each page as it is asked for, all of them by turns, and how that is to the first page."""
    settings.ALLOWED_HOSTS = ["*"]
    court, program = a_court("A court with many cases"), a_program()
    _cases(court, program, now)
    clerk = a_court_user(court)
    client = Client()
    sign_in_session(client, clerk)
    asks = {name: _ask(client, data) for name, data in _questions(court).items()}
    ms = _by_turns(asks)
    first = next(iter(ms.values()))
    return [
        row(f"{name}, of {CASES:,}", ms[name], "the first page", first, _queries(ask)) for name, ask in asks.items()
    ]


def _questions(court: Court) -> dict[str, dict[str, str]]:
    """What a clerk may ask, the worst of each kind among them."""
    oldest = Referral.objects.filter(court=court).order_by("received_at", "pk")
    middle, end = oldest[CASES // 2].pk, oldest[court_list.PAGE].pk
    last_by_name = SearchKey.objects.filter(court=court, use="o").order_by("-key", "-referral")[court_list.PAGE]
    return {
        "court list, first page": {},
        "court list, a page in the middle": {"after": str(middle)},
        "court list, the last page": {"after": str(end)},
        "court list, back from the end": {"before": str(end)},
        "court list by name": {"order": "name"},
        "court list by name, the last page": {"order": "name", "after": str(last_by_name.referral_id)},
        "search: one case number": {"q": f"CR-{CASES - 7:06}"},
        "search: the number alone": {"q": str(CASES - 7)},
        "search: how numbers begin": {"q": "cr 0"},
        "search: a common name": {"q": "garcia"},
        "search: one letter": {"q": "m"},
        "search: two words": {"q": "nunez ana"},
        "search: two letters that most have": {"q": "m s"},
        "search: two words that nobody has": {"q": "garcia ana lopez smith"},
        "search: nobody": {"q": "zzyzx"},
        "of a status that many have": {"status": "received"},
        "of a status that few have": {"status": "transferred"},
        "of a status that nobody has": {"status": "withdrawn"},
        "search: a common name of a rare status": {"q": "garcia", "status": "transferred"},
    }


def _ask(client: Client, data: dict[str, str]) -> Callable[[], None]:
    def ask() -> None:
        answer = client.post(ADDRESS, data) if data else client.get(ADDRESS)
        assert answer.status_code == 200, (data, answer.status_code)

    return ask


def _by_turns(asks: dict[str, Callable[[], None]]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(ROUNDS):
        for name, ask in asks.items():
            start = time.perf_counter()
            ask()
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: median(times[1:]) for name, times in taken.items()}


def _queries(ask: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    if os.environ.get("BENCH_EXPLAIN"):
        slowest = max(captured.captured_queries, key=lambda query: float(query["time"]))
        _explained(slowest["sql"])
    return len(captured)


def _explained(sql: str) -> None:
    with connection.cursor() as cursor:
        verb = "EXPLAIN (ANALYZE, BUFFERS) " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        cursor.execute(verb + sql)
        print(sql[:600], *(str(line) for line in cursor.fetchall()), sep="\n   ")


def _cases(court: Court, program: Program, now: datetime) -> None:
    made = iter(_case(court, program, number, now) for number in range(CASES))
    while some := list(islice(made, AT_ONCE)):
        Referral.objects.bulk_create(some)
        SearchKey.objects.bulk_create([key for case in some for key in search.keys_of(case)])
    with connection.cursor() as cursor:
        # As its own upkeep would have done a minute later.
        cursor.execute("ANALYZE")


def _case(court: Court, program: Program, number: int, now: datetime) -> Referral:
    """Every hundredth was received in one file with the ninety-nine before it; every 2,000th was transferred."""
    received = now - timedelta(hours=6 * (number // 100))
    reached: dict[str, Any] = {"transferred_at": now} if number % 2_000 == 0 else {}
    reached |= {"invited_at": received} if number % 3 else {}
    return Referral(
        court=court, program=program, first_name=FIRST[number % len(FIRST)], last_name=LAST[number // 20 % len(LAST)],
        birth_year=1980, case_number=f"CR-{number:06}", stage="probation_condition", ordered_on=received.date(),
        received_at=received, **reached,
    )  # fmt: skip
