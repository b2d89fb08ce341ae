"""Invariant 8: a court user reaches their own court's cases and released reports, a facilitator their caseload.

``tests/lms/test_doors.py`` walks every address with ids that nobody has. Here each address gets the id of a
real thing of somebody else's: of every kind, for every role that could have come near it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from court_reports.models import Report
from lms.journal.models import Event
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import ProgramRole, Referral
from tests.access.world import Case
from tests.builders import (
    JANUARY,
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    an_administrator,
    an_auditor,
    an_author,
)
from tests.court_reports.cases import an_enrolled_case
from tests.invariants.cuts import everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
APPS = ("accountability_", "court_reports_", "courses_", "outbox_", "referrals_")
SignIn = Callable[[User], Client]
OURS = {"people", "referrals", "learn", "check_ins", "my_reports", "courses_staff", "track_staff", "reports_staff",
        "reports_court", "court_tokens", "keeping", "my_copy"}  # fmt: skip
# What the answer to a stranger may be: not there; or, for a verb the address does not know, not allowed.
SHUT = {404, 405}
# Of this case these do not exist yet, for nobody.
# A copy in Spanish is for whoever reads Spanish.
NOT_YET = {"keeping:order", "my_copy:file", "courses_staff:words_threat", "my_reports:copy"}
# Whoever has no other business with a case reads who did what in it, and authors see the pictures
# and recordings of their program.
RIGHTLY = {("an auditor of the program", name) for name in ("referrals:audit_case", "keeping:certificate")} | {
    ("an author of the program", name) for name in ("learn:media", "learn:media_sound", "learn:media_captions")
}


def names_with_an_id() -> set[str]:
    found = set()
    for include in get_resolver().url_patterns:
        if isinstance(include, URLResolver) and include.namespace in OURS:
            patterns = [p for p in include.url_patterns if isinstance(p, URLPattern)]
            found |= {f"{include.namespace}:{p.name}" for p in patterns if "<uuid:" in str(p.pattern)}
    return found


def outsiders(case: Case) -> dict[str, User]:
    """Everybody who has an account and no business with this case."""
    elsewhere = an_enrolled_case()
    return {
        "a clerk of another court": a_court_user(a_court("Another Court")),
        "the lead of another court": a_court_lead(a_court("A Third Court")),
        "another facilitator of the program": a_facilitator(case.program),
        "an auditor of the program": an_auditor(case.program),
        "an administrator of another program": an_administrator(elsewhere.program),
        "a facilitator of another program": elsewhere.facilitator,
        "another responsible party": elsewhere.person,
        "an author of the program": an_author(case.program),
    }


def insiders(case: Case) -> dict[str, User]:
    clerk, administrator = a_court_lead(case.court), an_administrator(case.program)
    custodian = a_facilitator(case.program)
    grant_role(program=case.program, user=custodian, role=ProgramRole.CUSTODIAN)
    of_administrators = ("team", "give", "take", "disable", "enable", "hand_over", "message")
    # The note of a hand-over is for whoever looks after the case now.
    first = {"referrals:hand_overs": case.facilitator, "track_staff:form_preview": administrator,
             "track_staff:transfer_case": administrator}  # fmt: skip
    return (
        first
        | {f"referrals:{beginning}": administrator for beginning in of_administrators}
        | {
            "referrals:court": clerk,
            "referrals:print_code_court": clerk,
            "referrals:audit": an_auditor(case.program),
            "reports_court": clerk,
            "court_tokens": clerk,
            "courses_staff:identity": custodian,
            "courses_staff:words": administrator,
            "courses_staff:rubric": administrator,
            "keeping": administrator,
            "my_copy": case.person,
            "learn": case.person,
            "check_ins": case.person,
            "my_reports": case.person,
            "commitments": case.person,
            "people": case.person,
            "": case.facilitator,
        }
    )


@pytest.mark.either
def test_somebody_elses_thing_is_not_there_for_anybody_at_any_address(signed_in: SignIn):
    case = Case()
    # Others take a token, or stand below the authoring pages: tests/access walks those.
    wanted = names_with_an_id()
    addresses = {name: address for name, address in case.addresses().items() if name in wanted}
    assert set(addresses) == wanted
    strangers = outsiders(case)
    before = everything(*APPS)
    written = set(Event.objects.values_list("pk", flat=True))
    let_in = []
    for who, user in strangers.items():
        client = signed_in(user)
        for name, address in addresses.items():
            answers = {client.get(address).status_code, client.post(address, {"reason": "work"}).status_code}
            if not (answers <= SHUT and 404 in answers) and (who, name) not in RIGHTLY:
                let_in.append((who, name, answers))
    assert let_in == []
    assert everything(*APPS) == before
    # Of all that, the journal alone took notice: that they came in, what they may read, and that they tried.
    noted = Event.objects.exclude(pk__in=written)
    assert set(noted.values_list("kind", flat=True)) == {
        "account.signed_in",
        "case.certificate_opened",
        "access.denied",
    }
    assert noted.filter(kind="access.denied", about=case.referral.pk).exclude(by=case.person).exists()
    # And the one whose thing it is does reach it: the addresses above are real ones.
    shut = []
    own = insiders(case)
    for name, address in addresses.items():
        user = next(user for beginning, user in own.items() if name.startswith(beginning))
        if signed_in(user).get(address).status_code == 404 and name not in NOT_YET:
            shut.append(name)
    assert shut == []


def test_lists_hold_only_ones_own(signed_in: SignIn):
    case = Case()
    reader = a_court_user(case.court)
    lists = ["/facilitate/", "/facilitate/track/", "/facilitate/reports/", "/facilitate/course/", "/court/",
             "/court/reports/", "/my-reports/", "/check-ins/", "/learn/", "/"]  # fmt: skip
    marks = (case.referral.last_name, case.referral.case_number, case.released.number, str(case.referral.pk))
    seen_by_outsiders, seen_by_insiders = [], set()
    for who, user in outsiders(case).items():
        client = signed_in(user)
        # An auditor reads keys and the numbers of reports, and never whose they are (security.md 5).
        hidden = marks[:2] if who == "an auditor of the program" else marks
        for address in lists:
            shown = client.get(address, follow=True).content.decode()
            seen_by_outsiders += [(who, address, mark) for mark in hidden if mark in shown]
    for user in (case.facilitator, reader, case.person):
        client = signed_in(user)
        for address in lists:
            shown = client.get(address, follow=True).content.decode()
            seen_by_insiders |= {mark for mark in marks if mark in shown}
    assert seen_by_outsiders == []
    assert seen_by_insiders >= {case.referral.last_name, case.referral.case_number, case.released.number}


def test_a_court_gets_nothing_that_was_not_released(signed_in: SignIn):
    case = Case()
    client = signed_in(a_court_user(case.court))
    drafts = Report.objects.filter(release=None)
    assert drafts.exists()
    shown = "".join(client.get(a).content.decode() for a in ("/court/reports/", reverse("referrals:court_referral", args=[case.referral.pk])))  # fmt: skip
    for row in drafts:
        assert str(row.pk) not in shown
        for name in ("download", "filing_copy", "acknowledge"):
            assert client.get(reverse(f"reports_court:{name}", args=[row.pk])).status_code in SHUT
            assert client.post(reverse(f"reports_court:{name}", args=[row.pk])).status_code in SHUT
    assert client.get(reverse("reports_court:download", args=[case.released.pk])).status_code == 200


def test_who_lost_the_case_or_the_court_is_an_outsider_from_the_next_request_on(signed_in: SignIn):
    referral = an_enrolled_case()
    old, new = referral.facilitator, a_facilitator(referral.program)
    clerk = a_court_user(referral.court)
    facilitators, court = signed_in(old), signed_in(clerk)
    case, portal = (reverse(name, args=[referral.pk]) for name in ("referrals:case", "referrals:court_referral"))
    assert (facilitators.get(case).status_code, court.get(portal).status_code) == (200, 200)
    referrals.assign_facilitator(referral=Referral.objects.get(), facilitator=new, by=old, now=JANUARY)
    clerk.court_memberships.all().delete()
    assert (facilitators.get(case).status_code, court.get(portal).status_code) == (404, 404)
    assert signed_in(new).get(case).status_code == 200
