"""The two databases, each copied by its own means while the service runs, and put back where there is none."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

# Keys live elsewhere and shorter; whoever was signed in signs in again; a cache is a cache.
LEFT_EMPTY = ("people_subjectkey", "django_session", "usersessions_usersession", "cache")
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}

Ask = Callable[[str], list[tuple[Any, ...]]]


class ToolMissing(Exception):
    """A program of PostgreSQL's that is needed is not here, or did not do it; the words say which."""


@contextmanager
def copied(folder: Path) -> Iterator[Ask]:
    """Copy the database into ``folder``; within, questions are answered from the very moment of the copy."""
    with (_copied_sqlite if connection.vendor == "sqlite" else _copied_postgres)(folder) as ask:
        yield ask


def put_back(file: Path) -> None:
    """Fill the empty database from a copy."""
    if connection.vendor == "sqlite":
        _put_back_sqlite(file)
    else:
        _pg(
            "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname", _settings()["NAME"], str(file)
        )


def is_empty() -> bool:
    """Whether there is no table at all."""
    tables = connection.introspection.table_names()
    connection.close()
    return not tables


# --- SQLite ----------------------------------------------------------------------------------


@contextmanager
def _copied_sqlite(folder: Path) -> Iterator[Ask]:
    target = folder / NAMES["sqlite"]
    connection.ensure_connection()
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        # What was deleted must be gone from the file, too: what lies in its free pages goes with VACUUM.
        copy.execute("PRAGMA journal_mode=DELETE")
        present = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        yield _with_keys_emptied(copy, present)


def _with_keys_emptied(copy: sqlite3.Connection, present: set[str]) -> Ask:
    def ask(question: str) -> list[tuple[Any, ...]]:
        return copy.execute(question).fetchall()

    ring = ask(RING_OF_SUBJECTS)
    keys = ask(COUNT_OF_KEYS)
    for table in LEFT_EMPTY:
        if table in present:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608  names of our own
    copy.commit()
    copy.execute("VACUUM")
    known = {RING_OF_SUBJECTS: ring, COUNT_OF_KEYS: keys}
    return lambda question: known.get(question) or ask(question)


def _put_back_sqlite(file: Path) -> None:
    place = Path(_settings()["NAME"])
    connection.close()
    for leftover in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        leftover.unlink(missing_ok=True)  # empty: is_empty() has said so
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(file, place)
    place.chmod(0o600)


# --- PostgreSQL -------------------------------------------------------------------------------


@contextmanager
def _copied_postgres(folder: Path) -> Iterator[Ask]:
    from django.db import transaction

    target = folder / NAMES["postgresql"]
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with transaction.atomic(), connection.cursor() as cursor:
        # The dump and our questions see the same moment, whatever is written meanwhile.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]

        def ask(question: str) -> list[tuple[Any, ...]]:
            cursor.execute(question)
            return list(cursor.fetchall())

        left_empty = [f"--exclude-table-data={table}" for table in LEFT_EMPTY]
        _pg("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *left_empty,
            f"--file={target}")  # fmt: skip
        yield ask


def _pg(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise ToolMissing(f"{program} is not on this machine. On Debian: apt-get install postgresql-client")
    # Where the database is and its password go by the environment: a command line is read by everybody.
    done = subprocess.run(  # noqa: S603  the program is found above, the arguments are ours
        [path, *arguments], env=os.environ | _connection_variables(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolMissing(f"{program} did not succeed: {done.stderr.strip()[-500:]}")


def _connection_variables() -> dict[str, str]:
    given = _settings()
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    found = {name: str(given[key]) for name, key in named.items() if given.get(key)}
    for name in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        if value := given.get("OPTIONS", {}).get(name):
            found[f"PG{name.upper()}"] = str(value)
    return found


def _settings() -> dict[str, Any]:
    return dict(connection.settings_dict)


RING_OF_SUBJECTS = "SELECT DISTINCT version FROM people_subjectkey WHERE destroyed_at IS NULL"
COUNT_OF_KEYS = "SELECT count(*) FROM people_subjectkey WHERE destroyed_at IS NULL"
