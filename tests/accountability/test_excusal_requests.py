"""Asking to be excused: until when, decided on two axes, appealed, and read by nobody else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accountability.actions import check_ins, decisions, overrides, tracks
from accountability.actions import excusal_requests as actions
from accountability.facts import track_facts
from accountability.models import CheckIn, ExcusalDecision, ExcusalRequest, Track
from accountability.models.overrides import Act
from accountability.rules.calendar import day_begins, local_date
from accountability.rules.check_in_state import State
from accountability.rules.excusal_requests import (
    NEVER_AGAINST,
    Attended,
    Complied,
    CountsAgainst,
    DoesNotFit,
    Request,
    Standing,
    appeal_until,
    guard_axes,
    may_ask_until,
    standing_of,
)
from lms import clock
from lms.files.accept import accept
from lms.files.models import StoredFile
from lms.files.rules import EVIDENCE
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import PolicyVersion
from tests.builders import (
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_enrolled_referral,
)
from tests.files.corpus import a_picture
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ZONES = st.sampled_from([ZoneInfo(name) for name in ("America/New_York", "America/Santiago", "Asia/Beirut", "UTC")])
MOMENTS = st.integers(0, 3650 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


# --- the rules ----------------------------------------------------------------------------------


@given(MOMENTS, st.integers(0, 60), st.integers(0, 60), ZONES)
def test_one_can_ask_as_long_as_it_can_be_made_up_and_to_the_end_of_the_policys_last_day(moment, days, cure, zone):
    due = day_begins(local_date(moment, zone) + DAY, zone)
    until = may_ask_until(due_at=due, cure_until=due + cure * DAY, days=days, zone=zone)
    assert until >= due + cure * DAY
    last = local_date(moment, zone) + days * DAY
    assert local_date(until - timedelta(seconds=1), zone) >= last


@given(MOMENTS, st.integers(1, 60), ZONES)
def test_the_whole_of_the_last_day_to_appeal_is_the_persons(decided, days, zone):
    until = appeal_until(decided_at=decided, days=days, zone=zone)
    assert local_date(until - timedelta(seconds=1), zone) == local_date(decided, zone) + days * DAY
    assert local_date(until, zone) > local_date(decided, zone) + days * DAY


@given(
    st.sampled_from(["medical", "other", *sorted(NEVER_AGAINST)]), st.sampled_from(Attended), st.sampled_from(Complied)
)
def test_what_is_ours_or_the_machines_never_counts_against_the_person(reason, attended, complied):
    try:
        guard_axes(reason=reason, attended=attended, complied=complied)
    except (CountsAgainst, DoesNotFit):
        assert (reason in NEVER_AGAINST and complied is Complied.NO) or (
            attended is Attended.NO and complied is Complied.YES
        )
    else:
        assert not (reason in NEVER_AGAINST and complied is Complied.NO)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_request_stands_as_its_last_decision_says(withdrawn, decided, granted, appealed, again, yes, settled):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    found = standing_of(Request(
        at, at if withdrawn else None, at if decided else None, granted if decided else None,
        at if decided and appealed else None, at if decided and appealed and again else None,
        yes if decided and appealed and again else None, settled,
    ))  # fmt: skip
    if withdrawn:
        assert found is Standing.WITHDRAWN
    elif decided and appealed and again:
        assert found is (Standing.APPEAL_GRANTED if yes else Standing.APPEAL_REFUSED)
    elif decided and granted:
        assert found is Standing.GRANTED
    else:
        assert found in {Standing.OPEN, Standing.LAPSED, Standing.REFUSED, Standing.ON_APPEAL}
        assert (found is Standing.OPEN) == (not decided and not settled)


# --- asking -------------------------------------------------------------------------------------


@pytest.fixture
def track(shelf) -> Track:
    referral = an_enrolled_referral(program=shelf)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 11 * DAY)


@pytest.fixture
def missed(track) -> CheckIn:
    return track.check_ins.first()


@pytest.fixture
def administrator(track):
    return an_administrator(track.referral.program)


def asked(check_in: CheckIn, now=None, **said) -> ExcusalRequest:
    terms = {"reason": "care", "words": "My mother fell.", "evidence": []} | said
    person = check_in.track.referral.person
    return actions.ask(check_in=check_in, **terms, by=person, now=now or clock.now())


def refused(request: ExcusalRequest, by=None, now=None) -> ExcusalRequest:
    by = by or request.check_in.track.referral.facilitator
    terms = {"reason": "not_shown", "attended": "no", "said": "There was nothing to see it by."}
    return actions.refuse(request=request, **terms, by=by, now=now or clock.now())


def test_asking_is_journaled_promised_and_told_without_a_word_of_it(missed):
    row = asked(missed)
    referral = missed.track.referral
    event = Event.objects.get(kind="excusal.asked")
    assert event.data == {"number": 1, "reason": "care", "files": 0}
    assert "mother" not in str(Event.objects.filter(about=referral.pk).values_list("data", flat=True))
    message = Message.objects.get(kind="excusal.asked")
    assert (message.to, message.context["path"]) == (
        referral.facilitator, reverse("track_staff:excusal", args=[row.pk])
    )  # fmt: skip
    assert row.answer_by > clock.now()
    assert ExcusalRequest.objects.get().words == "My mother fell."


def test_one_asks_before_it_is_due_too_and_not_twice_and_not_for_another(track, missed):
    ahead = track.check_ins.last()
    asked(ahead)
    with pytest.raises(actions.AlreadyAsked):
        asked(ahead)
    with pytest.raises(actions.NotAllowed):
        actions.ask(
            check_in=missed, reason="care", words="", evidence=[], by=track.referral.facilitator, now=clock.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ExcusalRequest.objects.create(
            check_in=ahead, reason="work", asked_at=clock.now(), asked_by=track.referral.person, answer_by=clock.now()
        )


def test_after_the_policys_days_it_is_too_late(missed):
    until = actions.may_ask_until(missed)
    with pytest.raises(actions.TooLate):
        asked(missed, until)
    asked(missed, until - timedelta(seconds=1))


def test_what_was_sent_or_excused_needs_no_request(missed):
    decisions.excuse(check_in=missed, reason="work", by=missed.track.referral.facilitator, now=clock.now())
    with pytest.raises(decisions.AlreadySettled):
        asked(missed)


def test_a_request_lapses_when_the_check_in_is_made(missed):
    row = asked(missed)
    check_ins.submit(
        check_in=missed, answers={}, form=None, language="en", by=missed.track.referral.person, now=clock.now()
    )
    assert ExcusalRequest.objects.get().standing is Standing.LAPSED
    assert not ExcusalRequest.objects.open().exists()
    with pytest.raises(actions.NotWaiting):
        refused(row)


def test_what_is_taken_back_takes_its_files_along_and_one_can_ask_anew(missed):
    row = asked(missed, evidence=[accept(a_picture(), rules=EVIDENCE)])
    kept = StoredFile.objects.get(purpose="excusal_evidence")
    actions.withdraw(request=row, by=missed.track.referral.person, now=clock.now())
    kept.refresh_from_db()
    assert kept.destroyed_at
    assert asked(missed).pk != row.pk


# --- deciding -----------------------------------------------------------------------------------


def test_granting_excuses_from_now_on_with_both_axes(missed):
    row, facilitator = asked(missed), missed.track.referral.facilitator
    now = clock.now()
    actions.grant(
        request=row, reason="medical", attended="partly", complied="excused", said="Thank you.", by=facilitator, now=now
    )
    missed.refresh_from_db()
    assert (missed.excused_at, missed.excused_reason, missed.state(now)) == (now, "medical", State.EXCUSED)
    made = ExcusalDecision.objects.get()
    assert (made.request, made.granted, made.attended, made.complied) == (row, True, "partly", "excused")
    assert Message.objects.filter(kind="excusal.decided", to=missed.track.referral.person).count() == 1
    with pytest.raises(actions.NotWaiting):
        refused(row)


def test_refusing_changes_no_state_and_says_why(missed):
    row = refused(asked(missed))
    missed.refresh_from_db()
    assert (missed.excused_at, row.standing) == (None, Standing.REFUSED)
    assert ExcusalDecision.objects.get().said == "There was nothing to see it by."
    assert Event.objects.get(kind="excusal.refused").data["why"] == "not_shown"


def test_a_program_cause_is_never_refused_not_even_in_the_database(missed):
    facilitator = missed.track.referral.facilitator
    for reason in NEVER_AGAINST:
        with pytest.raises(IntegrityError), transaction.atomic():
            ExcusalDecision.objects.create(
                check_in=missed, at=clock.now(), by=facilitator, granted=False, reason=reason, attended="no",
                complied="no",
            )  # fmt: skip


def test_nobody_decides_but_who_looks_after_the_case(missed, administrator):
    row = asked(missed)
    for stranger in (administrator, a_facilitator(missed.track.referral.program), missed.track.referral.person):
        with pytest.raises(actions.NotAllowed):
            refused(row, by=stranger)
        with pytest.raises(actions.NotAllowed):
            actions.grant(
                request=row, reason="care", attended="no", complied="excused", said="", by=stranger, now=clock.now()
            )


def test_two_people_who_excuse_answer_the_request_too(missed, administrator):
    row, facilitator = asked(missed), missed.track.referral.facilitator
    terms = {"reason": "care", "attended": "no", "complied": "excused"}
    proposed = overrides.propose(
        track=missed.track, act=Act.EXCUSE, terms=terms, check_in=missed, by=administrator, now=clock.now()
    )
    overrides.confirm(override=proposed, by=facilitator, now=clock.now())
    assert ExcusalRequest.objects.get(pk=row.pk).standing is Standing.GRANTED


# --- the appeal ---------------------------------------------------------------------------------


def an_appeal(missed: CheckIn, by=None, **said):
    row = refused(asked(missed), by=by)
    terms = {"words": "Please look again.", "shows_files": False} | said
    return actions.appeal(request=row, **terms, by=missed.track.referral.person, now=clock.now())


def test_an_administrator_grants_an_appeal_and_the_check_in_is_excused(missed, administrator):
    row = an_appeal(missed)
    assert Message.objects.get(kind="excusal.appealed").to == administrator
    terms = {"reason": "care", "attended": "no", "complied": "excused", "said": "It is accepted."}
    actions.decide_appeal(appeal=row, granted=True, **terms, by=administrator, now=clock.now())
    missed.refresh_from_db()
    assert missed.excused_by == administrator
    assert row.request.standing is not Standing.ON_APPEAL
    with pytest.raises(actions.NotWaiting):
        actions.decide_appeal(appeal=row, granted=True, **terms, by=administrator, now=clock.now())
    assert ExcusalRequest.objects.get().standing is Standing.APPEAL_GRANTED


def test_nobody_decides_the_appeal_against_their_own_word(missed, shelf):
    facilitator = missed.track.referral.facilitator
    grant_role(program=shelf, user=facilitator, role="administrator")
    row = an_appeal(missed)
    terms = {"reason": "other", "attended": "no", "complied": "no", "said": "No."}
    with pytest.raises(actions.OwnDecision):
        actions.decide_appeal(appeal=row, granted=False, **terms, by=facilitator, now=clock.now())
    with pytest.raises(actions.NotAllowed):
        actions.decide_appeal(appeal=row, granted=False, **terms, by=an_administrator(a_program()), now=clock.now())


def test_where_the_only_administrator_decided_a_sister_program_decides_and_sees_nothing_else(missed, shelf, signed_in):
    """Never the same person twice: of the same organization, and as long as the appeal waits."""
    grant_role(program=shelf, user=missed.track.referral.facilitator, role="administrator")
    first = missed.track.referral.facilitator
    shelf.organization = "Lantern Justice"
    shelf.save()
    sister = an_administrator(a_program(organization="Lantern Justice"))
    stranger = an_administrator(a_program(organization="Somebody else"))
    row = an_appeal(missed, by=first).request
    assert set(Message.objects.filter(kind="excusal.appealed").values_list("to", flat=True)) == {sister.pk}
    page = reverse("track_staff:excusal", args=[row.pk])
    assert signed_in(stranger).get(page).status_code == 404
    client = proved(signed_in(sister))
    assert client.get(page).status_code == 200
    assert client.get(reverse("referrals:case", args=[missed.track.referral_id])).status_code == 404
    said = {
        "appeal": row.appeal,
        "granted": True,
        "reason": "care",
        "attended": "no",
        "complied": "excused",
        "said": "Yes.",
    }
    for somebody, why in ((first, actions.OwnDecision), (stranger, actions.NotAllowed)):
        with pytest.raises(why):
            actions.decide_appeal(**said, by=somebody, now=clock.now())
    actions.decide_appeal(**said, by=sister, now=clock.now())
    missed.refresh_from_db()
    assert missed.excused_at and client.get(page).status_code == 404


def test_where_nobody_else_is_there_the_page_says_what_to_do(missed, shelf, signed_in):
    grant_role(program=shelf, user=missed.track.referral.facilitator, role="administrator")
    row = an_appeal(missed, by=missed.track.referral.facilitator).request
    page = reverse("track_staff:excusal", args=[row.pk])
    assert "invite a second administrator" in signed_in(missed.track.referral.facilitator).get(page).content.decode()


def test_the_days_to_appeal_are_the_policys(missed):
    row = refused(asked(missed))
    PolicyVersion.objects.get(pk=missed.track.policy_id)
    until = row.appeal_until(row.decided)
    with pytest.raises(actions.TooLate):
        actions.appeal(request=row, words="", shows_files=False, by=missed.track.referral.person, now=until)
    assert actions.appeal(
        request=row, words="", shows_files=False, by=missed.track.referral.person, now=until - timedelta(seconds=1)
    )


def test_what_the_report_knows_is_the_state_and_the_code_alone(missed):
    row = asked(missed)
    actions.grant(
        request=row, reason="care", attended="no", complied="excused", said="Be well.",
        by=missed.track.referral.facilitator, now=clock.now(),
    )  # fmt: skip
    said = str(track_facts(referral_id=missed.track.referral_id, as_of=clock.now()))
    assert "excused" in said and "mother" not in said and "Be well" not in said


# --- the pages ----------------------------------------------------------------------------------


def a_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_hospital.jpg", a_picture(), "image/jpeg")


@pytest.mark.parametrize(("language", "words"), [("en", "Ask to be excused"), ("es", "Pedir que se le excuse")])
def test_a_person_asks_with_a_photo_and_reads_what_comes_next(missed, signed_in, language, words):
    client = signed_in(missed.track.referral.person)
    address = reverse("check_ins:excusal_ask", args=[missed.pk])
    assert words in client.get(address, headers={"accept-language": language}).content.decode()
    client.post(address, {"reason": "care", "words": "My mother fell.", "file_1": a_photo()})
    row = ExcusalRequest.objects.get()
    page = client.get(reverse("check_ins:excusal", args=[row.pk])).content.decode()
    assert "My mother fell." in page and "hospital" not in page
    shown = client.get(reverse("check_ins:excusal_file", args=[row.files.get().pk]))
    assert shown["Content-Type"] == "image/jpeg" and "hospital" not in shown["Content-Disposition"]
    assert b"GPS" not in b"".join(shown.streaming_content)


def test_a_file_that_cannot_be_taken_is_said_and_the_words_stay(missed, signed_in):
    client = signed_in(missed.track.referral.person)
    bad = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    typed = {"reason": "care", "words": "My mother fell.", "file_1": bad}
    page = client.post(reverse("check_ins:excusal_ask", args=[missed.pk]), typed).content.decode()
    assert "My mother fell." in page and not ExcusalRequest.objects.exists()


def test_whoever_looks_after_the_case_reads_decides_and_the_person_appeals(missed, administrator, signed_in):
    row = asked(missed, evidence=[accept(a_picture(), rules=EVIDENCE)])
    client = proved(signed_in(missed.track.referral.facilitator))
    page = client.get(reverse("track_staff:excusal", args=[row.pk])).content.decode()
    assert "My mother fell." in page
    assert Event.objects.filter(kind="excusal.read").count() == 1
    assert client.get(reverse("track_staff:excusal_file", args=[row.files.get().pk])).status_code == 200
    decide = reverse("track_staff:excusal_decide", args=[row.pk])
    unsaid = {"complied": "no", "attended": "no", "reason": "care"}
    assert "Say why, in words to the person." in client.post(decide, unsaid).content.decode()
    ours = unsaid | {"reason": "technical_failure", "refusal": "other", "said": "No."}
    assert "never counts against" in client.post(decide, ours).content.decode()
    client.post(decide, unsaid | {"refusal": "not_shown", "said": "There was nothing to see it by."})
    person = signed_in(missed.track.referral.person)
    mine = person.get(reverse("check_ins:excusal", args=[row.pk])).content.decode()
    assert "There was nothing to see it by." in mine and "looked at once more" in mine
    admin = proved(signed_in(administrator))
    staff = reverse("track_staff:excusal", args=[row.pk])
    assert "My mother fell." not in admin.get(staff).content.decode()
    person.post(reverse("check_ins:excusal_appeal", args=[row.pk]), {"words": "Please."})
    assert "My mother fell." in admin.get(staff).content.decode()
    assert admin.get(reverse("track_staff:excusal_file", args=[row.files.get().pk])).status_code == 404
    granted = {"complied": "excused", "attended": "no", "reason": "care", "said": "It is accepted."}
    admin.post(reverse("track_staff:excusal_appeal", args=[row.pk]), granted)
    missed.refresh_from_db()
    assert missed.excused_at
    assert "It is accepted." in person.get(reverse("check_ins:excusal", args=[row.pk])).content.decode()


def test_for_everybody_else_a_request_does_not_exist(missed, signed_in):
    row = asked(missed, evidence=[accept(a_picture(), rules=EVIDENCE)])
    referral, shown = missed.track.referral, row.files.get()
    other = a_person(a_referral(program=referral.program, court=referral.court, case_number="another"))
    for name, pk in (("excusal", row.pk), ("excusal_file", shown.pk)):
        assert signed_in(other).get(reverse(f"check_ins:{name}", args=[pk])).status_code == 404
        for stranger in (a_facilitator(referral.program), a_court_user(referral.court), an_administrator(a_program())):
            assert signed_in(stranger).get(reverse(f"track_staff:{name}", args=[pk])).status_code == 404
        admin: Client = signed_in(an_administrator(referral.program))
        expected = 200 if name == "excusal" else 404
        assert admin.get(reverse(f"track_staff:{name}", args=[pk])).status_code == expected
    court = signed_in(a_court_user(referral.court))
    page = court.get(reverse("referrals:court_referral", args=[referral.pk])).content.decode()
    assert str(row.pk) not in page and "excus" not in page.lower().replace("made or excused", "")
