"""Two people, a hold, a crash in the middle, and the certificate."""

import io
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from django.db import IntegrityError

from court_reports import signing, storage
from lms.journal.models import Event
from lms.keeping import shredders
from lms.keeping.actions import forgetting, holds
from lms.keeping.models import Act, DoomedFile, Forgetting, Ground, HoldReason
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.models import ProgramMembership, ProgramRole, Referral
from tests.builders import a_facilitator, a_program, a_referral, an_administrator, at
from tests.court_reports.verapdf import verdicts
from tests.keeping.world import MARK, NOW, World, a_marked_world, files

pytestmark = pytest.mark.django_db


def a_case():
    program = a_program()
    facilitator = a_facilitator(program)
    return a_referral(program=program), facilitator, an_administrator(program), an_administrator(program)


def a_proposal(referral, by, act=Act.EXPUNGE):
    return forgetting.propose(referral=referral, act=act, ground=Ground.REQUEST, by=by, now=NOW)


def is_there(referral) -> bool:
    return Referral.objects.present().filter(pk=referral.pk).exists()


def test_a_proposal_alone_changes_nothing_and_tells_the_administrators():
    referral, facilitator, first, second = a_case()
    a_proposal(referral, facilitator)
    assert is_there(referral)
    assert set(Message.objects.filter(kind="keeping.waiting").values_list("to", flat=True)) == {first.pk, second.pk}


def test_the_same_person_twice_is_refused():
    referral, _, admin, _ = a_case()
    row = a_proposal(referral, admin)
    with pytest.raises(forgetting.SamePersonTwice):
        forgetting.confirm(forgetting=row, by=admin, now=NOW)
    assert is_there(referral)
    # And the database refuses what the action would not ask for.
    with pytest.raises(IntegrityError):
        Forgetting.objects.filter(pk=row.pk).update(confirmed_by=admin)


def test_a_facilitator_proposes_and_never_confirms():
    referral, facilitator, admin, _ = a_case()
    row = a_proposal(referral, admin)
    with pytest.raises(forgetting.NotAllowed):
        forgetting.confirm(forgetting=row, by=facilitator, now=NOW)
    assert is_there(referral)


@pytest.mark.parametrize("whose", ["proposer", "second"])
def test_a_role_that_ended_meanwhile_stops_it(whose):
    referral, _, admin, second = a_case()
    row = a_proposal(referral, admin)
    gone = admin if whose == "proposer" else second
    ProgramMembership.objects.filter(user=gone, role=ProgramRole.ADMINISTRATOR).delete()
    with pytest.raises(forgetting.NotAllowed):
        forgetting.confirm(forgetting=row, by=second, now=NOW)
    assert is_there(referral)


def test_an_administrator_of_another_program_is_nobody_here():
    referral, facilitator, _, _ = a_case()
    row = a_proposal(referral, facilitator)
    with pytest.raises(forgetting.NotAllowed):
        forgetting.confirm(forgetting=row, by=an_administrator(a_program()), now=NOW)


def test_a_hold_placed_between_stops_it_and_once_lifted_it_goes_on():
    referral, facilitator, admin, _ = a_case()
    row = a_proposal(referral, facilitator)
    hold = holds.place(referral=referral, reason=HoldReason.SUBPOENA, by=admin, now=NOW)
    with pytest.raises(forgetting.OnHold):
        forgetting.confirm(forgetting=row, by=admin, now=NOW)
    assert is_there(referral)
    holds.lift(hold=hold, by=admin, now=NOW)
    forgetting.confirm(forgetting=row, by=admin, now=NOW)
    assert not is_there(referral)


def test_confirming_twice_or_after_a_withdrawal_is_refused():
    referral, facilitator, admin, second = a_case()
    row = a_proposal(referral, facilitator)
    forgetting.withdraw(forgetting=row, by=facilitator, now=NOW)
    with pytest.raises(forgetting.NoLongerOpen):
        forgetting.confirm(forgetting=row, by=admin, now=NOW)
    again = a_proposal(referral, facilitator)
    forgetting.confirm(forgetting=again, by=admin, now=NOW)
    with pytest.raises(forgetting.NoLongerOpen):
        forgetting.confirm(forgetting=again, by=second, now=NOW)
    with pytest.raises(forgetting.NotPossible):
        a_proposal(referral, admin)


def test_a_number_taken_meanwhile_keeps_a_sealed_case_sealed():
    referral, facilitator, admin, second = a_case()
    number, court = referral.case_number, referral.court
    forgetting.confirm(forgetting=a_proposal(referral, facilitator, Act.SEAL), by=admin, now=NOW)
    a_referral(program=referral.program, court=court, case_number=number)  # nobody learns that there was one
    back = a_proposal(referral, admin, Act.UNSEAL)
    with pytest.raises(forgetting.NumberTaken):
        forgetting.confirm(forgetting=back, by=second, now=NOW)
    assert not is_there(referral)


