"""The court's order beside a proposal: asked for, kept sealed, opened by those who decide, gone when it proves nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lms import clock, crypto
from lms.files import actions as files
from lms.files.models import StoredFile
from lms.journal.models import Event
from lms.keeping import orders, shredders
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Forgetting, Ground
from lms.people.models import SubjectKey
from lms.referrals import actions as referrals
from lms.referrals.models import Referral
from tests.builders import a_facilitator, a_program, a_referral, an_administrator, an_auditor
from tests.keeping.test_copies import prove
from tests.keeping.world import MARK, NOW, an_order, whole_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    program = a_program()
    a_facilitator(program)
    return a_referral(program=program)


def a_proposal(case: Referral, act: str = Act.EXPUNGE) -> Forgetting:
    return forgetting.propose(
        referral=case, act=act, ground=Ground.COURT_ORDER, order=an_order(), by=case.facilitator, now=NOW
    )


def post(client: Client, case: Referral, *, ground: str = "court_order", data: bytes | None = None, name="order.pdf"):
    posted: dict[str, object] = {"act": "expunge", "ground": ground}
    if data is not None:
        posted["order"] = SimpleUploadedFile(name, data, "application/pdf")
    return client.post(reverse("keeping:propose", args=[case.pk]), posted)


def lines(case: Referral) -> dict[str, bool]:
    return {line.code: line.stays for line in shredders.preview(case)}


def test_an_order_as_the_ground_wants_the_order_itself(signed_in, case):
    client = signed_in(case.facilitator)
    page = post(client, case).content.decode()
    assert "Choose the file of the court’s order." in page
    assert page.count("checked") == 2  # what was chosen is still chosen
    page = post(client, case, data=b"just words", name="order.txt").content.decode()
    assert "This kind of file cannot be taken here" in page
    assert not Forgetting.objects.exists()
    with pytest.raises(orders.OrderMissing):
        forgetting.propose(referral=case, act=Act.SEAL, ground=Ground.COURT_ORDER, by=case.facilitator, now=NOW)


def test_another_ground_keeps_no_file(signed_in, case):
    post(signed_in(case.facilitator), case, ground="request", data=an_order())
    assert Forgetting.objects.get().order is None
    assert not StoredFile.objects.exists()


def test_it_is_kept_sealed_and_opens_for_those_who_decide(signed_in, case):
    staff, admin = signed_in(case.facilitator), signed_in(an_administrator(case.program))
    post(staff, case, data=an_order())
    row = Forgetting.objects.get()
    assert row.order is not None
    assert MARK.encode() not in row.order.path.read_bytes()
    assert MARK not in whole_database()
    assert lines(case)["order"]
    address, proposal = reverse("keeping:order", args=[row.pk]), reverse("keeping:proposal", args=[row.pk])
    assert address in admin.get(proposal).content.decode()
    # Who proposed it decides nothing (security.md 5): it opens for administrators alone, also while it waits.
    assert address not in staff.get(proposal).content.decode()
    for nobody in (
        case.facilitator,
        an_auditor(case.program),
        an_administrator(a_program()),
        a_facilitator(case.program),
    ):
        assert signed_in(nobody).get(address).status_code == 404
    prove(admin, address)
    got = admin.get(address)
    assert got.getvalue() == an_order()
    assert got["Content-Disposition"] == f'attachment; filename="order-{str(row.pk)[:8]}.pdf"'
    assert got["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(kind="case.order_opened", about=case.pk).count() == 1
    assert admin.get(address, headers={"Range": "bytes=0-3"}).getvalue() == b"%PDF"


def test_once_the_case_is_gone_only_administrators_open_it(signed_in, case):
    second = an_administrator(case.program)
    row = forgetting.confirm(forgetting=a_proposal(case), by=second, now=clock.now())
    address = reverse("keeping:order", args=[row.pk])
    assert row.counts["order"] == 1
    for nobody in (row.proposed_by, an_auditor(case.program)):
        assert signed_in(nobody).get(address).status_code == 404
    client = signed_in(second)
    assert address in client.get("/facilitate/keeping/").content.decode()
    prove(client, address)
    assert client.get(address).getvalue() == an_order()


def test_the_order_of_a_sealed_case_is_put_away_with_it(signed_in, case):
    admin = an_administrator(case.program)
    row = forgetting.confirm(forgetting=a_proposal(case, Act.SEAL), by=admin, now=NOW)
    assert signed_in(admin).get(reverse("keeping:order", args=[row.pk])).status_code == 404
    with pytest.raises(crypto.KeySealed):
        forgetting.open_order(forgetting=row, by=admin, now=NOW)


def test_after_a_restore_of_older_data_under_newer_keys_it_can_be_sealed_again(case):
    row, admin = a_proposal(case, Act.SEAL), an_administrator(case.program)
    for subject in (row.pk, case.pk):  # the keys know of a sealing that the rows have not seen
        crypto.seal_subject(subject, now=NOW)
    assert forgetting.open_order(forgetting=row, by=admin, now=NOW) == an_order()
    forgetting.confirm(forgetting=row, by=admin, now=NOW)
    row.refresh_from_db()
    with pytest.raises(crypto.KeySealed):
        forgetting.open_order(forgetting=row, by=admin, now=NOW)


def test_without_room_for_it_nothing_is_proposed_and_the_page_says_so(signed_in, case, settings, tmp_path):
    client, room = signed_in(case.facilitator), settings.PRIVATE_ROOT
    settings.PRIVATE_ROOT = tmp_path / "full"
    settings.PRIVATE_ROOT.write_bytes(b"")  # where a folder would have to be made
    answer = post(client, case, data=an_order())
    assert answer.status_code == 507
    page = answer.content.decode()
    assert "There is no room to keep the order just now" in page
    assert page.count("checked") == 2
    assert not Forgetting.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Event.objects.filter(kind__in=["file.kept", "case.forgetting_proposed"]).exists()
    settings.PRIVATE_ROOT = room
    assert post(client, case, data=an_order()).status_code == 302


def test_what_is_withdrawn_takes_its_order_along(case, django_capture_on_commit_callbacks):
    row = a_proposal(case)
    assert row.order is not None
    with django_capture_on_commit_callbacks(execute=True):
        forgetting.withdraw(forgetting=row, by=case.facilitator, now=NOW)
    assert not row.order.path.exists()
    assert not SubjectKey.objects.filter(subject=row.pk).exclude(wrapped=b"").exists()
    assert "order" not in lines(case)


def test_retention_that_overtakes_a_proposal_takes_its_order_along(case, django_capture_on_commit_callbacks):
    row = a_proposal(case)
    assert row.order is not None
    referrals.withdraw(referral=case, by=case.facilitator, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        forgetting.forget_by_itself(referral=case, now=NOW)
    assert not row.order.path.exists()


def test_nothing_is_done_on_an_order_that_nobody_can_open(case, signed_in):
    row, admin = a_proposal(case), an_administrator(case.program)
    assert row.order is not None
    path, there = row.order.path, row.order.path.read_bytes()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        forgetting.confirm(forgetting=row, by=admin, now=NOW)
    path.write_bytes(there[:-20])
    with pytest.raises(crypto.Tampered):
        forgetting.confirm(forgetting=row, by=admin, now=NOW)
    client, address = signed_in(admin), reverse("keeping:confirm", args=[row.pk])
    prove(client, address)
    assert "Something was altered, so nothing was done." in client.post(address, follow=True).content.decode()
    path.write_bytes(there)
    assert files.read(row.order) == an_order()
    assert forgetting.confirm(forgetting=row, by=admin, now=NOW).done_at
