"""The journal is append-only, chained and proved, and tells where it was touched and how."""

import hashlib
import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from lms.journal import ambient, chain, journal, verification
from lms.journal.models import Event, Link, Verification, Waiting
from lms.people.models import Kind, SubjectKey
from tests.builders import JANUARY, a_user

pytestmark = pytest.mark.django_db

TRIGGERS = ["journal_event_no_update", "journal_event_no_delete", "journal_link_no_update", "journal_link_no_delete"]


def write(count: int) -> list[Event]:
    return [journal.record("test.happened", about=None, by=None, at=JANUARY, data={"n": n}) for n in range(count)]


def a_sealed_journal(count: int = 5) -> list[Event]:
    events = write(count)
    journal.seal_all(now=JANUARY)
    return events


def lift_triggers() -> None:
    """What somebody can do who owns the database."""
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            table = "_".join(name.split("_")[:2])
            cursor.execute(
                f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP TRIGGER {name} ON {table}"
            )


def found() -> list[tuple[int, int | None, str]]:
    return [(place.position, place.event, place.why) for place in verification.verify()]


def forged_event(**fields: object) -> Event:
    """Inserted past the product: all columns right, and a proof by somebody without the key."""
    event = Event(kind="test.forged", at=JANUARY, **fields)
    event.proof = "0" * 16 + hashlib.sha256(chain.canonical(chain.fields(event))).hexdigest()
    event.save()
    return event


