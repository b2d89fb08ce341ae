"""Invariant 7: a released report's bytes never change; the register verifies; a changed byte is found."""

import hashlib
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from court_reports import register, signing, storage, verification
from court_reports.actions.draft import AlreadyReleased, refresh
from court_reports.models import Kind, RegisterEntry, Release, Report
from court_reports.verification import Answer
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_release_of, an_enrolled_case

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")


@pytest.fixture
def released() -> Release:
    return a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)


def without_triggers(table: str, statement: str, parameters: list[object]) -> None:
    """What somebody with the whole database in hand could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=%s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, parameters)


def test_a_fresh_register_verifies_end_to_end(released: Release) -> None:
    a_release_of(a_case_in_track(program=None), Kind.PROGRESS, now=NOW)
    assert register.verify_chain() == []
    assert [e.position for e in RegisterEntry.objects.all()] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: Report.objects.filter(pk=r.report_id).update(period_from="2020-01-01"),
        lambda r: Release.objects.filter(pk=r.pk).update(number="2020-00001"),
        lambda r: RegisterEntry.objects.filter(release=r).update(commitment="0" * 64),
        lambda r: r.deliveries.update(digest="0" * 64),
        lambda r: RegisterEntry.objects.filter(release=r).delete(),
        lambda r: raw("DELETE FROM court_reports_registerentry"),
        lambda r: raw("UPDATE court_reports_report SET commitment = ''"),
        lambda r: raw("DELETE FROM court_reports_release"),
    ],
    ids=["report", "release", "register", "ledger", "delete", "raw delete", "raw report", "raw release"],
)
def test_the_database_refuses_every_change(released: Release, change: Callable[[Release], object]) -> None:
    from tests.builders import a_court_user

    user = a_court_user(released.report.referral.court)
    from court_reports.actions import deliver

    deliver.open_by_court(release=released, by=user, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(released)


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_released_report_is_not_refreshed(released: Release) -> None:
    with pytest.raises(AlreadyReleased):
        refresh(report=released.report, by=released.released_by, now=NOW)


def test_a_changed_line_is_found_even_by_someone_who_lifts_the_triggers(released: Release) -> None:
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    table = "court_reports_registerentry"
    without_triggers(table, f"UPDATE {table} SET commitment = %s WHERE position = 1", ["0" * 64])
    assert {(b.position, b.why) for b in register.verify_chain(files=False)} == {
        (1, "this line, or the one before it, was changed"),
        (1, "the release does not match its line"),
    }


def test_a_removed_line_is_found(released: Release) -> None:
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    table = "court_reports_registerentry"
    without_triggers(table, f"DELETE FROM {table} WHERE position = %s", [1])
    whys = {b.why for b in register.verify_chain(files=False)}
    assert "a line was removed here" in whys
    assert "was released without a line in the register" in whys


def test_a_changed_byte_of_the_file_is_found(released: Release) -> None:
    path = settings.PRIVATE_ROOT / "reports" / released.file_digest[:2] / f"{released.file_digest}.pdf"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(storage.Altered):
        storage.read(released.file_digest)
    assert [b.why for b in register.verify_chain()] == ["the file\u2019s bytes were changed"]


def test_a_byte_flipped_anywhere_is_found(released: Release) -> None:
    data = storage.read(released.file_digest)
    assert signing.verify(data).good
    assert verification.check(digest=sha256(data)).answer == Answer.CURRENT
    # Inside its own container a signature carries copies of certificates that it does not sign.
    begins = data.rindex(b"/Contents <")
    container = range(begins, data.index(b">", begins))
    for position in range(0, len(data), len(data) // 60):
        changed = bytearray(data)
        changed[position] ^= 1
        assert verification.check(digest=sha256(bytes(changed))).answer == Answer.UNKNOWN
        if position not in container:
            assert not signing.verify(bytes(changed)).good, position


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_update_appended_after_the_signature_is_found(released: Release) -> None:
    from io import BytesIO

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    target = BytesIO(storage.read(released.file_digest))
    writer = IncrementalPdfFileWriter(target)
    writer.root["/Extra"] = writer.root["/Lang"]
    writer.update_root()
    writer.write_in_place()
    assert not signing.verify(target.getvalue()).good


def test_files_are_private_and_written_once(released: Release) -> None:
    path = settings.PRIVATE_ROOT / "reports" / released.file_digest[:2] / f"{released.file_digest}.pdf"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.stat().st_mtime_ns
    assert storage.write(path.read_bytes()) == released.file_digest
    assert path.stat().st_mtime_ns == before


def test_numbers_have_no_gaps(released: Release) -> None:
    program = released.program
    more = [a_release_of(an_enrolled_case(program=program), Kind.ENROLLMENT, now=NOW) for _ in range(3)]
    assert [released.number, *(r.number for r in more)] == ["2026-00001", "2026-00002", "2026-00003", "2026-00004"]
