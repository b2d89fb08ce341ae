"""Rotation killed in the middle, and the migrations that seal what lay in clear, each on a database of its own."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import TEMPLATE
from tests.crash.sealed import MESSAGES, PEOPLE

pytestmark = [pytest.mark.crash, pytest.mark.django_db]
FIRST, SECOND = (f"{n}:" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
ALL = PEOPLE + MESSAGES + 5


class Own:
    """A migrated database of this test's own, and commands that run on it."""

    def __init__(self, folder: Path, url: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CACHE_URL"}}
        self.env = kept | {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings", "DATA_DIR": str(folder), "CRASH_DATABASE_URL": url,
            "CRASH_KEY_RING": FIRST,
        }  # fmt: skip

    def start(self, *command: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, *command],
            env=self.env,
            cwd=settings.BASE_DIR,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def run(self, *command: str, given: str = "") -> str:
        process = self.start(*command)
        said, problem = process.communicate(given)
        assert process.returncode == 0, problem[-3000:]
        return said

    def migrate(self, *places: str) -> None:
        for place in places:
            self.manage("migrate", "-v0", *place.split())

    def manage(self, *command: str) -> str:
        return self.run("manage.py", *command)

    def ask(self, what: str, given: str = "") -> object:
        return json.loads(self.run("-m", "tests.crash.sealed", what, given=given))


@pytest.fixture
def own(tmp_path) -> Iterator[Own]:
    """As it is migrated today."""
    with database(tmp_path, TEMPLATE) as made:
        if not TEMPLATE:
            made.migrate("")
        yield made


@pytest.fixture
def bare(tmp_path) -> Iterator[Own]:
    """Without a table."""
    with database(tmp_path, None) as made:
        yield made


@contextmanager
def database(tmp_path: Path, template: str | None) -> Iterator[Own]:
    if connection.vendor == "sqlite":
        if template:
            shutil.copy(template, tmp_path / "amends.sqlite3")
        yield Own(tmp_path, f"sqlite:///{tmp_path}/amends.sqlite3")
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    name = f"amends_keys_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as control:
        try:
            control.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
            yield Own(tmp_path, f"{server}/{name}")
        finally:
            control.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_a_rotation_that_is_killed_goes_on_and_then_the_old_key_can_go(own):
    words = json.dumps(own.ask("make"))
    own.env["CRASH_KEY_RING"] = f"{FIRST},{SECOND}"
    process = own.start("manage.py", "keys", "rotate")
    assert process.stdout.readline().endswith(f"of {PEOPLE}\n")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    half = own.ask("under")
    assert 0 < half["2"]["people’s keys"] < PEOPLE and half["1"]["messages"] > 0, half
    assert own.ask("open", words) == ALL  # all the while
    assert "are now under key 2" in own.manage("keys", "rotate")
    assert list(own.ask("under")) == ["1", "2"] and "key 1: nothing (may be taken away)" in own.manage("keys", "status")
    own.env["CRASH_KEY_RING"] = SECOND
    assert own.ask("open", words) == ALL
    own.manage("check", "--database", "default")


BEFORE = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("referrals", "0002_append_only"),
    ("accountability", "0002_append_only"), ("outbox", "0002_settled"), ("people", "0005_keys_by_version")]).apps
"""
# Where everything lay in clear, and where all of it was sealed.
CLEAR = ("people 0005", "accountability 0002", "outbox 0002", "referrals 0002")
SEALED = ("accountability 0005", "outbox 0003", "referrals 0004")
FILL = (
    BEFORE
    + """
from datetime import UTC, date, datetime
now = datetime(2026, 1, 5, tzinfo=UTC)
of = lambda name: apps.get_model(name).objects
user = of("people.User").create(username="u")
court = of("referrals.Court").create(name="C", jurisdiction="J", county="K", state="NY")
program = of("referrals.Program").create(name="P", slug="p")
policy = of("referrals.PolicyVersion").create(program=program, in_force_from=now)
for n in range(450):
    case = of("referrals.Referral").create(program=program, court=court, first_name="R", last_name="S", birth_year=1984,
        email=f"marker{n}@people.example" if n % 3 else "", phone="marker \\\\x41", defense_counsel="", case_number=f"C{n}",
        stage="sentence", ordered_on=date(2026, 1, 1), conditions=["marker é"] if n % 2 else [], received_at=now)
