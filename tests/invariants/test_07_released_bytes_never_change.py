"""Invariant 7: a released report's bytes never change; the register verifies; a changed byte is found."""

import base64
import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from court_reports import register, signing, storage, verification
from court_reports.actions import nightly
from court_reports.actions.draft import AlreadyReleased, refresh
from court_reports.actions.release import release
from court_reports.models import Entry, Kind, RegisterEntry, RegisterVerification, Release, Report
from court_reports.verification import Answer
from lms import crypto
from lms.journal import journal
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Ground
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.people.models import Kind as Kind_
from lms.people.models import SubjectKey
from lms.referrals.actions import audit
from lms.referrals.models import CourtProfile, ProgramRole, Referral
from tests.builders import a_user, an_administrator, at
from tests.court_reports.cases import a_case_in_track, a_draft_of, a_release_of, an_enrolled_case

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
# Of the same version as the tests' own, and not the same.
ANOTHER = "1:" + base64.b64encode(bytes(32)).decode()


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


def lift_all() -> None:
    for table in ("release", "registerentry", "delivery", "registerverification"):
        without_triggers(f"court_reports_{table}", "SELECT 1", [])


def rechained() -> None:
    """Every hash computed anew, as anybody can who has read this code."""
    previous = register.GENESIS
    for entry in RegisterEntry.objects.order_by("position"):
        entry.previous, entry.line = previous, register.line_digest(entry)
        previous = register.entry_hash(entry)
        RegisterEntry.objects.filter(pk=entry.pk).update(previous=entry.previous, line=entry.line, hash=previous)


ANEW = "this line was written anew by somebody without the key"


def test_a_back_dated_release_is_found_though_every_hash_fits(released: Release) -> None:
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    earlier = NOW - timedelta(days=31)
    lift_all()
    RegisterEntry.objects.filter(position=1).update(at=earlier)
    Release.objects.filter(pk=released.pk).update(released_at=earlier)
    rechained()
    assert register.chain_state()[0]
    assert {(b.position, b.why) for b in register.verify_chain(files=False)} == {
        (1, ANEW),
        (2, ANEW),
        (1, "line, release and journal name different moments"),
        (1, "number, moment or people are not the ones that were printed on it"),
    }


def test_a_second_person_who_was_erased_or_exchanged_is_found() -> None:
    case = a_case_in_track()
    report = a_draft_of(case, Kind.NON_COMPLIANCE, now=NOW)
    second = an_administrator(case.program)
    after = NOW + timedelta(days=30)
    gone = release(report=report, by=case.facilitator, second=second, now=after)
    assert gone is not None
    assert register.verify_chain() == []
    lift_all()
    Release.objects.filter(pk=gone.pk).update(second_by=None)
    rechained()
    whys = {"the journal names other people who released it"}
    printed = "number, moment or people are not the ones that were printed on it"
    assert {b.why for b in register.verify_chain()} == {*whys, printed}
    Release.objects.filter(pk=gone.pk).update(second_by=an_administrator(case.program))
    assert {b.why for b in register.verify_chain()} == whys


def test_an_end_that_was_cut_off_is_found_with_its_ledger_and_its_release(released: Release) -> None:
    last = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    kept = register.head()
    row, broken = register.verify_and_note(now=NOW)
    assert (row.position, row.hash, broken) == (2, kept.hash, [])
    lift_all()
    RegisterEntry.objects.filter(release=last).delete()
    last.deliveries.all().delete()
    Release.objects.filter(pk=last.pk).delete()
    told = (0, last.number, "was released, says the journal, and the register has no line of it")
    cut = (2, "", register.CUT)
    assert [(b.position, b.number, b.why) for b in register.verify_chain()] == [told, cut]
    # Without what was noted here: the journal alone, and the head that somebody kept outside.
    RegisterVerification.objects.all().delete()
    assert [(b.position, b.number, b.why) for b in register.verify_chain()] == [told]
    assert [(b.position, b.number, b.why) for b in register.verify_chain(heads=[kept])] == [told, cut]
    with pytest.raises(SystemExit):
        call_command("register", "verify", "--head", str(kept), stdout=StringIO())


