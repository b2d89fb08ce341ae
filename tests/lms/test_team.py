"""The team page: roles, accounts, caseloads; and who proves again who they are before what matters."""

import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accountability.actions import commitments, moves, overrides, tracks
from courses.actions import consents, identities, withdrawal
from courses.consent_words import consent_text
from courses.models import CoursePage, Edition, ModulePage
from lms import clock
from lms.checks import nobody_may_do_everything
from lms.journal.models import Event
from lms.keeping.actions import copies, demands, forgetting
from lms.keeping.models import Act, DemandKind, Ground, LegalHold
from lms.outbox.models import Message
from lms.people.models import Kind, User
from lms.referrals.access import zone_of
from lms.referrals.actions import caseloads, codes, invitations, referrals, roles
from lms.referrals.models import CourtMembership, Invitation, ProgramRole, Referral
from lms.referrals.rules.sharing import share
from lms.referrals.templatetags.amends import local
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_published_course,
    a_referral,
    a_reviewer,
    a_user,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
    an_invited_colleague,
)  # fmt: skip
from tests.keeping.world import an_order

pytestmark = pytest.mark.django_db
F, A, AUDIT = ProgramRole.FACILITATOR, ProgramRole.ADMINISTRATOR, ProgramRole.AUDITOR


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def administrator(program):
    return an_administrator(program)


@pytest.fixture
def client(administrator, signed_in):
    """An administrator who has just proved again who they are."""
    return proved(signed_in(administrator))


