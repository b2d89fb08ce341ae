"""Heartbeats: one against a hello-world view behind the same middleware, and how many two processes take in a second.

As a program it is one of those processes: it beats for the people it is named, by turns, and says how many were accepted.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

PEOPLE = 20
PROCESSES = 2
SECONDS = 10


class Beating:
    """A person whose page is open, and the client that beats for it."""

    def __init__(self, viewing: UUID) -> None:
        from django.test import Client

        from courses.models import Viewing
        from tests.conftest import sign_in_session

        found = Viewing.objects.select_related("enrollment__referral__person", "module").get(pk=viewing)
        self.client, self.accepted = Client(), 0
        sign_in_session(self.client, found.enrollment.referral.person)
        self.client.post(f"/learn/modules/{found.module_id}/attest/", {"mine": "on"})
        self.fields = {"viewing": str(viewing), "here": "1"}
        self.beat()
        self.accepted = 0
        del self.fields["here"]

    def beat(self) -> None:
        told = self.client.post("/learn/beat/", self.fields).json()
        assert told["accepted"], told
        self.fields["ticket"] = told["ticket"]
        self.accepted += 1

    def hello(self) -> None:
        assert self.client.post("/bench/hello/", self.fields).status_code == 200


def people(now: datetime, count: int = PEOPLE) -> list[UUID]:
    """Somebody each with the first page of a course open."""
    from courses.actions import evidence
    from tests.builders import a_facilitator, a_program, a_published_course, an_enrolled_referral

    program = a_program(name="Beating")
    a_facilitator(program)
    a_published_course(program, modules=1)
    found = []
    for number in range(count):
        referral = an_enrolled_referral(program=program, now=now, case_number=f"BEAT-{number}")
        module = referral.enrollment.edition.modules.get()
        shown = evidence.open_step(enrollment=referral.enrollment, module=module, step=1, by=referral.person, now=now)
        found.append(shown.pk)
    return found


def measured(
    now: datetime, row: Callable[..., dict[str, Any]], by_turns: Callable[..., dict[str, float]]
) -> list[dict[str, Any]]:
    """Lines of the bench. Nothing is lost: each beat that was accepted stands as a stretch, and no other does."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from courses.models import ActiveTime

    settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = "tests.benchmarks.urls", ["*"]
    opened = people(now)
    one = Beating(opened[0])
    ms = by_turns({"hello": one.hello, "beat": one.beat}, 200)
    with CaptureQueriesContext(connection) as captured:
        one.beat()
    with CaptureQueriesContext(connection) as without:
        one.hello()
    own = len(captured) - len(without)
    before = ActiveTime.objects.count()
    counts = _together(opened)
    assert ActiveTime.objects.count() - before == sum(counts), "a beat was lost, or counted twice"
    rate = sum(counts) / SECONDS
    return [
        row("hello-world view, a form posted", ms["hello"], queries=len(without)),
        row(f"heartbeat ({own} queries more, with BEGIN and COMMIT)", ms["beat"], "hello, posted", ms["hello"], len(captured)),
        row(f"  {rate:,.0f} a second from {PROCESSES} processes, {sum(counts):,}, none lost", 1000 / rate),
    ]  # fmt: skip


def _together(opened: list[UUID]) -> list[int]:
    """How many each process had accepted. They begin when all are ready."""
    parts = [opened[number::PROCESSES] for number in range(PROCESSES)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.beats", *map(str, part)],
            env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for part in parts
    ]  # fmt: skip
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [int(process.communicate()[0]) for process in running]


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    mine = [Beating(UUID(text)) for text in sys.argv[1:]]
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for each in mine:
            each.beat()
    print(sum(each.accepted for each in mine))


if __name__ == "__main__":
    main()