def test_a_line_that_nobody_released_is_found(released: Release) -> None:
    """Inserted past the product, with a hash that fits."""
    entry = RegisterEntry(
        position=2, kind=Entry.REVOKED, release=released, number=released.number, at=NOW,
        commitment=released.report.commitment, file_digest=released.file_digest, previous=register.head().hash,
    )  # fmt: skip
    entry.hash = register.entry_hash(entry)
    entry.save(force_insert=True)
    assert [b.why for b in register.verify_chain()] == [
        "this line was written while the journal’s key could not be used, or was inserted",
        "the journal says nothing of it",
    ]


def test_every_night_it_is_verified_once_and_a_break_tells_administrators_and_auditors(released: Release) -> None:
    administrator, auditor = an_administrator(released.program), a_user(Kind_.STAFF)
    released.program.memberships.create(user=auditor, role=ProgramRole.AUDITOR)
    assert nightly.verify_nightly(now=NOW).broken == 0
    assert nightly.verify_nightly(now=NOW + timedelta(hours=1)) is None
    lift_all()
    RegisterEntry.objects.update(proof="")
    assert nightly.verify_nightly(now=NOW + timedelta(days=1)).broken == 1
    told = Message.objects.filter(kind="register.broken").values_list("to", flat=True)
    assert {administrator.pk, auditor.pk} <= set(told)


def test_the_head_is_mailed_beside_the_journals(released: Release, mailoutbox) -> None:
    auditor = a_user(Kind_.STAFF)
    released.program.memberships.create(user=auditor, role=ProgramRole.AUDITOR)
    journal.seal_all(now=NOW)
    audit.tell_head(now=NOW)
    delivery.deliver(now=NOW, limit=50, send=delivery.send_mail)
    (mail,) = (mail for mail in mailoutbox if mail.to == [auditor.email])
    assert str(register.head()) in mail.body


def test_lines_from_before_are_proved_by_the_upgrade_and_say_so(released: Release) -> None:
    lift_all()
    RegisterEntry.objects.update(proof="")
    import_module("court_reports.migrations.0004_lines_carry_proofs").prove_what_is_there(apps, None)
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    assert register.verify_chain() == []
    assert register.proved_later() == 1
    out = StringIO()
    call_command("register", "verify", stdout=out)
    assert "unproved before line 2" in out.getvalue()
    # And what was written since cannot be passed off as older.
    last = RegisterEntry.objects.get(position=2)
    RegisterEntry.objects.filter(position=2).update(proof=register.LATER + last.proof)
    assert [b.why for b in register.verify_chain()] == [ANEW]


def test_a_removed_line_is_found(released: Release) -> None:
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    table = "court_reports_registerentry"
    without_triggers(table, f"DELETE FROM {table} WHERE position = %s", [1])
    whys = {b.why for b in register.verify_chain(files=False)}
    assert "a line was removed here" in whys
    assert "was released without a line in the register" in whys


def test_a_changed_byte_of_the_file_is_found(released: Release) -> None:
    path = settings.PRIVATE_ROOT / "reports" / released.file_digest[:2] / released.file_digest
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(storage.Altered):
        storage.read(released.file_digest, subject=released.report.referral_id)
    assert [b.why for b in register.verify_chain()] == ["the file\u2019s bytes were changed"]


def test_another_key_of_the_ring_is_not_called_a_changed_byte(released: Release) -> None:
    subject = released.report.referral_id
    with override_settings(KEY_RING=ANOTHER):
        with pytest.raises(crypto.RingKeyMissing, match="is not the one that wrapped"):
            storage.read(released.file_digest, subject=subject)
        # Courts are told to come again, not that there is no such report.
        with pytest.raises(crypto.RingKeyMissing):
            verification.check(digest=released.file_digest)
        assert [b.why for b in register.verify_chain()] == [
            "the key ring lacks a key: what 1 reports say was not verified"
        ]
    assert register.verify_chain() == []


