"""The same world twice, with a mail server that counts for each: one for the undisturbed month, one for the kills."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.crash.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = {"DATABASE_URL", "CACHE_URL", "TEST_TEMPLATE"}


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

    def __init__(self, folder: Path, url: str, post: Post, broker: str, people: int = 8) -> None:
        self.folder = folder
        self.post = post
        self.web_port = free_port()
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in CHOSEN},
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": str(folder),
            "CRASH_DATABASE_URL": url,
            "CRASH_CLOCK": str(folder / "clock"),
            "CRASH_SMTP_PORT": str(post.port),
            "CRASH_PEOPLE": str(people),
            "CELERY_BROKER_URL": broker,
        }

    def start(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.crash.{module}", *arguments],
            env=self.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ended(self, process: subprocess.Popen[str]) -> str:
        said, problem = process.communicate()
        assert process.returncode == 0, problem[-3000:]
        return said

    def rows(self) -> dict:
        return json.loads(self.ended(self.start("rows")))

    def answers(self) -> list[dict]:
        """What the people were told by the web."""
        return [json.loads(line) for line in (self.folder / "answers.jsonl").read_text().splitlines()]


@contextmanager
def on_sqlite(folder: Path, template: str = "", people: int = 8) -> Iterator[tuple[Copy, Copy]]:
    calm, rough = folder / "calm", folder / "rough"
    calm.mkdir()
    with Post() as calm_post, Post() as rough_post:
        first = Copy(calm, f"sqlite:///{calm}/amends.sqlite3", calm_post, "filesystem://", people)
        if template:
            shutil.copy(template, calm / "amends.sqlite3")
        first.ended(first.start("world"))
        shutil.copytree(calm, rough)
        yield first, Copy(rough, f"sqlite:///{rough}/amends.sqlite3", rough_post, "filesystem://", people)


@contextmanager
def on_postgres(
    folder: Path, server: str, broker: str, template: str = "template1", people: int = 8
) -> Iterator[tuple[Copy, Copy]]:
    """``server``: the address of a PostgreSQL, without a database's name."""
    calm, rough = folder / "calm", folder / "rough"
    calm.mkdir()
    names = [f"amends_crash_{os.getpid()}_{kind}" for kind in ("calm", "rough")]

    def on_server(statement: str) -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(statement)

    with Post() as calm_post, Post() as rough_post:
        try:
            on_server(f"CREATE DATABASE {names[0]} TEMPLATE {template}")
            first = Copy(calm, f"{server}/{names[0]}", calm_post, broker, people)
            first.ended(first.start("world"))
            shutil.copytree(calm, rough)
            on_server(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}")
            # A copied sequence counts on what the original wrote ahead: stopped at once before the next
            # checkpoint, the copy would give numbers out a second time (PostgreSQL 15, not ours).
            on_server("CHECKPOINT")
            yield first, Copy(rough, f"{server}/{names[1]}", rough_post, broker, people)
        finally:
            for name in names:
                on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
