"""Invariant 15, of what is evidence: on either database a real row withstands each way to change or remove it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker

from accountability.actions import excusal_requests, outages
from accountability.models import ExcusalAppeal
from courses.actions import identities
from courses.models import ActiveTime, Correction
from courses.models.identity import Purpose
from court_reports import register
from court_reports.actions import heads
from court_reports.models import Report
from lms.casework.actions import notes
from lms.casework.models import Note
from lms.database import unique_keys
from lms.journal import journal, verification
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import ProgramRole
from tests.accountability.test_transfers import accepted
from tests.builders import a_facilitator, a_program, an_administrator, an_author
from tests.courses.stories import agree
from tests.court_reports.cases import a_case_in_track
from tests.invariants.test_15_both_databases_keep_every_rule import APPEND_ONLY
from tests.keeping.world import NOW, a_marked_world


@pytest.fixture(scope="module")
def evidence(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A row in each of these tables, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = a_marked_world()
        track = world.referral.track
        window = track.check_ins.filter(opens_at__gt=NOW).first()
        outages.record_outage(from_at=window.due_at, to_at=window.due_at + timedelta(hours=2), now=window.due_at)
        note = Note.objects.get()
        notes.correct(note=note, words="Newer", by=note.written_by, now=note.written_at)
        appeal = ExcusalAppeal.objects.get()
        excusal_requests.decide_appeal(
            appeal=appeal, granted=False, reason="other", attended="no", complied="no", said="No",
            by=an_administrator(world.referral.program), now=appeal.at,
        )  # fmt: skip
        journal.seal_all(now=NOW)
        verification.verify_and_note(now=NOW)
        register.verify_and_note(now=NOW)
        heads.publish(now=NOW + timedelta(days=1))
        enrollment = world.referral.enrollment
        module = enrollment.edition.modules.first()
        ActiveTime.objects.create(enrollment=enrollment, module=module, since=NOW, until=NOW + timedelta(1), seconds=1)
        Correction.objects.create(module=module, at=NOW, before_en=module.revision_en, digest_en=module.digest_en)
        author, custodian = an_author(enrollment.edition.program), a_facilitator(enrollment.edition.program)
        grant_role(program=enrollment.edition.program, user=custodian, role=ProgramRole.CUSTODIAN)
        agree(enrollment.edition.program, uuid4(), author, number=1)
        identity = identities.save(legal_name="Hers", contact="", payment="", by=author, now=NOW)
        identities.open_for(identity=identity, purpose=Purpose.PAY, by=custodian, now=NOW)
        elsewhere = a_program(name="Harbor Program")
        an_administrator(elsewhere)
        a_facilitator(elsewhere)
        accepted(a_case_in_track(), elsewhere, now=NOW, from_on=NOW.date() + timedelta(days=7))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # what waits for the commit would stand in TRUNCATE's way by itself
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["update", "delete", "past them"])
@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_refusal_is_real(evidence, table, verb):
    before = rows_of(table)
    assert before
    for statement in statements(table, verb):
        with (
            pytest.raises(DatabaseError, match=r"append-only|does not change"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert rows_of(table) == before


def rows_of(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def statements(table: str, verb: str) -> list[str]:
    """What somebody would try who has the database, and no more than its ordinary rights."""
    (model,) = (model for model in apps.get_models() if model._meta.db_table == table)
    pk = model._meta.pk.column
    some = f"WHERE {pk} IN (SELECT report_id FROM court_reports_release)" if model is Report else "WHERE true"
    if verb == "update":
        return [f"UPDATE {table} SET {pk} = {pk} {some}"]
    if verb == "delete":
        return [f"DELETE FROM {table} {some}"]
    if connection.vendor == "postgresql":
        return [f"TRUNCATE {table} CASCADE"]
    columns = [field.column for field in model._meta.concrete_fields]
    given = ", ".join(f'"{column}"' for column in columns)  # one of them is called as a word of SQL
    # In the place of the same row: by its primary key; by another key of it, where it has one; by SQLite's own number.
    other = (
        "(SELECT max(rowid) + 1000 FROM {0})"
        if "int" in str(model._meta.pk.db_type(connection))
        else "hex(randomblob(16))"
    )
    anew = ", ".join(other.format(table) if column == pk else f'"{column}"' for column in columns)
    found = [f"INSERT OR REPLACE INTO {table} ({given}) SELECT {given} FROM {table} {some} LIMIT 1"]
    for key in unique_keys(table):
        if key not in ([pk], ["rowid"]):
            there = " ".join(f"AND {column} IS NOT NULL" for column in key)
            found.append(f"INSERT OR REPLACE INTO {table} ({given}) SELECT {anew} FROM {table} {some} {there} LIMIT 1")
    if other.startswith("hex"):
        found.append(
            f"INSERT OR REPLACE INTO {table} (rowid, {given}) SELECT rowid, {anew} FROM {table} {some} LIMIT 1"
        )
    return found
