"""A court without accounts: from the link in its mail to a confirmed receipt, and a link that has run out."""

import hashlib
import re
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import expect

from court_reports.actions.draft import draft
from court_reports.actions.release import release
from court_reports.models import CourtLink, Delivery, Kind, Release, Step
from lms.outbox import delivery
from lms.referrals.models import CourtProfile, Route
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_pages import apart, tell
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NAME = {"en": "Cora Clerk, window 3", "es": "Cora Clerk, ventanilla 3"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_clerk_without_an_account_gets_a_report_and_confirms_it(open_as: OpenAs, language: str) -> None:
    world = a_world()
    CourtProfile.objects.filter(court=world.learner.court).update(
        route=Route.LINK, report_address="clerk@court.example"
    )
    report = draft(referral=world.learner, kind=Kind.ENROLLMENT, by=world.facilitator, now=world.now)
    apart(lambda: release(report=report, by=world.facilitator, now=world.now))
    apart(lambda: delivery.deliver(now=world.now, limit=200))
    body = next(str(one.body) for one in reversed(mail.outbox) if "/court-link/" in str(one.body))
    link = "/court-link/" + body.split("/court-link/")[1].split()[0]
    page = open_as(language=language)
    page.goto(link)
    found = problems(page, language=language)
    with page.expect_download() as fetched:
        page.locator("form[action$='/file/'] button").click()
    file = Path(str(fetched.value.path())).read_bytes()
    gone = Release.objects.get(report=report)
    assert hashlib.sha256(file).hexdigest() == gone.file_digest
    page.locator("main input[name=name]").fill(NAME[language])
    page.locator("form[action$='/received/'] button").click()
    expect(page.locator("main .status--good")).to_be_visible()
    expect(page.locator("main")).to_contain_text(NAME[language])
    found += problems(page, language=language)
    steps = list(Delivery.objects.filter(release=gone).order_by("at").values_list("step", flat=True))
    assert steps == [Step.NOTIFIED, Step.OPENED, Step.ACKNOWLEDGED]
    CourtLink.objects.update(expires_at=world.now)
    page.goto(link)
    found += problems(page, language=language)
    page.locator("form[action$='/again/'] button").click()
    expect(page).to_have_url(re.compile(r"/again/$"))
    found += problems(page, language=language)
    assert not found, tell(found)
