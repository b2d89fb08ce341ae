"""What every test stands on: real databases, honest sign-ins."""

from collections.abc import Callable, Generator, Iterator
from time import time

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django.plugin import blocking_manager_key

from lms.people.models import User


def sign_in_session(client: Client, user: User) -> None:
    """Sign in as allauth would have: with the second factor recorded where the role needs one."""
    client.force_login(user)
    session = client.session
    records = [{"method": "password", "at": time(), "username": user.username}]
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


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )


# SQLite empties tables by DELETE after a test that commits for real, which our triggers refuse.
# So they are lifted before it is cleaned up, and stand again when everything is torn down.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    yield
    # After the last test the database itself is gone.
    if _lifted and nextitem is not None:
        with item.config.stash[blocking_manager_key].unblock(), connection.cursor() as cursor:
            for _, sql in _lifted:
                cursor.execute(sql)
        _lifted.clear()


@pytest.fixture(autouse=True)
def _append_only_tables_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    if not _commits(request):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND sql LIKE '%append-only%' OR "
                "type='trigger' AND sql LIKE '%RAISE%'"
            )
            _lifted[:] = cursor.fetchall()
            for name, _ in _lifted:
                cursor.execute(f"DROP TRIGGER {name}")


_lifted: list[tuple[str, str]] = []