def test_another_case_of_the_person_keeps_their_account():
    world = a_marked_world()
    other = a_referral(program=world.referral.program, email="", case_number="CR-9")
    Referral.objects.filter(pk=other.pk).update(person=world.person)
    expunge(world)
    person = User.objects.get(pk=world.person.pk)
    assert person.is_active
    assert person.email


def expunge(world: World) -> Forgetting:
    row = a_proposal(world.referral, world.facilitator)
    return forgetting.confirm(forgetting=row, by=world.admin, now=NOW)


def test_the_account_is_closed_and_its_session_ends():
    world = a_marked_world()
    assert world.client.get("/learn/").status_code == 200
    expunge(world)
    assert world.client.get("/learn/").status_code == 302
    person = User.objects.get(pk=world.person.pk)
    assert (person.is_active, person.first_name, person.email, person.has_usable_password()) == (False, "", None, False)


PARTS = ["files", "courses", "accountability", "plans", "court_reports", "keeping", "outbox", "people", "referrals"]


def test_every_part_that_shreds_is_cut_off_once():
    assert sorted(PARTS) == sorted(name for name, part in shredders._shredders.items() if part.shred)


@pytest.mark.parametrize("last", PARTS)
def test_cut_off_in_the_deciding_transaction_nothing_has_happened(last, monkeypatch):
    """Raised after each app's part in turn: all of it or none of it."""
    world = a_marked_world()
    row = a_proposal(world.referral, world.facilitator)
    before = Referral.objects.filter(pk=world.referral.pk).values().get()
    part = shredders._shredders[last]

    def then_the_power_went(referral, *, now):
        part.shred(referral, now=now)
        raise PowerCut

    monkeypatch.setitem(shredders._shredders, last, replace(part, shred=then_the_power_went))
    with pytest.raises(PowerCut):
        forgetting.confirm(forgetting=row, by=world.admin, now=NOW)
    assert Referral.objects.filter(pk=world.referral.pk).values().get() == before
    assert storage.read(world.release.file_digest, subject=world.referral.subject)
    monkeypatch.undo()
    forgetting.confirm(forgetting=row, by=world.admin, now=NOW)
    assert Forgetting.objects.get(pk=row.pk).done_at == NOW


class PowerCut(BaseException):
    """Not an Exception: nothing may swallow it."""


@pytest.mark.parametrize("files_deleted", [0, 1])
def test_cut_off_between_two_files_the_task_ends_it(files_deleted, monkeypatch):
    before = files()
    world = a_marked_world()
    row = a_proposal(world.referral, world.facilitator)
    real, deleted = shredders.delete, []

    def until_the_power_went(file):
        if len(deleted) == files_deleted:
            raise PowerCut
        real(file)
        deleted.append(file)

    monkeypatch.setattr(shredders, "delete", until_the_power_went)
    with pytest.raises(PowerCut):
        forgetting.confirm(forgetting=row, by=world.admin, now=NOW)
    half = Forgetting.objects.get(pk=row.pk)
    assert half.confirmed_at == NOW
    assert half.done_at is None
    assert half.certificate is None
    monkeypatch.undo()
    later = NOW + timedelta(minutes=5)
    assert forgetting.finish_all(now=later, limit=10) == 1
    assert forgetting.finish_all(now=later, limit=10) == 0
    assert files() == before
    assert not DoomedFile.objects.filter(gone_at=None).exists()
    assert Forgetting.objects.get(pk=row.pk).certificate


def test_the_certificate_says_what_was_done_and_names_nobody_it_is_about():
    world = a_marked_world()
    row = expunge(world)
    data = bytes(row.certificate)
    assert signing.verify(data, at=NOW).good
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en")
        said = b"".join(bytes(o.read_bytes()) for o in pdf.objects if isinstance(o, pikepdf.Stream))
    assert MARK.encode() not in data + said
    event = Event.objects.get(kind="case.expunged", about=world.referral.pk)
    assert row.journal_position == event.link.position
    assert row.counts["reflections"] == 1
    assert row.counts["report_files"] == 2
    assert row.counts["register_lines"] == 1
    assert event.data["counts"] == [f"{code}:{count}" for code, count in sorted(row.counts.items())]


def test_a_case_that_was_open_has_ended_when_it_is_forgotten():
    referral, facilitator, admin, _ = a_case()
    forgetting.confirm(forgetting=a_proposal(referral, facilitator), by=admin, now=at("2026-05-05 05:00"))
    assert not Referral.objects.get(pk=referral.pk).is_open


@pytest.mark.verapdf
def test_the_certificate_passes_the_real_validator(tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(bytes(expunge(a_marked_world()).certificate))
    assert verdicts([("ua1", path), ("2a", path)]) == []