def test_sealed_events_verify_and_sealing_again_adds_nothing():
    write(3)
    assert journal.seal_all(now=JANUARY) == 3
    assert journal.seal_all(now=JANUARY) == 0
    assert verification.verify() == []
    assert list(Link.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_a_thousand_untouched_events_verify():
    journal.record_all(
        journal.Entry("test.happened", JANUARY + timedelta(seconds=n), about=uuid4(), data={"n": n})
        for n in range(1000)
    )
    assert journal.seal_all(now=JANUARY) == 1000
    assert verification.verify(heads=[verification.head()]) == []


@pytest.mark.parametrize("table", ["journal_event", "journal_link"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'other'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written(table, statement):
    a_sealed_journal(1)
    column = {"journal_event": "kind", "journal_link": "hash"}[table]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column))
    assert Event.objects.filter(kind="test.happened").count() == 1
    assert verification.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        {"at": JANUARY + timedelta(microseconds=1)},
        {"kind": "test.happenee"},
        {"data": {"n": 7}},
        {"origin": "203.0.113.0/24"},
        {"request_id": "0123456789abcdef"},
        {"outcome": "denied"},
        {"about": uuid4()},
        {"changed": ["x"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_row_is_found_and_named(change):
    events = a_sealed_journal()
    lift_triggers()
    Event.objects.filter(pk=events[1].pk).update(**change)
    assert found() == [(2, events[1].pk, verification.CHANGED)]
    with pytest.raises(CommandError):
        call_command("journal", "verify")


def test_the_command_names_position_event_kind_and_moment():
    events = a_sealed_journal()
    lift_triggers()
    Event.objects.filter(pk=events[2].pk).update(changed=["x"])
    told = StringIO()
    with pytest.raises(CommandError, match="in 1 places"):
        call_command("journal", "verify", stderr=told)
    assert told.getvalue() == (
        f"position 3, event {events[2].pk} test.happened of {JANUARY:%Y-%m-%d %H:%M:%S}: {verification.CHANGED}\n"
    )


def test_an_event_changed_with_its_whole_chain_computed_anew_is_found():
    events = a_sealed_journal()
    lift_triggers()
    Event.objects.filter(pk=events[1].pk).update(data={"n": 99})
    rechain()
    assert found()[0] == (2, events[1].pk, verification.INSERTED)
    assert {position for position, _, _ in found()} == {2, 3, 4, 5}


def rechain() -> None:
    """The chain as somebody who knows the algorithm, but not the key, would compute it."""
    previous = chain.GENESIS
    for link in Link.objects.select_related("event").order_by("position"):
        previous = chain.link_hash(previous, link.position, chain.fields(link.event))
        proof = link.proof if link.hash == previous else hashlib.sha256(previous.encode()).hexdigest()
        Link.objects.filter(pk=link.pk).update(hash=previous, proof=proof)


def test_a_removed_row_is_found_and_named():
    events = a_sealed_journal()
    lift_triggers()
    Link.objects.get(position=3).delete()
    Event.objects.filter(pk=events[2].pk).delete()
    assert found() == [(3, None, verification.REMOVED)]


def test_a_removed_row_whose_place_was_closed_up_is_found():
    events = a_sealed_journal()
    lift_triggers()
    Link.objects.get(position=3).delete()
    Event.objects.filter(pk=events[2].pk).delete()
    for position in (4, 5):
        Link.objects.filter(position=position).update(position=position - 1)
    rechain()
    assert found() == [(3, events[3].pk, verification.FORGED), (4, events[4].pk, verification.FORGED)]


def test_a_cut_tail_is_found_by_the_head_that_was_kept_outside():
    events = a_sealed_journal()
    kept = str(verification.head())
    told = StringIO()
    call_command("journal", "head", stdout=told)
    assert told.getvalue().strip() == kept
    lift_triggers()
    Link.objects.filter(position__gte=4).delete()
    Event.objects.filter(pk__in=[event.pk for event in events[3:]]).delete()
    assert found() == []
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("journal", "verify", "--head", kept, stderr=told)
    assert told.getvalue() == f"position 4: {verification.CUT}\n"


def test_a_tail_that_was_cut_and_has_grown_again_is_found_by_the_head():
    events = a_sealed_journal()
    kept = verification.head()
    lift_triggers()
    Link.objects.filter(position__gte=4).delete()
    Event.objects.filter(pk__in=[event.pk for event in events[3:]]).delete()
    a_sealed_journal(3)
    assert found() == []
    assert [(place.position, place.why) for place in verification.verify(heads=[kept])] == [(5, verification.OTHER)]


def test_heads_kept_while_the_journal_grows_all_hold():
    heads = []
    for _ in range(3):
        a_sealed_journal(2)
        heads.append(verification.head())
    assert verification.verify(heads=heads) == []
    call_command("journal", "verify", *[part for head in heads for part in ("--head", str(head))], stdout=StringIO())


def test_an_event_inserted_before_it_is_linked_is_named_before_and_after():
    a_sealed_journal()
    event = forged_event()
    assert found() == [(0, event.pk, verification.INSERTED)]
    journal.seal_all(now=JANUARY)
    assert found() == [(6, event.pk, verification.INSERTED)]


def test_an_event_inserted_with_its_link_by_one_without_the_key_is_named():
    a_sealed_journal()
    event = forged_event()
    hash_ = chain.link_hash(verification.head().hash, 6, chain.fields(event))
    proof = hashlib.sha256(hash_.encode()).hexdigest()
    Link.objects.create(position=6, event=event, hash=hash_, proof=proof, sealed_at=JANUARY)
    assert found() == [(6, event.pk, verification.INSERTED)]


def test_an_event_without_any_proof_is_named():
    event = Event.objects.create(kind="test.forged", at=JANUARY)
    assert found() == [(0, event.pk, verification.UNPROVED)]


def test_a_copy_of_a_good_row_is_named():
    original = a_sealed_journal()[1]
    copy = Event.objects.get(pk=original.pk)
    copy.pk = None
    copy.save()
    assert found() == [(0, copy.pk, verification.COPIED)]
    journal.seal_all(now=JANUARY)
    assert found() == [(6, copy.pk, verification.COPIED)]


def test_two_rows_whose_order_was_changed_are_named():
    events = a_sealed_journal()
    lift_triggers()
    for position, to in ((2, 20), (3, 2), (20, 3)):
        Link.objects.filter(position=position).update(position=to)
    assert [(position, event) for position, event, _ in found()] == [
        (2, events[2].pk),
        (3, events[1].pk),
        (4, events[3].pk),
    ]
    assert {why for _, _, why in found()} == {verification.MOVED}


def test_two_events_that_changed_places_are_named():
    events = a_sealed_journal()
    lift_triggers()
    Link.objects.filter(position=2).delete()
    link = Link.objects.get(position=3)
    Link.objects.filter(position=3).update(event=events[1])
    Link.objects.create(position=2, event=events[2], hash=link.hash, proof=link.proof, sealed_at=JANUARY)
    assert (2, events[2].pk, verification.MOVED) in found()
    assert (3, events[1].pk, verification.MOVED) in found()


def test_a_link_without_its_event_is_found():
    events = a_sealed_journal()
    lift_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = %s", [events[1].pk])
    assert (2, None, verification.REMOVED) in found()
    with connection.cursor() as cursor:  # or the end of the test's transaction would trip over it
        cursor.execute("DELETE FROM journal_link WHERE position = 2")


def test_the_newest_part_alone_can_be_verified_and_it_is_noted():
    events = a_sealed_journal(10)
    lift_triggers()
    Event.objects.filter(pk=events[1].pk).update(changed=["x"])
    assert verification.verify(newest=5) == []
    row, broken = verification.verify_and_note(now=JANUARY, newest=9)
    assert [(place.position, place.why) for place in broken] == [(2, verification.CHANGED)]
    assert Verification.objects.get() == row
    assert (row.first, row.position, row.broken, row.hash) == (2, 10, 1, verification.head().hash)


def test_an_end_that_was_noted_is_missed_though_nobody_kept_it_outside():
    """Also by every night that comes after, and when the journal has grown again."""
    a_sealed_journal(4)
    verification.verify_and_note(now=JANUARY)
    assert found() == []
    lift_triggers()
    Link.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_waiting")
        cursor.execute("DELETE FROM journal_event")
    assert found() == [(1, None, verification.CUT)]
    with pytest.raises(CommandError, match="does not hold"):
        call_command("journal", "verify", stderr=StringIO())
    write(2)
    journal.seal_all(now=JANUARY)
    assert found() == [(3, None, verification.CUT)]
    assert verification.verify_and_note(now=JANUARY)[0].broken == 1
    again = write(4)
    journal.seal_all(now=JANUARY)
    assert found() == [(4, again[1].pk, verification.OTHER)]


def test_without_the_key_events_are_written_and_named_and_the_chain_waits():
    a_sealed_journal(2)
    with override_settings(KEY_RING="2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="):
        event = write(1)[0]
        assert journal.seal_all(now=JANUARY) == 0
        with pytest.raises(CommandError, match="key"):
            call_command("journal", "verify")
    assert found() == [(0, event.pk, verification.UNPROVED)]
    assert journal.seal_all(now=JANUARY) == 1


def test_the_key_is_one_and_wrapped_by_the_ring():
    write(2)
    journal.record_all([journal.Entry("test.happened", JANUARY)])
    assert SubjectKey.objects.get(subject=journal.SUBJECT).zone == journal.ZONE


def test_many_events_cost_one_question_for_the_key(django_assert_num_queries):
    write(1)
    with django_assert_num_queries(2):
        journal.record_all(journal.Entry("test.happened", JANUARY) for _ in range(50))
    with django_assert_num_queries(0):
        journal.record_all([])


def test_linking_reads_what_waits_and_nothing_that_is_linked_already():
    a_sealed_journal(20)
    with CaptureQueriesContext(connection) as idle:
        assert journal.seal_all(now=JANUARY) == 0
    assert not [q["sql"] for q in idle if "journal_event" in q["sql"]]
    new = write(2)
    assert [row.pk for row in Waiting.objects.order_by("pk")] == [event.pk for event in new]
    assert journal.seal_all(now=JANUARY) == 2
    assert not Waiting.objects.exists() and verification.verify() == []


def test_what_somebody_linked_past_the_product_does_not_stop_the_chain():
    a_sealed_journal(2)
    event = forged_event()
    Link.objects.create(position=3, event=event, hash="0" * 64, sealed_at=JANUARY)
    write(1)
    assert journal.seal_all(now=JANUARY) == 1
    assert verification.head().position == 4 and not Waiting.objects.exists()


def test_anybody_can_compute_the_chain_without_this_product():
    about = uuid4()
    event = journal.record("test.happened", about=about, by=None, at=JANUARY, data={"n": 1}, changed=["a"])
    journal.seal_all(now=JANUARY)
    told = json.dumps(
        {
            "about": str(about), "at": "2026-01-05T14:00:00.000000+00:00", "by": "", "changed": ["a"], "data": {"n": 1},
            "id": event.pk, "kind": "test.happened", "on": ":", "origin": "command",
        },
        separators=(",", ":"),
    )  # fmt: skip
    assert Link.objects.get().hash == hashlib.sha256(f"{'0' * 64}:1:{told}".encode()).hexdigest()


# --- from where ---------------------------------------------------------------------------------


def test_an_event_of_no_request_comes_from_a_command_and_one_of_a_task_from_the_service():
    from celery import signals

    assert write(1)[0].origin == "command"
    signals.task_prerun.send(sender=None)
    try:
        event = write(1)[0]
    finally:
        signals.task_postrun.send(sender=None)
    assert (event.origin, event.request_id) == ("service", "")
    assert write(1)[0].origin == "command"


@pytest.mark.parametrize("kind", [Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT])
def test_nothing_says_where_an_author_or_a_survivor_was(kind, rf):
    request = rf.get("/")
    with ambient.coming_from(ambient.Origin("203.0.113.0/24", "0123456789abcdef", request)):
        by_her = journal.record("test.happened", about=None, by=a_user(kind), at=JANUARY)
        request.user = a_user(kind)
        in_her_request = journal.record("test.happened", about=None, by=None, at=JANUARY)
        journal.record_all([journal.Entry("test.many", JANUARY)])
        request.user = a_user(Kind.STAFF)
        by_staff = journal.record("test.happened", about=None, by=request.user, at=JANUARY)
    assert (by_her.origin, in_her_request.origin, by_staff.origin) == ("", "", "203.0.113.0/24")
    assert Event.objects.get(kind="test.many").origin == ""


# --- what may stand in it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"name": "robin"},
        {"first_name": "robin"},
        {"email": "robin@people.example"},
        {"to": "robin@people.example"},
        {"reason": "He was ill"},
        {"reason": "Robin"},
        {"note": "x"},
        {"case_number": "cr-2026-1"},
        {"phone": "5550100"},
        {"ids": ["a", "Some Name"]},
        {"inner": {"a": 1}},
        {"share": 0.5},
        {"digest": "a" * 129},
        {"line": "a\nb"},
        {"Kind": "x"},
        {"was": {"name": "Old"}},
    ],
    ids=str,
)
def test_what_may_not_stand_in_the_journal_is_refused_by_its_key(data):
    with pytest.raises(ValueError, match=next(iter(data)) if "was" not in data else "name"):
        journal.record("test.happened", about=None, by=None, at=JANUARY, data=data)
    with pytest.raises(ValueError):
        journal.record_all([journal.Entry("test.happened", JANUARY, data=data)])
    assert not Event.objects.filter(kind="test.happened").exists()


@pytest.mark.parametrize(
    "data",
    [
        {"number": 3, "reason": "custody", "lead": True, "none": None, "empty": ""},
        {"made_at": JANUARY.isoformat(), "ends_on": "2026-07-05"},
        {
            "agreements": ["a" * 64],
            "to": "00000000-0000-0000-0000-000000000007",
            "number": "2026-00001",
            "score": "0.80",
        },
        {"kind": "check_in.missed", "shown": [1, 2, 3]},
    ],
    ids=str,
)
def test_ids_codes_counts_and_dates_may(data):
    assert Event.objects.get(pk=journal.record("test.ok", about=None, by=None, at=JANUARY, data=data).pk).data == data
