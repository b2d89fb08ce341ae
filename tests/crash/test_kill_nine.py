"""Kill -9 of worker and beat at random, again and again, over a simulated month: every check-in, message
and report is what it would have been (invariants 2, 4, 16)."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings
from django.db import connection

from tests.conftest import TEMPLATE

KILLS = 60

pytestmark = [pytest.mark.crash]


class Post:
    """A real mail server that counts what reaches it, by the number each message bears."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        lines = bytes(envelope.content or b"").decode().splitlines()
        number = next(line for line in lines if line.lower().startswith("message-id:"))
        self.arrived[number.partition("<")[2].partition("@")[0]] += 1
        return "250 OK"

    def __enter__(self) -> "Post":
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()


class Copy:
    """A database of its own, and the processes that live on it."""

    def __init__(self, folder: Path, url: str, post: Post, broker: str) -> None:
        self.post = post
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CACHE_URL"}},
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": str(folder),
            "CRASH_DATABASE_URL": url,
            "CRASH_CLOCK": str(folder / "clock"),
            "CRASH_SMTP_PORT": str(post.port),
            "CELERY_BROKER_URL": broker,
        }

    def start(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.crash.{module}", *arguments],
            env=self.env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ended(self, process: subprocess.Popen[str]) -> str:
        said, problem = process.communicate()
        assert process.returncode == 0, problem[-2000:]
        return said

    def rows(self) -> dict:
        return json.loads(self.ended(self.start("rows")))


@pytest.fixture
def copies(tmp_path):
    """The same world twice: one for the undisturbed month, one for the kills."""
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    with Post() as calm_post, Post() as rough_post:
        if connection.vendor == "sqlite":
            first = Copy(calm, f"sqlite:///{calm}/amends.sqlite3", calm_post, "filesystem://")
            if TEMPLATE:
                shutil.copy(TEMPLATE, calm / "amends.sqlite3")
            first.ended(first.start("world"))
            shutil.copytree(calm, rough)
            yield first, Copy(rough, f"sqlite:///{rough}/amends.sqlite3", rough_post, "filesystem://")
            return
        rough.mkdir()
        broker = next(iter(os.environ.get("TEST_BROKERS", "").split()), "filesystem://")
        given = connection.settings_dict
        server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
        names = [f"amends_crash_{os.getpid()}_{kind}" for kind in ("calm", "rough")]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as server_connection:
            try:
                server_connection.execute(f"CREATE DATABASE {names[0]} TEMPLATE {TEMPLATE or 'template1'}")
                first = Copy(calm, f"{server}/{names[0]}", calm_post, broker)
                first.ended(first.start("world"))
                server_connection.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}")
                yield first, Copy(rough, f"{server}/{names[1]}", rough_post, broker)
            finally:
                for name in names:
                    server_connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.django_db
def test_a_month_of_kills_leaves_what_an_undisturbed_month_leaves(copies):
    calm, rough = copies
    undisturbed, disturbed = calm.start("calm"), rough.start("killer", str(KILLS))
    calm.ended(undisturbed)
    told = json.loads(rough.ended(disturbed))
    assert told["killed"] == KILLS
    assert told["beats"] > KILLS // 5
    assert told["fell"] <= told["beats"]
    assert told["days"] > 15  # spread over the month, not spent on one day of it

    expected, found = calm.rows(), rough.rows()
    assert found["check_ins"] == expected["check_ins"]
    assert found["journal_broken"] == expected["journal_broken"] == []
    assert sum(row[6] != "None" for row in expected["check_ins"]) > 5

    uncertain = same_became_of(expected["messages"], found["messages"])
    assert len(uncertain) <= KILLS
    assert all(calm.post.arrived[m["id"]] == (m["became"] == "sent") for m in expected["messages"].values())
    assert all(
        rough.post.arrived[m["id"]] in {"sent": {1}, "uncertain": {0, 1}}.get(m["became"], {0})
        for m in found["messages"].values()
    )

    # A report says of a notice that it was sent only when that is known; all else it says is the same.
    assert len(expected["reports"]) > 5
    unsaid = notices(expected["reports"]) - notices(found["reports"])
    assert notices(found["reports"]) <= notices(expected["reports"])
    assert {place[:2] for place in unsaid} <= {place(m) for m in uncertain}
    assert without_notices(found["reports"]) == without_notices(expected["reports"])


def same_became_of(expected: dict[str, dict], found: dict[str, dict]) -> list[dict]:
    """The same messages, and of each the same became. Whoever was killed with one in hand cannot know
    whether it left, and says so: those are returned."""
    assert found.keys() == expected.keys()
    assert len(expected) > 50
    uncertain = []
    for key, message in expected.items():
        other = found[key]
        assert (other["kind"], other["not_before"]) == (message["kind"], message["not_before"])
        assert other["open_attempts"] == 0
        if (message["became"], other["became"]) == ("sent", "uncertain"):
            uncertain.append(other | {"key": key})
        else:
            assert other["became"] == message["became"], key
    return uncertain


def place(message: dict) -> tuple[str, int]:
    """Whose message about which check-in: ``check-in:CR-2/1:due_today:2026-02-17``."""
    case, _, number = message["key"].split(":")[1].partition("/")
    return case, int(number or 0)


def notices(reports: list[dict]) -> set[tuple[str, int, str]]:
    """(case, check-in, moment) of every notice that a report says was sent."""
    return {
        (report["case"], check_in["number"], moment)
        for report in reports
        for check_in in (report["facts"]["track"] or {"check_ins": []})["check_ins"]
        for moment in check_in["notices"]
    }


def without_notices(reports: list[dict]) -> list[dict]:
    plain = json.loads(json.dumps(reports))
    for report in plain:
        for check_in in (report["facts"]["track"] or {"check_ins": []})["check_ins"]:
            del check_in["notices"]
    return plain
