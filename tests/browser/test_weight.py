"""What a page of the course weighs on the wire, from the static files as production serves them: exact, in bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.conftest import OpenAs
from tests.browser.learning import at_step, attest
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
FIRST_LOAD = 120_000
BEYOND_THE_TEXT = 15_000


class Wire:
    """Counts what arrives: headers and bodies, as they were sent."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, float] = {}
        self.names: dict[str, str] = {}
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._name)
        session.on("Network.loadingFinished", self._count)

    def _name(self, event: dict[str, Any]) -> None:
        # What the browser took from its own cache has not come over the line.
        if not event["response"].get("fromDiskCache"):
            self.names[event["requestId"]] = event["response"]["url"]

    def _count(self, event: dict[str, Any]) -> None:
        if (url := self.names.get(event["requestId"])) and event["encodedDataLength"]:
            self.bytes[url] = self.bytes.get(url, 0) + event["encodedDataLength"]

    def taken(self) -> dict[str, float]:
        found, self.bytes = self.bytes, {}
        return found


@pytest.fixture
def as_production_serves(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The same application with its static files gathered, named by digest and compressed, behind no other server."""
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.STATIC_ROOT, settings.STORAGES, settings.WHITENOISE_USE_FINDERS = str(tmp_path / "static"), storages, False
    call_command("collectstatic", interactive=False, verbosity=0)
    server = LiveServerThread(
        "localhost",
        lambda application: application,  # type: ignore[arg-type]  no handler of static files around the application
        connections_override=live_server.thread.connections_override,
    )
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


def test_a_module_page_is_light_the_first_time_and_next_to_nothing_later(
    open_as: OpenAs, as_production_serves: str, browser: Browser
) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person)
    attest(page, module)
    # The same browser and session, with nothing in its cache, at the server that serves as production does.
    elsewhere = browser.new_context(base_url=as_production_serves)
    elsewhere.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": as_production_serves} for c in page.context.cookies()]
    )
    try:
        phone = elsewhere.new_page()
        wire = Wire(phone)
        phone.goto(at_step(module, 1), wait_until="networkidle")
        first = wire.taken()
        assert any(url.endswith(".css") for url in first), first
        assert any("learn-beat" in url for url in first), first
        assert phone.locator("article[data-place]").count() == 1
        assert sum(first.values()) <= FIRST_LOAD, first
        for step in (2, 3, 4):
            phone.goto(at_step(module, step), wait_until="networkidle")
            later = wire.taken()
            text = len(phone.locator("article[data-place]").inner_text().encode())
            assert sum(later.values()) - text <= BEYOND_THE_TEXT, later
            assert not [url for url in later if "/static/" in url], "what was loaded once is not loaded again"
        for name, kind in (("check", "knowledge_check"), ("reflection", "reflection")):
            phone.goto(reverse(f"learn:{name}", args=[module.pk, world.activity(kind)]), wait_until="networkidle")
            assert sum(wire.taken().values()) <= BEYOND_THE_TEXT
    finally:
        elsewhere.close()
