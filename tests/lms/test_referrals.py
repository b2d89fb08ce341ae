"""The life of a case, and whose it is."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from lms.journal.models import Event
from lms.outbox import delivery, outbox
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals import actions
from lms.referrals.actions import invitations
from lms.referrals.actions.agreements import AgreementsChanged
from lms.referrals.actions.referrals import CaseClosed, NotAFacilitator
from lms.referrals.models import Agreement, Referral
from lms.referrals.rules.status import Status
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_court,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_new_referral_goes_to_the_facilitator_with_the_fewest_open_cases():
    program = a_program()
    busy, free = a_facilitator(program), a_facilitator(program)
    first = a_referral(program=program)
    second = a_referral(program=program)
    assert {first.facilitator, second.facilitator} == {busy, free}


def test_an_invitation_opens_one_account_and_only_once():
    referral = a_referral()
    token = actions.invite(referral=referral, by=None, now=JANUARY)
    user = invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY + DAY)
    referral.refresh_from_db()
    assert (referral.person, referral.status, user.email) == (user, Status.INVITED, referral.email)
    with pytest.raises(invitations.InvitationUnusable):
        invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY + DAY)


def test_a_new_invitation_replaces_the_one_before():
    referral = a_referral()
    old = actions.invite(referral=referral, by=None, now=JANUARY)
    new = actions.invite(referral=referral, by=None, now=JANUARY + DAY)
    with pytest.raises(invitations.InvitationUnusable):
        invitations.find(token=old, now=JANUARY + DAY)
    assert invitations.find(token=new, now=JANUARY + DAY).referral == referral


def test_an_expired_invitation_is_like_none():
    token = actions.invite(referral=a_referral(), by=None, now=JANUARY)
    with pytest.raises(invitations.InvitationUnusable):
        invitations.find(token=token, now=JANUARY + 14 * DAY)


def test_the_token_is_stored_nowhere_in_clear():
    referral = a_referral()
    token = actions.invite(referral=referral, by=None, now=JANUARY)
    assert token not in str(list(referral.invitations.values()))
    assert token not in str(list(Event.objects.values()))
    message = Message.objects.get()
    assert token not in str(message.context)
    assert outbox.path_of(message) == f"/invitations/{token}/"


def test_an_author_account_bears_no_name_and_may_lack_an_address():
    program = a_program()
    token = invitations.invite_to_program(
        program=program, role="author", email="", first_name="Maria", last_name="Real", by=None, now=JANUARY
    )
    user = invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY)
    assert (user.first_name, user.last_name, user.email, user.shown_name) == ("", "", None, user.username)
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(last_name="Real")


def test_accepting_keeps_digest_language_and_moment_and_pins_the_policy():
    referral = an_enrolled_referral(now=JANUARY)
    kept = referral.acceptances.select_related("agreement").all()
    assert {(a.digest, a.language, a.accepted_at) for a in kept} == {(a.agreement.digest, "en", JANUARY) for a in kept}
    assert len(kept) == 2
    assert referral.status == Status.ENROLLED
    assert referral.policy == referral.program.policy_at(JANUARY)


def test_a_text_that_changed_meanwhile_must_be_read_again():
    referral = a_referral()
    person = a_person(referral)
    shown = actions.current_agreements(program=referral.program, language="en")
    Agreement.objects.create(
        program=referral.program, kind="release", version=2, language="en", title="New", body="Text"
    )
    with pytest.raises(AgreementsChanged):
        actions.accept_agreements(referral=referral, agreements=shown, language="en", by=person, now=JANUARY)


def test_whose_case_is_whose():
    program, other_program = a_program(), a_program()
    court, other_court = a_court(), a_court("Other")
    mine, colleague = a_facilitator(program), a_facilitator(program)
    referral = a_referral(program=program, court=court)
    actions.assign_facilitator(referral=referral, facilitator=mine, by=an_administrator(program), now=JANUARY)
    person = a_person(referral)
    stranger = a_person(a_referral(program=other_program, court=other_court))

    def sees(user):
        return list(Referral.objects.visible_to(user).filter(pk=referral.pk)) == [referral]

    assert sees(person) and sees(mine) and sees(a_court_user(court)) and sees(an_administrator(program))
    for outsider in (
        stranger, colleague, a_court_user(other_court), an_administrator(other_program),
        an_auditor(program), an_author(program),
    ):  # fmt: skip
        assert not sees(outsider)


def test_only_a_facilitator_of_the_program_can_be_given_a_case():
    referral = a_referral()
    with pytest.raises(NotAFacilitator):
        actions.assign_facilitator(
            referral=referral,
            facilitator=a_facilitator(a_program()),
            by=an_administrator(referral.program),
            now=JANUARY,
        )


def test_a_closed_case_stays_closed():
    referral = an_enrolled_referral()
    actions.close(referral=referral, outcome="completed", by=referral.facilitator, now=JANUARY + DAY)
    with pytest.raises(CaseClosed):
        actions.close(referral=referral, outcome="not_completed", by=referral.facilitator, now=JANUARY + DAY)
    referral.refresh_from_db()
    assert referral.status == Status.COMPLETED
    assert referral.status_at(JANUARY) == Status.ENROLLED


def test_another_programs_upkeep_is_not_there(signed_in):
    mine, theirs = a_program(), a_program()
    client = signed_in(an_administrator(mine))
    assert client.get(reverse("program:edit", args=[mine.pk])).status_code == 200
    assert client.get(reverse("program:edit", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("program:edit", args=[theirs.pk]), {"name": "Taken"}).status_code == 404
    assert client.get(reverse("policyversion:inspect", args=[mine.policies.get().pk])).status_code == 200
    assert client.get(reverse("policyversion:inspect", args=[theirs.policies.get().pk])).status_code == 404
    listed = client.get(reverse("program:index")).context["object_list"]
    assert [program.pk for program in listed] == [mine.pk]
    assert client.get(reverse("agreement:history", args=[theirs.agreements.first().pk])).status_code == 404


def test_the_key_of_an_invitation_stands_in_no_table_before_it_is_sent_or_after(settings):
    referral = a_referral(email="robin.keys@people.example")
    token = actions.invite(referral=referral, by=None, now=JANUARY)

    def tables() -> str:
        with connection.cursor() as cursor:
            found = []
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                found.append(str(cursor.fetchall()))
        return " ".join(found)

    assert token not in tables()
    delivery.deliver(now=JANUARY, limit=50, send=delivery.send_mail)
    letter = next(m for m in mail.outbox if m.to == ["robin.keys@people.example"])
    assert f"/invitations/{token}/" in str(letter.body)
    assert token not in tables()
    assert not any(outbox.SEALED_PATH in message.context for message in Message.objects.exclude(sent_at=None))
