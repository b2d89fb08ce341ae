"""A real browser, and people who are honestly signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lms.people.models import User
from tests.browser.kindness import PHONE, Watch
from tests.conftest import sign_in_session

# Playwright's synchronous interface runs a loop in this thread; Django would refuse its own database here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

OpenAs = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == __file_folder():
            item.add_marker(pytest.mark.browser)


def __file_folder() -> object:
    from pathlib import Path

    return Path(__file__).parent


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
        if path is None:
            pytest.fail("There is no Chromium here. Install Debian's chromium, or name one in CHROMIUM.")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def open_as(browser: Browser, live_server: object) -> Iterator[OpenAs]:
    """``open_as(user, language="es", scripts=True)``: a phone of theirs, signed in with every factor they owe.

    ``page.watch.heard`` lists what the browser complained about.
    """
    contexts: list[BrowserContext] = []

    def open_page(user: User | None = None, *, language: str = "en", scripts: bool = True) -> Page:
        host = urlsplit(live_server.url).netloc
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE,
            locale="es-US" if language == "es" else "en-US",
            timezone_id="America/New_York",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(8_000)
        context.add_cookies([_cookie(live_server.url, settings.LANGUAGE_COOKIE_NAME, language)])
        if user is not None:
            client = Client()
            sign_in_session(client, user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([_cookie(live_server.url, settings.SESSION_COOKIE_NAME, key)])
        page = context.new_page()
        page.watch = Watch(page, host)  # type: ignore[attr-defined]  carried along for the test's last look
        return page

    yield open_page
    for context in contexts:
        context.close()


def _cookie(url: str, name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value, "url": url}
