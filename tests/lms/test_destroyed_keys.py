"""A destroyed key leaves no bytes: not in the freed pages of SQLite's file, and not in its log."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from lms import crypto, database
from lms.keeping import tasks
from lms.people.models import SubjectKey
from lms.settings.base import SQLITE_OPTIONS
from tests.builders import JANUARY

sqlite_alone = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="of SQLite's own files")


def files() -> list[Path]:
    place = Path(connection.settings_dict["NAME"])
    return [path for path in (place, Path(f"{place}-wal")) if path.exists()]


def lies_in(wrapped: bytes) -> list[str]:
    return [path.name for path in files() if wrapped in path.read_bytes()]


def many_keys(count: int) -> list[tuple[UUID, bytes]]:
    """Enough that rows are moved about when some of them shrink."""
    for _ in range(count):
        crypto.encrypt("mine", subject=uuid4(), place="t.t.t:1")
    return [(row.subject, bytes(row.wrapped)) for row in SubjectKey.objects.order_by("pk")]


@sqlite_alone
@pytest.mark.django_db(transaction=True)
def test_a_destroyed_key_is_in_no_page_of_the_file_and_not_in_its_log():
    keys = many_keys(200)
    assert database.empty_log()
    assert all(lies_in(wrapped) for _, wrapped in keys)
    for number, (subject, _) in enumerate(keys):
        if number % 3 == 0:
            crypto.destroy_subject(subject, now=JANUARY)
        elif number % 3 == 1:
            crypto.seal_subject(subject, now=JANUARY)
    assert lies_in(keys[0][1]), "the log is emptied by the task, not by chance"
    tasks.finish()
    for number, (_, wrapped) in enumerate(keys):
        assert bool(lies_in(wrapped)) == (number % 3 == 2)


@sqlite_alone
@pytest.mark.django_db(transaction=True)
def test_whoever_reads_meanwhile_is_not_waited_for_and_it_is_done_the_next_time():
    subject, wrapped = many_keys(1)[0]
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people_subjectkey").fetchall()
        crypto.destroy_subject(subject, now=JANUARY)
        assert not database.empty_log()
        assert lies_in(wrapped)
    assert database.empty_log() and not lies_in(wrapped)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (SQLITE_OPTIONS["timeout"] * 1000,)


def test_a_sqlite_that_was_built_without_it_overwrites_what_it_deletes_too():
    with closing(sqlite3.connect(":memory:")) as built_without:
        built_without.execute("PRAGMA secure_delete=OFF")
        built_without.executescript(str(SQLITE_OPTIONS["init_command"]))
        assert built_without.execute("PRAGMA secure_delete").fetchone() == (1,)
