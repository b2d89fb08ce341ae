"""The key ring: what lies under which key, rotation, and a key that is not there."""

import base64
import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms import crypto
from lms.journal import journal
from lms.journal.models import Event
from lms.outbox import delivery, doubt, outbox
from lms.outbox.models import Attempt, Message
from lms.people import keyring
from lms.people.actions import keys
from lms.people.models import SubjectKey
from lms.referrals.actions import invitations
from lms.referrals.models import Invitation
from tests.builders import JANUARY, PASSWORD, a_program, a_referral, a_user, an_administrator

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FIRST, SECOND, THIRD = (f"{n}:" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
PLACE, ADDRESS = "t.t.t:1", "ada.unmistakable@people.example"


class World:
    """One of everything that the ring wraps, under key 1."""

    def __init__(self) -> None:
        with override_settings(KEY_RING=FIRST):
            self.people = {uuid.uuid4(): b"" for _ in range(5)}
            for person in self.people:
                self.people[person] = crypto.encrypt("mine", subject=person, place=PLACE)
            self.sealed, self.forgotten = list(self.people)[:2]
            crypto.seal_subject(self.sealed, now=JANUARY)
            crypto.destroy_subject(self.forgotten, now=JANUARY)
            user = a_user()
            self.secret = generate_totp_secret()
            TOTP.activate(user, self.secret)
            self.codes = RecoveryCodes.activate(user).generate_codes()
            self.user = user
            self.message = outbox.post(
                key="k", kind="staff.invitation", to=None, at=JANUARY, secret_path="/a/", address=ADDRESS,
                context={"language": "en"},
            )  # fmt: skip

    def opens(self) -> None:
        """Everything does that should, and nothing else."""
        for person, token in self.people.items():
            if person == self.sealed:
                crypto.unseal_subject(person)
            if person == self.forgotten:
                with pytest.raises(crypto.KeyDestroyed):
                    crypto.decrypt(token, subject=person, place=PLACE)
                continue
            assert crypto.decrypt(token, subject=person, place=PLACE) == "mine"
        totp = Authenticator.objects.get(user=self.user, type="totp")
        from allauth.mfa.utils import decrypt

        assert decrypt(totp.data["secret"]) == self.secret
        codes = Authenticator.objects.get(user=self.user, type="recovery_codes")
        assert RecoveryCodes(codes).generate_codes() == self.codes
        self.message.refresh_from_db()
        assert (outbox.path_of(self.message), outbox.address_of(self.message)) == ("/a/", ADDRESS)


@pytest.fixture
def world() -> World:
    return World()


def said(*command: str) -> str:
    out = io.StringIO()
    call_command("keys", *command, stdout=out)
    return out.getvalue()


def test_all_comes_under_the_newest_key_and_opens_when_the_old_one_is_gone(world):
    with override_settings(KEY_RING=f"{FIRST},{SECOND}"):
        shown = said("rotate")
        assert "people’s keys: 4 of 4" in shown and "7 are now under key 2" in shown
        assert "key 1: nothing (may be taken away)" in said("status")
    with override_settings(KEY_RING=SECOND):
        world.opens()
        assert keyring.problems() == []
    event = Event.objects.get(kind="keys.rotated")
    assert (event.about, event.data) == (None, {"to": 2, "waiting": 7})


def test_cut_off_anywhere_it_goes_on_where_it_was(world):
    with override_settings(KEY_RING=f"{FIRST},{SECOND}"):
        runs = 0
        while (found := keys.rotate(by=None, now=JANUARY, batch=1, batches=2)).left:
            runs += 1
            world_is_open_all_along(world)
            assert runs < 20
        assert runs > 1 and found.to == 2
    with override_settings(KEY_RING=SECOND):
        world.opens()


def world_is_open_all_along(world: World) -> None:
    for person in list(world.people)[2:]:
        assert crypto.decrypt(world.people[person], subject=person, place=PLACE) == "mine"
    assert outbox.address_of(Message.objects.get()) == ADDRESS


def test_nothing_to_do_writes_nothing(world):
    with override_settings(KEY_RING=FIRST):
        assert keys.rotate(by=None, now=JANUARY) == keys.Rotated(1, 0, 0)
    assert not Event.objects.filter(kind="keys.rotated").exists()


def test_what_does_not_open_is_named_and_left_as_it_is(world):
    with override_settings(KEY_RING=f"{FIRST},{SECOND}"):
        crypto.encrypt("new", subject=uuid.uuid4(), place=PLACE)
    before = {key.pk: (key.version, bytes(key.wrapped)) for key in SubjectKey.objects.all()}
    with override_settings(KEY_RING=f"{SECOND},{THIRD}"):
        with pytest.raises(CommandError, match="not on the key ring: 1"):
            said("status")
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("keys", "status", stdout=out)
        assert "key 1: 4 people’s keys, 2 authenticators, 1 messages (MISSING from the ring)" in out.getvalue()
        assert "key 2: 1 people’s keys (still needed)" in out.getvalue()
        with pytest.raises(CommandError, match="7 are still as they were"):
            said("rotate")
    after = {key.pk: (key.version, bytes(key.wrapped)) for key in SubjectKey.objects.all()}
    left = {pk: kept for pk, kept in before.items() if kept[0] == 1}
    assert {pk: after[pk] for pk in left} == left
    assert [after[pk][0] for pk in before.keys() - left.keys()] == [3]
    with override_settings(KEY_RING=f"{FIRST},{SECOND},{THIRD}"):
        keys.rotate(by=None, now=JANUARY)
        world.opens()


def test_a_used_recovery_code_stays_used(world):
    codes = RecoveryCodes(Authenticator.objects.get(user=world.user, type="recovery_codes"))
    with override_settings(KEY_RING=f"{FIRST},{SECOND}"):
        assert codes.validate_code(world.codes[0])
        keys.rotate(by=None, now=JANUARY)
        codes = RecoveryCodes(Authenticator.objects.get(user=world.user, type="recovery_codes"))
        assert not codes.validate_code(world.codes[0])
        assert codes.validate_code(world.codes[1])


def test_a_new_key_is_added_to_the_file_and_the_file_keeps_its_permissions(tmp_path):
    file = tmp_path / "keys" / "ring"
    with override_settings(KEY_RING="", KEY_RING_FILE=file):
        assert "key 1 is on the ring" in said("new")
        assert file.stat().st_mode & 0o777 == 0o400
        token = crypto.wrap_text("x", context="c")
        assert "key 2 is on the ring" in said("new")
        assert sorted(crypto.ring()) == [1, 2] and crypto.unwrap_text(token, context="c") == "x"
    assert file.stat().st_mode & 0o777 == 0o400
    assert [path.name for path in file.parent.iterdir()] == ["ring"]
    with override_settings(KEY_RING=FIRST, KEY_RING_FILE=file):
        before = file.read_text()
        assert "\n2:" in said("new")
        assert file.read_text() == before


def test_a_ring_file_that_is_damaged_is_not_written_over(tmp_path):
    file = tmp_path / "ring"
    file.write_text("1:half a ke")
    with override_settings(KEY_RING="", KEY_RING_FILE=file), pytest.raises(CommandError, match="key"):
        said("new")
    assert file.read_text() == "1:half a ke"


# --- noticed before anybody meets a closed page ------------------------------------------------


@pytest.mark.parametrize(
    "ring, words",
    [
        (SECOND, "key 1 is not on the key ring"),
        ("1:" + SECOND[2:], "is not the one that wrapped"),
        ("junk", "of the form"),
    ],
    ids=["missing", "another in its place", "unreadable"],
)
def test_a_ring_that_does_not_fit_is_an_error_at_the_start_and_not_ready(world, ring, words):
    with override_settings(KEY_RING=FIRST):
        assert not [e for e in run_checks(tags=[Tags.database], databases=["default"]) if e.id == "lms.E010"]
        assert "keys" not in Client().get("/health/ready/").json()["problems"]
    with override_settings(KEY_RING=ring):
        found = [e for e in run_checks(tags=[Tags.database], databases=["default"]) if e.id == "lms.E010"]
        assert words in found[0].msg
        answer = Client().get("/health/ready/")
        assert (answer.status_code, "keys" in answer.json()["problems"]) == (503, True)


def test_one_damaged_row_is_no_fault_of_the_ring(world):
    row = SubjectKey.objects.filter(destroyed_at=None).earliest("pk")
    SubjectKey.objects.filter(pk=row.pk).update(wrapped=b"\x00" * 60)
    with override_settings(KEY_RING=FIRST):
        assert keyring.problems() == []


def test_looking_costs_as_much_with_many_people_as_with_few(world, django_assert_num_queries):
    from django.db import connection

    with override_settings(KEY_RING=FIRST):
        with CaptureQueriesContext(connection) as few:
            keyring.problems()
        for _ in range(20):
            crypto.encrypt("x", subject=uuid.uuid4(), place=PLACE)
        with django_assert_num_queries(len(few)):
            keyring.problems()
        assert len(few) == 5


# --- keys that are not in the database, and a ring with another key ------------------------------------------------


def test_lost_keys_are_told_from_none_yet_and_from_destroyed_ones():
    assert keyring.problems() == []
    person = uuid.uuid4()
    token = crypto.encrypt("mine", subject=person, place=PLACE)
    journal.record("test.written", about=None, by=None, at=JANUARY)
    crypto.destroy_subject(person, now=JANUARY)
    assert keyring.problems() == []
    with pytest.raises(crypto.KeyDestroyed):
        crypto.decrypt(token, subject=person, place=PLACE)
    SubjectKey.objects.all().delete()
    assert keyring.problems() == [crypto.LOST]
    assert [e.msg for e in run_checks(tags=[Tags.database], databases=["default"]) if e.id == "lms.E010"]
    assert "keys" in Client().get("/health/ready/").json()["problems"]
    with pytest.raises(CommandError, match="restore --only-keys"):
        said("status")
    for act in (lambda: crypto.decrypt(token, subject=person, place=PLACE), lambda: sealed_for(person)):
        with pytest.raises(crypto.KeysLost):
            act()
    assert not SubjectKey.objects.exists()


def sealed_for(person: uuid.UUID) -> bytes:
    return crypto.encrypt("new", subject=person, place=PLACE)


def test_another_key_in_its_place_is_told_from_changed_bytes(world):
    person, other = list(world.people)[2:4]
    with override_settings(KEY_RING="1:" + SECOND[2:]):
        with pytest.raises(crypto.RingKeyMissing, match="is not the one that wrapped"):
            crypto.decrypt(world.people[person], subject=person, place=PLACE)
        # And it wraps nothing: that would be lost when the right one is back.
        with pytest.raises(crypto.RingKeyMissing, match="is not the one that wrapped"):
            sealed_for(uuid.uuid4())
    with override_settings(KEY_RING=FIRST):
        SubjectKey.objects.filter(subject=other).update(wrapped=b"\x00" * 60)
        with pytest.raises(crypto.Tampered):
            crypto.decrypt(world.people[other], subject=other, place=PLACE)
        with pytest.raises(crypto.Tampered):
            crypto.decrypt(world.people[person][:-1], subject=person, place=PLACE)
        assert crypto.decrypt(world.people[person], subject=person, place=PLACE) == "mine"


# --- messages ------------------------------------------------------------------------------------


def test_a_message_whose_key_is_away_waits_and_holds_up_nobody(world):
    with override_settings(KEY_RING=SECOND):
        other = outbox.post(key="o", kind="staff.invitation", to=None, at=JANUARY, address="b@people.example")
        for n in range(10):
            delivery.deliver(now=JANUARY + n * DAY, limit=10, send=delivery.send_mail)
        assert [m.to for m in mail.outbox] == [["b@people.example"]]
        assert Message.objects.get(pk=other.pk).sent_at == JANUARY
        world.message.refresh_from_db()
        assert (world.message.refused_at, world.message.uncertain_at) == (None, None)
        assert set(Attempt.objects.filter(message=world.message).values_list("result", flat=True)) == {"no key"}

    def not_there(message):
        raise OSError

    with override_settings(KEY_RING=FIRST):
        # It has all its tries yet.
        delivery.deliver(now=JANUARY + 10 * DAY, limit=10, send=not_there)
        delivery.deliver(now=JANUARY + 11 * DAY, limit=10, send=delivery.send_mail)
    assert mail.outbox[-1].to == [ADDRESS]


def test_an_address_is_sealed_while_it_waits_and_gone_when_it_is_done_with(world):
    with override_settings(KEY_RING=FIRST):
        assert ADDRESS not in str(world.message.context)
        delivery.deliver(now=JANUARY, limit=10, send=delivery.send_mail)
        assert Message.objects.get().context == {"language": "en"}
        stale = outbox.post(key="s", kind="x", to=None, at=JANUARY, address=ADDRESS, expires_at=JANUARY + MINUTE)
        delivery.deliver(now=JANUARY + DAY, limit=10, send=delivery.send_mail)
        stale.refresh_from_db()
        assert (stale.suppressed_at, stale.context) == (JANUARY + DAY, {})


def test_a_refused_one_can_be_sent_again_and_then_keeps_nothing(world):
    with override_settings(KEY_RING=FIRST):
        Message.objects.update(refused_at=JANUARY)
        world.message.refresh_from_db()
        again = doubt.send_again(message=world.message, by=a_user(), now=JANUARY)
        world.message.refresh_from_db()
        assert world.message.context == {"language": "en"}
        assert outbox.address_of(again) == ADDRESS
        delivery.deliver(now=JANUARY + MINUTE, limit=10, send=delivery.send_mail)
    assert mail.outbox[-1].to == [ADDRESS]


# --- invitations -----------------------------------------------------------------------------------


def an_invitation() -> tuple[str, Invitation]:
    token = invitations.invite_to_program(
        program=a_program(), role="facilitator", email=ADDRESS, first_name="Ada", last_name="Real", by=None, now=JANUARY
    )
    return token, Invitation.objects.get()


def test_a_used_invitation_of_no_case_forgets_for_whom_it_was():
    token, invitation = an_invitation()
    assert (invitation.subject, invitation.address()) == (invitation.pk, ADDRESS)
    user = invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY)
    assert (user.email, user.get_full_name()) == (ADDRESS, "Ada Real")
    assert Invitation.objects.get().address() == ""
    with pytest.raises(crypto.KeyDestroyed):
        _ = Invitation.objects.get().first_name


