"""R23: whoever demands records by law, the person hears of it before anything is handed over."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from lms.journal.models import Event
from lms.keeping.actions import demands, forgetting, holds
from lms.keeping.models import Act, DemandOutcome, Ground, LegalDemand, LegalHold
from lms.outbox.models import Message
from tests.builders import a_facilitator, a_person, a_program, a_referral, an_administrator
from tests.keeping.test_copies import prove
from tests.keeping.world import MARK, NOW, whole_database

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def case():
    program = a_program()
    a_facilitator(program)
    referral = a_referral(program=program)
    a_person(referral)
    return referral


def a_demand(case, *, may_tell: bool = True) -> LegalDemand:
    return demands.record(
        referral=case, kind="subpoena", who=f"{MARK} & Sons", what=f"All of {MARK}", may_tell=may_tell,
        by=an_administrator(case.program), now=NOW,
    )  # fmt: skip


def test_the_person_is_told_and_the_case_is_held(case):
    demand = a_demand(case)
    assert Message.objects.get(kind="demand.recorded").to == case.person
    assert holds.stands(case)
    assert Event.objects.get(kind="demand.recorded").data == {"kind": "subpoena", "told": True}
    assert demand.answer_from == NOW + WEEK
    assert MARK not in whole_database()


def test_nothing_is_handed_over_before_they_could_object(case):
    demand = a_demand(case)
    admin = demand.recorded_by
    with pytest.raises(demands.TooEarly):
        demands.decide(demand=demand, outcome=DemandOutcome.RELEASED, by=admin, now=NOW + WEEK - timedelta(seconds=1))
    with pytest.raises(demands.NotAllowed):
        demands.decide(demand=demand, outcome=DemandOutcome.REFUSED, by=case.facilitator, now=NOW)
    demands.decide(demand=demand, outcome=DemandOutcome.RELEASED, by=admin, now=NOW + WEEK)
    with pytest.raises(demands.Decided):
        demands.decide(demand=demand, outcome=DemandOutcome.REFUSED, by=admin, now=NOW + WEEK)


def test_the_database_refuses_it_too(case):
    demand = a_demand(case)
    with pytest.raises(IntegrityError):
        LegalDemand.objects.filter(pk=demand.pk).update(outcome=DemandOutcome.RELEASED, decided_at=NOW)


def test_a_demand_that_forbids_it_tells_nobody(case, signed_in):
    demand = a_demand(case, may_tell=False)
    assert not Message.objects.filter(kind="demand.recorded").exists()
    assert MARK not in signed_in(case.person).get("/my-copy/").content.decode()
    demands.decide(demand=demand, outcome=DemandOutcome.REFUSED, by=demand.recorded_by, now=NOW)


def test_its_words_go_with_the_case(case):
    demand = a_demand(case)
    hold = LegalHold.objects.get()
    holds.lift(hold=hold, by=demand.recorded_by, now=NOW)
    row = forgetting.propose(referral=case, act=Act.EXPUNGE, ground=Ground.REQUEST, by=case.facilitator, now=NOW)
    forgetting.confirm(forgetting=row, by=demand.recorded_by, now=NOW)
    demand.refresh_from_db()
    assert (demand.who, demand.what) == ("", "")


def test_recorded_shown_and_decided_in_the_browser(case, signed_in):
    admin, person = signed_in(an_administrator(case.program)), signed_in(case.person)
    address = reverse("keeping:demand", args=[case.pk])
    assert signed_in(case.facilitator).get(address).status_code == 404
    prove(admin, address)
    admin.post(address, {"kind": "subpoena", "who": "The District Attorney", "what": "Attendance", "may_tell": "on"})
    demand = LegalDemand.objects.get()
    page = person.get("/my-copy/").content.decode()
    assert "The District Attorney: Attendance" in page
    assert "Nothing is handed over before" in page
    decide = reverse("keeping:decide_demand", args=[demand.pk])
    assert decide in admin.get(reverse("keeping:case", args=[case.pk])).content.decode()
    assert "still has time to object" in admin.post(decide, {"outcome": "released"}, follow=True).content.decode()
    admin.post(decide, {"outcome": "refused"})
    assert "Refused" in person.get("/my-copy/").content.decode()
