"""``make test``: everything that must stay green, and at the end against what it ran.

With PostgreSQL, Redis and RabbitMQ reachable the tests run against them too; without them
this says so loudly, and fails when REQUIRE_ALL is set. TEST_DATABASE_URL, TEST_REDIS_URL and
TEST_AMQP_URL name other servers than those of this machine.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SERVERS = {
    "PostgreSQL": os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "Redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15"),
    "RabbitMQ": os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
PORTS = {"PostgreSQL": 5432, "Redis": 6379, "RabbitMQ": 5672}
TEMPLATE = f"amends_template_{os.getpid()}"
REQUIRED = bool(os.environ.get("REQUIRE_ALL"))
# What a developer has exported chooses nothing here: each step names its own database and broker.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DATA_DIR"}
}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.production",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "amends.example",
    "PUBLIC_URL": "https://amends.example",
    "DEFAULT_FROM_EMAIL": "no-reply@amends.example",
    "KEY_RING": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}
failed: list[str] = []


def main() -> None:
    started = time.monotonic()
    reached = {name: url for name, url in SERVERS.items() if answers(url, PORTS[name])}
    missing = [name for name in SERVERS if name not in reached]
    with tempfile.TemporaryDirectory(prefix="amends-templates-") as folder:
        file = Path(folder) / "template.sqlite3"
        try:
            read_and_prepare(file, reached.get("PostgreSQL"))
            live(file, reached)
        finally:
            if postgres := reached.get("PostgreSQL"):
                on_server(postgres, "DROP DATABASE IF EXISTS {}")
    print("\n" + "=" * 78)
    print(f"ran against: SQLite{''.join(', ' + name for name in reached)} in {time.monotonic() - started:.0f} s")
    for name in missing:
        print(f"NOT RUN against {name}: it could not be reached. Start it to test with it.")
    if missing and REQUIRED:
        failed.extend(f"{name} is required here" for name in missing)
    for name in failed:
        print(f"FAILED: {name}")
    sys.exit(1 if failed else 0)


def read_and_prepare(file: Path, postgres: str | None) -> None:
    """All that reads the code; and beside it, on the other core, the migrated databases that the tests copy."""
    manage = [sys.executable, "manage.py"]
    with ThreadPoolExecutor(2) as beside:
        work = [beside.submit(step, "types", str(BIN / "mypy"), aloud=False)]
        work.append(beside.submit(template, f"sqlite:///{file}"))
        if postgres:
            on_server(postgres, "CREATE DATABASE {}")
            work.append(beside.submit(template, urlsplit(postgres)._replace(path=f"/{TEMPLATE}").geturl()))
        for name, command, env in (
            ("style", [str(BIN / "ruff"), "check", "."], {}),
            ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
            ("import contracts", [str(BIN / "lint-imports")], {}),
            ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {"DJANGO_SETTINGS_MODULE": "lms.settings.test"}),
            ("advisories", [sys.executable, "-m", "tests.security.advisories", "check"], {}),
            ("check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ):  # fmt: skip
            work.append(beside.submit(step, name, *command, aloud=False, **env))
        for done in work:
            done.result()


def live(file: Path, reached: dict[str, str]) -> None:
    """All that runs the product."""
    pytest = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", "-n", "2", "--dist", "worksteal"]
    brokers = {"TEST_BROKERS": " ".join(url for name, url in reached.items() if name != "PostgreSQL")}
    if postgres := reached.get("PostgreSQL"):
        step(
            "tests on PostgreSQL", *pytest, "-m", "not browser and not broker and not verapdf and not matrix and not either",
            DATABASE_URL=postgres, TEST_TEMPLATE=TEMPLATE, TEST_ONLY="database", **brokers,
        )  # fmt: skip
    # Chromium's driver keeps an event loop in its process, so it gets one of its own.
    step("tests in the browser", *pytest, "-m", "browser", TEST_TEMPLATE=str(file), **brokers)
    step("tests on SQLite", *pytest, "-m", "not browser", TEST_TEMPLATE=str(file), **brokers)


def step(name: str, *command: str, aloud: bool = True, **env: str) -> None:
    """One command; its words at once, or together when it has ended."""
    if aloud:
        print(f"\n=== {name}", flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**PLAIN, **env}, check=False, capture_output=not aloud, text=True)
    if not aloud:
        print(f"\n=== {name}\n{done.stdout}{done.stderr}".rstrip(), flush=True)
    if done.returncode:
        failed.append(name)


def template(url: str) -> None:
    """An empty database of ours, migrated once."""
    step(
        f"migrate {urlsplit(url).scheme}", sys.executable, "manage.py", "migrate", "-v", "0", aloud=False,
        DJANGO_SETTINGS_MODULE="tests.crash.settings", CRASH_DATABASE_URL=url,
    )  # fmt: skip


def on_server(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(TEMPLATE)))


def answers(url: str, port: int) -> bool:
    place = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((place.hostname or "127.0.0.1", place.port or port)) == 0


if __name__ == "__main__":
    main()
