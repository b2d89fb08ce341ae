"""A clerk's minute: from the e-mail to a report that is opened, kept, acknowledged and verified."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from court_reports.actions.draft import draft
from court_reports.actions.release import release
from court_reports.models import Delivery, Kind, Step
from lms import clock
from lms.outbox import delivery
from lms.outbox.models import Message
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK, problems
from tests.browser.test_lives import sign_in, with_an_app
from tests.browser.test_pages import apart
from tests.browser.world import a_world
from tests.lms.post import Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_clerk_from_the_notice_to_a_verified_report(open_as: OpenAs, settings: object, tmp_path: Path) -> None:
    world, post = a_world(), Post()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "lms.outbox.smtp.Backend", "127.0.0.1"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = post.port  # type: ignore[attr-defined]
    Message.objects.all().delete()
    report = draft(referral=world.learner, kind=Kind.ENROLLMENT, by=world.facilitator, now=world.now)
    apart(lambda: release(report=report, by=world.facilitator, now=world.now))
    report.refresh_from_db()
    post.open()
    try:
        delivery.deliver(now=clock.now(), limit=50)
    finally:
        post.close()
    letter = next(letter for letter in post.letters if letter["To"] == world.clerk.email)
    words = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    # A mailbox may be read by others: it says that something waits, and not about whom.
    assert world.learner.last_name not in letter.as_string()
    assert world.learner.case_number not in letter.as_string()
    link = re.search(r"https?://[^/\s]+(/\S*)", words)
    assert link, words

    page = open_as()
    page.set_viewport_size(DESK)
    secret = with_an_app(world.clerk)
    page.goto(link.group(1))
    sign_in(page, world.clerk, secret)
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    card = page.locator("li.card").first
    expect(card).to_contain_text(world.learner.name)
    expect(card).to_contain_text("New")
    with page.expect_download() as waiting:
        card.get_by_role("link", name="Download").press("Enter")
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert kept.name == report.release.file_name
    card.get_by_role("button", name="Confirm receipt").press("Enter")
    expect(page.locator(".usa-alert--success")).to_contain_text(report.release.number)
    steps = Delivery.objects.filter(by=world.clerk).order_by("at").values_list("step", flat=True)
    assert list(steps) == [Step.NOTIFIED, Step.OPENED, Step.ACKNOWLEDGED]

    # By the file, which does not leave the browser, and by the code that stands on its last page.
    page.get_by_role("link", name="Verify a report").first.press("Enter")
    page.locator("input[type=file]").set_input_files(kept)
    page.get_by_role("button", name="Verify").press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Genuine and current")
    text = subprocess.run(["pdftotext", "-layout", kept, "-"], capture_output=True, check=True, text=True).stdout
    code = re.search(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b", text)
    assert code, text
    page.locator("#id_code").fill(code.group())
    page.locator("#id_case_number").fill(world.learner.case_number)
    page.get_by_role("button", name="Verify").press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Genuine and current")
    expect(page.locator("main")).to_contain_text(world.learner.name)
    assert problems(page) == []
