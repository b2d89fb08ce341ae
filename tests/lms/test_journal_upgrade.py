"""A journal that was written before events carried proofs is proved by the upgrade, and its chain still holds."""

import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from lms.journal import journal, verification
from lms.journal.models import Event, Link
from tests.builders import JANUARY

BEFORE = [("journal", "0002_append_only")]


def go(to: list[tuple[str, str]] | None = None) -> None:
    """To these migrations; else to the newest of all."""
    executor = MigrationExecutor(connection)
    executor.migrate(to or executor.loader.graph.leaf_nodes())


def old_hash(previous: str, position: int, event) -> str:
    """As the version before computed it."""
    fields = {
        "about": "", "at": "2026-01-05T14:00:00.000000+00:00", "by": "", "changed": [], "data": {"n": position},
        "id": event.pk, "kind": "old.happened", "on": ":",
    }  # fmt: skip
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}:{position}:{text}".encode()).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_proved_old_hashes_hold_and_the_triggers_stand_again():
    go(BEFORE)
    try:
        state = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        old_event, old_link = state.get_model("journal", "Event"), state.get_model("journal", "Link")
        previous = "0" * 64
        for position in (1, 2, 3):
            event = old_event.objects.create(kind="old.happened", at=JANUARY, data={"n": position})
            previous = old_hash(previous, position, event)
            old_link.objects.create(position=position, event=event, hash=previous, sealed_at=JANUARY)
        old_event.objects.create(kind="old.happened", at=JANUARY, data={"n": 4})
    finally:
        go()
    assert verification.verify(heads=[verification.Head(3, previous)]) == []
    journal.record("test.happened", about=None, by=None, at=JANUARY)
    assert journal.seal_all(now=JANUARY) == 2
    assert verification.verify() == []
    assert (Event.objects.count(), Link.objects.count()) == (5, 5)
    for table in ("journal_event", "journal_link"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
