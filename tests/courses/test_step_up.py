"""Before the last check of the course the person proves again who they are, and says so again."""

import pytest
from django.urls import reverse

from courses.models import Attestation, EditionModule, Enrollment, Evidence
from lms.demonstration import steps
from tests.builders import JANUARY, PASSWORD, an_enrolled_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def client(enrollment, signed_in):
    return signed_in(enrollment.referral.person)


@pytest.fixture
def last(enrollment):
    """The last module, with those before it done."""
    *before, last = enrollment.edition.modules.all()
    now = JANUARY
    for module in before:
        now = steps.take_module(enrollment, module, now=now)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=now)
    return last


def final_check(module) -> str:
    return reverse("learn:check", args=[module.pk, module.asked("knowledge_check")[-1]["id"]])


def test_the_final_check_asks_for_the_password_and_the_ledger_says_so(client, last, enrollment):
    client.post(reverse("learn:attest", args=[last.pk]), {"mine": "on"})
    asked = client.get(final_check(last))
    assert "final=1" in asked.url
    prove = client.get(asked.url)
    assert prove.url.startswith(reverse("account_reauthenticate"))
    # The wrong password leads nowhere.
    assert client.post(prove.url, {"password": "not these words"}).status_code == 200
    assert client.get(final_check(last)).status_code == 302
    back = client.post(prove.url, {"password": PASSWORD})
    assert back.url == asked.url
    page = client.get(back.url)
    assert "This is the last check of the course" in page.content.decode()
    assert client.post(back.url, {"mine": "on"}).url == final_check(last)
    assert client.get(final_check(last)).status_code == 200
    line = Evidence.objects.filter(kind="attested").order_by("at").last()
    assert line.data["kind"] == Attestation.FINAL
    assert line.data["proved_by"] == "password"
    assert line.data["proved_at"] <= line.at.isoformat()
    assert enrollment.attestations.filter(kind=Attestation.FINAL).count() == 1


def test_saying_so_without_proving_it_is_not_enough(client, last, enrollment):
    client.post(reverse("learn:attest", args=[last.pk]), {"mine": "on"})
    client.post(f"{reverse('learn:attest', args=[last.pk])}?final=1", {"mine": "on"})
    assert not enrollment.attestations.filter(kind=Attestation.FINAL).exists()
    assert client.get(final_check(last)).status_code == 302


def test_whoever_came_by_passkey_is_asked_for_the_passkey(client, last, enrollment):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=enrollment.referral.person, type=Authenticator.Type.WEBAUTHN, data={})
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "webauthn", "passwordless": True, "at": JANUARY.timestamp()}
    ]
    session.save()
    client.post(reverse("learn:attest", args=[last.pk]), {"mine": "on"})
    prove = client.get(f"{reverse('learn:attest', args=[last.pk])}?final=1")
    assert prove.url.startswith(reverse("mfa_reauthenticate_webauthn"))


@pytest.mark.parametrize("left_out", ["withdrawn", "without a check"])
def test_where_the_last_module_has_no_check_the_last_one_before_it_is_the_final_one(left_out, client, enrollment, last):
    *_others, before, _last = enrollment.edition.modules.all()
    if left_out == "withdrawn":
        EditionModule.objects.filter(pk=last.pk).update(withdrawn_at=JANUARY)
    else:
        rest = [ask for ask in last.asks if ask["kind"] != "knowledge_check"]
        EditionModule.objects.filter(pk=last.pk).update(asks=rest)
    client.post(reverse("learn:attest", args=[before.pk]), {"mine": "on"})
    assert "final=1" in client.get(final_check(before)).url


def test_other_checks_do_not_ask_for_it(client, enrollment):
    first = enrollment.edition.modules.first()
    client.post(reverse("learn:attest", args=[first.pk]), {"mine": "on"})
    assert client.get(final_check(first)).status_code == 200