def proved(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def role(program, which) -> dict[str, str]:
    return {"program": str(program.pk), "role": which.value}


# --- the page ---------------------------------------------------------------------------------


def test_the_page_is_for_administrators_alone(program, client, signed_in):
    assert client.get(reverse("referrals:team")).status_code == 200
    for other in (a_facilitator(program), an_auditor(program), an_author(program), a_court_user(a_court())):
        assert signed_in(other).get(reverse("referrals:team")).status_code == 404


def test_it_shows_the_own_programs_people_and_invitations_and_no_others(program, client):
    mine, other = a_facilitator(program, last_name="Mine"), a_facilitator(a_program(), last_name="Elsewhere")
    waiting, foreign = an_invited_colleague(program), an_invited_colleague(a_program())
    court = a_court("Cedar County Court")
    a_referral(program=program, court=court)
    clerk = a_court_user(court, last_name="Cedar")
    page = client.get(reverse("referrals:team")).content.decode()
    assert "Mine" in page and waiting.email in page and clerk.last_name in page
    assert "Elsewhere" not in page and foreign.email not in page
    assert client.get(reverse("referrals:team_member", args=[mine.pk])).status_code == 200
    assert client.get(reverse("referrals:team_member", args=[other.pk])).status_code == 404


def test_whoever_bears_no_name_here_is_listed_by_a_handle_that_says_so(program, client):
    author = an_author(program)
    for name, args in (("referrals:team", []), ("referrals:team_member", [author.pk])):
        assert f"Handle: {author.username}" in client.get(reverse(name, args=args)).content.decode()


def test_the_authoring_list_holds_the_same_invitations_as_the_team_s_page(program, client):
    court = a_court()
    a_referral(program=program, court=court)
    to_role = an_invited_colleague(program)
    client.post(
        reverse("invitation:add"),
        {
            "what": "court",
            "court": court.pk,
            "email": "clerk@court.example",
            "first_name": "C",
            "last_name": "C",
            "language": "en",
        },
    )
    an_invited_colleague(a_program())
    waiting = Invitation.objects.filter(accepted_at=None, program__in=[program]) | Invitation.objects.filter(
        court=court
    )
    listed = client.get(reverse("invitation:index")).context["object_list"]
    shown = [line["row"] for line in client.get(reverse("referrals:team")).context["invitations"]]
    assert set(listed) == set(shown) == set(waiting)
    assert to_role in shown and len(shown) == 2


def test_an_account_that_lost_its_last_role_is_still_theirs_to_give_another_or_to_close(program, administrator, client):
    user, elsewhere = an_auditor(program), an_auditor(a_program())
    roles.take(program=program, user=user, role=AUDIT, by=administrator, now=JANUARY)
    page = client.get(reverse("referrals:team"))
    assert list(page.context["without_role"]) == [user]
    member = client.get(reverse("referrals:team_member", args=[user.pk])).content.decode()
    assert "has no role now" in member and "Program staff" in member
    assert client.get(reverse("referrals:team_member", args=[elsewhere.pk])).status_code == 404
    client.post(reverse("referrals:give_role", args=[user.pk]), role(program, F))
    assert not client.get(reverse("referrals:team")).context["without_role"]
    roles.take(program=program, user=user, role=F, by=administrator, now=JANUARY)
    client.post(reverse("referrals:disable_account", args=[user.pk]))
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize("make", [an_auditor, an_author])
def test_whoever_has_no_role_reads_so_and_is_offered_no_desk(program, administrator, make, signed_in):
    user = make(program)
    desk = signed_in(user)
    assert desk.get("/").status_code == 302
    which = ProgramRole(user.program_memberships.get().role)
    roles.take(program=program, user=user, role=which, by=administrator, now=JANUARY)
    page = desk.get("/")
    assert page.status_code == 200
    assert "no role in a program now" in page.content.decode()
    assert user.kind == "author" or page.context["navigation"] == []


def test_staff_who_chose_no_zone_read_the_one_of_most_courts_and_its_name(program, administrator):
    assert zone_of(administrator) == ""
    for zone in ("America/Denver", "America/Denver", "America/New_York"):
        a_referral(program=program, court=a_court(zone=zone))
    for _ in range(3):
        a_referral(program=a_program(), court=a_court(zone="America/Chicago"))
    assert zone_of(administrator) == "America/Denver"
    assert local(JANUARY, zone_of(administrator)).endswith("(Mountain)")


def test_there_is_no_way_to_set_a_password_or_to_be_somebody_else(program, client):
    page = client.get(reverse("referrals:team_member", args=[a_facilitator(program).pk])).content.decode()
    assert "password" not in page.lower()


# --- roles --------------------------------------------------------------------------------------


def test_a_role_is_given_and_taken_and_both_stand_in_the_journal(program, administrator, client):
    user = a_facilitator(program)
    client.post(reverse("referrals:give_role", args=[user.pk]), role(program, A))
    assert roles.held(program, user) == {F, A}
    assert User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
    client.post(reverse("referrals:take_role", args=[user.pk]), role(program, A))
    assert roles.held(program, user) == {F}
    assert not User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
    kinds = list(Event.objects.filter(kind__startswith="role.").order_by("id").values_list("kind", "by"))
    assert kinds == [("role.given", administrator.pk), ("role.taken", administrator.pk)]


def test_a_role_held_elsewhere_keeps_its_permissions(program, administrator):
    user, other = an_administrator(program), a_program()
    roles.give(program=other, user=user, role=A, by=administrator, now=JANUARY)
    roles.take(program=program, user=user, role=A, by=administrator, now=JANUARY)
    assert User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize(
    "make, which, why",
    [(an_author, F, "kind"), (an_auditor, F, "excluded"), (a_facilitator, AUDIT, "excluded"),
     (a_facilitator, ProgramRole.AUTHOR, "kind")],
)  # fmt: skip
def test_roles_that_must_not_meet_do_not(program, administrator, make, which, why):
    with pytest.raises(roles.NotAllowed) as refused:
        roles.give(program=program, user=make(program), role=which, by=administrator, now=JANUARY)
    assert refused.value.why == why


def test_nobody_changes_their_own_roles_or_account(program, administrator, client):
    an_administrator(program)
    client.post(reverse("referrals:take_role", args=[administrator.pk]), role(program, A))
    client.post(reverse("referrals:give_role", args=[administrator.pk]), role(program, F))
    client.post(reverse("referrals:disable_account", args=[administrator.pk]))
    administrator.refresh_from_db()
    assert roles.held(program, administrator) == {A}
    assert administrator.is_active


def test_the_last_administrator_stays(program, administrator):
    other = an_administrator(program)
    roles.disable(user=other, by=administrator, now=JANUARY)
    somebody = a_facilitator(program)
    for act in (
        lambda: roles.take(program=program, user=administrator, role=A, by=somebody, now=JANUARY),
        lambda: roles.disable(user=administrator, by=somebody, now=JANUARY),
    ):
        with pytest.raises(roles.NotAllowed) as refused:
            act()
        assert refused.value.why == "last"


def test_another_programs_role_is_not_theirs_to_give(client):
    user = a_facilitator(other := a_program())
    assert client.post(reverse("referrals:give_role", args=[user.pk]), role(other, A)).status_code == 404
    assert roles.held(other, user) == {F}


# --- accounts -------------------------------------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_comes_back_with_its_roles(program, client, signed_in):
    user = a_facilitator(program)
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert any(s.get_decoded().get("_auth_user_id") == str(user.pk) for s in Session.objects.all())
    client.post(reverse("referrals:disable_account", args=[user.pk]))
    assert theirs.get("/facilitate/").status_code == 302
    assert not any(s.get_decoded().get("_auth_user_id") == str(user.pk) for s in Session.objects.all())
    client.post(reverse("referrals:enable_account", args=[user.pk]))
    assert signed_in(User.objects.get(pk=user.pk)).get("/facilitate/").status_code == 200


def test_open_work_is_handed_over_before_an_account_closes(program, client):
    user = a_facilitator(program)
    a_referral(program=program)
    page = client.post(reverse("referrals:disable_account", args=[user.pk]), follow=True).content.decode()
    assert "Hand them over first" in page
    assert User.objects.get(pk=user.pk).is_active


def test_an_account_of_another_program_too_is_not_closed_from_here(program, client):
    user = a_facilitator(program)
    roles.give(program=a_program(), user=user, role=F, by=a_user(Kind.STAFF), now=JANUARY)
    assert client.post(reverse("referrals:disable_account", args=[user.pk])).status_code == 404


# --- invitations -------------------------------------------------------------------------------------


def test_an_authors_address_stands_in_no_list_and_what_is_forgotten_keeps_no_page_away(program, client):
    an_invited_colleague(program, role=ProgramRole.AUTHOR, email="handle@people.example")
    gone = an_invited_colleague(program, email="gone@people.example")
    assert "gone@people.example" in client.get(reverse("referrals:team")).content.decode()
    invitations.forget_expired(now=gone.expires_at + invitations.KEEP_EXPIRED)
    an_invited_colleague(program, role=ProgramRole.AUTHOR, email="later@people.example")
    answer = client.get(reverse("referrals:team"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "@people.example" not in page
    assert reverse("referrals:team_invitation_again", args=[gone.pk]) not in page
    assert reverse("referrals:team_invitation_withdraw", args=[gone.pk]) in page


def test_an_invitation_is_sent_again_or_withdrawn(program, client):
    first, second = an_invited_colleague(program, now=clock.now()), an_invited_colleague(program, now=clock.now())
    client.post(reverse("referrals:team_invitation_again", args=[first.pk]))
    client.post(reverse("referrals:team_invitation_withdraw", args=[second.pk]))
    live = [row for row in Invitation.objects.filter(program=program) if invitations.is_live(row, clock.now())]
    assert [row.email for row in live] == [first.email]
    assert live[0].pk != first.pk


def test_an_invitation_whose_key_was_destroyed_is_not_sent_again_and_says_why(program, client):
    """Its button is not in the page any more: what is posted all the same is answered calmly."""
    gone = an_invited_colleague(program, email="gone@people.example")
    invitations.forget_expired(now=gone.expires_at + invitations.KEEP_EXPIRED)
    before = (Invitation.objects.count(), Message.objects.count(), Event.objects.count())
    answer = client.post(reverse("referrals:team_invitation_again", args=[gone.pk]), follow=True)
    assert answer.status_code == 200
    assert "not known any more for whom this invitation was" in answer.content.decode()
    assert before == (Invitation.objects.count(), Message.objects.count(), Event.objects.count())
    assert Invitation.objects.filter(pk=gone.pk, replaced_at=None).exists()


# --- caseloads ----------------------------------------------------------------------------------------


def test_open_work_moves_and_history_stays(program, administrator, client):
    holder = a_facilitator(program)
    cases = [a_referral(program=program) for _ in range(5)]
    ended = cases.pop()
    referrals.withdraw(referral=ended, by=holder, now=JANUARY)
    one, two = a_facilitator(program), a_facilitator(program)
    address = reverse("referrals:hand_over_caseload", args=[holder.pk, program.pk])
    to = {"program": str(program.pk), "to": [str(one.pk), str(two.pk)]}
    shown = client.post(address, to)
    assert "Who gets how many" in shown.content.decode()
    assert Referral.objects.filter(facilitator=holder).count() == 5, "looking moves nothing"
    client.post(address, to | {"confirm": "1"})
    assert [Referral.objects.filter(facilitator=user).count() for user in (one, two, holder)] == [2, 2, 1]
    ended.refresh_from_db()
    assert ended.facilitator == holder
    events = Event.objects.filter(kind="referral.assigned")
    assert sorted(event.about for event in events) == sorted(case.pk for case in cases)
    assert {event.by for event in events} == {administrator}


def test_nobody_gets_a_case_who_is_no_facilitator_there(program, administrator):
    holder = a_facilitator(program)
    a_referral(program=program)
    for other in (a_facilitator(a_program()), an_auditor(program), holder):
        with pytest.raises(referrals.NotAFacilitator):
            caseloads.reassign(program=program, holder=holder, to=[other], by=administrator, now=JANUARY)
    assert Referral.objects.get().facilitator == holder


def test_whoever_has_the_fewest_gets_the_next():
    assert share(5, {"a": 3, "b": 0}) == ["b", "b", "b", "a", "b"]


# --- proving again -----------------------------------------------------------------------------------


def asks(program, administrator) -> dict[str, tuple[User, str, dict[str, object] | None]]:
    """Everything that asks again who it is: name → who asks, address, and what is posted (None: it is read). The one
    table, but for releasing a report (tests/court_reports)."""
    user, referral = a_facilitator(program), a_referral(program=program)
    colleague = an_invited_colleague(program, now=clock.now())
    to = a_facilitator(program)
    addresses = {
        "referrals:give_role": ([user.pk], role(program, A)),
        "referrals:take_role": ([to.pk], role(program, F)),
        "referrals:disable_account": ([to.pk], {}),
        "referrals:enable_account": ([to.pk], {}),
        "referrals:team_lost_factor": ([to.pk], {"seen": "in_person"}),
        "referrals:team_invitation_again": ([colleague.pk], {}),
        "referrals:hand_over_caseload": (
            [referral.facilitator.pk, program.pk],
            {"program": str(program.pk), "to": [str(to.pk)], "confirm": "1"},
        ),
        "invitation:add": ([], {"what": "facilitator"}),
        "referrals:team_lead": ([CourtMembership.objects.get(user=a_court_user(referral.court)).pk], {"lead": "1"}),
    }
    course, module = a_course_of(program)
    addresses |= {
        "referrals:assign": ([referral.pk], {"facilitator": str(to.pk)}),
        "publish_edition": ([course.pk], {"what": "edition"}),
        "give_course": ([course.pk], {}),
        "nobody_reads": ([], {"handle": "whoever"}),
        "withdraw_module": ([module.pk], {"word": "on"}),
    }
    table = {name: (administrator, reverse(name, args=args), data) for name, (args, data) in addresses.items()}
    return (
        table
        | asks_of_keeping(program, administrator, referral)
        | asks_of_the_track(program, administrator)
        | asks_of_a_facilitator(program)
        | asks_of_a_court()
    )


def a_course_of(program) -> tuple[CoursePage, ModulePage]:
    a_published_course(program, modules=1)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    return course, ModulePage.objects.child_of(course).first()


def asks_of_a_court() -> dict[str, tuple[User, str, dict[str, object] | None]]:
    """What its lead does to the account of somebody, or lets somebody in."""
    lead = a_court_lead(court := a_court())
    member = CourtMembership.objects.get(user=a_court_user(court))
    new = {"email": "new@people.example", "first_name": "Nell", "last_name": "Newcomer"}
    token = invitations.invite_to_court(court=court, **new, lead=False, by=lead, now=clock.now())
    invitation = invitations.find(token=token, now=clock.now())
    rows = {
        "referrals:court_invite": ([], new | {"court": court.pk}),
        "referrals:court_member_end": ([member.pk], {}),
        "referrals:court_member_disable": ([member.pk], {}),
        "referrals:court_member_enable": ([member.pk], {}),
        "referrals:court_member_lost_factor": ([member.pk], {"seen": "in_person"}),
        "referrals:court_invitation_again": ([invitation.pk], {}),
    }
    return {name: (lead, reverse(name, args=args), data) for name, (args, data) in rows.items()}


def asks_of_a_facilitator(program) -> dict[str, tuple[User, str, dict[str, object] | None]]:
    referral = a_referral(program=program)
    a_person(referral)
    address = reverse("referrals:case_lost_factor", args=[referral.pk])
    return {"referrals:case_lost_factor": (referral.facilitator, address, {"seen": "in_person"})}


def asks_of_the_track(program, administrator) -> dict[str, tuple[User, str, dict[str, object] | None]]:
    """What changes what a court will read of a track."""
    now = clock.now()
    referral = an_enrolled_referral(program=program)
    track = tracks.open_track(referral=referral, by=None, now=now - timedelta(days=6))
    sent = track.check_ins.first()
    made = commitments.add(track=track, words="x", named_by_order="", required=True, by=referral.facilitator, now=now)
    waits = overrides.propose(
        track=track, act="extend", terms={"days": 3, "reason": "x", "ordered_by": "x"}, by=administrator, now=now
    )
    day = track.ends_on
    toll = {"from_on": day, "to_on": day, "reason": "order", "authority": "x"}
    extend = {"days": 3, "reason": "x", "ordered_by": "x"}
    # What is confirmed is what was seen before.
    toll["seen"], extend["seen"] = (
        moves.foresee(track=track, act=act, terms=terms, now=now).seen
        for act, terms in (("toll", toll), ("extend", extend))
    )
    answers = {"help": "no", "day": now.date(), "time": "00:00", "route": "phone"}
    rows = {
        "track_staff:excuse": ([sent.pk], {"reason": "work"}),
        "track_staff:toll": ([track.pk], toll),
        "track_staff:extend": ([track.pk], extend),
        "track_staff:record": ([sent.pk], answers),
        "track_staff:add_commitment": ([track.pk], {"words": "x"}),
        "track_staff:verify_commitment": ([made.pk], {"on": "2026-01-05"}),
        "track_staff:confirm_override": ([waits.pk], {}),
    }
    return {name: (referral.facilitator, reverse(name, args=args), data) for name, (args, data) in rows.items()}


def asks_of_keeping(program, administrator, referral) -> dict[str, tuple[User, str, dict[str, object] | None]]:
    """What is held, forgotten, handed over or taken out of the house."""
    now, person = clock.now(), a_person(referral)
    proposal = forgetting.propose(
        referral=referral, act=Act.EXPUNGE, ground=Ground.COURT_ORDER, order=an_order(), by=referral.facilitator,
        now=now,
    )  # fmt: skip
    demand = demands.record(
        referral=referral,
        kind=DemandKind.SUBPOENA,
        who="A county",
        what="All",
        may_tell=True,
        by=administrator,
        now=now,
    )
    copy = copies.ask(referral=referral, language="en", by=person, now=now)
    rows = {
        "keeping:confirm": (administrator, [proposal.pk], {}),
        "keeping:order": (administrator, [proposal.pk], None),
        "keeping:hold": (administrator, [referral.pk], {"reason": "appeal"}),
        "keeping:lift": (administrator, [LegalHold.objects.get().pk], {}),
        "keeping:demand": (administrator, [referral.pk], {"kind": "subpoena", "who": "x", "what": "x"}),
        "keeping:decide_demand": (administrator, [demand.pk], {"outcome": "refused"}),
        "keeping:release_copy": (administrator, [copy.pk], {}),
        "my_copy:file": (person, [copy.pk], None),
        "referrals:audit_export": (an_auditor(program), [], {"format": "csv"}),
        **asks_of_authors(program),
    }
    return {name: (user, reverse(name, args=args), data) for name, (user, args, data) in rows.items()}


def asks_of_authors(program) -> dict[str, tuple[User, list[object], dict[str, object] | None]]:
    """What stands under an author's own name."""
    author, story = an_author(program), uuid.uuid4()
    a_published_course(program)
    consents.give(
        story=story, page=ModulePage.objects.first(), program=program, by=author, now=clock.now(),
        terms=consents.Terms(byline="", languages=["en"], media=[], days=365, paid=False),
        text=consent_text(language="en", backup_days=90),
    )  # fmt: skip
    withdrawal.take_back(story=story, keep_days=14, by=author, now=clock.now())
    row = identities.save(legal_name="X", contact="", payment="", by=author, now=clock.now())
    custodian = a_facilitator(program)
    roles.grant_role(program=program, user=custodian, role=ProgramRole.CUSTODIAN)
    return {
        "give_consent": (author, [story], {"agree": "on"}),
        "story_link": (author, [story], {}),
        "my_identity": (author, [], None),
        "courses_staff:identity": (custodian, [row.pk], {"purpose": "pay"}),
    }


def test_each_of_these_asks_again_who_it_is(program, administrator, signed_in):
    asked = asks(program, administrator)
    clients = {user: signed_in(user) for user, _, _ in asked.values()}
    before = set(Event.objects.values_list("pk", flat=True))

    def answer(user, address, data):
        return clients[user].get(address) if data is None else clients[user].post(address, data)

    through = [
        name
        for name, (user, address, data) in asked.items()
        if not answer(user, address, data).get("Location", "").startswith(reverse("account_reauthenticate"))
    ]
    assert through == []
    assert set(Event.objects.values_list("pk", flat=True)) == before


def test_what_was_posted_goes_on_by_itself_afterward(program, administrator, signed_in):
    client, user = signed_in(administrator), a_facilitator(program)
    asked = client.post(reverse("referrals:give_role", args=[user.pk]), role(program, A))
    assert client.post(asked.url, {"password": "wrong words entirely"}).status_code == 200
    assert roles.held(program, user) == {F}
    client.post(asked.url, {"password": PASSWORD})
    assert roles.held(program, user) == {F, A}


def test_what_waited_for_the_proof_is_done_after_it(program, administrator, signed_in):
    """Assigned, published and taken back are among what asks; nothing typed is lost over it."""
    referral, to = a_referral(program=program), a_facilitator(program)
    course, module = a_course_of(program)
    module.title += " anew"
    module.save_revision().publish()
    editions = Edition.objects.count()

    def after(name: str, pk: object, data: dict[str, str]) -> None:
        client = signed_in(administrator)
        client.post(client.post(reverse(name, args=[pk]), data).url, {"password": PASSWORD})

    after("referrals:assign", referral.pk, {"facilitator": str(to.pk)})
    assert Referral.objects.get(pk=referral.pk).facilitator == to
    after("publish_edition", course.pk, {"what": "edition"})
    assert Edition.objects.count() == editions + 1
    after("withdraw_module", module.pk, {"word": "on"})
    events = Event.objects.filter(kind__startswith="module.withdraw").order_by("id")
    assert [(event.kind, event.by) for event in events] == [
        ("module.withdrawal_asked", administrator), ("module.withdrawn", administrator),
    ]  # fmt: skip


def test_an_administrator_takes_nothing_back_without_the_authors_word_and_an_author_at_once(program, client, signed_in):
    _course, module = a_course_of(program)
    address = reverse("withdraw_module", args=[module.pk])
    assert 'name="word"' in client.get(address).content.decode()
    assert client.post(address).status_code == 200
    assert not Event.objects.filter(kind="module.withdrawn").exists()
    author = signed_in(an_author(program))
    assert 'name="word"' not in author.get(address).content.decode()
    author.post(address)
    assert Event.objects.get(kind__startswith="module.withdraw").kind == "module.withdrawn"


def test_a_module_is_its_authors_alone_to_take_back_and_nobody_else_is_left_without_a_word(program, signed_in):
    _course, module = a_course_of(program)
    hers, fellow, reviewer = an_author(program), an_author(program), a_reviewer(program)
    ModulePage.objects.filter(translation_key=module.translation_key).update(owner=hers)
    address = reverse("withdraw_module", args=[module.pk])
    for user in (reviewer, fellow):
        client = signed_in(user)
        asked, pressed = client.get(address), client.post(address, {"word": "on"})
        assert (asked.status_code, pressed.status_code) == (200, 403)
        for answer in (asked, pressed):
            assert "leave a comment on it for her" in answer.content.decode()
            assert "Take it back now" not in answer.content.decode()
    assert not Event.objects.filter(kind__startswith="module.withdraw").exists()
    assert signed_in(hers).post(address).status_code == 302
    assert Event.objects.get(kind__startswith="module.withdraw").by == hers


def test_what_staff_typed_in_is_any_authors_and_still_no_reviewers(program, administrator, signed_in):
    _course, module = a_course_of(program)
    ModulePage.objects.filter(translation_key=module.translation_key).update(owner=administrator)
    address = reverse("withdraw_module", args=[module.pk])
    assert signed_in(a_reviewer(program)).post(address).status_code == 403
    assert signed_in(an_author(a_program())).post(address).status_code == 404
    assert signed_in(an_author(program)).post(address).status_code == 302


def test_a_proof_is_good_for_five_minutes(program, administrator, signed_in):
    client, user = proved(signed_in(administrator)), a_facilitator(program)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 301
    session.save()
    client.post(reverse("referrals:give_role", args=[user.pk]), role(program, A))
    assert roles.held(program, user) == {F}


# --- the first administrator ----------------------------------------------------------------------------


def test_the_first_administrator_comes_by_a_command_whose_invitation_lives_a_day(capsys):
    call_command("create_administrator", "new", "ada@people.example", program_name="New program")
    token = capsys.readouterr().out.strip().split("/")[-2]
    made = Invitation.objects.get()
    assert (made.expires_at - made.made_at).total_seconds() == 24 * 3600
    user = invitations.accept(token=token, email="", password=PASSWORD, now=clock.now())
    assert roles.held(made.program, user) == {A}
    with pytest.raises(CommandError):
        call_command("create_administrator", "new", "second@people.example")


def test_there_is_no_superuser_in_production(settings):
    assert nobody_may_do_everything() == []
    User.objects.create(username="root", is_superuser=True)
    settings.DEVELOPMENT = False
    assert [problem.id for problem in nobody_may_do_everything()] == ["lms.E008"]
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username="x", email="x@people.example")


def test_a_code_is_not_made_for_a_case_that_has_its_account(program):
    referral = a_referral(program=program)
    a_person(referral)
    with pytest.raises(codes.CodeNotNeeded):
        codes.make(referral=referral, by=a_user(), now=JANUARY)