def test_an_unused_one_is_remembered_for_a_month_after_its_end_and_then_no_more():
    _, invitation = an_invitation()
    case = a_referral()
    invitations.invite(referral=case, by=None, now=JANUARY)
    over = invitation.expires_at + invitations.KEEP_EXPIRED
    assert invitations.forget_expired(now=over - MINUTE) == 0
    assert Invitation.objects.get(pk=invitation.pk).address() == ADDRESS
    assert invitations.forget_expired(now=over) == 1
    assert invitations.forget_expired(now=over) == 0
    assert Invitation.objects.get(pk=invitation.pk).address() == ""
    # That of a case lives and dies with the case.
    assert Invitation.objects.get(referral=case).address() == case.email
    assert Event.objects.filter(kind="invitation.forgotten").count() == 1


def test_the_ring_file_stands_beside_nothing_else(tmp_path: Path):
    """A half-written ring of a run that was killed is in nobody's way."""
    file = tmp_path / "ring"
    (tmp_path / ".ring.new").write_text("half")
    with override_settings(KEY_RING="", KEY_RING_FILE=file):
        said("new")
        assert sorted(crypto.ring()) == [1]


def test_the_list_of_invitations_shows_whom_it_still_knows(signed_in):
    token, invitation = an_invitation()
    administrator = signed_in(an_administrator(invitation.program))
    listing = reverse("invitation:index")
    shown = administrator.get(listing).content.decode()
    assert ADDRESS in shown and "E-mail address" in shown
    invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY)
    after = administrator.get(listing)
    assert after.status_code == 200 and ADDRESS not in after.content.decode()
    with override_settings(KEY_RING=SECOND):
        assert administrator.get(listing).status_code == 200  # nothing of it needs a key any more
