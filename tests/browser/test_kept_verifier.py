"""The verifier as one file, opened from a disk with no line: it verifies, and asks nobody anything."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from court_reports import heads as published
from court_reports import storage
from court_reports.actions import heads
from court_reports.models import Kind, Release
from court_reports.proofs import proof_of
from lms import clock
from tests.browser.test_pages import apart
from tests.court_reports.cases import a_release_of, an_enrolled_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_it_verifies_from_a_disk_in_both_languages(browser: Browser, tmp_path: Path) -> None:
    now = clock.now()
    case = an_enrolled_case(now=now - timedelta(days=9))
    apart(lambda: a_release_of(case, Kind.ENROLLMENT, now=now - timedelta(days=2)))
    gone = Release.objects.get()
    heads.publish(now=now)
    data = storage.read(gone.file_digest, subject=gone.report.referral_id)
    (tmp_path / "report.pdf").write_bytes(data)
    (tmp_path / "altered.pdf").write_bytes(data[:-9] + b"x" + data[-8:])
    (tmp_path / "proof.json").write_text(json.dumps(proof_of(gone)))
    (tmp_path / "heads.jsonl").write_text("".join(published.lines()))
    for language in ("en", "es"):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(reverse("verify:to_keep"))
        assert answer["Content-Disposition"] == 'attachment; filename="amends_verify.html"'
        file = tmp_path / f"amends_verify-{language}.html"
        file.write_bytes(answer.content)
        context = browser.new_context(offline=True)
        page, asked, heard = context.new_page(), [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
        page.goto(file.as_uri())
        assert page.locator("html").get_attribute("lang") == language
        page.locator("#proof").set_input_files(tmp_path / "proof.json")
        page.locator("#heads").set_input_files(tmp_path / "heads.jsonl")
        for report, said in (("report.pdf", "genuine"), ("altered.pdf", "altered")):
            page.locator("#report").set_input_files(tmp_path / report)
            page.locator("button").click()
            expect(page.locator(f"[data-answer={said}]")).to_be_visible()
            expect(page.locator("[data-answer]:visible")).to_have_count(1)
        expect(page.locator("[data-details]")).to_contain_text(gone.number)
        assert asked == [file.as_uri()]
        assert heard == []
        # Its own policy names its script by digest: one that was changed does not run.
        file.write_text(
            file.read_text().replace('<script type="module">', '<script type="module">document.title = "x";')
        )
        page.goto(file.as_uri())
        assert page.title() != "x"
        assert any("Content Security Policy" in line for line in heard)
        context.close()
