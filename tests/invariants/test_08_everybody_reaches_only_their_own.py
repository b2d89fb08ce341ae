"""Invariant 8: a court user reaches their own court's cases and released reports, a facilitator their caseload.

``tests/lms/test_doors.py`` walks every address with ids that nobody has. Here each address gets the id of a
real thing of somebody else's: of every kind, for every role that could have come near it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accountability.actions import check_ins, commitments, tracks
from courses.actions import reflections
from courses.models import Enrollment
from court_reports.actions.release import release
from court_reports.models import Kind, Report
from lms import clock
from lms.outbox import outbox
from lms.people.actions import kept_words
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.models import Referral
from tests.builders import (
    JANUARY,
    a_court,
    a_court_user,
    a_facilitator,
    a_program,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
)
from tests.court_reports.cases import a_draft_of, an_enrolled_case
from tests.invariants.cuts import everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
APPS = ("accountability_", "court_reports_", "courses_", "journal_", "outbox_", "referrals_")
SignIn = Callable[[User], Client]
OURS = {"people", "referrals", "learn", "check_ins", "my_reports", "courses_staff", "track_staff", "reports_staff",
        "reports_court"}  # fmt: skip
# What the answer to a stranger may be: not there; or, for a verb the address does not know, not allowed.
SHUT = {404, 405}


class Case:
    """One case with a thing of every kind that has an address."""

    def __init__(self) -> None:
        now = clock.now()
        self.program = a_program()
        self.court = a_court(profile={"filing_copy": True})
        self.referral = an_enrolled_referral(program=self.program, court=self.court, last_name="Unmistakable")
        self.person, self.facilitator = self.referral.person, self.referral.facilitator
        enrolled = a_draft_of(self.referral, Kind.ENROLLMENT, now=now - 20 * DAY)
        self.released = release(report=enrolled, by=self.facilitator, now=now - 20 * DAY)
        enrollment = Enrollment.objects.select_related("referral__person", "policy").get(referral=self.referral)
        self.module = enrollment.edition.modules.first()
        self.blocks = {kind: self.module.asked(kind)[0]["id"] for kind in ("knowledge_check", "reflection", "scenario")}
        self.reflection = reflections.submit(
            enrollment=enrollment, module=self.module, block_id=self.blocks["reflection"], text="word " * 400,
            language="en", by=self.person, now=now,
        )  # fmt: skip
        self.track = tracks.open_track(referral=self.referral, by=None, now=now - 13 * DAY)
        self.sent, self.open = self.track.check_ins.all()[:2]
        check_ins.submit(
            check_in=self.sent, answers={"help": "no"}, form=None, language="en", by=self.person, now=now - 7 * DAY
        )
        self.commitment = commitments.add(
            track=self.track, words="x", named_by_order="", required=True, by=self.facilitator, now=now
        )
        self.hearing = referrals.add_hearing(referral=self.referral, at=now + 90 * DAY, kind="review", by=None, now=now)
        self.draft = a_draft_of(self.referral, Kind.NON_COMPLIANCE, now=now)
        self.message = outbox.post(key="k", kind="check_in.missed", to=self.person, at=now, about=self.referral.pk)
        self.kept = kept_words.keep(user=self.person, path="/check-ins/", fields={"words": ["mine"]}, now=now)

    def addresses(self) -> dict[str, str]:
        """Name → address, for every address of ours that takes an id."""
        things: dict[str, list[object]] = {
            "referrals:case": [self.referral],
            "referrals:invite": [self.referral],
            "referrals:assign": [self.referral],
            "referrals:add_hearing": [self.referral],
            "referrals:cancel_hearing": [self.hearing],
            "referrals:message_settled": [self.message],
            "referrals:message_again": [self.message],
            "people:kept": [self.kept],
            "people:let_go": [self.kept],
            "referrals:court_referral": [self.referral],
            "learn:module": [self.module],
            "learn:attest": [self.module],
            "learn:turn_page": [self.module],
            "learn:check": [self.module, self.blocks["knowledge_check"]],
            "learn:reflection": [self.module, self.blocks["reflection"]],
            "learn:reflection_draft": [self.module, self.blocks["reflection"]],
            "learn:scenario": [self.module, self.blocks["scenario"]],
            "courses_staff:reflection": [self.reflection],
            "check_ins:answer": [self.open],
            "check_ins:draft": [self.open],
            "check_ins:receipt": [self.sent],
            "track_staff:check_in": [self.sent],
            "track_staff:review": [self.sent],
            "track_staff:excuse": [self.open],
            "track_staff:record": [self.open],
            "track_staff:helped": [self.sent],
            "track_staff:toll": [self.track],
            "track_staff:extend": [self.track],
            "track_staff:add_commitment": [self.track],
            "track_staff:verify_commitment": [self.commitment],
            "reports_staff:start": [self.referral],
            "reports_staff:report": [self.draft],
            "reports_staff:file": [self.draft],
            "reports_staff:refresh": [self.draft],
            "reports_staff:discard": [self.draft],
            "reports_staff:release": [self.draft],
            "reports_staff:correct": [self.released.report],
            "reports_court:download": [self.released],
            "reports_court:filing_copy": [self.released],
            "reports_court:acknowledge": [self.released],
            "my_reports:download": [self.released],
            "my_reports:answer": [self.draft],
            "my_reports:draft_file": [self.draft],
        }  # fmt: skip
        return {name: reverse(name, args=[_id(t) for t in found]) for name, found in things.items()}


def _id(thing: object) -> object:
    return thing.pk if isinstance(thing, Model) else thing


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
        "another facilitator of the program": a_facilitator(case.program),
        "an auditor of the program": an_auditor(case.program),
        "an administrator of another program": an_administrator(elsewhere.program),
        "a facilitator of another program": elsewhere.facilitator,
        "another responsible party": elsewhere.person,
        "an author of the program": an_author(case.program),
    }


def insiders(case: Case) -> dict[str, User]:
    clerk = a_court_user(case.court)
    return {
        "referrals:court": clerk,
        "reports_court": clerk,
        "learn": case.person,
        "check_ins": case.person,
        "my_reports": case.person,
        "people": case.person,
        "": case.facilitator,
    }


def test_somebody_elses_thing_is_not_there_for_anybody_at_any_address(signed_in: SignIn):
    case = Case()
    addresses = case.addresses()
    assert set(addresses) == names_with_an_id()
    strangers = outsiders(case)
    before = everything(*APPS)
    let_in = []
    for who, user in strangers.items():
        client = signed_in(user)
        for name, address in addresses.items():
            answers = {client.get(address).status_code, client.post(address, {"reason": "work"}).status_code}
            if not (answers <= SHUT and 404 in answers):
                let_in.append((who, name, answers))
    assert let_in == []
    assert everything(*APPS) == before
    # And the one whose thing it is does reach it: the addresses above are real ones.
    shut = []
    own = insiders(case)
    for name, address in addresses.items():
        user = next(user for beginning, user in own.items() if name.startswith(beginning))
        if signed_in(user).get(address).status_code == 404:
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
        for address in lists:
            shown = client.get(address, follow=True).content.decode()
            seen_by_outsiders += [(who, address, mark) for mark in marks if mark in shown]
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
