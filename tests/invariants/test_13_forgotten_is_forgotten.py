"""Invariant 13: what is sealed or expunged cannot be read, the chains hold, and an older copy opens no more."""

import pytest
from django.db import DatabaseError, connection, transaction

from accountability.models import CheckIn, Review, Submission
from courses.models import Reflection, ReflectionReview
from court_reports import register, storage
from court_reports.models import Release, Report
from lms import crypto
from lms.files import actions as stored
from lms.journal import journal, verification
from lms.journal.models import Event
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Forgetting, Ground
from lms.outbox.models import Message
from lms.people.models import SubjectKey
from lms.referrals.models import InvitationAsked, Referral
from tests.keeping.world import MARK, NOW, World, a_marked_world, an_order, files, whole_database

pytestmark = pytest.mark.django_db


def carry_out(world: World, act: str, *, ground: str = Ground.COURT_ORDER) -> Forgetting:
    by = world.admin if Referral.objects.get(pk=world.referral.pk).sealed_at else world.facilitator
    order = an_order() if ground == Ground.COURT_ORDER else None
    row = forgetting.propose(referral=world.referral, act=act, ground=ground, order=order, by=by, now=NOW)
    return forgetting.confirm(forgetting=row, by=world.other_admin, now=NOW)


def values_of(referral: Referral) -> dict[str, object]:
    """Every field as it reads: sealed anew, the same words are other bytes."""
    return {field.attname: getattr(referral, field.attname) for field in referral._meta.concrete_fields}


def test_after_an_expunction_no_word_of_the_person_stands_anywhere():
    before = files()
    world = a_marked_world()
    assert MARK in whole_database()
    assert len(found_of(world)) > 3  # what is sealed or kept as a digest of another form is not found even now
    assert (
        len(files() - before) == 5
    )  # the report and its filing copy; what they showed of a commitment, of a check-in, of a request
    carry_out(world, Act.EXPUNGE, ground=Ground.REQUEST)
    assert found_of(world) == []
    assert files() == before
    assert not Message.objects.filter(about=world.referral.pk).exclude(context={}, to=None).exists()
    assert not InvitationAsked.objects.exists()


def test_the_order_it_was_done_on_stays_sealed_and_those_before_it_go():
    before = files()
    world = a_marked_world()
    sealing = carry_out(world, Act.SEAL)
    with pytest.raises(crypto.KeySealed):
        forgetting.open_order(forgetting=sealing, by=world.admin, now=NOW)
    expunging = carry_out(world, Act.EXPUNGE)
    sealing.refresh_from_db()
    with pytest.raises(stored.Destroyed):
        forgetting.open_order(forgetting=sealing, by=world.admin, now=NOW)
    (kept,) = files() - before
    assert MARK.encode() not in kept.read_bytes()
    assert found_of(world) == []
    assert forgetting.open_order(forgetting=expunging, by=world.admin, now=NOW) == an_order()
    opened = Event.objects.get(kind="case.order_opened")
    assert (opened.about, opened.by) == (world.referral.pk, world.admin)


def test_the_orders_of_a_case_that_came_back_open_again():
    world = a_marked_world()
    acts = [carry_out(world, act) for act in (Act.SEAL, Act.UNSEAL)]
    for row in acts:
        assert forgetting.open_order(forgetting=row, by=world.admin, now=NOW) == an_order()


def found_of(world: World) -> list[str]:
    """What of this person stands anywhere in the database."""
    everything = whole_database()
    return [word for word in (MARK, *world.needles) if word in everything]


def test_register_and_journal_hold_after_it_and_a_file_merely_missing_is_still_found():
    world, other = a_marked_world(), a_marked_world(case_number="CR-2", email="other@people.example")
    carry_out(world, Act.EXPUNGE)
    journal.seal_all(now=NOW)
    assert register.verify_chain() == []
    assert verification.verify() == []
    storage.destroy(other.release.file_digest)
    assert [(b.number, b.why) for b in register.verify_chain()] == [(other.release.number, "the file is missing")]


def test_keys_that_are_destroyed_without_the_act_are_found():
    world = a_marked_world()
    crypto.destroy_subject(world.referral.subject, now=NOW)
    assert "the facts are not what was committed to" in [b.why for b in register.verify_chain()]


def test_an_older_copy_of_the_data_opens_no_more():
    """Yesterday's rows laid back over today's: the keys are not among them, as on a backup kept apart from them."""
    world = a_marked_world()
    reflection = Reflection.objects.get(enrollment__referral=world.referral)
    check_in = CheckIn.objects.filter(track__referral=world.referral, draft__isnull=False).get()
    draft = Report.objects.get(referral=world.referral, release=None)
    carry_out(world, Act.EXPUNGE)
    Reflection.objects.filter(pk=reflection.pk).update(text=reflection.text, draft=reflection.draft)
    CheckIn.objects.filter(pk=check_in.pk).update(draft=check_in.draft)
    draft.save(force_insert=True)
    readings = [
        Reflection.objects.get(pk=reflection.pk).read,
        Reflection.objects.get(pk=reflection.pk).read_draft,
        CheckIn.objects.get(pk=check_in.pk).read_draft,
        Submission.objects.get(check_in__track__referral=world.referral).read,
        Review.objects.get(check_in__track__referral=world.referral).read_note,
        ReflectionReview.objects.get(reflection=reflection).read_note,
        lambda: Report.objects.get(pk=draft.pk).facts,
        lambda: Report.objects.get(pk=draft.pk).answer,
        lambda: Release.objects.get(pk=world.release.pk).issue,
    ]
    for read in readings:
        with pytest.raises(crypto.KeyDestroyed):
            read()
    assert not SubjectKey.objects.filter(subject__in=[world.referral.pk, world.person.pk]).exclude(wrapped=b"")


def test_a_sealed_case_cannot_be_read_and_comes_back_as_it_was():
    before = files()
    world = a_marked_world()
    rows = Referral.objects.filter(pk=world.referral.pk)
    as_it_was = values_of(rows.get())
    data = storage.read(world.release.file_digest, subject=world.referral.subject)
    carry_out(world, Act.SEAL)
    # The account is the person's, not the case's: it stays.
    account = ("people_user", "account_emailaddress", "usersessions_usersession", "people_keptwords")
    assert MARK not in whole_database(but=account)
    with pytest.raises(crypto.KeySealed):
        Reflection.objects.get(enrollment__referral=world.referral).read()
    with pytest.raises(crypto.KeySealed):
        storage.read(world.release.file_digest, subject=world.referral.subject)
    assert not any(data[:200] in path.read_bytes() for path in files() - before)
    assert register.verify_chain() == []
    carry_out(world, Act.UNSEAL)
    assert values_of(rows.get()) == as_it_was
    assert storage.read(world.release.file_digest, subject=world.referral.subject) == data
    assert MARK in Reflection.objects.get(enrollment__referral=world.referral).read()
    assert register.verify_chain() == []
    journal.seal_all(now=NOW)
    assert verification.verify() == []


def test_what_is_sealed_can_be_expunged():
    before = files()
    world = a_marked_world()
    carry_out(world, Act.SEAL, ground=Ground.REQUEST)
    carry_out(world, Act.EXPUNGE, ground=Ground.REQUEST)
    assert MARK not in whole_database()
    assert files() == before
    assert register.verify_chain() == []


def test_the_policies_still_refuse_change():
    """SQLite makes a table anew for a new column; what refuses its change must stand again."""
    world = a_marked_world()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referrals_policyversion SET retention_years = 9 WHERE program_id = %s",
            [world.referral.program_id.hex if connection.vendor == "sqlite" else world.referral.program_id],
        )
