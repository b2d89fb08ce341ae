"""Backup and restore, from end to end: another process, another database, another folder.

Keys lie apart from the data and live shorter, so that old data opens nothing of somebody who was
forgotten since (invariant 13; security.md 2.6).
"""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from lms import crypto
from lms.backup import databases, restore, shelf, take
from lms.journal import journal
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Forgetting, Ground
from lms.keeping.rules.backups import A_RUN, KEYS_LIVE, gone_by
from lms.people.models import SubjectKey
from lms.referrals.models import Referral
from tests.builders import JANUARY, a_referral, an_administrator
from tests.conftest import TEMPLATE
from tests.keeping.test_copies import prove

WORDS = "I did not want to know whom it hurt."
OTHER_WORDS = "I think of her every evening."
BOTH = [OTHER_WORDS, WORDS]  # by case number: CR-FORGOTTEN, CR-KEPT
_numbers = count(1)

# What happened on the machine: two people, each with a check-in that was sent and a report that was released.
LIFE = f"""
from court_reports.models import Kind
from accountability.actions import check_ins
from accountability.models import CheckIn
from datetime import timedelta
from tests.court_reports.cases import a_case_in_track, a_release_of, check_ins_of
from tests.court_reports.cases import a_program_with_a_course
from lms.journal import journal
from tests.builders import JANUARY, an_administrator
program = a_program_with_a_course()
for _ in range(2):
    an_administrator(program)
for case, words in (("CR-KEPT", {WORDS!r}), ("CR-FORGOTTEN", {OTHER_WORDS!r})):
    referral = a_case_in_track(program=program, case_number=case)
    first = check_ins_of(referral)[0]
    check_ins.submit(check_in=first, answers={{"plan": words, "help": "no"}}, form=None, language="en",
                     by=referral.person, now=first.opens_at)
    a_release_of(referral, Kind.ENROLLMENT, now=first.opens_at)
journal.seal_all(now=JANUARY)
"""
READ = """
from accountability.models import Submission
from lms import crypto
for row in Submission.objects.order_by("check_in__track__referral__case_number"):
    try:
        print(row.read()["plan"])
    except crypto.KeyMissing as problem:
        print(type(problem).__name__)
"""
GO_ON = """
from uuid import uuid4
from lms import clock, crypto
from lms.journal import journal, verification
crypto.encrypt("words", subject=uuid4(), place="a")
journal.record("test.written", about=None, by=None, at=clock.now())
journal.seal_all(now=clock.now())
print("ok" if verification.verify() == [] else "broken")
"""
READY = """
from django.test import Client
answer = Client().get("/health/ready/")
print(answer.status_code, "keys" in answer.json()["problems"])
"""
DUE = """
from lms import clock
from lms.outbox.delivery import open_messages
print(open_messages().filter(not_before__lte=clock.now()).count())
"""
UNMIGRATE = """
from django.db import connection
from django.db.migrations.loader import MigrationLoader
((app, name),) = MigrationLoader(connection).graph.leaf_nodes("journal")
connection.cursor().execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])
"""
WRITE = """
import django
django.setup()
from lms import clock
from lms.journal import journal
while True:
    journal.record("test.written", about=None, by=None, at=clock.now())
    journal.seal_all(now=clock.now())
    print(".", flush=True)
"""
# By two administrators; also where the keys know of it and the rows do not.
FORGET = """
from lms import clock
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Forgetting, Ground
from lms.keeping.rules.backups import A_RUN, KEYS_LIVE, gone_by
from lms.referrals.models import Referral
referral = Referral.objects.get(case_number="CR-FORGOTTEN")
one, other = forgetting.administrators_of(referral.program)
row = forgetting.propose(referral=referral, act=Act.EXPUNGE, ground=Ground.REQUEST, by=one, now=clock.now())
print(forgetting.confirm(forgetting=row, by=other, now=clock.now()).done_at)
"""
# Every table that still says whose case it was.
NAMED = """
from tests.keeping.world import whole_database
print([value for value in whole_database().splitlines() if "CR-FORGOTTEN" in value])
"""
FORGOTTEN = """
from lms.keeping.models import EXPUNGED, Forgetting
from lms.journal.models import Event
event, row = Event.objects.get(kind=EXPUNGED), Forgetting.objects.get()
print(Event.objects.filter(kind=EXPUNGED).count(), event.by, row.ground, bool(row.certificate))
"""
BROKEN = """
import io
from unittest import mock
from django.core.management import CommandError, call_command
err = io.StringIO()
with mock.patch("lms.keeping.shredders.shred", side_effect=OSError):
    try:
        call_command(*{arguments}, stderr=err)
    except CommandError:
        print(err.getvalue())
"""
TOLD = """
from lms.journal.models import Event
print(Event.objects.filter(kind="backup.restored").count())
"""
AS_IT_WAS = """
import shutil
from django.conf import settings
shutil.copytree(settings.PRIVATE_ROOT, settings.DATA_DIR / "as it was")
"""


