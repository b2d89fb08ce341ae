"""Nothing personal where it does not belong: the whole journey with marked words, read back by everyone (T1-T7, T18, T23)."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings
from django.db import connection

from tests.conftest import TEMPLATE
from tests.security.needles import LEARNER, needles, seen_in


class Mailbox:
    """A real mail server that keeps what it is given, byte for byte."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, itertools.count()
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        (self.folder / f"{next(self.numbers):04}.eml").write_bytes(bytes(envelope.content or b""))
        return "250 OK"


@pytest.fixture
def database(tmp_path):
    """A migrated database of its own."""
    if connection.vendor == "sqlite":
        if TEMPLATE:
            shutil.copy(TEMPLATE, tmp_path / "amends.sqlite3")
        yield f"sqlite:///{tmp_path}/amends.sqlite3"
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    name = f"amends_leaks_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        try:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE or 'template1'}")
            yield f"{server}/{name}"
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.django_db
def test_nothing_personal_is_found_where_it_does_not_belong(tmp_path, database):
    mailbox = Mailbox(tmp_path / "post")
    mailbox.server.start()
    (tmp_path / "queue" / "control").mkdir(parents=True)
    env = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CACHE_URL"}},
        "DJANGO_SETTINGS_MODULE": "tests.security.settings",
        "DATA_DIR": str(tmp_path),
        "CRASH_DATABASE_URL": database,
        "CRASH_CLOCK": str(tmp_path / "clock"),
        "CRASH_SMTP_PORT": str(mailbox.port),
        "CELERY_BROKER_URL": "filesystem://",
    }
    try:
        for command in (["manage.py", "migrate", "-v0"], ["-m", "tests.security.leakcheck", str(tmp_path)]):
            done = subprocess.run(
                [sys.executable, *command], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr[-4000:]
    finally:
        mailbox.server.stop()
    said = json.loads((tmp_path / "found.json").read_text())
    assert said["leaks"] == []
    # What must be seen was seen: the search is not blind, and every place was looked into.
    seen = {who: set(found) for who, found in said["sightings"].items()}
    assert {"learner: last name", "words: reflection", "words: note on a check-in"} <= seen["the person"]
    assert {"learner: last name", "learner: case number", "words: reflection", "words: check-in"} <= seen[
        "the facilitator"
    ]
    assert {"learner: last name", "learner: case number"} <= seen["the clerk"]
    assert {"learner: case number", "words: reflection", "words: check-in", "secret: who demanded"} <= seen[
        "an own copy"
    ]
    assert "secret: what an author typed and did not save" in seen["an author’s unsaved text"]
    read = said["read"]
    assert read["backup"] >= 2
    assert read["table django_session"] > 1000
    assert read["mail"] >= 5
    assert read["queue"] >= 8
    assert read["table cache"] > 0
    assert all(read[who] > 60 for who in seen.keys() - {"an own copy", "an author’s unsaved text"})
    assert seen_in(done.stderr.encode(), needles(LEARNER, kind="learner")) == []


@pytest.mark.parametrize("hidden", [
    LEARNER["email"].upper(), "6fc7", LEARNER["email"].replace("@", "%40"), LEARNER["email"].encode().hex(),
])  # fmt: skip
def test_a_needle_is_found_in_each_of_its_disguises(hidden):
    found = seen_in(f"x{hidden}y".encode(), needles(LEARNER, kind="learner"))
    assert bool(found) is (hidden != "6fc7")