def test_a_byte_flipped_anywhere_is_found(released: Release) -> None:
    data = storage.read(released.file_digest, subject=released.report.referral_id)
    assert signing.verify(data, at=NOW).good
    assert verification.check(digest=sha256(data)).answer == Answer.CURRENT
    # Inside its own container a signature carries copies of certificates that it does not sign.
    begins = data.rindex(b"/Contents <")
    container = range(begins, data.index(b">", begins))
    for position in range(0, len(data), len(data) // 60):
        changed = bytearray(data)
        changed[position] ^= 1
        assert verification.check(digest=sha256(bytes(changed))).answer == Answer.UNKNOWN
        if position not in container:
            assert not signing.verify(bytes(changed), at=NOW).good, position


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_update_appended_after_the_signature_is_found(released: Release) -> None:
    from io import BytesIO

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    target = BytesIO(storage.read(released.file_digest, subject=released.report.referral_id))
    writer = IncrementalPdfFileWriter(target)
    writer.root["/Extra"] = writer.root["/Lang"]
    writer.update_root()
    writer.write_in_place()
    assert not signing.verify(target.getvalue(), at=NOW).good


def test_files_are_private_and_written_once(released: Release) -> None:
    path = settings.PRIVATE_ROOT / "reports" / released.file_digest[:2] / released.file_digest
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.stat().st_mtime_ns
    data = storage.read(released.file_digest, subject=released.report.referral_id)
    assert storage.write(data, subject=released.report.referral_id) == released.file_digest
    assert path.stat().st_mtime_ns == before


def test_what_a_release_that_failed_left_on_disk_is_taken_away_and_nothing_else(released: Release) -> None:
    """Signed file and filing copy of one that was undone, beside what is released, and what is sealed."""
    from lms.files import tasks
    from lms.service.models import Run

    cases = [an_enrolled_case(program=released.program) for _ in range(2)]
    CourtProfile.objects.update(filing_copy=True)
    kept = a_release_of(cases[0], Kind.ENROLLMENT, now=NOW)
    crypto.seal_subject(released.report.referral_id, now=NOW)
    before = files_of_reports()
    draft = a_draft_of(cases[1], Kind.ENROLLMENT, now=NOW)
    with transaction.atomic():
        release(report=draft, by=draft.referral.facilitator, now=NOW)
        transaction.set_rollback(True)
    orphans = files_of_reports() - before
    assert len(orphans) == 2
    young = orphans.pop()
    filed = path_of(kept).parents[1] / kept.filing_digest[:2] / kept.filing_digest
    for path in {path_of(kept), filed, path_of(released)} | orphans:
        os.utime(path, (1_000_000, 1_000_000))
    tasks.sweep.apply()
    assert Run.objects.get(task=tasks.sweep.name).count == len(orphans)
    assert files_of_reports() == before | {young}
    os.utime(young, (1_000_000, 1_000_000))
    tasks.sweep.apply()
    assert files_of_reports() == before
    assert {path_of(kept), filed, path_of(released)} <= before


def files_of_reports() -> set[Path]:
    return {path for path in (Path(settings.PRIVATE_ROOT) / "reports").rglob("*") if path.is_file()}


def test_numbers_have_no_gaps(released: Release) -> None:
    program = released.program
    more = [a_release_of(an_enrolled_case(program=program), Kind.ENROLLMENT, now=NOW) for _ in range(3)]
    assert [released.number, *(r.number for r in more)] == ["2026-00001", "2026-00002", "2026-00003", "2026-00004"]


def path_of(released: Release) -> Path:
    return Path(settings.PRIVATE_ROOT) / "reports" / released.file_digest[:2] / released.file_digest


def test_on_disk_a_released_report_is_sealed(released: Release) -> None:
    assert b"%PDF" not in path_of(released).read_bytes()
    assert storage.exists(released.file_digest)


def put_away(released: Release, act: str) -> None:
    """By two administrators, as sealing, bringing back and expunging go."""
    referral = Referral.objects.get(pk=released.report.referral_id)
    one, other = (an_administrator(released.program) for _ in range(2))
    row = forgetting.propose(referral=referral, act=act, ground=Ground.REQUEST, by=one, now=NOW)
    assert forgetting.confirm(forgetting=row, by=other, now=NOW).done_at


def test_a_sealed_case_verifies_and_cannot_be_read_until_it_is_unsealed(released: Release) -> None:
    subject = released.report.referral_id
    put_away(released, Act.SEAL)
    with pytest.raises(crypto.KeySealed):
        storage.read(released.file_digest, subject=subject)
    assert register.verify_chain() == []
    put_away(released, Act.UNSEAL)
    assert storage.read(released.file_digest, subject=subject).startswith(b"%PDF")
    assert register.verify_chain() == []


def test_a_file_that_is_missing_while_its_case_is_sealed_is_still_missed(released: Release) -> None:
    """Sealing keeps the files: one day they are read again."""
    put_away(released, Act.SEAL)
    path_of(released).unlink()
    assert [b.why for b in register.verify_chain()] == ["the file is missing"]


@pytest.mark.parametrize("left_over", [True, False])
def test_a_forgotten_case_verifies_with_its_files_or_without(released: Release, left_over: bool) -> None:
    kept = path_of(released).read_bytes()
    put_away(released, Act.EXPUNGE)
    assert not storage.exists(released.file_digest)
    assert not storage.destroy(released.file_digest)
    if left_over:  # as on a disk that was put back from a copy
        path_of(released).write_bytes(kept)
        with pytest.raises(crypto.KeyDestroyed):
            storage.read(released.file_digest, subject=released.report.referral_id)
    assert register.verify_chain() == []


@pytest.mark.parametrize("act", [None, Act.SEAL, Act.UNSEAL])
def test_a_key_put_away_beside_the_act_is_found(released: Release, act: str | None) -> None:
    """What the journal said before is no word for it: neither that it was sealed, nor that it was brought back."""
    subject = released.report.referral_id
    for done in {None: (), Act.SEAL: (Act.SEAL,), Act.UNSEAL: (Act.SEAL, Act.UNSEAL)}[act]:
        put_away(released, done)
    if act == Act.SEAL:
        crypto.destroy_subject(subject, now=NOW)
    else:
        crypto.seal_subject(subject, now=NOW)
    assert [b.why for b in register.verify_chain()] == ["the facts are not what was committed to"]


def test_without_the_key_ring_it_says_so_once_and_calls_nothing_whole(released: Release, settings) -> None:
    for _ in range(2):
        a_release_of(an_enrolled_case(program=released.program), Kind.ENROLLMENT, now=NOW)
    for gone in ("", crypto.new_ring(9)):
        settings.KEY_RING, settings.KEY_RING_FILE = gone, Path(settings.DATA_DIR) / "nothing"
        whys = [str(place) for place in register.verify_chain()]
        assert whys == ["the key ring lacks a key: what 3 reports say was not verified"]
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("register", "verify", stdout=out)
        assert out.getvalue().splitlines()[0] == whys[0]


def test_a_persons_key_that_is_merely_gone_is_named_with_its_line(released: Release) -> None:
    SubjectKey.objects.filter(subject=released.report.referral_id).delete()
    assert [str(place) for place in register.verify_chain()] == [
        f"line 1 ({released.number}): the facts cannot be opened: their key is missing",
        f"line 1 ({released.number}): the file cannot be opened: its key is missing",
    ]


def test_a_file_missing_for_no_reason_is_found(released: Release) -> None:
    path_of(released).unlink()
    assert [b.why for b in register.verify_chain()] == ["the file is missing"]


def test_a_clear_file_in_a_sealed_ones_place_is_found(released: Release) -> None:
    data = storage.read(released.file_digest, subject=released.report.referral_id)
    path_of(released).write_bytes(data)
    assert [b.why for b in register.verify_chain()] == ["the file\u2019s bytes were changed"]


def test_on_a_full_disk_nothing_is_released(settings) -> None:
    """The folder of reports cannot be made: the same answer of the disk as when there is no room."""
    report = a_draft_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    settings.PRIVATE_ROOT = Path(settings.PRIVATE_ROOT) / "blocked"
    settings.PRIVATE_ROOT.parent.mkdir(parents=True, exist_ok=True)
    settings.PRIVATE_ROOT.write_bytes(b"")
    with pytest.raises(storage.NotKept):
        release(report=report, by=report.referral.facilitator, now=NOW)
    assert not Release.objects.exists()
    assert register.verify_chain() == []
    settings.PRIVATE_ROOT.unlink()


def test_the_page_of_a_sealed_cases_report_answers_like_one_that_never_was(released: Release, signed_in) -> None:
    from django.urls import reverse

    from tests.builders import a_court_user

    client = signed_in(a_court_user(released.report.referral.court))
    address = reverse("reports_court:download", args=[released.pk])
    assert client.get(address).status_code == 200
    crypto.seal_subject(released.report.referral_id, now=NOW)
    assert client.get(address).status_code == 404