track = of("accountability.Track").create(referral=case, policy=policy, zone="UTC", opened_at=now, opened_on=now.date(),
    planned_end_on=now.date(), ends_on=now.date(), ends_at=now, tzdata="x", feed_key="f")
of("accountability.Tolling").create(track=track, from_on=now.date(), to_on=now.date(), days=1, reason="order",
    authority="marker letter", recorded_at=now, recorded_by=user)
of("accountability.Extension").create(track=track, days=1, reason="marker why", ordered_by="marker Judge", recorded_at=now, recorded_by=user)
of("accountability.Commitment").create(track=track, number=1, named_by_order="", made_at=now)
for n, done in enumerate((None, now)):
    of("referrals.Invitation").create(token_digest=f"t{n}", kind="staff", email="marker@staff.example", first_name="marker",
        program=program, made_at=now, expires_at=now, accepted_at=done)
of("referrals.Invitation").create(token_digest="case", kind="responsible_party", email="marker@case.example", referral=case, made_at=now, expires_at=now)
for n, done in enumerate((None, now)):
    of("outbox.Message").create(key=f"k{n}", kind="x", category="notice", context={"address": "marker@mail.example", "a": "b"},
        posted_at=now, not_before=now, sent_at=done)
"""
)
AFTER = """
import django; django.setup()
from django.db import connection
from accountability.models import Commitment, Extension, Tolling
from lms.outbox import outbox
from lms.outbox.models import Message
from lms.referrals.models import Invitation, Referral
with connection.cursor() as cursor:
    whole = ""
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        whole += str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
assert "marker" not in whole
for n, case in enumerate(Referral.objects.order_by("received_at", "case_number")):
    n = int(case.case_number[1:])
    assert (case.email, case.phone, case.defense_counsel) == (f"marker{n}@people.example" if n % 3 else "", "marker \\\\x41", "")
    assert case.conditions == (["marker é"] if n % 2 else []), case.conditions
assert Tolling.objects.get().authority == "marker letter"
assert (Extension.objects.get().reason, Extension.objects.get().ordered_by) == ("marker why", "marker Judge")
assert Commitment.objects.get().named_by_order == ""
assert [i.email for i in Invitation.objects.order_by("token_digest")] == ["marker@case.example", "marker@staff.example", ""]
waiting, sent = Message.objects.order_by("key")
assert (outbox.address_of(waiting), sent.context) == ("marker@mail.example", {"a": "b"})
from django.db import DatabaseError, transaction
for model in (Tolling, Extension):
    try:
        with transaction.atomic():
            model.objects.update(days=9)
    except DatabaseError as problem:
        assert "append-only" in str(problem)
    else:
        raise AssertionError("the triggers are gone")
print("held")
"""
AGAIN_IN_CLEAR = (
    BEFORE
    + """
case = apps.get_model("referrals.Referral").objects.get(case_number="C1")
assert (case.email, case.phone, case.conditions) == ("marker1@people.example", "marker \\\\x41", ["marker é"]), vars(case)
assert apps.get_model("referrals.Referral").objects.get(case_number="C0").conditions == []
assert apps.get_model("accountability.Tolling").objects.get().authority == "marker letter"
assert apps.get_model("outbox.Message").objects.get(key="k0").context == {"a": "b", "address": "marker@mail.example"}
print("held")
"""
)


def test_what_lay_in_clear_is_sealed_cut_off_or_not_and_can_be_opened_again(bare):
    bare.migrate(*CLEAR)
    bare.run("-c", FILL)
    # Cut off while it seals, as soon as the first rows are written; begun again it goes on.
    process = bare.start("manage.py", "migrate", "referrals", "0004")
    assert process.stdout is not None
    while sealed(bare) < 20:
        assert process.poll() is None, "it was over before it could be cut off"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert sealed(bare) < 450
    bare.migrate(*SEALED)
    bare.migrate(*CLEAR[1:])
    assert bare.run("-c", AGAIN_IN_CLEAR) == "held\n"
    bare.migrate("")
    assert bare.run("-c", AFTER) == "held\n"


def sealed(own: Own) -> int:
    """How many people have a key so far."""
    url = own.env["CRASH_DATABASE_URL"]
    if url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20) as database:
            return int(database.execute("SELECT count(*) FROM people_subjectkey").fetchone()[0])
    with psycopg.connect(url) as database:
        return int(database.execute("SELECT count(*) FROM people_subjectkey").fetchone()[0])
