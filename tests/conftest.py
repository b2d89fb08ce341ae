"""What every test stands on: real databases, honest sign-ins."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from time import time

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from lms.people.models import User
from lms.referrals.models import Program
from tests.builders import a_facilitator, a_program, a_published_course

# A migrated database to copy: a file for SQLite, a database's name for PostgreSQL (tests/run.py makes both).
TEMPLATE = os.environ.get("TEST_TEMPLATE", "")

# What is found is what counts, not how long a busy machine took over it.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")


def sign_in_session(client: Client, user: User) -> None:
    """Sign in as allauth would have: with the second factor recorded where the role needs one."""
    client.force_login(user)
    session = client.session
    records: list[dict[str, object]] = [{"method": "password", "at": time()}]
    if user.must_use_second_factor:
        records.append({"method": "mfa", "at": time(), "type": "totp"})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """``signed_in(user)``: a client whose session carries every factor the role needs."""

    def make(user: User) -> Client:
        client = Client()
        sign_in_session(client, user)
        return client

    return make


@pytest.fixture(autouse=True)
def _no_language_or_zone_left_over() -> None:
    """A request leaves its language and zone on the thread, as in any Django process; a test starts with neither."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With TEST_ONLY=database, what asks no database is left to the run on the other one."""
    if os.environ.get("TEST_ONLY") != "database":
        return
    asking = [
        i for i in items if i.get_closest_marker("django_db") or "django_db_setup" in getattr(i, "fixturenames", ())
    ]
    config.hook.pytest_deselected(items=[i for i in items if i not in asking])
    items[:] = asking


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    return django_db_keepdb or (bool(TEMPLATE) and connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Begin with a copy of the migrated database, where one was made: migrating anew takes each worker 12 s."""
    if not TEMPLATE:
        return
    chosen = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        shutil.copy(TEMPLATE, chosen["NAME"])
    else:
        chosen["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="module")
def shelf(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Program]:
    """A program with a facilitator and a published course of three modules, made once for the module's tests.

    Each test's own changes are a savepoint within it and are rolled back as ever.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        program = a_program()
        a_facilitator(program)
        a_published_course(program, modules=3)
        with django_db_blocker.block():
            yield program
        transaction.set_rollback(True)


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )


# After a test that commits for real SQLite empties its tables by DELETE and PostgreSQL by TRUNCATE, which our triggers
# refuse. So they are lifted before it is cleaned up, and stand again when everything is torn down.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    yield
    # After the last test the database itself is gone.
    if _lifted and nextitem is not None:
        with item.config.stash[blocking_manager_key].unblock(), connection.cursor() as cursor:
            for sql in _lifted:
                cursor.execute(sql)
        _lifted.clear()


@pytest.fixture(autouse=True)
def _append_only_tables_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    if not _commits(request):
        yield
        return
    request.getfixturevalue("transactional_db")
    if connection.in_atomic_block:
        pytest.fail(
            "It cannot commit: its module holds a transaction open for the shelf. Move it, or run on-commit hooks."
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(REFUSALS[connection.vendor])
        found = cursor.fetchall()
        for name, table, _ in found:
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
        _lifted[:] = [made_by for _, _, made_by in found]


REFUSALS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgname LIKE '%\\_no\\_truncate'",
}
_lifted: list[str] = []


@pytest.fixture(scope="session")
def exiftool(tmp_path_factory: pytest.TempPathFactory):
    """``exiftool(bytes)``: every tag that the independent tool finds, embedded files too."""
    if shutil.which("exiftool") is None:
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail("exiftool is not installed, and all tools are required")
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    folder = tmp_path_factory.mktemp("exiftool")

    def read(data: bytes) -> dict[str, object]:
        path = folder / "file"
        path.write_bytes(data)
        run = subprocess.run(["exiftool", "-j", "-G", "-a", "-u", "-ee3", str(path)], capture_output=True, timeout=60)
        return json.loads(run.stdout)[0]

    return read
