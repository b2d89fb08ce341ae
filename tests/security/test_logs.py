"""What goes wrong is told by its kind and place, and not by anybody's words (T5, ASVS V16.2.5, V16.4.1, V16.5)."""

import logging
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings

from lms.cache import hidden_key
from lms.logs import WithoutWords
from tests.builders import a_court, a_program, a_referral

SECRET = "saffronbeetroot"


def told(work) -> str:
    """The line that a handler of ours writes about an error."""
    try:
        work()
    except Exception:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, __file__, 1, "it failed: %s", (ValueError(SECRET),), sys.exc_info())  # fmt: skip
    return WithoutWords("{levelname} {name} {message}", style="{").format(record)


def test_an_error_is_told_without_its_words_however_deep_they_lie():
    def fail() -> None:
        try:
            int(SECRET)
        except ValueError as problem:
            raise RuntimeError(f"about {SECRET}") from problem

    line = told(fail)
    assert SECRET not in line
    assert "builtins.RuntimeError" in line
    assert "builtins.ValueError" in line
    assert "test_logs.py" in line


@pytest.mark.django_db
def test_the_database_names_the_row_it_refused_and_the_log_does_not():
    program, court = a_program(), a_court()
    a_referral(program=program, court=court, case_number=SECRET)

    def again() -> None:
        with transaction.atomic():
            a_referral(program=program, court=court, case_number=SECRET)

    with pytest.raises(IntegrityError) as refused:
        again()
    if connection.vendor == "postgresql":
        assert SECRET in str(refused.value)
    assert SECRET not in told(again)


def test_what_celery_says_of_a_failed_task_is_cut_to_its_name():
    record = logging.makeLogRecord({
        "name": "celery.app.trace", "levelname": "ERROR", "msg": "Task %(name)s[%(id)s] raised unexpected: %(exc)s\n%(traceback)s",
        "args": ({"name": "lms.outbox.tasks.deliver", "id": "7", "exc": SECRET, "traceback": SECRET, "args": SECRET, "kwargs": SECRET},),
    })  # fmt: skip
    record.args = record.args[0]
    line = WithoutWords("{message}", style="{").format(record)
    assert "lms.outbox.tasks.deliver[7]" in line
    assert SECRET not in line


def test_nothing_in_the_settings_mails_an_error_or_a_form_to_anybody():
    handlers = settings.LOGGING["handlers"].values()
    assert {handler["class"] for handler in handlers} == {"logging.StreamHandler"}
    assert {handler["formatter"] for handler in handlers} == {"line"}
    assert settings.LOGGING["formatters"]["line"]["()"] == "lms.logs.WithoutWords"
    assert settings.ADMINS == []
    for name in ("django", "django.request", "django.security.csrf", "amends"):
        assert not any("Admin" in type(handler).__name__ for handler in logging.getLogger(name).handlers)


@pytest.mark.django_db
def test_the_key_of_an_invitation_is_in_no_line_of_the_log_when_its_form_is_stale(caplog):
    key = "x" * 43
    Client(enforce_csrf_checks=True).post(f"/invitations/{key}/", {"password": "x"})
    Client().get(f"/invitations/{key}/no/")
    levels = {"django.request": logging.ERROR, "django.security.csrf": logging.ERROR, "django": logging.WARNING}
    shown = [r for r in caplog.records if r.levelno >= levels.get(r.name, logging.WARNING)]
    assert [r.getMessage() for r in shown if key in r.getMessage()] == []


def test_a_line_end_in_what_is_logged_begins_no_line_of_its_own():
    """What we log are kinds and numbers; whatever came from a request is not among it."""
    from lms.policy_reports import _directive

    assert _directive(b'{"csp-report": {"effective-directive": "x\\nERROR amends forged"}}') == "unknown"


@pytest.mark.django_db
def test_our_own_fault_says_nothing_of_itself():
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF="tests.security.breaking_urls"):
        for address in ("/breaks/template/", "/breaks/database/"):
            response = client.get(address)
            assert response.status_code == 500
            page = response.content.decode()
            for word in ("Traceback", "no_such_table", "Zebrawoodson", "ultramarinecarrot", "RuntimeError", "django"):
                assert word not in page


def test_a_key_of_the_cache_says_nothing_and_cannot_be_guessed_back():
    from hashlib import sha256

    key = hidden_key("allauth:rl:login_failed:someone@people.example", "", 1)
    assert len(key) == 64
    assert key not in {sha256(text.encode()).hexdigest() for text in ("someone@people.example", ":1:allauth:rl:login_failed:someone@people.example")}  # fmt: skip
    with override_settings(SECRET_KEY="another"):
        assert hidden_key("allauth:rl:login_failed:someone@people.example", "", 1) != key


PRODUCTION = """
import django; django.setup()
from django.conf import settings as s
from django.test import Client
from django.urls import get_resolver
import json
from django.test.utils import override_settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
override_settings(STORAGES=s.STORAGES | {"staticfiles": plain}).enable()  # nothing was collected here
r = Client().get("/pages/help/", secure=True, headers={"host": "amends.example"})
n = Client().get("/pages/help/", headers={"host": "amends.example"})
f = Client().get("/pages/help/", secure=True, headers={"host": "evil.example"})
print(json.dumps({
  "headers": dict(r.headers), "cookies": {k: dict(v) for k, v in r.cookies.items()}, "body": r.content.decode()[:0],
  "plain": [n.status_code, n.get("Location")], "foreign": f.status_code, "debug": s.DEBUG, "development": s.DEVELOPMENT,
  "hashers": s.PASSWORD_HASHERS, "names": [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME,
    s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH],
  "dev": any("dev/" == str(p.pattern) for p in get_resolver().url_patterns), "apps": s.INSTALLED_APPS,
}))
"""


@pytest.mark.django_db
def test_production_is_what_it_says(tmp_path):
    """Read back from a process that runs with production's own settings."""
    import json
    import os

    from tests.run import PRODUCTION as SETTINGS

    env = {**os.environ, **SETTINGS, "DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}
    said = subprocess.run([sys.executable, "-c", PRODUCTION], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)  # fmt: skip
    assert said.returncode == 0, said.stderr[-1500:]
    found = json.loads(said.stdout)
    assert found["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert found["plain"] == [301, "https://amends.example/pages/help/"]
    assert (found["foreign"], found["debug"], found["development"], found["dev"]) == (400, False, False, False)
    assert found["hashers"][0].endswith("Argon2PasswordHasher")
    assert found["names"] == ["__Host-s", "__Host-c", "__Host-l", True, True, True, "Lax", None, "/"]
    cookie = found["cookies"]["__Host-c"]
    assert (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["domain"], cookie["path"]) == (True, True, "Lax", "", "/")  # fmt: skip
    absent = ("django.contrib.admin", "wagtail.api.v2", "wagtail.contrib.redirects", "wagtail.contrib.sitemaps", "wagtail.embeds", "wagtail.contrib.settings")  # fmt: skip
    assert [app for app in absent if app in found["apps"]] == []
