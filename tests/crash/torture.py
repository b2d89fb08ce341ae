"""``make torture``: hundreds of kills over simulated months, on every database and broker, with lost brokers and
stopped databases between them. Prints what was killed, and what was lost or doubled: nothing may be.

TORTURE_SEED repeats a run (who is killed when, by the choices of chance; the machine's own timing stays its own),
TORTURE_KILLS sets how many in all (510), TORTURE_ONLY which stacks (``sqlite redis rabbitmq``).
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.crash.copies import CHOSEN, ROOT, Copy, on_postgres, on_sqlite
from tests.crash.months import Told, Wanted, live_both
from tests.crash.servers import Postgres, free_port
from tests.crash.verdict import Verdict

STACKS = {"sqlite": "SQLite, files", "redis": "PostgreSQL, Redis", "rabbitmq": "PostgreSQL, RabbitMQ"}
PEOPLE, RELEASES, LOSSES, RESTARTS = 8, 6, 4, 4
LEAST = 500


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # told to stop, it takes its servers with it
    seed = int(os.environ.get("TORTURE_SEED") or secrets.randbelow(1_000_000))
    kills = int(os.environ.get("TORTURE_KILLS") or 510)
    chosen = os.environ.get("TORTURE_ONLY", "").split() or list(STACKS)
    print(f"torture: seed {seed} (TORTURE_SEED={seed} repeats it), {kills} kills over {', '.join(chosen)}", flush=True)
    rows, broken = [], []
    for number, stack in enumerate(chosen):
        wanted = Wanted(
            kills=kills // len(chosen), seed=seed + number, losses=LOSSES, releases=RELEASES,
            restarts=0 if stack == "sqlite" else RESTARTS, broker="filesystem" if stack == "sqlite" else stack,
        )  # fmt: skip
        try:
            told, said, seconds = one(stack, wanted)
        except Exception as problem:  # the other stacks have their turn all the same
            broken.append(f"{STACKS[stack]}: {type(problem).__name__}: {problem}")
            print(broken[-1], flush=True)
            continue
        rows.append((stack, told, said, seconds))
        print(
            f"{STACKS[stack]}: {sum(told.killed.values())} kills, {len(said.faults)} faults, {seconds:.0f} s",
            flush=True,
        )
        broken += [f"{STACKS[stack]}: {fault}" for fault in said.faults]
    table(rows)
    for line in broken:
        print(f"FAULT {line}")
    total = sum(sum(told.killed.values()) for _, told, _, _ in rows)
    if set(chosen) == set(STACKS) and total < min(LEAST, kills):
        broken.append(f"only {total} were killed")
        print(broken[-1])
    sys.exit(1 if broken else 0)


def one(stack: str, wanted: Wanted) -> tuple[Told, Verdict, float]:
    """The two months on one stack."""
    with tempfile.TemporaryDirectory(prefix="amends-torture-") as name:
        folder = Path(name)
        # Another account's server writes below.
        folder.chmod(0o755)
        if stack == "sqlite":
            with on_sqlite(folder, people=PEOPLE) as (calm, rough):
                return kept_logs(calm, rough, wanted)
        port = free_port()
        plan = vars(wanted) | {"broker_port": port, "broker_place": str(folder)}
        url = f"redis://127.0.0.1:{port}/0" if stack == "redis" else f"amqp://guest:guest@127.0.0.1:{port}//"
        with own_cluster() as cluster:
            plan["cluster"] = str(cluster.place)
            with on_postgres(folder, cluster.url, url, "migrated", PEOPLE) as (calm, rough):
                return kept_logs(calm, rough, Wanted(**plan))


def kept_logs(calm: Copy, rough: Copy, wanted: Wanted) -> tuple[Told, Verdict, float]:
    """What the processes said is kept where TORTURE_LOGS says, if it does."""
    try:
        return live_both(calm, rough, wanted)
    finally:
        if place := os.environ.get("TORTURE_LOGS"):
            target = Path(place) / f"{wanted.broker}-{wanted.seed}"
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            for log in rough.folder.glob("*.log"):
                shutil.copy(log, target)


@contextmanager
def own_cluster() -> Iterator[Postgres]:
    """A PostgreSQL that may be stopped at once, with a migrated database to copy."""
    cluster = Postgres()
    try:
        with psycopg.connect(f"{cluster.url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        plain = {name: value for name, value in os.environ.items() if name not in CHOSEN}
        own = {"DJANGO_SETTINGS_MODULE": "tests.crash.settings", "CRASH_DATABASE_URL": f"{cluster.url}/migrated"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=plain | own, check=True)
        yield cluster
    finally:
        cluster.remove()


def table(rows: list[tuple[str, Told, Verdict, float]]) -> None:
    heads = ("stack", "kills", "of web", "children", "worker", "beat", "broker lost", "database stopped", "fell",
             "messages", "arrived", "uncertain", "forms", "sent again", "releases", "lost", "doubled", "other", "s")  # fmt: skip
    lines = [heads]
    for stack, told, said, seconds in rows:
        by = Counter(told.killed)
        lines.append((
            STACKS[stack], by.total(), by["web"], by["web child"], by["worker"], by["beat"], told.losses,
            told.restarts, sum(told.fell.values()), said.messages, said.arrived, said.uncertain, said.submissions,
            said.sent_again, said.releases, len(said.lost), len(said.doubled), len(said.other), round(seconds),
        ))  # fmt: skip
    if len(lines) > 2:
        lines.append(("all", *(sum(line[column] for line in lines[1:]) for column in range(1, len(heads)))))
    print()
    for column, head in enumerate(heads):
        print(f"{head:18}" + "".join(f"{line[column]!s:>22}" for line in lines[1:]))
    print(flush=True)


if __name__ == "__main__":
    main()
