"""Why a case was referred back or withdrawn: a code, said with the ending or after it, counted, and told to no court."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from lms import clock
from lms.journal.models import Event
from lms.referrals import actions, desk, keeping
from lms.referrals.actions.referrals import NothingToSay
from lms.referrals.models import Referral
from tests.builders import JANUARY, a_court, a_court_user, a_facilitator, a_program, a_referral

pytestmark = pytest.mark.django_db


def needs(referral: Referral) -> list[str]:
    return [need.why for need in desk.needs(Referral.objects.filter(pk=referral.pk), clock.now())]


def test_it_is_said_with_the_ending_as_a_code(db):
    program = a_program(agreements=False)
    facilitator = a_facilitator(program)
    case = a_referral(program=program, now=JANUARY)
    with pytest.raises(ValueError):
        actions.withdraw(referral=case, by=facilitator, now=JANUARY, reason="he was rude")
    with pytest.raises(NothingToSay):
        actions.say_why_it_ended(referral=case, reason="moved", by=facilitator, now=JANUARY)
    case = actions.refer_back(referral=case, by=facilitator, now=JANUARY, reason="no_contact")
    event = Event.objects.get(kind="referral.referred_back")
    assert (case.end_reason, case.end_reason_at, event.data) == ("no_contact", JANUARY, {"why": "no_contact"})
    # Of a case that goes on there is nothing to say, whoever writes it.
    going_on = a_referral(program=program, now=JANUARY, case_number="CR-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=going_on.pk).update(end_reason="moved", end_reason_at=JANUARY)
    case.forgotten_at = JANUARY
    case.save()
    keeping.shred(case, now=JANUARY)
    case.refresh_from_db()
    assert (case.end_reason, case.end_reason_at) == ("", None)


def test_the_staff_say_it_later_once_and_no_court_reads_it(signed_in):
    program, court, now = a_program(agreements=False), a_court(), clock.now()
    facilitator = a_facilitator(program)
    case = actions.withdraw(
        referral=a_referral(program=program, court=court, now=now), by=a_court_user(court), now=now
    )  # fmt: skip
    address, client = reverse("referrals:why_ended", args=[case.pk]), signed_in(facilitator)
    assert needs(case) == ["the case ended early, and nobody has said why"]
    assert address in client.get(reverse("referrals:case", args=[case.pk])).content.decode()
    assert "Choose why it ended." in client.post(address, {"reason": ""}).content.decode()
    assert "Health · " in client.post(address, {"reason": "health"}, follow=True).content.decode()
    assert "is said already" in client.post(address, {"reason": "moved"}, follow=True).content.decode()
    case.refresh_from_db()
    assert (case.end_reason, needs(case)) == ("health", [])
    assert Event.objects.get(kind="referral.why_ended").data == {"why": "health"}
    clerk = signed_in(a_court_user(court, first_name="Cora"))
    assert "Health" not in clerk.get(reverse("referrals:court_referral", args=[case.pk])).content.decode()
    assert clerk.get(address).status_code == 404
