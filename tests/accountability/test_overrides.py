"""An administrator's word in a case that is not theirs: two people, or nothing (security.md 5)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accountability.actions import decisions, intents, moves, overrides, tracks
from accountability.models import CheckIn, Override, Track
from accountability.models.overrides import Act
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people import sessions
from lms.people.actions import kept_words
from lms.people.models import KeptWords
from lms.referrals import desk, proposals
from lms.referrals.actions import referrals, roles
from lms.referrals.models import ProgramRole, Referral
from tests.accountability.two_steps import confirmed
from tests.builders import a_facilitator, a_program, a_user, an_administrator, an_enrolled_referral
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = clock.now().date() + 60 * DAY
TOLL = {"from_on": DUE, "to_on": DUE + 2 * DAY, "reason": "hospital", "authority": "Dr. Lin’s letter"}
EXTEND = {"days": 14, "reason": "He moved house", "ordered_by": "Judge Abel"}


@pytest.fixture
def track(shelf) -> Track:
    referral = an_enrolled_referral(program=shelf)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 6 * DAY)


@pytest.fixture
def check_in(track) -> CheckIn:
    return track.check_ins.first()


@pytest.fixture
def administrator(track):
    return an_administrator(track.referral.program)


def an_excusal(check_in: CheckIn, by) -> Override:
    return overrides.propose(
        track=check_in.track, act=Act.EXCUSE, terms={"reason": "medical"}, check_in=check_in, by=by, now=clock.now()
    )


# --- what is proposed, and by whom it is confirmed ----------------------------------------------


def test_until_it_is_confirmed_nothing_changes_and_both_stand_in_the_journal(check_in, administrator):
    facilitator = check_in.track.referral.facilitator
    row = an_excusal(check_in, administrator)
    check_in.refresh_from_db()
    assert check_in.excused_at is None
    overrides.confirm(override=row, by=facilitator, now=clock.now())
    check_in.refresh_from_db()
    assert (check_in.excused_reason, check_in.excused_by) == ("medical", facilitator)
    told = Event.objects.filter(kind__startswith="track.override_").order_by("id").values_list("kind", "by")
    assert list(told) == [
        ("track.override_proposed", administrator.pk), ("track.override_confirmed", facilitator.pk)
    ]  # fmt: skip
    assert Event.objects.filter(kind="check_in.excused", about=check_in.track.referral_id).count() == 1


def test_another_administrator_confirms_a_tolling_and_an_extension(track, administrator):
    second, end = an_administrator(track.referral.program), track.ends_on
    for act, terms in ((Act.TOLL, TOLL), (Act.EXTEND, EXTEND)):
        row = overrides.propose(track=track, act=act, terms=terms, by=administrator, now=clock.now())
        overrides.confirm(override=row, by=second, now=clock.now())
    track.refresh_from_db()
    assert track.ends_on == end + 17 * DAY
    assert track.tollings.get().authority == "Dr. Lin’s letter"
    assert track.extensions.get().ordered_by == "Judge Abel"


def test_never_the_same_person_twice(check_in, administrator):
    row = an_excusal(check_in, administrator)
    with pytest.raises(proposals.SamePersonTwice):
        overrides.confirm(override=row, by=administrator, now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=row.pk).update(confirmed_by=administrator)
    # Not by handing oneself the case either.
    roles.give(
        program=check_in.track.referral.program, user=administrator, role=ProgramRole.FACILITATOR, by=a_user(),
        now=clock.now(),
    )  # fmt: skip
    referrals.assign_facilitator(
        referral=check_in.track.referral, facilitator=administrator, by=administrator, now=clock.now()
    )
    with pytest.raises(proposals.SamePersonTwice):
        overrides.confirm(override=row, by=administrator, now=clock.now())


def test_nobody_else_proposes_or_confirms(check_in, administrator):
    program = check_in.track.referral.program
    strangers = [a_facilitator(program), an_administrator(a_program()), check_in.track.referral.person]
    row = an_excusal(check_in, administrator)
    for stranger in strangers:
        with pytest.raises(proposals.NotAllowed):
            overrides.propose(
                track=check_in.track, act=Act.EXTEND, terms=EXTEND, by=stranger, now=clock.now()
            )  # fmt: skip
        with pytest.raises(proposals.NotAllowed):
            overrides.confirm(override=row, by=stranger, now=clock.now())


def test_who_proposed_it_must_still_be_an_administrator_when_it_is_confirmed(check_in, administrator):
    program = check_in.track.referral.program
    row, second = an_excusal(check_in, administrator), an_administrator(program)
    roles.take(program=program, user=administrator, role=ProgramRole.ADMINISTRATOR, by=second, now=clock.now())
    with pytest.raises(proposals.NotAllowed):
        overrides.confirm(override=row, by=second, now=clock.now())
    check_in.refresh_from_db()
    assert check_in.excused_at is None


def test_it_lapses_after_seven_days(check_in, administrator):
    row, facilitator = an_excusal(check_in, administrator), check_in.track.referral.facilitator
    with pytest.raises(proposals.NoLongerOpen):
        overrides.confirm(override=row, by=facilitator, now=row.proposed_at + 7 * DAY)
    assert not Override.objects.waiting(row.proposed_at + 7 * DAY).exists()
    overrides.confirm(override=row, by=facilitator, now=row.proposed_at + 7 * DAY - timedelta(seconds=1))


def test_its_proposer_alone_withdraws_it(check_in, administrator):
    row = an_excusal(check_in, administrator)
    with pytest.raises(proposals.NotAllowed):
        overrides.withdraw(override=row, by=check_in.track.referral.facilitator, now=clock.now())
    cases = Referral.objects.filter(pk=check_in.track.referral_id)
    assert [(w.url, w.late_at) for w in desk.waits(cases, clock.now()) if w.kind == "proposal"] == [
        (reverse("track_staff:override", args=[row.pk]), row.proposed_at + 3 * DAY)
    ]
    overrides.withdraw(override=row, by=administrator, now=clock.now())
    assert "proposal" not in {w.kind for w in desk.waits(cases, clock.now())}
    with pytest.raises(proposals.NoLongerOpen):
        overrides.confirm(override=row, by=check_in.track.referral.facilitator, now=clock.now())
    assert an_excusal(check_in, administrator).pk != row.pk


def test_the_same_is_not_proposed_twice_and_what_cannot_be_done_is_not_proposed(check_in, administrator):
    an_excusal(check_in, administrator)
    with pytest.raises(proposals.AlreadyProposed):
        an_excusal(check_in, administrator)
    decisions.excuse(check_in=check_in, reason="work", by=check_in.track.referral.facilitator, now=clock.now())
    Override.objects.all().delete()
    check_in.refresh_from_db()
    with pytest.raises(decisions.AlreadySettled):
        an_excusal(check_in, administrator)
    profile = check_in.track.referral.court.profile
    profile.tolling_allowed = False
    profile.save()
    with pytest.raises(intents.TollingNotAllowed):
        overrides.propose(track=check_in.track, act=Act.TOLL, terms=TOLL, by=administrator, now=clock.now())


def test_whoever_may_confirm_it_is_told_that_something_waits(check_in, administrator):
    row = an_excusal(check_in, administrator)
    told = Message.objects.filter(kind="override.waiting")
    assert list(told.values_list("to", flat=True)) == [check_in.track.referral.facilitator_id]
    assert told.get().context["path"] == reverse("track_staff:override", args=[row.pk])


# --- the pages ----------------------------------------------------------------------------------


def test_an_administrator_proposes_where_a_facilitator_decides(check_in, administrator, signed_in):
    client = proved(signed_in(administrator))
    page = client.get(reverse("track_staff:check_in", args=[check_in.pk])).content.decode()
    assert "another person’s to decide" in page
    client.post(reverse("track_staff:excuse", args=[check_in.pk]), {"reason": "medical"})
    check_in.refresh_from_db()
    assert check_in.excused_at is None
    address = reverse("track_staff:override", args=[Override.objects.get().pk])
    case = client.get(reverse("referrals:case", args=[check_in.track.referral_id])).content.decode()
    assert address in case and "Excuse check-in 1. Reason: Medical." in case
    assert f"Proposed by {administrator.shown_name}" in case and "Nothing has changed yet" in case
    mine = client.get(address).content.decode()
    assert "Withdraw the proposal" in mine and reverse("track_staff:confirm_override", args=[Override.objects.get().pk]) not in mine  # fmt: skip
    facilitator = proved(signed_in(check_in.track.referral.facilitator))
    assert "a proposal waits for a second person" in facilitator.get("/facilitate/").content.decode()
    facilitator.post(reverse("track_staff:confirm_override", args=[Override.objects.get().pk]))
    check_in.refresh_from_db()
    assert check_in.excused_at
    assert "Confirmed by" in client.get(address).content.decode()


def test_the_clock_and_the_end_are_proposed_too_and_withdrawn(track, administrator, signed_in):
    client, end = proved(signed_in(administrator)), track.ends_on
    confirmed(client, reverse("track_staff:toll", args=[track.pk]), TOLL)
    confirmed(client, reverse("track_staff:extend", args=[track.pk]), EXTEND)
    page = client.get(reverse("referrals:case", args=[track.referral_id])).content.decode()
    assert "Authority: Dr. Lin’s letter." in page and "Ordered by: Judge Abel." in page
    again = confirmed(client, reverse("track_staff:extend", args=[track.pk]), EXTEND).content.decode()
    assert "The same is proposed already" in again and "He moved house" in again
    for row in Override.objects.all():
        client.post(reverse("track_staff:withdraw_override", args=[row.pk]))
    track.refresh_from_db()
    assert track.ends_on == end
    assert not Override.objects.waiting(clock.now()).exists()


def test_the_second_person_proves_again_who_they_are(check_in, administrator, signed_in):
    row = an_excusal(check_in, administrator)
    client = signed_in(check_in.track.referral.facilitator)
    asked = client.post(reverse("track_staff:confirm_override", args=[row.pk]))
    assert "reauthenticate" in asked.url
    assert Override.objects.get().confirmed_at is None


def test_a_stranger_finds_no_proposal(check_in, administrator, signed_in):
    row = an_excusal(check_in, administrator)
    for stranger in (a_facilitator(check_in.track.referral.program), an_administrator(a_program())):
        client = proved(signed_in(stranger))
        for name in ("confirm_override", "withdraw_override"):
            assert client.post(reverse(f"track_staff:{name}", args=[row.pk])).status_code == 404
        assert client.get(reverse("track_staff:override", args=[row.pk])).status_code == 404
    facilitator = proved(signed_in(check_in.track.referral.facilitator))
    assert facilitator.post(reverse("track_staff:withdraw_override", args=[row.pk])).status_code == 404


def test_what_was_typed_waits_sealed_while_they_prove_who_they_are(track, signed_in):
    client = signed_in(track.referral.facilitator)
    asked = confirmed(client, reverse("track_staff:extend", args=[track.pk]), EXTEND)
    lying = str(client.session.items())
    assert "Abel" not in lying and "moved" not in lying
    assert client.post(asked.url, {"password": "not these words at all"}).status_code == 200
    assert not track.extensions.exists()
    client.post(asked.url, {"password": "a long and quiet passphrase"})
    assert track.extensions.get().reason == "He moved house"


def test_what_was_typed_and_cannot_be_done_is_shown_again_after_the_proof(track, signed_in):
    facilitator = track.referral.facilitator
    client = signed_in(facilitator)
    asked = confirmed(client, reverse("track_staff:toll", args=[track.pk]), TOLL)
    moves.toll(track=track, **TOLL, by=facilitator, now=clock.now())
    page = client.post(asked.url, {"password": "a long and quiet passphrase"}).content.decode()
    assert "The clock is already stopped on some of these days." in page
    assert "Dr. Lin’s letter" in page


def test_what_was_typed_is_kept_when_the_session_ends_before_the_proof(track, signed_in):
    client = signed_in(track.referral.facilitator)
    asked = confirmed(client, reverse("track_staff:extend", args=[track.pk]), EXTEND)
    session = client.session
    session[sessions.SEEN] -= 31 * 60
    session.save()
    answer = client.get(asked.url)
    kept = KeptWords.objects.get(user=track.referral.facilitator)
    assert str(kept.pk) in answer.url
    assert kept.path == reverse("track_staff:extend", args=[track.pk])
    assert kept_words.read(kept)["ordered_by"] == ["Judge Abel"]
    assert not track.extensions.exists()
