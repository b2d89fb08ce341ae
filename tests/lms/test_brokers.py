"""A real worker on every broker that can be reached: a ring is heard, and a killed worker loses nothing but the ring."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.conftest import TEMPLATE

BROKERS = ["filesystem://", *os.environ.get("TEST_BROKERS", "").split()]
PATIENCE = 60

pytestmark = [pytest.mark.broker]


class Place:
    """A database and a broker of their own, and the programs that use them."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.database = folder / "amends.sqlite3"
        (folder / "queue" / "control").mkdir(parents=True)
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": str(folder),
            "CRASH_DATABASE_URL": f"sqlite:///{self.database}",
            "CELERY_BROKER_URL": broker,
        }
        self.env.pop("DATABASE_URL", None)

    def run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def worker(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "celery",
            "--app",
            "lms",
            "worker",
            "--concurrency",
            "1",
            "--queues",
            self.queue,
        ]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
        return subprocess.Popen([*command, *quiet], env=self.env, cwd=settings.BASE_DIR, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    @property
    def queue(self) -> str:
        """A queue of this run alone: somebody else's worker on the same server hears nothing of it."""
        return f"amends-test-{os.getpid()}"

    def ring(self) -> None:
        code = (
            "import django; django.setup(); from lms.celery import app; "
            f"app.send_task('accountability.tasks.sweep', queue='{self.queue}')"
        )
        self.run("-c", code)

    def pulses(self) -> int:
        """Read without the product: it takes seconds to load, and this is asked again and again."""
        with closing(sqlite3.connect(self.database)) as database:
            return int(database.execute("SELECT count(*) FROM referrals_pulse").fetchone()[0])

    def forget_pulses(self) -> None:
        with closing(sqlite3.connect(self.database)) as database:
            database.execute("DELETE FROM referrals_pulse")
            database.commit()


@pytest.fixture(params=BROKERS, ids=[broker.split(":")[0] for broker in BROKERS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    place = Place(tmp_path, request.param)
    if TEMPLATE:
        shutil.copy(TEMPLATE, place.database)
    else:
        place.run("manage.py", "migrate", "--verbosity", "0")
    return place


def heard(place: Place) -> bool:
    """Whether a ring was answered within patience; asks the database, not the broker."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if place.pulses():
            return True
        time.sleep(0.1)  # between two looks; how long it may take is PATIENCE
    return False


def stop(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_ring_is_heard_also_by_the_worker_after_a_killed_one(place):
    worker = place.worker()
    try:
        place.ring()
        assert heard(place)
    finally:
        stop(worker)
    place.forget_pulses()
    place.ring()
    again = place.worker()
    try:
        assert heard(place)
    finally:
        stop(again)


def test_the_databases_of_this_run_can_be_reached():
    """Says by failing that PostgreSQL was promised and is not there."""
    if not os.environ.get("REQUIRE_ALL"):
        pytest.skip("nothing is required here")
    with psycopg.connect(
        os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    ) as connection:
        assert connection.info.server_version > 0
