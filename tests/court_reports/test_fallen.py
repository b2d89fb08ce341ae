"""A report that no longer stands: revoked by two people, said on every copy, told to whoever had it, by the way they had it."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from court_reports import owed as reading
from court_reports import register, webhook
from court_reports import verification as verifying
from court_reports.actions import deliver, draft, revoking, supersede, tokens, webhooks
from court_reports.actions.release import release
from court_reports.models import Delivery, Kind, RegisterEntry, Release, Revocation, Scope, Step, Told
from court_reports.rules.owed import Next
from court_reports.verification import Answer
from lms import clock
from lms.journal.models import Event
from lms.outbox import outbox
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals import desk, webhook_secrets
from lms.referrals.models import Referral, Route
from lms.referrals.proposals import AlreadyProposed, NotAllowed, SamePersonTwice
from tests.builders import PASSWORD, a_court, a_court_user, a_facilitator, an_administrator
from tests.court_reports.cases import a_release_of, an_enrolled_case
from tests.court_reports.systems import SECRET

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MAILBOX = "clerk@court.example"


def text_of(data: bytes) -> str:
    asked = ["pdftotext", "-layout", "-", "-"]
    return " ".join(subprocess.run(asked, input=data, capture_output=True, check=True).stdout.decode().split())


def corrected(gone: Release) -> Release:
    case, now = gone.report.referral, clock.now()
    report = supersede.correct(release=gone, what_changed="The day was wrong.", by=case.facilitator, now=now)
    new = release(report=report, by=case.facilitator, second=an_administrator(case.program), now=now)
    assert new is not None
    return new


def owed_of(gone: Release) -> list[Next]:
    lines = reading.owed(Referral.objects.filter(pk=gone.report.referral_id), now=clock.now())
    return [line.next for line in lines if line.report_id == gone.report_id]


def needs_of(gone: Release) -> str:
    found = desk.needs(Referral.objects.filter(pk=gone.report.referral_id), clock.now())
    return " ".join(need.why for need in found)


def proved(client: Client, address: str) -> None:
    """Whoever is sent to prove who they are does."""
    asked = client.get(address)
    assert "reauthenticate" in asked["Location"]
    client.post(asked["Location"], {"password": PASSWORD})


def test_two_people_revoke_a_report_and_everyone_who_had_it_is_told(signed_in: SignIn) -> None:
    case = an_enrolled_case()
    clerk, second = a_court_user(case.court), an_administrator(case.program)
    gone = a_release_of(case, Kind.ENROLLMENT, now=clock.now())
    before = deliver.open_by_court(release=gone, by=clerk, now=clock.now())
    client = signed_in(case.facilitator)
    address = reverse("reports_staff:revoke", args=[gone.report_id])
    words = {"reason": "another_case", "what_is_wrong": "It names a namesake."}
    # Who they are is asked again; with no reason nothing is proposed.
    proved(client, address)
    client.post(address, words | {"reason": ""})
    assert not Revocation.objects.exists()
    client.post(address, words)
    row = Revocation.objects.get()
    assert b"namesake" not in bytes(Revocation.objects.values_list("what_is_wrong", flat=True).get())
    assert Message.objects.filter(kind="report.revocation_waiting", to=second).exists()
    with pytest.raises(AlreadyProposed):
        revoking.propose(release=gone, reason="other", what_is_wrong="x", by=second, now=clock.now())
    with pytest.raises(SamePersonTwice):
        revoking.confirm(revocation=row, by=case.facilitator, now=clock.now())
    with pytest.raises(NotAllowed):
        revoking.confirm(revocation=row, by=a_facilitator(case.program), now=clock.now())
    # Until the second word the report stands.
    assert verifying.check(code=gone.issue.code).answer == Answer.CURRENT
    assert "a proposal waits for a second person" in needs_of(gone)
    other = signed_in(second)
    page = reverse("reports_staff:revocation", args=[row.pk])
    assert "It names a namesake." in other.get(page).content.decode()
    sure = reverse("reports_staff:confirm_revocation", args=[row.pk])
    asked = other.post(sure)
    assert "reauthenticate" in asked["Location"]
    assert not RegisterEntry.objects.filter(kind="revoked").exists()
    other.post(asked["Location"], {"password": PASSWORD})  # what was posted goes on by itself
    assert verifying.check(code=gone.issue.code).answer == Answer.REVOKED
    assert register.verify_chain() == []
    told = set(Message.objects.filter(kind="report.revoked").values_list("to", flat=True))
    assert told == {clerk.pk, case.person_id}
    assert set(gone.deliveries.filter(step=Step.REVOKED).values_list("by", flat=True)) == told
    event = Event.objects.get(kind="report.revoked")
    assert (event.by, event.data["second"], event.data["reason"]) == (second, str(case.facilitator.pk), "another_case")
    # Every copy says so, in the person's language too; what was released does not change.
    copy = signed_in(clerk).get(reverse("reports_court:download", args=[gone.pk]))
    assert 'filename="revoked-' in copy["Content-Disposition"]
    assert "REVOKED. This report was revoked on" in text_of(copy.content)
    assert verifying.check(digest=Delivery.objects.order_by("at").last().digest).answer == Answer.REVOKED
    assert deliver.open_by_court(release=gone, by=clerk, now=clock.now(), original=True) == before
    User.objects.filter(pk=case.person_id).update(language="es")
    person = signed_in(User.objects.get(pk=case.person_id))
    assert "Nobody is to rely on it any more." in person.get(reverse("my_reports:list")).content.decode()
    spanish = text_of(person.get(reverse("my_reports:copy", args=[gone.pk])).content)
    assert "REVOCADO. Este informe fue revocado el" in spanish
    # And a proposal more leads nowhere.
    with pytest.raises(revoking.AlreadyRevoked):
        revoking.propose(release=gone, reason="other", what_is_wrong="x", by=second, now=clock.now())


def test_a_replaced_report_says_so_to_its_person_and_to_the_mailbox_that_had_it(signed_in: SignIn) -> None:
    case = an_enrolled_case(
        court=a_court("Mailbox County Court", profile={"route": Route.LINK, "report_address": MAILBOX})
    )
    gone = a_release_of(case, Kind.ENROLLMENT, now=clock.now())
    name = f"Ada Clerk ({MAILBOX})"
    deliver.acknowledge(release=gone, by=None, now=clock.now(), how=Route.LINK, recipient=name)
    deliver.hand_over(release=gone, to="Judge Roe", by=case.facilitator, now=clock.now())
    assert owed_of(gone) == []
    new = corrected(gone)
    mail = Message.objects.get(kind="report.mailbox_replaced")
    assert outbox.address_of(mail) == MAILBOX
    told = gone.deliveries.filter(step=Step.REPLACED, by=None)
    assert [(row.how, row.recipient) for row in told] == [("link", MAILBOX)]
    # Whoever was given it by hand is told by hand; until somebody says so it is owed.
    assert owed_of(gone) == [Next.TELL]
    assert "no longer stands" in needs_of(gone)
    client = signed_in(case.facilitator)
    page = reverse("reports_staff:report", args=[gone.report_id])
    assert "Judge Roe was given this report by hand" in client.get(page).content.decode()
    for whom in ("Somebody else", "Judge Roe", "Judge Roe"):
        client.post(reverse("reports_staff:told", args=[gone.report_id]), {"name": whom})
    noted = gone.deliveries.filter(step=Step.REPLACED, how="pack")
    assert [(row.by, row.recipient) for row in noted] == [(case.facilitator, "Judge Roe")]
    assert (owed_of(gone), "no longer stands" in needs_of(gone)) == ([], False)
    User.objects.filter(pk=case.person_id).update(language="es")
    person = signed_in(User.objects.get(pk=case.person_id))
    assert f"Replaced by {new.number}" in person.get(reverse("my_reports:list")).content.decode()
    answer = person.get(reverse("my_reports:copy", args=[gone.pk]))
    assert f"REEMPLAZADO. El informe {new.number} del" in text_of(answer.content)
    assert answer["Content-Disposition"].startswith('attachment; filename="es-superseded-')


def test_a_courts_own_system_is_called_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = {
        "route": Route.WEBHOOK,
        "webhook_url": "https://court.example/hook",
        "webhook_secret": webhook_secrets.seal(SECRET),
    }
    case = an_enrolled_case(court=a_court("System County Court", profile=profile))
    lead = an_administrator(case.program)
    made, _secret = tokens.make(
        court=case.court, label="Files", scopes=[Scope.REPORTS_READ], expires_at=clock.now() + DAY, by=lead,
        now=clock.now(),
    )  # fmt: skip
    gone = a_release_of(case, Kind.ENROLLMENT, now=clock.now())
    sent: list[dict[str, Any]] = []
    taken = webhook.Answer(True, "200")

    def post(**call: str) -> webhook.Answer:
        sent.append(json.loads(call["body"]))
        return webhook.Answer(sent[-1]["type"] == Told.RELEASED, "410", final=True)

    monkeypatch.setattr(webhook, "post", post)
    assert webhooks.call_due(now=clock.now()) == 1
    deliver.open_by_court(release=gone, by=made.account, now=clock.now(), how="api")
    new = corrected(gone)
    # The interface says it of the report whenever it is asked; the call says it at once.
    assert [row.how for row in gone.deliveries.filter(step=Step.REPLACED)] == ["api"]
    assert webhooks.call_due(now=clock.now()) == 1
    assert [one["type"] for one in sent].count(Told.RELEASED) == 2
    (told,) = [one["data"] for one in sent if one["type"] == Told.SUPERSEDED]
    assert (told["report"], told["superseded_by"]) == (gone.number, str(new.pk))
    assert told["superseded_by_number"] == new.number
    # It did not take that call: somebody tells them.
    assert [*owed_of(gone), gone.webhook_call.taken_at is not None] == [Next.TELL, True]
    deliver.told_by_hand(release=gone, whom="court.example", by=case.facilitator, now=clock.now())
    assert owed_of(gone) == []
    # One that is revoked is called as that, and taken.
    monkeypatch.setattr(webhook, "post", lambda **call: sent.append(json.loads(call["body"])) or taken)
    supersede.revoke(release=new, by=case.facilitator, now=clock.now())
    assert webhooks.call_due(now=clock.now()) == 1
    assert (sent[-1]["type"], sent[-1]["data"]["report"]) == ("report.revoked", new.number)
    assert new.deliveries.filter(step=Step.REVOKED, how="webhook", recipient="court.example").exists()


def test_where_nobody_at_the_court_can_be_told_that_is_what_is_said(signed_in: SignIn) -> None:
    case = an_enrolled_case()
    gone_clerk = a_court_user(case.court)
    User.objects.filter(pk=gone_clerk.pk).update(is_active=False)
    report = draft.draft(referral=case, kind=Kind.ENROLLMENT, by=case.facilitator, now=clock.now())
    client, address = signed_in(case.facilitator), reverse("reports_staff:release", args=[report.pk])
    proved(client, address)
    page = client.post(address, follow=True).content.decode()
    assert "Nobody at the court could be told" in page
    assert "The court has been told" not in page
    gone = Release.objects.get()
    assert [(row.step, row.how, row.by) for row in gone.deliveries.all()] == [(Step.LAID, "nobody", None)]
    assert "nobody there could be told" in page
    assert owed_of(gone) == [Next.NOBODY]
    assert f"nobody at the court could be told of report {gone.number}" in needs_of(gone)
    deliver.hand_over(release=gone, to="Judge Roe", by=case.facilitator, now=clock.now())
    assert (owed_of(gone), "could be told" in needs_of(gone)) == ([], False)
