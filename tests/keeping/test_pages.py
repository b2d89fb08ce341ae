"""The pages of staff: propose, hold, confirm with proof of who one is, read the certificate."""

import pytest
from django.test import Client
from django.urls import reverse

from lms.journal.models import Event
from lms.keeping.actions import retention
from lms.keeping.models import Act, Forgetting, LegalHold
from lms.referrals import actions
from lms.referrals.models import Referral
from tests.builders import a_facilitator, a_program, a_referral, an_administrator, an_auditor, at
from tests.keeping.test_copies import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    program = a_program()
    a_facilitator(program)
    return a_referral(program=program, last_name="Zimmerling")


def propose(client: Client, case: Referral, act: str = Act.EXPUNGE) -> Forgetting:
    client.post(reverse("keeping:propose", args=[case.pk]), {"act": act, "ground": "other"})
    return Forgetting.objects.get(referral=case, confirmed_at=None)


def test_proposed_by_the_facilitator_and_confirmed_by_an_administrator(signed_in, case):
    staff, admin = signed_in(case.facilitator), signed_in(an_administrator(case.program))
    page = staff.get(reverse("keeping:case", args=[case.pk])).content.decode()
    assert "the referral: name, numbers, addresses, the order: 1" in page
    row = propose(staff, case)
    confirm = reverse("keeping:confirm", args=[row.pk])
    assert staff.get(confirm).status_code == 404
    assert confirm in admin.get(reverse("keeping:proposal", args=[row.pk])).content.decode()
    assert "reauthenticate" in signed_in(an_administrator(case.program)).post(confirm)["Location"]
    assert not Forgetting.objects.get(pk=row.pk).confirmed_at
    prove(admin, confirm)
    assert "Nobody can bring them back" in admin.get(confirm).content.decode()
    assert "The case is forgotten" in admin.post(confirm, follow=True).content.decode()
    certificate = reverse("keeping:certificate", args=[row.pk])
    assert admin.get(certificate).content.startswith(b"%PDF")
    assert certificate in admin.get("/facilitate/keeping/").content.decode()
    auditor = signed_in(an_auditor(case.program))
    assert certificate in auditor.get("/facilitate/keeping/").content.decode()
    assert auditor.get(certificate).status_code == 200
    assert Event.objects.filter(kind="case.certificate_opened", about=case.subject).count() == 2
    for stranger in (staff, signed_in(an_administrator(a_program())), signed_in(an_auditor(a_program()))):
        assert stranger.get(certificate).status_code == 404


def test_an_administrator_who_proposed_it_is_told_to_ask_another(signed_in, case):
    client = signed_in(an_administrator(case.program))
    row = propose(client, case)
    confirm = reverse("keeping:confirm", args=[row.pk])
    prove(client, confirm)
    assert "Another administrator" in client.get(confirm).content.decode()
    assert "You proposed it." in client.post(confirm, follow=True).content.decode()
    assert Referral.objects.present().filter(pk=case.pk).exists()
    client.post(reverse("keeping:withdraw", args=[row.pk]))
    assert Forgetting.objects.get(pk=row.pk).withdrawn_at


def test_a_form_without_an_answer_says_what_is_missing(signed_in, case):
    page = signed_in(case.facilitator).post(reverse("keeping:propose", args=[case.pk]), {"act": "seal"})
    assert page.status_code == 200
    assert "Please look at this again" in page.content.decode()
    assert not Forgetting.objects.exists()


def test_a_sealed_case_stands_in_the_list_by_its_id_and_comes_back(signed_in, case):
    first, second = (signed_in(an_administrator(case.program)) for _ in range(2))
    for act in (Act.SEAL, Act.UNSEAL):
        row = propose(first, case, act)
        confirm = reverse("keeping:confirm", args=[row.pk])
        if act == Act.SEAL:
            prove(second, confirm)
        second.post(confirm)
        page = first.get("/facilitate/keeping/").content.decode()
        assert "Zimmerling" not in page
        assert (f"/facilitate/keeping/cases/{case.pk}/" in page) == (act == Act.SEAL)
        sealed = first.get(reverse("keeping:case", args=[case.pk])).content.decode()
        assert ("Zimmerling" in sealed) == (act == Act.UNSEAL)
    assert "Zimmerling" in signed_in(case.facilitator).get("/facilitate/people/").content.decode()


def test_a_hold_is_placed_and_lifted_by_administrators_alone(signed_in, case):
    staff, admin = signed_in(case.facilitator), signed_in(an_administrator(case.program))
    hold = reverse("keeping:hold", args=[case.pk])
    assert staff.get(hold).status_code == 404
    prove(admin, hold)
    admin.post(hold, {"reason": "subpoena"})
    assert "A legal hold stands" in staff.get(f"/facilitate/cases/{case.pk}/").content.decode()
    assert "Propose" not in staff.get(reverse("keeping:case", args=[case.pk])).content.decode()
    lift = reverse("keeping:lift", args=[LegalHold.objects.get().pk])
    assert staff.get(lift).status_code == 404
    admin.post(lift)
    assert not LegalHold.objects.filter(lifted_at=None).exists()


def test_the_page_names_the_day_a_case_will_be_forgotten(signed_in, case):
    admin = an_administrator(case.program)
    actions.withdraw(referral=case, by=case.facilitator, now=at("2024-02-29 12:00"))
    retention.tell(now=at("2026-02-01 07:00"), limit=10)
    page = signed_in(admin).get("/facilitate/keeping/").content.decode()
    assert "Zimmerling" in page
    assert "March 3, 2026" in page  # thirty days after it was announced
    assert "Zimmerling" not in signed_in(an_administrator(a_program())).get("/facilitate/keeping/").content.decode()
