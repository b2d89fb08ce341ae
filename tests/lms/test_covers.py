"""While somebody is away: who covers reads, decides and is told; it ends by itself; two people stay two people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accountability.access import may_decide, words_for
from accountability.actions import check_ins, decisions, overrides, tracks
from accountability.models import CheckIn, Track
from accountability.models.overrides import Act
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import proposals
from lms.referrals.actions import caseloads, covers, referrals, roles, supervision
from lms.referrals.covers import Cover, HandOver, acts_for, carers_of, in_care_of
from lms.referrals.models import ProgramRole, Referral
from tests.builders import a_facilitator, a_person, a_program, a_referral, an_administrator, an_enrolled_referral
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def track(shelf) -> Track:
    referral = an_enrolled_referral(program=shelf)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 11 * DAY)


@pytest.fixture
def colleague(shelf):
    return a_facilitator(shelf)


def arranged(referral: Referral, cover, by=None, first=-1, last=5) -> Cover:
    now = clock.now()
    return covers.arrange(
        program=referral.program, absent=referral.facilitator, cover=cover, from_at=now + first * DAY,
        until_at=now + last * DAY, by=by or referral.facilitator, now=now,
    )  # fmt: skip


@given(st.integers(-50, 50), st.integers(1, 40), st.integers(-60, 60), st.booleans())
def test_a_cover_runs_from_its_first_moment_up_to_its_last(first, days, hour, ended):
    now = clock.now()
    row = Cover(from_at=now + first * DAY, until_at=now + (first + days) * DAY, ended_at=now if ended else None)
    moment = now + hour * DAY
    assert row.runs(moment) == (not ended and row.from_at <= moment < row.until_at)


def test_the_cover_sees_and_decides_and_it_ends_by_itself(track, colleague, signed_in):
    referral = track.referral
    case = reverse("referrals:case", args=[referral.pk])
    assert signed_in(colleague).get(case).status_code == 404
    row = arranged(referral, colleague)
    assert signed_in(colleague).get(case).status_code == 200
    assert acts_for(colleague, referral) and may_decide(colleague, referral)
    assert Referral.objects.filter(in_care_of(colleague)).count() == 1
    Cover.objects.filter(pk=row.pk).update(until_at=clock.now())
    assert not acts_for(colleague, referral)
    assert signed_in(colleague).get(case).status_code == 404


def test_what_the_cover_does_is_done_under_their_own_name(track, colleague):
    arranged(track.referral, colleague)
    check_in = track.check_ins.first()
    check_ins.submit(check_in=check_in, answers={}, form=None, language="en", by=track.referral.person, now=clock.now())
    assert words_for(colleague).count() == track.check_ins.count()
    decisions.review(check_in=check_in, outcome="accepted", note="", by=colleague, now=clock.now())
    assert Event.objects.get(kind="check_in.accepted").by == colleague


def test_a_call_for_help_reaches_both(track, colleague):
    arranged(track.referral, colleague)
    check_ins.submit(
        check_in=track.check_ins.first(), answers={"help": "safety"}, form=None, language="en",
        by=track.referral.person, now=clock.now(),
    )  # fmt: skip
    told = set(Message.objects.filter(kind="check_in.help_asked").values_list("to", flat=True))
    assert told == {colleague.pk, track.referral.facilitator_id}


def test_one_says_for_oneself_and_an_administrator_for_anybody_but_never_names_themselves(track, colleague, shelf):
    referral = track.referral
    administrator = an_administrator(shelf)
    roles.grant_role(program=shelf, user=administrator, role=ProgramRole.FACILITATOR)
    with pytest.raises(covers.NotAllowed):
        arranged(referral, administrator, by=administrator)
    with pytest.raises(covers.NotAllowed):
        arranged(referral, colleague, by=colleague)
    with pytest.raises(covers.NotACover):
        arranged(referral, referral.facilitator)
    with pytest.raises(covers.NotACover):
        arranged(referral, a_facilitator(a_program()))
    with pytest.raises(covers.TooLong):
        arranged(referral, colleague, last=200)
    with pytest.raises(covers.TooLong):
        arranged(referral, colleague, first=-9, last=-1)
    arranged(referral, colleague, by=administrator)
    with pytest.raises(covers.AlreadyCovered):
        arranged(referral, colleague)


def test_two_people_stay_two_people_while_somebody_covers(track, colleague, shelf):
    check_in = track.check_ins.first()
    administrator = an_administrator(shelf)
    roles.grant_role(program=shelf, user=administrator, role=ProgramRole.FACILITATOR)
    proposed = overrides.propose(
        track=track, act=Act.EXCUSE, terms={"reason": "work"}, check_in=check_in, by=administrator, now=clock.now()
    )
    # The facilitator names them cover: their own proposal still needs somebody else.
    arranged(track.referral, administrator)
    with pytest.raises(proposals.SamePersonTwice):
        overrides.confirm(override=proposed, by=administrator, now=clock.now())


def test_a_cover_who_is_no_facilitator_any_more_covers_nothing(track, colleague, shelf):
    arranged(track.referral, colleague)
    roles.take(program=shelf, user=colleague, role=ProgramRole.FACILITATOR, by=an_administrator(shelf), now=clock.now())
    assert not acts_for(colleague, track.referral)
    assert carers_of(track.referral) == [track.referral.facilitator]


def test_back_earlier_ends_it_at_once(track, colleague, signed_in):
    row = arranged(track.referral, colleague)
    stranger = proved(signed_in(a_facilitator(a_program())))
    assert stranger.post(reverse("referrals:end_cover", args=[row.pk])).status_code == 404
    proved(signed_in(track.referral.facilitator)).post(reverse("referrals:end_cover", args=[row.pk]))
    assert not acts_for(colleague, track.referral)
    assert Event.objects.get(kind="cover.ended").by == track.referral.facilitator


def test_a_cover_is_arranged_on_its_page_by_local_days(track, colleague, shelf, signed_in):
    facilitator = track.referral.facilitator
    client = proved(signed_in(facilitator))
    today = clock.now().astimezone(track.referral.time_zone).date()
    typed = {
        "program": shelf.pk, "absent": facilitator.pk, "cover": colleague.pk, "from_on": today.isoformat(),
        "until_on": (today + 2 * DAY).isoformat(),
    }  # fmt: skip
    client.post(reverse("referrals:covers"), typed)
    row = Cover.objects.get()
    zone = track.referral.time_zone
    assert (row.from_at.astimezone(zone).hour, row.until_at.astimezone(zone).date()) == (0, today + 3 * DAY)
    assert Message.objects.get(kind="cover.arranged").to == colleague
    again = client.post(reverse("referrals:covers"), typed).content.decode()
    assert "covers for this person at that time already" in again
    assert colleague.shown_name in signed_in(track.referral.person).get("/").content.decode()


def test_a_hand_over_keeps_who_had_it_and_tells_the_person(track, colleague, shelf, signed_in):
    referral, before = track.referral, track.referral.facilitator
    administrator = an_administrator(shelf)
    caseloads.reassign(
        program=shelf, holder=before, to=[colleague], note="He prefers mornings.", by=administrator, now=clock.now()
    )
    row = HandOver.objects.get()
    assert (row.from_user, row.to_user, row.note) == (before, colleague, "He prefers mornings.")
    assert Message.objects.get(kind="referral.handed_over").to == referral.person
    address = reverse("referrals:hand_overs", args=[referral.pk])
    assert "He prefers mornings." in signed_in(colleague).get(address).content.decode()
    assert Event.objects.get(kind="referral.hand_over_read").by == colleague
    for other in (before, administrator):
        assert signed_in(other).get(address).status_code == 404
    home = signed_in(referral.person).get("/").content.decode()
    assert colleague.shown_name in home and "mornings" not in home


def test_the_first_facilitator_of_a_case_is_no_news(shelf):
    referral = a_referral(program=shelf, case_number="fresh")
    a_person(referral)
    Referral.objects.filter(pk=referral.pk).update(facilitator=None)
    referral.refresh_from_db()
    referrals.assign_facilitator(
        referral=referral, facilitator=a_facilitator(shelf), by=an_administrator(shelf), now=clock.now()
    )
    assert not Message.objects.filter(kind="referral.handed_over").exists()


def test_the_supervisor_sees_what_waits_who_has_it_and_gives_it_away(track, colleague, shelf, signed_in):
    administrator = an_administrator(shelf)
    CheckIn.objects.filter(pk=track.check_ins.first().pk).update(help_asked_at=clock.now() - DAY)
    client = proved(signed_in(administrator))
    page = client.get(reverse("referrals:waiting")).content.decode()
    assert "A call for help has no answer" in page and "past its limit" in page
    assert track.referral.facilitator.shown_name in page
    client.post(reverse("referrals:assign", args=[track.referral_id]), {"facilitator": colleague.pk})
    assert Referral.objects.get(pk=track.referral_id).facilitator == colleague
    assert signed_in(colleague).get(reverse("referrals:waiting")).status_code == 404


def test_the_supervisor_is_told_once_a_day_and_only_if_something_is_late(track, shelf):
    administrator, zone = an_administrator(shelf), track.referral.time_zone
    noon = (clock.now() + DAY).astimezone(zone).replace(hour=12)
    late = [wait.kind for wait in supervision.late(shelf, noon)]
    CheckIn.objects.filter(pk=track.check_ins.first().pk).update(help_asked_at=noon - DAY)
    assert "safety" not in late
    supervision.tell_what_waits(now=noon)
    supervision.tell_what_waits(now=noon + timedelta(hours=1))
    assert list(Message.objects.filter(kind="program.waits").values_list("to", flat=True)) == [administrator.pk]
    supervision.tell_what_waits(now=noon + DAY)
    assert Message.objects.filter(kind="program.waits").count() == 2
