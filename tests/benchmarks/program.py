"""The program in pictures with ten thousand cases of 26 check-ins each, against the bare SQL of the same page."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accountability.models import CheckIn, Track
from lms.referrals.models import Program, Referral
from tests.builders import a_court, a_program, an_administrator
from tests.conftest import sign_in_session

CASES = int(os.environ.get("BENCH_PEOPLE", "10000"))
CHECK_INS = 26
DAY = timedelta(days=1)
MONTHS = 24
AT_ONCE = 400
COURTS = 5


def program_page(
    now: datetime, *, timed: Callable[[Callable[[], object], int], float], row: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    settings.ALLOWED_HOSTS = ["*"]
    program = a_program(name="Pictures")
    _people(program, now)
    client = Client()
    sign_in_session(client, an_administrator(program))
    found = []
    for name, period in (("program in pictures, all months", "all"), ("program in pictures, 3 months", "3")):
        address = f"/facilitate/program/?period={period}"
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
        if os.environ.get("BENCH_EXPLAIN"):
            for query in sorted(captured.captured_queries, key=lambda q: -float(q["time"]))[:4]:
                print(query["time"], query["sql"][:400])
        page, bare = timed(lambda a=address: client.get(a), 3), timed(lambda s=asked: _run(s), 3)
        found.append(row(f"{name}, of {CASES:,}", page, "its bare SQL", bare, len(captured)))
    return found


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def _people(program: Program, now: datetime) -> None:
    courts = [a_court(f"Court {number}") for number in range(COURTS)]
    policy = program.policies.get()
    numbers = iter(range(CASES))
    while some := list(islice(numbers, AT_ONCE)):
        cases = [_case(program, courts[n % COURTS], policy, n, now) for n in some]
        Referral.objects.bulk_create(cases)
        tracks = [_track(case, policy) for case in cases]
        Track.objects.bulk_create(tracks)
        CheckIn.objects.bulk_create(
            [_check_in(t, n, k) for n, t in zip(some, tracks, strict=True) for k in range(CHECK_INS)]
        )
    with connection.cursor() as cursor:
        # As its own upkeep would have done a minute later.
        cursor.execute("ANALYZE")


def _case(program: Program, court: Any, policy: Any, number: int, now: datetime) -> Referral:
    at = now - (240 + number % (MONTHS * 30)) * DAY
    ended = {} if number % 3 else {"completed_at": at + 230 * DAY}
    return Referral(
        court=court, program=program, policy=policy, first_name="Ash", last_name=f"Sample {number}", birth_year=1980,
        language="es" if number % 4 == 0 else "en", case_number=f"P-{number}", stage="sentence", ordered_on=at.date(),
        received_at=at, invited_at=at + DAY, enrolled_at=at + 3 * DAY, course_started_at=at + 4 * DAY,
        course_completed_at=at + 30 * DAY, track_opened_at=at + 30 * DAY, **ended,
    )  # fmt: skip


def _track(case: Referral, policy: Any) -> Track:
    opened = case.track_opened_at
    assert opened is not None
    end = opened + 181 * DAY
    return Track(
        referral=case, policy=policy, zone="America/New_York", opened_at=opened, opened_on=opened.date(),
        planned_end_on=end.date(), ends_on=end.date(), ends_at=end, tzdata="x",
    )  # fmt: skip


def _check_in(track: Track, person: int, number: int) -> CheckIn:
    due = track.opened_at + (number + 1) * 7 * DAY
    sent = None if (person + number) % 11 == 0 else due - DAY * (1 if (person + number) % 5 else -1)
    excused = {"excused_at": due + 3 * DAY, "excused_reason": "work"} if (person + number) % 37 == 0 else {}
    return CheckIn(
        track=track, number=number + 1, due_on=due.date(), opens_at=due - 3 * DAY, due_at=due, closes_at=due + 2 * DAY,
        cure_until=due + 7 * DAY, leeway_until=due + 2 * DAY + timedelta(hours=1), submitted_at=sent,
        reviewed_at=sent + (1 + person % 4) * DAY if sent else None, **excused,
    )  # fmt: skip
