"""``make test``: everything that must stay green, and at the end against what it ran.

With PostgreSQL, Redis and RabbitMQ reachable the tests run against them too; without them
this says so loudly, and fails when REQUIRE_ALL is set.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
RABBITMQ = os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672//")
REQUIRED = bool(os.environ.get("REQUIRE_ALL"))
CHOICES = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DATA_DIR"}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.production",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "amends.example",
    "PUBLIC_URL": "https://amends.example",
    "DEFAULT_FROM_EMAIL": "no-reply@amends.example",
    "KEY_RING": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}


def main() -> None:
    started = time.monotonic()
    failed: list[str] = []

    def step(name: str, *command: str, **env: str) -> None:
        print(f"\n=== {name}", flush=True)
        # What a developer has exported chooses nothing here: each step names its own database and broker.
        plain = {name: value for name, value in os.environ.items() if name not in CHOICES}
        done = subprocess.run(command, cwd=ROOT, env={**plain, **env}, check=False)
        if done.returncode:
            failed.append(name)

    step("style", str(BIN / "ruff"), "check", ".")
    step("format", str(BIN / "ruff"), "format", "--check", ".")
    step("import contracts", str(BIN / "lint-imports"))
    step("types", str(BIN / "mypy"))
    step(
        "migrations",
        sys.executable,
        "manage.py",
        "makemigrations",
        "--check",
        "--dry-run",
        DJANGO_SETTINGS_MODULE="lms.settings.test",
    )
    step("check --deploy", sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    reached, missing = services()
    brokers = {name: url for name, url in (("Redis", REDIS), ("RabbitMQ", RABBITMQ)) if name in reached}
    env = {"TEST_BROKERS": " ".join(brokers.values())}
    pytest = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", "-n", "2", "--dist", "loadfile"]
    if "PostgreSQL" in reached:
        step(
            "tests on PostgreSQL",
            *pytest,
            "-m",
            "not browser and not broker and not verapdf",
            DATABASE_URL=POSTGRES,
            **env,
        )
    # Chromium's driver keeps an event loop in its process, so it gets one of its own.
    step("tests in the browser", *pytest, "-m", "browser", **env)
    step("tests on SQLite", *pytest, "-m", "not browser", **env)

    print("\n" + "=" * 78)
    print(f"ran against: SQLite{''.join(', ' + name for name in reached)} in {time.monotonic() - started:.0f} s")
    for name in missing:
        print(f"NOT RUN against {name}: it could not be reached. Start it to test with it.")
    if missing and REQUIRED:
        failed += [f"{name} is required here" for name in missing]
    for name in failed:
        print(f"FAILED: {name}")
    sys.exit(1 if failed else 0)


def services() -> tuple[list[str], list[str]]:
    """Names of the servers that answer, and of those that do not."""
    ports = {"PostgreSQL": 5432, "Redis": 6379, "RabbitMQ": 5672}
    reached = [name for name, port in ports.items() if answers(port)]
    return reached, [name for name in ports if name not in reached]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
