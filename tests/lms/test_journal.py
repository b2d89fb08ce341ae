"""The journal is append-only, chained, and tells when it was touched."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from lms.journal import journal
from lms.journal.models import Event, Link
from tests.builders import JANUARY

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        journal.record("test.happened", about=None, by=None, at=JANUARY, data={"n": number})


def lift_triggers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_event_no_update")
            cursor.execute("DROP TRIGGER journal_event_no_delete")
            cursor.execute("DROP TRIGGER journal_link_no_delete")
        else:
            cursor.execute("DROP TRIGGER journal_event_no_update ON journal_event")
            cursor.execute("DROP TRIGGER journal_event_no_delete ON journal_event")
            cursor.execute("DROP TRIGGER journal_link_no_delete ON journal_link")


def test_sealed_events_verify_and_sealing_again_adds_nothing():
    write(3)
    assert journal.seal_all(now=JANUARY) == 3
    assert journal.seal_all(now=JANUARY) == 0
    assert journal.verify() == []
    assert list(Link.objects.values_list("position", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("statement", ["UPDATE journal_event SET kind = 'other'", "DELETE FROM journal_event"])
def test_the_database_refuses_to_change_an_event(statement):
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.filter(kind="test.happened").count() == 1


def test_a_changed_row_is_found_and_named():
    write(3)
    journal.seal_all(now=JANUARY)
    lift_triggers()
    Event.objects.filter(link__position=2).update(at=JANUARY + timedelta(minutes=1))
    assert journal.verify() == [journal.Broken(2, "this row, or the one before it, is not what was written")]
    with pytest.raises(CommandError):
        call_command("journal_verify")


def test_a_removed_row_is_found_and_named():
    write(3)
    journal.seal_all(now=JANUARY)
    lift_triggers()
    gone = Link.objects.get(position=2)
    event = gone.event
    gone.delete()
    event.delete()
    assert journal.Broken(2, "a row was removed here") in journal.verify()
