"""A case goes on in another program: two named people, nothing behind touched, the old staff out at once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accountability.access import tracks_for
from accountability.actions import check_ins, circles, moves, tracks
from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import State
from accountability.rules.moves import rest_of
from accountability.schedules import schedule_of
from accountability.transfer_preview import preview
from court_reports.actions.release import release
from court_reports.content_track import time_changes
from court_reports.models import Kind, Release
from court_reports.snapshot import digest
from lms import clock
from lms.casework.access import notes_for
from lms.casework.actions import notes
from lms.journal import belonging
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import actions as referrals
from lms.referrals import proposals
from lms.referrals.access import hand_overs_for, referrals_for
from lms.referrals.actions import agreements, transfers
from lms.referrals.models import Agreement, AgreementAcceptance, Referral, Transfer, TransferProposal
from lms.referrals.rules.policy import parse_cadence
from tests.accountability.two_steps import confirmed
from tests.builders import a_facilitator, a_program, a_referral, an_administrator, an_auditor, an_enrolled_referral, at
from tests.court_reports.cases import a_case_in_track, a_draft_of, an_enrolled_case, keep
from tests.invariants.test_06_facts_are_recomputed import recomputed
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MARCH = at("2026-03-20 12:00")
FROM = date(2026, 4, 1)
OTHER = {"cadence": "week x 8, two_weeks x 4, month", "window_days": 5, "grace_days": 3, "missed_total_not_in_compliance": 2}  # fmt: skip


@pytest.fixture
def track() -> Track:
    referral = a_case_in_track()
    keep(referral, until=at("2026-03-18 00:00"), missing=(3,))
    return Track.objects.get(referral=referral)


@pytest.fixture
def there():
    """Another program, with its own policy and people."""
    program = a_program(name="Harbor Program", policy=OTHER)
    a_facilitator(program, first_name="Hana")
    an_administrator(program, first_name="Harriet")
    return program


def whose(program, role: str):
    return program.memberships.get(role=role).user


def proposed(referral, there, *, now=MARCH, from_on=FROM, by=None) -> TransferProposal:
    return transfers.propose(
        referral=referral, to_program=there, reason="moved", ordered_by="Judge Abel", from_on=from_on,
        by=by or an_administrator(referral.program), now=now,
    )  # fmt: skip


def accepted(referral, there, *, now=MARCH, **terms) -> Transfer:
    row = proposed(referral, there, now=now, **terms)
    taker, hana = whose(there, "administrator"), whose(there, "facilitator")
    return transfers.accept(proposal=row, facilitator=hana, by=taker, now=now)


def rows(track: Track) -> list[tuple]:
    names = ("number", "due_on", "opens_at", "due_at", "closes_at", "cure_until", "submitted_at", "missed_at")
    return list(track.check_ins.order_by("number").values_list(*names))


def test_what_both_saw_happens_nothing_behind_is_touched_and_the_end_stays(track, there):
    before, ends = rows(track), track.ends_on
    seen = preview(referral=track.referral, to_program=there, from_on=FROM, now=MARCH)
    made = accepted(track.referral, there)
    track = Track.objects.get(pk=track.pk)
    assert schedule_of(track) == seen.comparison.after
    assert [row for row in rows(track) if row in before][:6] == before[:6]
    assert (track.ends_on, track.policy, track.opened_on) == (ends, made.to_policy, date(2026, 2, 2))
    live = set(track.check_ins.filter(cancelled_at=None).values_list("number", flat=True))
    ahead = [row for row in rows(track) if row[1] >= FROM and row[0] in live]
    assert {(row[3] - row[2]).days for row in ahead} <= {5, 6}  # its window, and an hour of daylight
    # Eight were kept so far or are told already: of eight weekly ones none is left, and four every two weeks follow.
    states = track.check_ins.order_by("number").values_list("due_on", "cancelled_at")
    live = [day for day, cancelled in states if not cancelled]
    gaps = [(b - a).days for a, b in pairwise(live)]
    assert gaps[:7] == [7] * 7 and gaps[7:11] == [14] * 4 and min(gaps[11:], default=28) >= 28
    move = track.moves.get()
    assert (move.act, move.days, move.transfer) == ("transfer", 0, made)


def test_time_served_is_credited_also_of_a_cadence_that_steps_down():
    whole = parse_cadence("week x 8, two_weeks x 4, month")
    assert rest_of(whole, 5) == parse_cadence("week x 3, two_weeks x 4, month")
    assert rest_of(whole, 9) == parse_cadence("two_weeks x 3, month")
    assert rest_of(whole, 40) == parse_cadence("month")
    assert rest_of(parse_cadence("week x 4"), 9) == parse_cadence("week")


def test_the_same_cadence_moves_no_date(track):
    there = a_program(policy={"window_days": 6})
    a_facilitator(there), an_administrator(there)
    days = [row[1] for row in rows(track)]
    accepted(track.referral, there)
    assert [row[1] for row in rows(track)] == days


def test_what_was_on_time_stays_on_time_where_the_other_program_gives_no_leeway(track):
    late = track.check_ins.get(number=7)
    check_ins.begin(check_in=late, now=late.due_at - timedelta(minutes=5))
    check_ins.submit(
        check_in=late, answers={}, form=None, language="en", by=track.referral.person,
        now=late.due_at + timedelta(minutes=30),
    )  # fmt: skip
    there = a_program(policy={"started_leeway_minutes": 0})
    a_facilitator(there), an_administrator(there)
    now = at("2026-03-28 12:00")
    accepted(track.referral, there, now=now)
    assert CheckIn.objects.get(pk=late.pk).state(now) is State.ON_TIME


def test_old_reports_keep_their_digest_and_the_next_one_tells_it(track, there):
    referral = track.referral
    old = a_draft_of(referral, now=MARCH - DAY)
    before = digest(old.facts)
    accepted(referral, there)
    assert recomputed(old) == before and old.facts.program.name == "Amends Lantern"
    referral = Referral.objects.get(pk=referral.pk)
    after = a_draft_of(referral, now=MARCH + DAY)
    assert (after.facts.program.name, after.facts.program.terms.window_days) == ("Harbor Program", 5)
    assert not after.facts.track.moves
    assert (
        "The case was transferred from Amends Lantern to Harbor Program on March 20, 2026; dates from April 1, 2026 are by "
        "the terms of Harbor Program: the person moved (Judge Abel)."
    ) in time_changes(after.facts).items
    assert recomputed(after) == digest(after.facts)
    there.name = "Renamed later"
    there.save()
    assert recomputed(after) == digest(after.facts)


def test_numbers_of_reports_go_on_in_each_program(track, there):
    referral = track.referral
    first = release(
        report=a_draft_of(referral, Kind.ENROLLMENT, now=MARCH - DAY), by=referral.facilitator, now=MARCH - DAY
    )
    accepted(referral, there)
    referral = Referral.objects.get(pk=referral.pk)
    later = release(report=a_draft_of(referral, now=MARCH + DAY), by=referral.facilitator, now=MARCH + DAY)
    assert [(r.program.name, r.sequence) for r in Release.objects.order_by("released_at")] == [
        (first.program.name, 1), (later.program.name, 1)
    ]  # fmt: skip
    assert later.program == there


def test_from_that_moment_the_case_is_the_other_programs_alone(track, there, signed_in):
    referral, court = track.referral, track.referral.court
    old = {whose(referral.program, "facilitator"), an_administrator(referral.program), an_auditor(referral.program)}
    new = {whose(there, "facilitator"), whose(there, "administrator")}
    notes.write(referral=referral, kind="team", words="stays", by=referral.facilitator, now=MARCH - DAY)
    notes.write(referral=referral, kind="private", words="stays too", by=referral.facilitator, now=MARCH - DAY)
    goes = notes.write(referral=referral, kind="court", words="goes", by=referral.facilitator, now=MARCH - DAY)
    colleague = a_facilitator(referral.program)
    referrals.assign_facilitator(
        referral=referral, facilitator=colleague, by=an_administrator(referral.program), now=MARCH - DAY, note="for us"
    )
    old.add(colleague)
    row = accepted(referral, there)
    address = reverse("referrals:case", args=[referral.pk])
    for user in old:
        assert not referrals_for(user).exists() and not tracks_for(user).exists()
        assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).get(reverse("track_staff:transfer", args=[row.proposal_id])).status_code == 404
    for user in new:
        assert referrals_for(user).get() == referral and tracks_for(user).exists()
        assert signed_in(user).get(address).status_code == 200
        assert set(notes_for(user)) == {goes}
    assert [row.note for row in hand_overs_for(whose(there, "facilitator"))] == [""]
    assert Referral.objects.filter(court=court).count() == 1


def test_two_named_people_one_of_each_program(track, there):
    referral = track.referral
    both = an_administrator(referral.program)
    row = proposed(referral, there, by=both)
    hana = whose(there, "facilitator")
    from lms.referrals.actions.roles import grant_role

    grant_role(program=there, user=both, role="administrator")
    with pytest.raises(proposals.SamePersonTwice):
        transfers.accept(proposal=row, facilitator=hana, by=both, now=MARCH)
    for stranger in (an_administrator(referral.program), referral.facilitator, hana):
        with pytest.raises(proposals.NotAllowed):
            transfers.accept(proposal=row, facilitator=hana, by=stranger, now=MARCH)
    with pytest.raises(transfers.NotAFacilitator):
        transfers.accept(proposal=row, facilitator=referral.facilitator, by=whose_else(there, both), now=MARCH)
    with pytest.raises(proposals.NoLongerOpen):
        transfers.accept(proposal=row, facilitator=hana, by=whose_else(there, both), now=MARCH + 8 * DAY)
    assert not Transfer.objects.exists() and Referral.objects.get().program == referral.program
    with pytest.raises(IntegrityError), transaction.atomic():
        TransferProposal.objects.filter(pk=row.pk).update(confirmed_by=both)


def whose_else(program, not_this):
    return program.memberships.filter(role="administrator").exclude(user=not_this).get().user


def test_the_person_is_told_first_and_again_and_everything_stands_in_the_journal(track, there):
    referral = track.referral
    row = proposed(referral, there)
    assert [m.kind for m in Message.objects.filter(to=referral.person, posted_at=MARCH)] == ["transfer.proposed"]
    assert Message.objects.get(kind="transfer.waiting").to == whose(there, "administrator")
    later = MARCH + DAY
    transfers.accept(proposal=row, facilitator=whose(there, "facilitator"), by=whose(there, "administrator"), now=later)
    assert [m.kind for m in Message.objects.filter(to=referral.person, posted_at=later)] == ["transfer.done"]
    kinds = Event.objects.filter(about=referral.pk, at=later).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["transfer.accepted", "track.transferred"]
    # The record of both programs has it.
    assert belonging.of(Transfer.objects.get()) == {row.referral.program_id, there.pk} == belonging.of(row)


def test_declined_or_withdrawn_the_case_stays_and_the_person_hears_it(track, there):
    first = proposed(track.referral, there)
    with pytest.raises(proposals.AlreadyProposed):
        proposed(track.referral, there)
    with pytest.raises(proposals.NotAllowed):
        transfers.decline(proposal=first, by=track.referral.facilitator, now=MARCH)
    transfers.decline(proposal=first, by=whose(there, "administrator"), now=MARCH)
    second = proposed(track.referral, there)
    transfers.withdraw(proposal=second, by=second.proposed_by, now=MARCH)
    assert Message.objects.filter(kind="transfer.not_done", to=track.referral.person).count() == 2
    assert Referral.objects.get().program == track.referral.program and not track.moves.exists()


def test_what_can_be_known_is_refused_before_anybody_is_asked(track, there):
    referral = track.referral
    with pytest.raises(transfers.SameProgram):
        proposed(referral, referral.program)
    for day in (MARCH.date() - DAY, MARCH.date() + 61 * DAY):
        with pytest.raises(transfers.NotOnThatDay):
            proposed(referral, there, from_on=day)
    with pytest.raises(proposals.NotAllowed):
        proposed(referral, there, by=referral.facilitator)
    with pytest.raises(transfers.NotReady):
        proposed(referral, a_program(name="Nobody there"))
    a_referral(program=there, court=referral.court, case_number=referral.case_number)
    with pytest.raises(transfers.KnownThere):
        proposed(referral, there)
    assert not TransferProposal.objects.exists() and not Message.objects.filter(kind__startswith="transfer.").exists()


def test_what_was_agreed_is_not_asked_again_but_other_words_are(track, there):
    referral = track.referral
    accepted(referral, there)
    referral = Referral.objects.get(pk=referral.pk)
    assert agreements.owed_after_transfer(referral=referral, language="en") == []  # the same texts, to the letter
    other = a_program(name="Third")
    a_facilitator(other), an_administrator(other)
    new = Agreement.objects.create(
        program=other, kind="participation", version=2, language="en", title="Agreement", body="Other words."
    )
    row = transfers.propose(
        referral=referral, to_program=other, reason="order", ordered_by="x", from_on=FROM,
        by=whose(there, "administrator"), now=MARCH + DAY,
    )  # fmt: skip
    transfers.accept(
        proposal=row, facilitator=whose(other, "facilitator"), by=whose(other, "administrator"), now=MARCH + DAY
    )
    referral.refresh_from_db()
    owed = agreements.owed_after_transfer(referral=referral, language="en")
    assert owed == [new]
    with pytest.raises(agreements.AgreementsChanged):
        agreements.accept_after_transfer(referral=referral, agreements=[], language="en", by=referral.person, now=MARCH)
    for _ in range(2):
        agreements.accept_after_transfer(
            referral=referral, agreements=owed, language="en", by=referral.person, now=MARCH + 2 * DAY
        )
    assert AgreementAcceptance.objects.filter(agreement=new).count() == 1
    assert agreements.owed_after_transfer(referral=referral, language="en") == []
    assert referral.enrolled_at == at("2026-01-05 09:00")


def test_in_the_middle_of_the_course_it_goes_on_and_the_track_opens_once_in_the_other_program(there):
    referral = an_enrolled_case()
    accepted(referral, there, now=at("2026-01-20 12:00"), from_on=date(2026, 1, 20))
    referral = Referral.objects.get(pk=referral.pk)
    for _ in range(2):
        track = tracks.open_track(referral=referral, by=None, now=at("2026-02-02 10:00"))
    assert Track.objects.get() == track and track.policy.program == there
    assert track.policy.rules.cadence == parse_cadence(OTHER["cadence"])


def test_a_case_that_nobody_accepted_yet_enrolls_in_the_other_program(there):
    referral = a_referral(program=a_program())
    accepted(referral, there, now=at("2026-01-06 12:00"), from_on=date(2026, 1, 6))
    referral.refresh_from_db()
    assert (referral.program, referral.policy, referral.enrolled_at) == (there, None, None)


def test_meetings_of_the_old_program_end_for_the_person(track, there):
    referral = track.referral
    circle = circles.open_circle(
        program=referral.program, name="x", place="x", first_on=FROM, last_on=FROM, at=MARCH.time(), minutes=60,
        zone="UTC", every="weekly", on_holiday="skip", holidays=[], by=referral.facilitator, now=MARCH,
    )  # fmt: skip
    circles.add_person(circle=circle, referral=referral, commitment=None, by=referral.facilitator, now=MARCH)
    accepted(referral, there)
    assert circle.people.get().left_at == MARCH


def test_the_rows_can_be_moved_again_after_it(track, there):
    accepted(track.referral, there)
    track = Track.objects.get(pk=track.pk)
    moves.extend(track=track, days=28, reason="x", ordered_by="x", by=track.referral.facilitator, now=MARCH + DAY)
    moves.toll(
        track=track, from_on=date(2026, 5, 1), to_on=date(2026, 5, 7), reason="hospital", authority="x",
        by=track.referral.facilitator, now=MARCH + DAY,
    )  # fmt: skip
    track.refresh_from_db()
    assert track.ends_on == date(2026, 8, 2) + 35 * DAY


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def running(shelf) -> Track:
    referral = an_enrolled_referral(program=shelf)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 20 * DAY)


def test_proposed_on_one_page_and_taken_on_another(running, there, signed_in):
    referral = running.referral
    giver, taker = an_administrator(referral.program), whose(there, "administrator")
    ours, theirs = proved(signed_in(giver)), proved(signed_in(taker))
    page = reverse("track_staff:transfer_case", args=[referral.pk])
    fields = {
        "to_program": there.pk, "reason": "moved", "ordered_by": "Judge Abel",
        "from_on": (clock.now().date() + 5 * DAY).isoformat(),
    }  # fmt: skip
    assert ours.get(page).status_code == 200
    assert b"before the time served" not in ours.post(page, fields).content and not TransferProposal.objects.exists()
    answer = confirmed(ours, page, fields)
    assert answer.status_code == 302
    row = TransferProposal.objects.get()
    address = reverse("track_staff:transfer", args=[row.pk])
    person = signed_in(referral.person)
    assert "Harbor Program" in person.get("/").content.decode()
    assert "Harbor Program" not in signed_in(court_user(referral)).get(court_page(referral)).content.decode()
    assert referral.name in theirs.get(reverse("referrals:waiting")).content.decode()
    assert theirs.get(reverse("referrals:case", args=[referral.pk])).status_code == 404
    shown = theirs.get(address)
    seen = shown.context["preview"].seen
    accept = reverse("track_staff:accept_transfer", args=[row.pk])
    hana = whose(there, "facilitator")
    assert ours.post(accept, {"facilitator": hana.pk, "seen": seen}).status_code == 404
    assert theirs.post(accept, {"facilitator": hana.pk, "seen": "old"}).status_code == 200
    assert not Transfer.objects.exists()
    assert theirs.post(accept, {"facilitator": hana.pk, "seen": seen}).status_code == 302
    assert Transfer.objects.get().by == taker
    assert ours.get(address).status_code == 404
    assert "Amends" in person.get("/").content.decode()
    assert "Harbor Program" in signed_in(court_user(referral)).get(court_page(referral)).content.decode()


def court_user(referral):
    from tests.builders import a_court_user

    return a_court_user(referral.court)


def court_page(referral) -> str:
    return reverse("referrals:court_referral", args=[referral.pk])


def test_declined_on_the_page(running, there, signed_in):
    row = proposed(running.referral, there, now=clock.now(), from_on=clock.now().date() + DAY)
    theirs = proved(signed_in(whose(there, "administrator")))
    assert theirs.post(reverse("track_staff:decline_transfer", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at and row.ended_by == whose(there, "administrator")
    theirs.get(reverse("track_staff:transfer", args=[row.pk]))
