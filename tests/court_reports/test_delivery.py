"""A released report reaches its court by the court's own route, and the ledger says so."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import WebhookVerificationError

from court_reports import heads as published
from court_reports import webhook
from court_reports.actions import deliver, heads, links, supersede, webhooks
from court_reports.models import CourtLink, Delivery, Kind, Release, Step, WebhookCall
from court_reports.standalone import amends_verify
from court_reports.verification import Answer, check
from lms import clock
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals import webhook_secrets
from lms.referrals.models import CourtProfile, Referral, Route
from tests.builders import a_court, a_court_user, an_administrator
from tests.court_reports.cases import a_correction_of, a_release_of, an_enrolled_case
from tests.court_reports.drawing import text_of
from tests.court_reports.systems import SECRET, a_certificate, a_system

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MAILBOX = "clerk@court.example"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()  # how often a link was asked for is counted there


def a_case_of(**profile: object) -> Referral:
    return an_enrolled_case(court=a_court("Route County Court", profile=profile), last_name="Unmistakable")


def steps(gone: Release) -> list[tuple[str, str, str]]:
    return [(row.step, row.how, row.recipient) for row in gone.deliveries.order_by("at", "step")]


def the_link() -> str:
    """Of the mail that was sent last."""
    delivery.deliver(now=clock.now(), limit=100)
    line = next(line for line in the_mail().body.splitlines() if "/court-link/" in line)
    return "/court-link/" + line.split("/court-link/")[1].strip()


def the_mail() -> mail.EmailMessage:
    return next(one for one in reversed(mail.outbox) if "/court-link/" in one.body)


class TestLink:
    def released(self, **profile: object) -> Release:
        return a_release_of(
            a_case_of(route=Route.LINK, report_address=MAILBOX, **profile), Kind.ENROLLMENT, now=clock.now()
        )

    def test_a_court_without_accounts_gets_a_link_reads_and_confirms(self, client: Client) -> None:
        gone = self.released()
        link = the_link()
        assert the_mail().to == [MAILBOX]
        referral = gone.report.referral
        for text in (the_mail().subject, str(the_mail().message())):
            assert not any(secret in text for secret in (referral.case_number, "Unmistakable", gone.number))
        page = client.get(link)
        assert page.status_code == 200
        assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex, nofollow, noarchive", "same-origin")
        assert "no-store" in page["Cache-Control"]
        assert referral.case_number not in page.content.decode()
        assert "Unmistakable" not in page.content.decode()
        # Whoever looks, a mail program too, has not opened it yet.
        assert steps(gone) == [(Step.NOTIFIED, "link", MAILBOX)]
        assert client.get(f"{link}file/").status_code == 405
        file = client.post(f"{link}file/")
        assert hashlib.sha256(file.content).hexdigest() == gone.file_digest
        assert file["Content-Disposition"] == f'attachment; filename="{gone.file_name}"'
        assert referral.case_number not in gone.file_name
        assert "This field is required" in client.post(f"{link}received/", {"name": ""}).content.decode()
        for _ in range(2):
            client.post(f"{link}received/", {"name": "Cora Clerk, civil division"})
        who = f"Cora Clerk, civil division ({MAILBOX})"
        assert steps(gone) == [
            (Step.NOTIFIED, "link", MAILBOX), (Step.OPENED, "link", MAILBOX), (Step.ACKNOWLEDGED, "link", who),
        ]  # fmt: skip
        assert who in client.get(link).content.decode()
        assert {row.digest for row in gone.deliveries.all()} == {gone.file_digest}
        told = set(Event.objects.filter(about=referral.pk, kind__startswith="report.").values_list("kind", flat=True))
        assert told >= {"report.link_sent", "report.opened", "report.acknowledged"}

    def test_the_token_is_kept_nowhere(self) -> None:
        self.released()
        token = the_link().split("/")[2]
        row = CourtLink.objects.get()
        assert row.token_digest == hashlib.sha256(token.encode()).hexdigest()
        assert token not in str(Message.objects.values_list("context", flat=True))

    def test_a_dead_link_says_how_to_get_a_new_one_and_gets_it_once(self, client: Client) -> None:
        gone = self.released()
        link = the_link()
        CourtLink.objects.update(expires_at=clock.now() - MINUTE)
        page = client.get(link)
        assert page.status_code == 410
        assert "Send a new link" in page.content.decode()
        assert client.post(f"{link}file/").status_code == 410
        for _ in range(2):
            client.post(f"{link}again/")
        assert CourtLink.objects.count() == 2
        fresh = the_link()
        assert fresh != link
        assert client.get(fresh).status_code == 200
        assert client.get(link).status_code == 410
        assert [step for step, *_ in steps(gone)] == [Step.NOTIFIED, Step.NOTIFIED]

    def test_a_made_up_link_is_answered_like_a_dead_one_and_guessing_is_slowed_down(self, client: Client) -> None:
        self.released()
        link = the_link()
        CourtLink.objects.update(expires_at=clock.now() - MINUTE)
        dead, made_up = client.get(link), client.get("/court-link/made-up/")
        same = [page.content.decode().replace(link.split("/")[2], "made-up") for page in (dead, made_up)]
        assert [dead.status_code, made_up.status_code] == [410, 410]
        assert _without_tokens(same[0]) == _without_tokens(same[1])
        assert client.post("/court-link/made-up/again/").status_code == 200
        assert CourtLink.objects.count() == 1
        assert {client.get(f"/court-link/guess-{n}/").status_code for n in range(40)} == {410, 429}

    def test_the_case_sealed_nothing_is_there(self, client: Client) -> None:
        gone = self.released()
        link = the_link()
        Referral.objects.filter(pk=gone.report.referral_id).update(sealed_at=clock.now())
        assert client.get(link).status_code == 410
        CourtLink.objects.update(expires_at=clock.now() - MINUTE)
        client.post(f"{link}again/")
        assert CourtLink.objects.count() == 1

    def test_without_a_mailbox_the_court_is_told_as_one_that_signs_in(self) -> None:
        referral = a_case_of(route=Route.LINK)
        clerk = a_court_user(referral.court)
        gone = a_release_of(referral, Kind.ENROLLMENT, now=clock.now())
        assert list(gone.deliveries.values_list("step", "how", "by")) == [("notified", "portal_notice", clerk.pk)]


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value|nonce|csrf-token" content)="[^"]*"', "", page)


def test_the_portal_alone_sends_no_mail() -> None:
    referral = a_case_of(route=Route.PORTAL)
    a_court_user(referral.court)
    gone = a_release_of(referral, Kind.ENROLLMENT, now=clock.now())
    assert steps(gone) == [(Step.LAID, "portal", "")]
    assert set(Message.objects.filter(kind__startswith="report.").values_list("kind", flat=True)) == {"report.released"}


class TestPack:
    def test_it_holds_what_is_filed_under_the_courts_own_name_and_proves_itself(self, signed_in: SignIn) -> None:
        referral = a_case_of(route=Route.PACK, filing_copy=True, filing_name="{case}_{date} Ω {kind}")
        gone = a_release_of(referral, Kind.ENROLLMENT, now=clock.now())
        clerk, staff = signed_in(a_court_user(referral.court)), signed_in(referral.facilitator)
        answer = clerk.get(reverse("reports_court:by_hand", args=[gone.pk]))
        assert answer.content == staff.get(reverse("reports_staff:pack", args=[gone.report_id])).content
        assert referral.case_number not in answer["Content-Disposition"]
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert archive.testzip() is None
        name = f"{referral.case_number}_{gone.released_at:%Y%m%d}"
        filed = archive.namelist()[0]
        assert filed[: len(name) - 2] == name[:-2]  # the day in the court's zone
        assert filed.endswith("-enrollment-notice.pdf")
        assert all(len(entry) <= 50 and "Unmistakable" not in entry for entry in archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        for line in manifest["files"]:
            assert hashlib.sha256(archive.read(line["file"])).hexdigest() == line["sha-256"]
        digests = {line["sha-256"] for line in manifest["files"]}
        assert digests > {gone.file_digest, gone.filing_digest}
        cover = archive.read("cover-sheet.txt").decode()
        assert all(
            words in cover for words in (referral.case_number, gone.number, gone.file_digest, "Route County Court")
        )
        assert "Unmistakable" not in cover
        assert [step for step, *_ in steps(gone)] == [Step.LAID, Step.PACK, Step.PACK]

    def test_of_a_replaced_report_nobody_files_what_no_longer_holds(self, signed_in: SignIn, tmp_path: Path) -> None:
        gone = a_release_of(a_case_of(route=Route.PACK, filing_copy=True), Kind.ENROLLMENT, now=clock.now())
        clerk, address = signed_in(a_court_user(gone.report.referral.court)), "reports_court:by_hand"
        heads.publish(now=clock.now() + DAY)
        before = zipfile.ZipFile(io.BytesIO(clerk.get(reverse(address, args=[gone.pk])).content))
        proof = json.loads(before.read(f"{gone.number}.proof.json"))
        assert (
            amends_verify.judge(gone.file_digest, proof, amends_verify.marks_in("".join(published.lines())))[0]
            == amends_verify.GENUINE
        )
        right = a_correction_of(gone, now=clock.now())
        archive = zipfile.ZipFile(io.BytesIO(clerk.get(reverse(address, args=[gone.pk])).content))
        (name,) = [entry for entry in archive.namelist() if entry.endswith(".pdf")]
        digest = hashlib.sha256(archive.read(name)).hexdigest()
        assert name.startswith("superseded-")
        assert "SUPERSEDED" in text_of(archive.read(name), tmp_path)
        assert Delivery.objects.get(release=gone, digest=digest).step == Step.PACK
        # What /verify/ says of the marked copy.
        assert check(digest=digest).answer == Answer.SUPERSEDED
        told = json.loads(archive.read("manifest.json"))
        assert (told["status"], told["superseded_by"]) == ("superseded", right.number)
        cover = archive.read("cover-sheet.txt").decode()
        assert f"DO NOT FILE. This report was replaced by report {right.number}" in cover
        assert "To be filed" not in cover
        supersede.revoke(release=right, by=right.released_by, now=clock.now())
        archive = zipfile.ZipFile(io.BytesIO(clerk.get(reverse(address, args=[right.pk])).content))
        assert archive.namelist()[0].startswith("revoked-")
        assert "DO NOT FILE. This report was revoked" in archive.read("cover-sheet.txt").decode()

    def test_handed_over_it_stands_on_the_record(self, signed_in: SignIn) -> None:
        gone = a_release_of(a_case_of(route=Route.PACK), Kind.ENROLLMENT, now=clock.now())
        staff = signed_in(gone.report.referral.facilitator)
        address = reverse("reports_staff:hand_over", args=[gone.report_id])
        staff.post(address, {"name": ""})
        staff.post(address, {"name": "Cora Clerk, window 3"})
        assert steps(gone)[1:] == [(Step.HANDED_OVER, "pack", "Cora Clerk, window 3")]
        page = staff.get(reverse("reports_staff:report", args=[gone.report_id])).content.decode()
        assert "Cora Clerk, window 3" in page
        assert gone.file_digest[:12] in page


class TestWebhook:
    def owed(self, settings: Any, url: str) -> WebhookCall:
        settings.WEBHOOKS_TO_LOOPBACK = True
        case = a_case_of(route=Route.WEBHOOK, webhook_url=url, webhook_secret=webhook_secrets.seal(SECRET))
        return a_release_of(case, Kind.ENROLLMENT, now=clock.now()).webhook_call

    def test_the_courts_system_is_told_the_number_and_never_a_name(self, settings: Any) -> None:
        with a_system(204) as system:
            call = self.owed(settings, system.url)
            assert webhooks.call_due(now=clock.now()) == 1
            assert webhooks.call_due(now=clock.now() + DAY) == 0
        gone = call.release
        assert len(system.got) == 1
        told = system.verified(0)
        assert told == {
            "type": "report.released",
            "timestamp": gone.released_at.isoformat(),
            "data": {
                "report": gone.number, "kind": "enrollment_notice", "digest": f"sha-256:{gone.file_digest}",
                "supersedes": None, "url": f"{settings.PUBLIC_URL}/api/v1/reports/{gone.pk}",
            },
        }  # fmt: skip
        headers, body = system.got[0]
        everything = json.dumps(headers) + body
        referral = gone.report.referral
        assert not any(secret in everything for secret in ("Unmistakable", referral.case_number, str(referral.pk)))
        assert steps(gone) == [(Step.SENT, "webhook", "127.0.0.1")]
        right = a_correction_of(gone, now=clock.now())
        assert json.loads(webhooks.body(right.webhook_call))["data"]["supersedes"] == str(gone.pk)

    def test_it_is_tried_again_with_the_same_id_and_a_new_moment(self, settings: Any) -> None:
        with a_system(500, 503, 200) as system:
            call = self.owed(settings, system.url)
            now = clock.now()
            for wait in (MINUTE * 0, MINUTE * 0, MINUTE, MINUTE, MINUTE * 6):
                now += wait
                webhooks.call_due(now=now)
        ids, moments = ([headers[name] for headers, _ in system.got] for name in ("webhook-id", "webhook-timestamp"))
        assert (len(ids), len(set(ids)), len(set(moments))) == (3, 1, 3)
        assert len({body for _, body in system.got}) == 1
        call.refresh_from_db()
        assert (call.tries, call.answer, call.next_at, call.taken_at) == (3, "200", None, now)
        assert [step for step, *_ in steps(call.release)] == [Step.SENT]

    def test_a_copy_of_an_old_call_does_not_verify(self, settings: Any) -> None:
        with a_system(200) as system:
            self.owed(settings, system.url)
            webhooks.call_due(now=clock.now() - timedelta(minutes=0))
            headers, body = system.got[0]
        system.got.append((headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}, body))
        system.got.append((headers, body.replace("enrollment", "completion")))
        for number in (1, 2):
            with pytest.raises(WebhookVerificationError):
                system.verified(number)

    def test_a_worker_killed_before_it_wrote_the_answer_down_loses_nothing_and_doubles_nothing(
        self, settings: Any
    ) -> None:
        now = clock.now()
        with a_system(200) as system:
            call = self.owed(settings, system.url)
            claimed = webhooks._claim(call.pk, now + MINUTE)  # and then the worker is no more
            assert claimed is not None
            assert webhooks._claim(call.pk, now + MINUTE) is None  # nobody else has it meanwhile
            assert webhooks.call_due(now=now + MINUTE) == 0
            assert webhooks.call_due(now=now + 3 * MINUTE) == 1
        call.refresh_from_db()
        assert call.tries == 2
        assert [step for step, *_ in steps(call.release)] == [Step.SENT]

    @pytest.mark.parametrize(("answer", "tries"), [(410, 1), (302, len(webhooks.RETRY_AFTER) + 1)])
    def test_what_it_will_not_take_is_given_up_and_somebody_is_asked(
        self, settings: Any, answer: int, tries: int, signed_in: SignIn
    ) -> None:
        with a_system(200) as elsewhere, a_system(answer, location=elsewhere.url) as system:
            call = self.owed(settings, system.url)
            now = clock.now()
            for _ in range(30):
                webhooks.call_due(now=now)
                now += timedelta(hours=12)
        assert (len(system.got), elsewhere.got) == (tries, [])
        call.refresh_from_db()
        assert (call.answer, call.next_at) == (str(answer), None)
        assert steps(call.release) == [(Step.NOT_TAKEN, "webhook", "127.0.0.1")]
        staff = signed_in(call.release.report.referral.facilitator)
        why = f"system did not take report {call.release.number}"
        assert why in staff.get(reverse("referrals:caseload")).content.decode()
        deliver.hand_over(release=call.release, to="Cora", by=call.release.released_by, now=now)
        assert why not in staff.get(reverse("referrals:caseload")).content.decode()

    def test_a_system_that_is_not_there_is_tried_again(self, settings: Any) -> None:
        with a_system() as system:
            pass
        call = self.owed(settings, system.url)
        assert webhooks.call_due(now=clock.now()) == 0
        call.refresh_from_db()
        assert (call.answer, call.tries, call.gave_up_at) == ("ConnectionError", 1, None)
        assert call.next_at is not None


@pytest.mark.parametrize(
    "url",
    ["http://court.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://169.254.169.254/",
     "https://192.168.1.1/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://100.64.0.1/",
     "https://user:" + "pass@court.example/", "https:///nowhere", "ftp://court.example/"],
)  # fmt: skip
def test_nothing_but_a_public_address_by_https_is_called(url: str) -> None:
    answer = webhook.post(url=url, secret=SECRET, message_id="msg_1", body="{}", now=clock.now())
    assert (answer.taken, answer.word in ("private address", "not https", "bad address")) == (False, True)


def test_the_address_that_was_looked_at_is_asked_for_the_certificate_of_the_name(tmp_path: Path) -> None:
    certificate = a_certificate("court.example", tmp_path)
    with a_system(204, certificate=certificate) as system, requests.Session() as session:
        for name, taken in (("court.example", True), ("another.example", False)):
            session.mount("https://", webhook._Pinned(name))
            try:
                answer = session.post(system.url, data=b"{}", verify=str(certificate), timeout=5)
                assert (taken, answer.status_code) == (True, 204)
            except requests.exceptions.SSLError:
                assert not taken
    assert len(system.got) == 1


class TestCourtPage:
    """What an administrator says on the court's page."""

    def form(self, **changed: object) -> dict[str, object]:
        return {
            "name": "Lantern County Court", "jurisdiction": "Tenth", "county": "Lantern", "state": "NY",
            "zone": "America/New_York", "hearing_lead_days": 7, "paper": "letter", "link_days": 14,
            "route": Route.PORTAL_NOTICE,
        } | changed  # fmt: skip

    @pytest.mark.parametrize(
        "changed, wrong",
        [
            ({"route": Route.LINK}, "report_address"),
            ({"route": Route.WEBHOOK, "webhook_secret_new": SECRET}, "webhook_url"),
            ({"route": Route.WEBHOOK, "webhook_url": "https://court.example/in"}, "webhook_secret_new"),
            ({"route": Route.WEBHOOK, "webhook_url": "http://court.example/in", "webhook_secret_new": SECRET}, "webhook_url"),
            ({"webhook_secret_new": "whsec_short"}, "webhook_secret_new"),
            ({"filing_name": "{name}"}, "filing_name"),
            ({"progress_day": 31}, "progress_day"),
        ],
    )  # fmt: skip
    def test_a_route_without_what_it_needs_is_refused(self, changed: dict[str, object], wrong: str) -> None:
        from lms.referrals.viewsets import CourtForm

        form = CourtForm(self.form(**changed))
        assert list(form.errors) == [wrong]

    def test_the_secret_is_sealed_and_never_shown_again(self) -> None:
        from lms.referrals.viewsets import CourtForm

        form = CourtForm(
            self.form(route=Route.WEBHOOK, webhook_url="https://court.example/in", webhook_secret_new=SECRET)
        )
        assert form.is_valid(), form.errors
        court = form.save()
        profile = CourtProfile.objects.get(court=court)
        assert SECRET not in profile.webhook_secret
        assert webhook.unseal(profile.webhook_secret) == SECRET
        again = CourtForm(self.form(route=Route.WEBHOOK, webhook_url="https://court.example/in"), instance=court)
        assert again.is_valid(), again.errors
        again.save()
        assert CourtProfile.objects.get(court=court).webhook_secret == profile.webhook_secret
        assert SECRET not in str(CourtForm(instance=court))


def test_a_link_is_mailed_anew_by_staff(signed_in: SignIn) -> None:
    referral = a_case_of(route=Route.PACK, report_address=MAILBOX)
    gone = a_release_of(referral, Kind.ENROLLMENT, now=clock.now())
    for staff in (signed_in(referral.facilitator), signed_in(an_administrator(referral.program))):
        staff.post(reverse("reports_staff:send_link", args=[gone.report_id]))
    assert gone.links.count() == 2
    with pytest.raises(links.LinkUnusable):
        links.find(token="x", now=clock.now())
    assert Delivery.objects.filter(release=gone, step=Step.NOTIFIED, recipient=MAILBOX).count() == 2
