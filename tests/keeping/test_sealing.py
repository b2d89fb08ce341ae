"""T18: a sealed case is nowhere, for anyone; what is asked about its reports is answered as about nothing."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accountability.actions import sweeps
from accountability.models import CheckIn, Track
from court_reports.actions import due
from court_reports.models import Report
from court_reports.snapshot import new_code
from lms.journal.models import Event
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Ground
from lms.outbox import delivery, outbox
from lms.outbox.models import Message
from lms.referrals import actions
from lms.referrals.actions import invitations
from lms.referrals.models import Invitation, Referral
from tests.builders import PASSWORD, an_auditor
from tests.keeping.world import MARK, NOW, World, a_marked_world

pytestmark = pytest.mark.django_db
KINDS = [Act.SEAL, Act.EXPUNGE]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def put_away(world: World, act: str) -> None:
    row = forgetting.propose(referral=world.referral, act=act, ground=Ground.REQUEST, by=world.facilitator, now=NOW)
    forgetting.confirm(forgetting=row, by=world.admin, now=NOW)


def pages(world: World) -> list[str]:
    """Every page on which this case stood."""
    case, release, report = world.referral.pk, world.release.pk, world.release.report_id
    track = Track.objects.get(referral=case)
    check_in = CheckIn.objects.filter(track=track).first()
    assert check_in is not None
    draft = Report.objects.filter(referral=case, release=None).first()
    return [
        "/facilitate/", f"/facilitate/?q={MARK[:5]}", f"/facilitate/cases/{case}/", "/facilitate/course/",
        "/facilitate/track/", f"/facilitate/track/check-ins/{check_in.pk}/", "/facilitate/reports/",
        f"/facilitate/reports/{report}/", f"/facilitate/reports/{draft.pk if draft else report}/",
        "/facilitate/keeping/", f"/facilitate/keeping/cases/{case}/",
        "/court/", f"/court/?q={MARK[:5]}", f"/court/referrals/{case}/", "/court/reports/",
        f"/court/reports/{release}/download/", "/court/refer/", "/court/refer/file/",
        "/", "/learn/", "/check-ins/", f"/check-ins/{check_in.pk}/", "/my-reports/", "/my-copy/",
        f"/check-ins/feed/{track.feed_key}/", "/agreements/",
    ]  # fmt: skip


@pytest.mark.parametrize("act", KINDS)
def test_no_page_of_any_role_shows_it(act, signed_in):
    world = a_marked_world()
    addresses = pages(world)
    everyone = {
        "facilitator": world.facilitator, "clerk": world.clerk, "person": world.person,
        "auditor": an_auditor(world.referral.program),
    }  # fmt: skip
    before = {name: seen(signed_in(user), addresses) for name, user in everyone.items()}
    assert MARK in before["facilitator"] and MARK in before["clerk"] and MARK in before["person"]
    put_away(world, act)
    for name, user in everyone.items():
        if user.pk == world.person.pk and act == Act.EXPUNGE:
            continue  # the account is closed: see test_forgetting
        shown = seen(signed_in(user), addresses)
        assert MARK not in shown, name
        if name in ("facilitator", "clerk", "person"):
            assert str(world.referral.pk) not in shown, name
            assert world.release.number not in shown, name
    admins = seen(signed_in(world.admin), addresses)
    assert MARK not in admins
    assert (f"/facilitate/keeping/cases/{world.referral.pk}/" in admins) == (act == Act.SEAL)


def seen(client: Client, addresses: list[str]) -> str:
    found = []
    for address in addresses:
        response = client.get(address)
        if response.status_code != 404:
            found.append(response.content.decode("latin-1"))
    return "\n".join(found)


@pytest.mark.parametrize("act", KINDS)
def test_verify_answers_as_about_nothing(act):
    world = a_marked_world()
    code, digest = world.release.issue.code, world.release.file_digest
    number = world.referral.case_number
    assert "genuine" in asked({"code": code}).lower()
    put_away(world, act)
    nothing = {"code": new_code(), "digest": "0" * 64}
    questions = [
        ({"code": code}, {"code": nothing["code"]}),
        ({"code": code, "case_number": number}, {"code": nothing["code"], "case_number": number}),
        ({"digest": digest}, {"digest": nothing["digest"]}),
        ({"digest": world.release.filing_digest}, {"digest": nothing["digest"]}),
    ]
    for about_it, about_nothing in questions:
        assert bare(asked(about_it), about_it) == bare(asked(about_nothing), about_nothing)


@pytest.mark.parametrize("act", KINDS)
def test_verify_asks_the_database_the_same_about_it_as_about_nothing(act, django_assert_num_queries):
    """What costs the same questions takes the same time."""
    from court_reports.verification import UNKNOWN, check

    world = a_marked_world()
    code = world.release.issue.code
    put_away(world, act)
    for one in (code, new_code()):
        with django_assert_num_queries(1):
            assert check(code=one) == UNKNOWN
    for digest in (world.release.file_digest, "0" * 64):
        with django_assert_num_queries(3):
            assert check(digest=digest) == UNKNOWN


def asked(question: dict[str, str]) -> str:
    return Client().post(reverse("verify:check"), question).content.decode()


def bare(page: str, question: dict[str, str]) -> str:
    """The page without what the asker typed and the form's own token."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    for typed in question.values():
        page = page.replace(typed, "")
    return page