# Runs manage.py's commands and code one after another in one process: starting the product takes longer than all of them.
STEPS = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.core.management import CommandError, call_command
for step in json.loads(sys.argv[1]):
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        if isinstance(step, list):
            call_command(*step, stdout=out, stderr=err)
        else:
            with contextlib.redirect_stdout(out):
                exec(step, {})
    except CommandError as problem:
        code, _ = 1, err.write(str(problem))
    except Exception:
        code, _ = 2, err.write(traceback.format_exc())
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


class Said(NamedTuple):
    """What a step ended with."""

    code: int
    out: str
    err: str


class Machine:
    """A folder and a database of its own, and the product as a program there."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {"DATABASE_URL", "CACHE_URL", "CRASH_CLOCK"}
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in chosen},
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": str(folder),
            "CRASH_DATABASE_URL": url,
        }

    def does(self, *steps: "str | list[object]") -> list[Said]:
        """Commands (lists) and code (text), in one process."""
        plain = [step if isinstance(step, str) else [str(part) for part in step] for step in steps]
        done = self.start("-c", STEPS, json.dumps(plain))
        out, err = done.communicate()
        assert done.returncode == 0, err[-2000:]
        return [Said(*json.loads(line)) for line in out.splitlines()]

    def start(self, *command: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            env=self.env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def new_database(tmp_path_factory, django_db_setup) -> Iterator[Callable[[str], str]]:
    """``new_database(template)``: the address of one that is empty, or a copy of the migrated one."""
    if connection.vendor == "sqlite":

        def file(template: str) -> str:
            place = tmp_path_factory.mktemp("database") / "amends.sqlite3"
            if template:
                shutil.copy(template, place)
            return f"sqlite:///{place}"

        yield file
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    made: list[str] = []
    with psycopg.connect(f"{server}/postgres", autocommit=True) as on_server:

        def database(template: str) -> str:
            made.append(f"amends_backup_{os.getpid()}_{next(_numbers)}")
            on_server.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template or 'template0'}")
            return f"{server}/{made[-1]}"

        yield database
        for name in made:
            on_server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def saved(tmp_path_factory, new_database) -> dict[str, Path]:
    """A machine with a history, its backup, and the backup of its keys after one person was forgotten."""
    place = tmp_path_factory.mktemp("origin")
    origin = Machine(place / "data", new_database(TEMPLATE))
    before, lived, read, saved, kept, forgot, later = origin.does(
        ["migrate", "-v", "0"],
        LIFE,
        READ,
        ["backup", "--to", place / "shelf", "--keys-to", place / "safe"],
        AS_IT_WAS,
        FORGET,
        ["backup", "--keys-to", place / "later"],
    )
    steps = (before, lived, read, saved, kept, forgot, later)
    assert [said.code for said in steps] == [0] * 7, "".join(said.err for said in steps)
    assert forgot.out != "None\n"
    assert read.out.splitlines() == BOTH
    assert "KEY_RING" in saved.out
    return {
        "data": next((place / "shelf").iterdir()), "keys": next((place / "safe").iterdir()),
        "later keys": next((place / "later").iterdir()), "origin": origin.folder,
    }  # fmt: skip


@pytest.fixture
def empty(tmp_path, new_database, saved) -> Machine:
    """A new machine. The signing key is there: it is the operator's, not the backup's."""
    machine = Machine(tmp_path / "new", new_database(""))
    shutil.copytree(saved["origin"] / "keys", machine.folder / "keys")
    return machine


@pytest.fixture
def copy(tmp_path, saved) -> Path:
    """The data backup, to be spoiled."""
    return Path(shutil.copytree(saved["data"], tmp_path / "spoiled"))


def forge(folder: Path) -> None:
    """What somebody would do who changes a backup and knows how it is made: digests fitted to the change."""
    manifest = json.loads((folder / shelf.MANIFEST).read_text())
    for name in manifest["parts"]:
        part = shelf.part(folder / name)
        manifest["parts"][name] = {"sha256": part.sha256, "size": part.size}
    (folder / shelf.MANIFEST).write_text(json.dumps(manifest))


def test_restored_on_an_empty_machine_it_is_whole_and_readable_and_goes_on(saved, empty):
    """By the command line itself, and then everything that would be wrong with it later is found."""
    both = ["--from", saved["data"], "--keys-from", saved["keys"]]
    done = empty.start("manage.py", "restore", *both)
    out, err = done.communicate()
    assert (done.returncode, err) == (0, "")
    assert "whole as of" in out
    before, after = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (saved["origin"] / "as it was", empty.folder / "private")
    )
    assert before == after
    assert len(after) == 2
    assert {path.stat().st_mode & 0o777 for path in (empty.folder / "private").rglob("*") if path.is_file()} == {0o600}

    verify = ["restore", "--from", saved["data"], "--only-verify"]
    read, waiting, goes_on, still, again, keys, read_again, cut, found, unmigrated, said = empty.does(
        READ, DUE, GO_ON, verify, ["restore", *both], ["restore", *both, "--only-keys"], READ,
        without_last_link(), verify, UNMIGRATE, verify,
    )  # fmt: skip
    assert read.out.splitlines() == BOTH
    # What was posted and may have left the lost machine is not sent a second time by the new one.
    assert waiting.out == "0\n"
    # It can be written to: a new key, a new event, and the chain goes on.
    assert (goes_on.out, still.code) == ("ok\n", 0)
    # It never writes over anything.
    assert (again.code, keys.code) == (1, 1)
    assert "the database is not empty" in again.err
    assert "has persons’ keys already" in keys.err
    assert read_again.out == read.out
    # A chain that was cut short holds as far as it goes: the manifest knows where it ended.
    assert (cut.code, found.code) == (0, 1)
    assert "the journal does not end as it did" in found.err
    # And before anything is verified the code must fit the data.
    assert (unmigrated.code, said.code) == (0, 1)
    assert "1 migrations have not run" in said.err


def without_last_link() -> str:
    """Three links fewer: the two that the restored machine has made, and the last that was saved."""
    lift = {
        "sqlite": "DROP TRIGGER journal_link_no_delete",
        "postgresql": "ALTER TABLE journal_link DISABLE TRIGGER USER",
    }[connection.vendor]
    delete = "DELETE FROM journal_link WHERE position > (SELECT max(position) - 3 FROM journal_link)"
    return f"from django.db import connection as c; c.cursor().execute({lift!r}); c.cursor().execute({delete!r})"


def test_a_backup_is_for_its_owner_alone_and_the_data_holds_no_key(saved):
    for folder in (saved["data"], saved["keys"]):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    rows = json.loads((saved["keys"] / take.KEYS_FILE).read_text())
    assert len(rows) >= 4
    ring = (settings.KEY_RING or "").partition(":")[2].encode()
    for path in saved["data"].iterdir():
        data = path.read_bytes()
        assert ring not in data
        for row in rows:
            wrapped = base64.b64decode(row["fields"]["wrapped"])
            assert wrapped not in data
            assert row["fields"]["wrapped"].encode() not in data


def test_without_the_keys_it_says_so_and_they_can_be_added_later(saved, empty):
    done, unread, refused, status, ready, untold, added, well, read, told = empty.does(
        ["restore", "--from", saved["data"]], READ, GO_ON, ["keys", "status"], READY, TOLD,
        ["restore", "--from", saved["data"], "--only-keys", "--keys-from", saved["keys"]], ["keys", "status"],
        READ, TOLD,
    )  # fmt: skip
    assert done.code == 1
    assert "the keys of persons" in done.err
    assert done.err.count("MISSING OR WRONG") == 1, done.err
    assert set(unread.out.splitlines()) == {"KeysLost"}
    # It is noticed, and no new key is made that would be in the way of the old ones.
    assert "crypto.KeysLost" in refused.err
    assert (status.code, "restore --only-keys" in status.err, ready.out) == (1, True, "503 True\n")
    assert well.code == 0, well.err
    assert (added.code, added.err) == (0, "")
    assert read.out.splitlines() == BOTH
    # Without its key the journal was not told: it could never have proved it.
    assert (untold.out, told.out) == ("0\n", "1\n")


def test_without_the_keys_a_changed_row_is_found_all_the_same(saved, empty):
    lift = {
        "sqlite": "DROP TRIGGER journal_event_no_update",
        "postgresql": "ALTER TABLE journal_event DISABLE TRIGGER USER",
    }[connection.vendor]
    change = "UPDATE journal_event SET kind = 'report.discarded' WHERE kind = 'report.released'"
    forge = f"from django.db import connection as c; c.cursor().execute({lift!r}); c.cursor().execute({change!r})"
    _, forged, found = empty.does(
        ["restore", "--from", saved["data"]], forge, ["restore", "--from", saved["data"], "--only-verify"]
    )
    assert (forged.code, found.code) == (0, 1)
    assert "the keys of persons" in found.err
    assert found.err.count("this is not what was written") == 1


def test_old_data_under_newer_keys_forgets_again_before_anything_is_served(saved, empty):
    """What was forgotten since stays forgotten: nothing opens, and the name is nowhere."""
    done, read, rows, told, whole = empty.does(
        ["restore", "--from", saved["data"], "--keys-from", saved["later keys"]], READ, NAMED, FORGOTTEN,
        ["restore", "--from", saved["data"], "--only-verify"],
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert "forgotten after this data was saved, and so again" in done.out
    assert read.out.splitlines()[-1] == WORDS
    assert OTHER_WORDS not in read.out
    assert rows.out == "[]\n"
    assert told.out == "1 None restored True\n"
    assert (whole.code, whole.err) == (0, "")
    files = [path for place in (empty.folder, *database_files(empty)) for path in place.rglob("*") if path.is_file()]
    assert not [path for path in files if b"CR-FORGOTTEN" in path.read_bytes()]


def database_files(machine: Machine) -> list[Path]:
    return [Path(machine.url.removeprefix("sqlite:///")).parent] if connection.vendor == "sqlite" else []


def test_what_could_not_be_put_away_again_is_named_and_can_be_later(saved, empty):
    both = ["--from", saved["data"], "--keys-from", saved["later keys"]]
    broken, forgot, whole = empty.does(
        BROKEN.format(arguments=["restore", *map(str, both)]), NAMED, ["restore", *both[:2], "--only-put-away"]
    )
    assert "forgotten after this data was saved, and its rows are here again" in broken.out
    assert forgot.out != "[]\n"
    assert (whole.code, whole.err) == (0, "")


def test_an_altered_part_is_refused_before_anything_is_written(saved, empty, copy):
    archive = copy / take.FILES
    data = bytearray(archive.read_bytes())
    data[len(data) // 3] ^= 1
    archive.write_bytes(bytes(data))
    refused, good = (["restore", "--from", folder, "--keys-from", saved["keys"]] for folder in (copy, saved["data"]))
    done, then = empty.does(refused, good)
    assert done.code == 1
    assert f"{take.FILES} in {copy} is not what was written" in done.err
    # And so the good one can still be restored here.
    assert (then.code, then.err) == (0, "")


def test_what_is_left_of_a_damaged_backup_can_be_had_and_the_loss_is_named(saved, empty, copy):
    (copy / take.FILES).unlink()
    refused, done, read = empty.does(
        ["restore", "--from", copy],
        ["restore", "--from", copy, "--keys-from", saved["keys"], "--even-if-damaged"],
        READ,
    )
    assert (refused.code, "is missing from" in refused.err) == (1, True)
    assert done.code == 1
    assert done.err.count("register, line") == 2
    assert read.out.splitlines() == BOTH


def test_a_missing_file_is_named_by_the_manifest_and_by_the_register(saved, empty, copy):
    with tarfile.open(copy / take.FILES) as old:
        names = [name for name in old.getnames() if name.startswith("reports/")]
        old.extractall(copy.parent / "files", filter="data")
    with tarfile.open(copy / take.FILES, "w") as new:
        for name in names[1:]:
            new.add(copy.parent / "files" / name, name)
    forge(copy)
    (done,) = empty.does(["restore", "--from", copy, "--keys-from", saved["keys"]])
    assert done.code == 1
    assert f"the file {names[0]} is missing" in done.err
    assert "register, line" in done.err
    assert "the file is missing" in done.err


def test_a_row_changed_within_the_backup_is_found_by_the_journal(saved, empty, copy, new_database):
    change = "UPDATE journal_event SET kind = 'report.discarded' WHERE kind = 'report.released'"
    file = copy / databases.NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(file)) as dump:
            dump.execute("DROP TRIGGER journal_event_no_update")
            dump.execute(change)
            dump.commit()
    else:
        scratch = new_database("")
        subprocess.run(["pg_restore", "--no-owner", "--dbname", scratch, str(file)], check=True)
        with psycopg.connect(scratch) as dump:
            dump.execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
            dump.execute(change)
            dump.execute("ALTER TABLE journal_event ENABLE TRIGGER USER")
        subprocess.run(["pg_dump", "--format=custom", "--file", str(file), scratch], check=True)
    forge(copy)
    (done,) = empty.does(["restore", "--from", copy, "--keys-from", saved["keys"]])
    assert done.code == 1
    assert "journal, position" in done.err
    assert "is not what was written" in done.err


def test_the_signing_key_that_is_not_here_is_missed_and_none_is_made_in_its_place(saved, empty):
    shutil.rmtree(empty.folder / "keys")
    (done,) = empty.does(["restore", "--from", saved["data"], "--keys-from", saved["keys"]])
    assert (done.code, "the signing key: it is not here" in done.err) == (1, True)
    assert not (empty.folder / "keys").exists()


def test_it_is_of_one_moment_while_others_write(tmp_path, new_database, saved):
    busy, fresh = (Machine(tmp_path / name, new_database("")) for name in ("busy", "fresh"))
    for machine in (busy, fresh):
        shutil.copytree(saved["origin"] / "keys", machine.folder / "keys")
    busy.does(["restore", "--from", saved["data"], "--keys-from", saved["keys"]])
    writing = busy.start("-c", WRITE)
    try:
        assert writing.stdout is not None
        writing.stdout.readline()
        (done,) = busy.does(["backup", "--to", tmp_path / "shelf", "--keys-to", tmp_path / "safe"])
    finally:
        writing.kill()
        writing.communicate()
    assert done.code == 0, done.err
    data, keys = next((tmp_path / "shelf").iterdir()), next((tmp_path / "safe").iterdir())
    (restored,) = fresh.does(["restore", "--from", data, "--keys-from", keys])
    assert (restored.code, restored.err) == (0, "")


# --- in this process -----------------------------------------------------------------------------


def test_keys_and_data_may_not_lie_in_one_another(tmp_path):
    for data, keys in ((tmp_path, tmp_path), (tmp_path, tmp_path / "keys"), (tmp_path / "data", tmp_path)):
        with pytest.raises(take.NotApart):
            take.refuse_together(data, keys)
    take.refuse_together(tmp_path / "data", tmp_path / "keys")


@pytest.mark.django_db
def test_keys_older_than_thirty_days_go_and_what_is_not_theirs_stays(tmp_path):
    referral = a_referral()
    crypto.encrypt("words", subject=referral.pk, place="a")
    old = take.take_keys(tmp_path, now=JANUARY)
    kept = take.take_keys(tmp_path, now=JANUARY + timedelta(days=1))
    other = tmp_path / "data-2020-01-01T000000Z"
    other.mkdir()
    later = JANUARY + KEYS_LIVE + timedelta(hours=1)
    assert shelf.prune(tmp_path, shelf.KEYS, live=KEYS_LIVE, now=later) == [old.name]
    assert not old.exists()
    assert kept.exists()
    assert other.exists()


def test_the_name_is_in_a_backup_of_the_data_until_its_life_is_over_and_not_a_day_longer(saved, tmp_path, settings):
    """As the certificate of destruction says: the days are the same."""
    place = tmp_path / "data"
    place.mkdir()
    folder = Path(shutil.copytree(saved["data"], place / f"data-{JANUARY.strftime(shelf.STAMP)}"))
    file = folder / databases.NAMES[connection.vendor]
    plain = (
        file.read_bytes()
        if connection.vendor == "sqlite"
        else subprocess.run(["pg_restore", "--file", "-", str(file)], check=True, capture_output=True).stdout
    )
    assert b"CR-FORGOTTEN" in plain
    live = timedelta(days=settings.BACKUP_DATA_DAYS)
    assert shelf.prune(place, shelf.DATA, live=live, now=JANUARY + live) == []
    assert shelf.prune(place, shelf.DATA, live=live, now=JANUARY + live + timedelta(seconds=1)) == [folder.name]
    assert not any(b"CR-FORGOTTEN" in path.read_bytes() for path in place.rglob("*") if path.is_file())
    until = gone_by(JANUARY, live=live, zone=ZoneInfo("America/New_York"))
    assert JANUARY + live + A_RUN <= datetime.combine(until, time.max, ZoneInfo("America/New_York"))


@pytest.mark.parametrize("days", ["0", "31"])
def test_data_lives_no_longer_than_certificates_say(tmp_path, days):
    with pytest.raises(CommandError, match="BACKUP_DATA_DAYS"):
        call_command("backup", "--to", str(tmp_path / "data"), "--prune", "--data-days", days)


def test_every_version_of_the_ring_that_something_lies_under_is_named():
    """Also those of an address beside a message, and of recovery codes brought along from before."""
    under = iter(range(2, 8))
    wrapped = lambda: f"{next(under)}:QUJD"
    rows = {
        databases.RING_OF_SUBJECTS: [(1,)],
        take.AUTHENTICATORS: [
            ({"secret": wrapped()},),
            ({"seed": wrapped(), "migrated_codes": [wrapped(), wrapped()]},),
        ],
        take.WAITING: [(json.dumps({"sealed_path": wrapped(), "sealed_address": wrapped(), "path": "/8:QUJD"}),)],
    }
    assert take._ring_versions(lambda statement: rows[statement]) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.django_db
def test_a_ring_that_lacks_a_version_or_is_another_is_missed(settings):
    referral = a_referral()
    crypto.encrypt("words", subject=referral.pk, place="a")
    manifest = shelf.Manifest(what=shelf.DATA, made_at=JANUARY.isoformat(), version="0", ring_versions=[1, 3])
    assert restore._ring(manifest) == ["the key ring lacks version 3: what it wrapped cannot be read"]
    manifest.subject_keys = keys = SubjectKey.objects.count()
    assert restore._persons_keys(manifest) == []
    settings.KEY_RING = crypto.new_ring()
    assert restore._persons_keys(manifest) == [f"{keys} persons’ keys cannot be opened with this key ring"]
    settings.KEY_RING, settings.KEY_RING_FILE = "", settings.DATA_DIR / "nothing"
    assert restore._ring(manifest)[0].startswith("the key ring: there is no key ring")


def test_what_was_cut_off_is_no_backup(tmp_path):
    half = shelf.begin(tmp_path, shelf.DATA, now=JANUARY)
    with pytest.raises(shelf.NotABackup, match="cut off"):
        shelf.read(half, shelf.DATA)
    assert list(tmp_path.glob("data-*")) == []


@pytest.mark.django_db
def test_a_missing_program_is_named(tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is copied without any program")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(databases.ToolMissing, match="pg_dump is not on this machine"):
        databases._pg("pg_dump")


@pytest.mark.django_db
def test_a_restore_is_told_by_the_journal():
    assert restore.doubt_what_may_have_left(made_at=JANUARY, now=JANUARY) == 0
    assert journal.Event.objects.filter(kind="backup.restored").count() == 1


@pytest.mark.django_db
def test_a_case_that_the_keys_know_as_sealed_is_named_and_can_be_sealed_again():
    """Newer keys under older data."""
    referral = a_referral()
    one, other = (an_administrator(referral.program) for _ in range(2))
    name = referral.last_name
    crypto.seal_subject(referral.pk, now=JANUARY)
    (line,) = restore._put_away_since()
    assert line.startswith("sealed after this data was saved")
    assert reverse("keeping:case", args=[referral.pk]) in line
    for act in (Act.SEAL, Act.UNSEAL):
        row = forgetting.propose(referral=referral, act=act, ground=Ground.REQUEST, by=one, now=JANUARY)
        assert forgetting.confirm(forgetting=row, by=other, now=JANUARY).done_at
        assert restore._put_away_since() == []
    assert Referral.objects.get(pk=referral.pk).last_name == name


@pytest.mark.django_db
def test_a_journal_whose_key_is_gone_gets_no_other():
    journal.record("test.written", about=None, by=None, at=JANUARY)
    assert SubjectKey.objects.filter(subject=journal.SUBJECT).delete()[0] == 1
    assert journal.digest() is None
    journal.record("test.written", about=None, by=None, at=JANUARY)
    assert not SubjectKey.objects.filter(subject=journal.SUBJECT).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("act", [Act.SEAL, Act.EXPUNGE])
def test_it_is_put_away_again_on_its_own_page(signed_in, act):
    """Which is found by its address alone: nothing of the case can be read any more."""
    referral = a_referral()
    one, other = (signed_in(an_administrator(referral.program)) for _ in range(2))
    {Act.SEAL: crypto.seal_subject, Act.EXPUNGE: crypto.destroy_subject}[act](referral.pk, now=JANUARY)
    address = reverse("keeping:case", args=[referral.pk])
    assert one.get(address).status_code == 200
    one.post(reverse("keeping:propose", args=[referral.pk]), {"act": act, "ground": Ground.REQUEST})
    row = Forgetting.objects.get(referral=referral)
    confirm = reverse("keeping:confirm", args=[row.pk])
    prove(other, confirm)
    other.post(confirm)
    row.refresh_from_db()
    assert row.done_at
    assert restore._put_away_since() == []
