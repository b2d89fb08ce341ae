"""Cutting a piece of work off between two statements, as a kill would, and looking at what is left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, Thread
from typing import Any

from django.db import connection

# What opens and closes transactions is not a place to cut at: a kill there is a kill before or after.
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
Rows = dict[str, list[str]]


class Cut(BaseException):
    """The process ends here."""


@contextmanager
def cut(*, before: Callable[[int, str], bool]) -> Iterator[None]:
    """End the work before the first statement for which ``before(number, sql)`` holds."""
    count, done = 0, False

    def run(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal count, done
        text = str(sql)
        if not done and not text.lstrip().upper().startswith(FRAME):
            count += 1
            if before(count, text):
                done = True
                raise Cut
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield


def cut_everywhere(work: Callable[[], object]) -> Iterator[int]:
    """Do the work again and again, cut before its first statement, its second, and so on; yields after each cut.

    It ends when the work is no longer cut: then it was done once.
    """
    number = 0
    while True:
        number += 1
        at = number
        try:
            with cut(before=lambda count, sql: count == at):  # noqa: B023  used up before the next round
                work()
        except Cut:
            yield number
        else:
            return


def killed_at(work: Callable[[], object], *, insert_into: str) -> bool:
    """Whether the work came to an insert into a table; it is ended just before it."""
    with suppress(Cut), cut(before=lambda _, sql: sql.startswith("INSERT") and f'INTO "{insert_into}"' in sql):
        work()
        return False
    return True


def everything(*apps: str) -> Rows:
    """Every row of the tables of these apps, as text."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            if table.startswith(apps):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(str([_plain(value) for value in row]) for row in cursor.fetchall())
    return found


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do these in threads that start together, each with a connection of its own; what each returned or raised."""
    together = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        together.wait()
        try:
            results[place] = work()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