@pytest.mark.parametrize("act", KINDS)
def test_what_waits_to_be_sent_is_not_and_what_is_posted_later_neither(act):
    world = a_marked_world()
    assert Message.objects.filter(about=world.referral.pk, sent_at=None, suppressed_at=None).exists()
    put_away(world, act)
    outbox.post(key="late", kind="report.waiting", to=world.clerk, at=NOW, about=world.referral.pk)
    sent: list[Message] = []
    delivery.deliver(now=NOW + timedelta(days=1), limit=100, send=sent.append)
    assert [message.about for message in sent if message.about == world.referral.pk] == []
    assert Message.objects.get(key="late").suppressed_at


@pytest.mark.parametrize("act", KINDS)
def test_no_sweep_and_no_schedule_touches_it(act):
    world = a_marked_world()
    put_away(world, act)
    events = Event.objects.filter(about=world.referral.pk).count()
    later = NOW + timedelta(days=60)
    sweeps.run_until_quiet(now=later, pause=lambda seconds: None)
    due.draft_due(now=later)
    assert not CheckIn.objects.filter(track__referral=world.referral, missed_at__gte=NOW).exists()
    assert Event.objects.filter(about=world.referral.pk).count() == events


@pytest.mark.parametrize("act", KINDS)
def test_an_invitation_of_it_opens_nothing(act):
    world = a_marked_world()
    put_away(world, act)
    alive = Invitation.objects.filter(referral=world.referral, accepted_at=None, replaced_at=None)
    assert not alive.exists()


@pytest.mark.parametrize("act", KINDS)
def test_nobody_is_invited_to_it_again_by_whatever_way(act, signed_in):
    """By a hand-made post of its facilitator, by an administrator’s, or because a holder of an old invitation asked."""
    world = a_marked_world()
    referral = Referral.objects.get(pk=world.referral.pk)
    Referral.objects.filter(pk=referral.pk).update(person=None)
    token = actions.invite(referral=referral, by=world.facilitator, now=NOW)
    old = Invitation.objects.filter(referral=referral).latest("made_at")
    put_away(world, act)
    counts = [row.objects.count() for row in (Invitation, Message, Event)]
    for user in (world.facilitator, world.admin):
        client = signed_in(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.post(reverse("referrals:invite", args=[referral.pk])).status_code == 404
        assert client.post(reverse("referrals:team_invitation_again", args=[old.pk])).status_code == 404
    counts[2] = Event.objects.count()  # that they proved who they are, and what was kept from them
    invitations.ask_for_new(token=token, now=NOW + timedelta(hours=1))
    assert invitations.answer_asked(now=NOW + timedelta(hours=1)) == 0
    assert [row.objects.count() for row in (Invitation, Message, Event)] == counts
    for row in Invitation.objects.filter(pk=old.pk):
        with pytest.raises(invitations.InvitationUnusable):
            invitations.send_again(invitation=row, by=world.admin, now=NOW)


def test_counts_leave_it_out(signed_in):
    world = a_marked_world()
    assert Referral.objects.visible_to(world.admin).count() == 1
    put_away(world, Act.SEAL)
    for user in (world.admin, world.facilitator, world.clerk, world.person):
        assert Referral.objects.visible_to(user).count() == 0
    assert Referral.objects.open().count() == 0
