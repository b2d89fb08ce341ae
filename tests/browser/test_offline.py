"""Verifying a report, with the line cut once the page is there."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from court_reports import storage
from court_reports.actions import heads
from court_reports.models import Kind
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.builders import at
from tests.court_reports.cases import a_release_of, an_enrolled_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOW = at("2026-03-20 12:00")


def released() -> tuple[bytes, str]:
    try:
        gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
        heads.publish(now=NOW + timedelta(days=1))
        return storage.read(gone.file_digest, subject=gone.report.referral_id), gone.issue.code
    finally:
        connection.close()


@pytest.mark.parametrize("language, verify, download, answers", [
    ("en", "Verify", "Download the proof", ("Genuine", "Altered", "Nothing vouches for it yet", "The proof does not hold")),
    ("es", "Verificar", "Descargar la prueba",
     ("Auténtico", "Alterado", "Nada lo avala todavía", "La prueba no se sostiene")),
])  # fmt: skip
def test_a_report_is_verified_with_the_line_cut(
    open_as: OpenAs, tmp_path: Path, language: str, verify: str, download: str, answers: tuple[str, ...]
) -> None:
    with ThreadPoolExecutor(1) as apart:
        data, code = apart.submit(released).result()
    page = open_as(language=language)
    page.goto("/verify/")
    page.locator("main input[type=text]").first.fill(code)
    page.get_by_role("button", name=verify, exact=True).click()
    found = problems(page, language=language)
    shoot(page, f"answer-{language}")
    with page.expect_download() as proof:
        page.get_by_role("button", name=download).click()
    page.goto("/verify/register/")
    shoot(page, f"register-{language}")
    with page.expect_download() as marks:
        page.locator("main .usa-button").first.click()
    page.goto("/verify/offline/")
    page.context.set_offline(True)
    flipped = bytearray(data)
    flipped[999] ^= 1
    genuine, altered, unknown, forged = answers
    marked = Path(marks.value.path()).read_text()
    for report, known, answer in (
        (data, marked, genuine), (bytes(flipped), marked, altered), (data, "", unknown),
        (data, marked.replace(marked.split('"hash":"')[1][:64], "0" * 64), forged),
    ):  # fmt: skip
        page.locator("#report").set_input_files({"name": "r.pdf", "mimeType": "application/pdf", "buffer": report})
        page.locator("#proof").set_input_files(proof.value.path())
        page.locator("#heads").set_input_files({"name": "h.jsonl", "mimeType": "text/plain", "buffer": known.encode()})
        page.locator("[data-offline] button").click()
        expect(page.locator("[data-answer]:visible h2")).to_have_text(answer)
        shoot(page, f"offline-{language}-{answer[:7]}")
    assert not found, found


def shoot(page: Page, name: str) -> None:
    """Pictures for the eye, where somebody asks for them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
