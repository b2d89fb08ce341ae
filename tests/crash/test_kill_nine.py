"""Kill -9 at random, again and again, over a simulated month: the rows are what they would have been (invariants 2, 4, 16)."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.crash.sweeper import keep

START = datetime.fromisoformat("2026-02-10T15:00:00+00:00")  # a month in which the clocks change
END = START + timedelta(days=31)
KILLS = 100
WORKERS = 2

pytestmark = [pytest.mark.crash]


class Copy:
    """A database of its own, and the processes that live on it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.seen = folder / "seen"
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": str(folder),
            "CRASH_DATABASE_URL": url,
        }
        self.env.pop("DATABASE_URL", None)
        keep(self.seen, START)

    def run(self, module: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.crash.{module}", *arguments],
            env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.crash.sweeper", str(self.seen), END.isoformat()],
            env=self.env, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def rows(self) -> dict:
        return json.loads(self.run("rows"))


@pytest.fixture
def copies(tmp_path):
    """The same world twice: one for the undisturbed run, one for the kills."""
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    if connection.vendor == "sqlite":
        first = Copy(calm, f"sqlite:///{calm}/amends.sqlite3")
        first.run("world", START.isoformat())
        shutil.copytree(calm, rough)
        yield first, Copy(rough, f"sqlite:///{rough}/amends.sqlite3")
        return
    rough.mkdir()
    given = connection.settings_dict
    server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    names = [f"amends_crash_{os.getpid()}_{kind}" for kind in ("calm", "rough")]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as server_connection:
        server_connection.execute(f"CREATE DATABASE {names[0]}")
        first = Copy(calm, f"{server}/{names[0]}")
        first.run("world", START.isoformat())
        server_connection.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}")
        yield first, Copy(rough, f"{server}/{names[1]}")
        for name in names:
            server_connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db
def test_a_month_of_kills_leaves_the_rows_of_an_undisturbed_month(copies):
    calm, rough = copies
    undisturbed = calm.begin()
    told = json.loads(rough.run("killer", str(rough.seen), END.isoformat(), str(KILLS), str(WORKERS)))
    assert told["killed"] == KILLS
    assert told["hours"] > KILLS / 3  # spread over the month, not spent on one hour of it
    assert undisturbed.wait() == 0
    keep(rough.seen, END)
    final = rough.begin()
    assert final.wait() == 0
    expected, found = calm.rows(), rough.rows()
    assert found["check_ins"] == expected["check_ins"]
    assert found["messages"] == expected["messages"]
    assert found["reports"] == expected["reports"]
    assert found["journal_broken"] == []
    assert (found["sent_and_uncertain"], found["attempts_left_open"]) == (0, 0)
    assert sum(row[6] != "None" for row in expected["check_ins"]) > 5
    assert len(expected["messages"]) > 50
