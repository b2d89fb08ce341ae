"""Moves through their actions and pages: what is confirmed is what was shown, told, and in the next report."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.urls import reverse

from accountability.actions import check_ins, commitments, intents, moves, outages, sweeps, tracks
from accountability.models import CheckIn, Move, Override, Track
from accountability.models.overrides import Act
from accountability.rules.check_in_state import State
from accountability.schedules import schedule_of
from court_reports import content, words
from court_reports import facts as door
from court_reports.snapshot import Kind, as_json, digest
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import CourtProfile, Referral
from tests.accountability.two_steps import confirmed
from tests.builders import a_court, an_administrator, an_enrolled_referral, at
from tests.court_reports.cases import (
    OPENED,
    a_case_in_track,
    a_draft_of,
    a_program_with_a_course,
    an_enrolled_case,
    keep,
)
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MARCH = at("2026-03-20 12:00")
THANKSGIVING = date(2026, 11, 26)


@pytest.fixture
def track() -> Track:
    referral = a_case_in_track()
    keep(referral, until=at("2026-03-18 00:00"), missing=(3,))
    return Track.objects.get(referral=referral)


def by(track: Track):
    return track.referral.facilitator


def rows(track: Track) -> list[tuple]:
    names = (
        "number",
        "planned_on",
        "due_on",
        "opens_at",
        "due_at",
        "closes_at",
        "cure_until",
        "submitted_at",
        "missed_at",
    )
    return list(track.check_ins.order_by("number").values_list(*names))


ACTS = {
    Act.TOLL: {"from_on": date(2026, 4, 6), "to_on": date(2026, 4, 15), "reason": "hospital", "authority": "A letter"},
    Act.EXTEND: {"days": 30, "reason": "Order", "ordered_by": "Judge Abel"},
    Act.CADENCE: {"cadence": "week x 2, month", "from_on": date(2026, 4, 6), "reason": "Work", "ordered_by": "Judge Abel"},
    Act.ZONE: {"zone": "America/Los_Angeles", "from_on": date(2026, 3, 20)},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_is_what_was_foreseen_and_nothing_behind_is_touched(track, act):
    before = rows(track)
    foreseen = moves.foresee(track=track, act=act, terms=ACTS[act], now=MARCH)
    moves.carry_out(track=track, act=act, terms=dict(ACTS[act]), by=by(track), now=MARCH)
    track.refresh_from_db()
    assert schedule_of(track) == foreseen.after
    behind = [row for row in before if row[5] <= MARCH or row[7]]
    assert len(behind) == 6 and rows(track)[:6] == behind
    assert (track.ends_on - foreseen.before.ends_on).days == foreseen.days
    move = track.moves.get()
    assert (move.act, move.number, move.days, move.was_ends_on) == (act, 1, foreseen.days, foreseen.before.ends_on)
    assert Event.objects.filter(about=track.referral_id, at=MARCH, kind__startswith="track.").count() == 1
    told = Message.objects.get(kind="track.moved")
    assert (told.to, told.context) == (track.referral.person, {"path": "/check-ins/"})


def test_the_clock_that_runs_again_sooner_gives_its_days_back(track):
    end = track.ends_on
    tolling = moves.toll(track=track, **ACTS[Act.TOLL], by=by(track), now=MARCH)
    planned = [row[2] for row in rows(track)]
    moves.give_back(tolling=tolling, resumes_on=date(2026, 4, 10), authority="A call", by=by(track), now=MARCH + HOUR)
    track.refresh_from_db()
    assert track.ends_on == end + 4 * DAY
    assert [row[2] for row in rows(track)] == [
        day - (6 * DAY if day >= date(2026, 4, 16) else 0 * DAY) for day in planned
    ]
    # Those days can be stopped again, and the others not twice.
    again = ACTS[Act.TOLL] | {"from_on": date(2026, 4, 10), "to_on": date(2026, 4, 12)}
    moves.toll(track=track, **again, by=by(track), now=MARCH + 2 * HOUR)
    with pytest.raises(intents.AlreadyTolled):
        moves.toll(track=track, **(again | {"from_on": date(2026, 4, 9)}), by=by(track), now=MARCH + 3 * HOUR)
    with pytest.raises(intents.NothingToGiveBack):
        moves.give_back(
            tolling=tolling, resumes_on=date(2026, 4, 11), authority="x", by=by(track), now=MARCH + 3 * HOUR
        )


def test_an_extension_goes_no_further_than_the_court_allows(track):
    CourtProfile.objects.filter(court=track.referral.court).update(max_months=7)
    with pytest.raises(intents.TooLong):
        moves.extend(track=track, days=32, reason="x", ordered_by="x", by=by(track), now=MARCH)
    moves.extend(track=track, days=31, reason="x", ordered_by="x", by=by(track), now=MARCH)
    # Days on which the clock stood still are not served: they do not count against the longest.
    moves.toll(track=track, **ACTS[Act.TOLL], by=by(track), now=MARCH + HOUR)
    assert Track.objects.get().ends_on == date(2026, 9, 12)


def test_who_moved_keeps_what_is_open_and_has_days_of_their_own_place_from_then_on(track):
    seventh, eighth = track.check_ins.filter(number__in=(7, 8))
    moves.change_zone(track=track, zone="America/Los_Angeles", from_on=date(2026, 3, 19), by=by(track), now=MARCH)
    track.refresh_from_db()
    moved = track.check_ins.get(number=8)
    assert track.check_ins.get(number=7).due_at == seventh.due_at + 3 * HOUR
    assert (moved.due_on, moved.due_at) == (eighth.due_on, at("2026-03-31 00:00", "America/Los_Angeles"))
    assert Referral.objects.get(pk=track.referral_id).time_zone.key == track.zone == "America/Los_Angeles"
    # And back to the east, while one is open: not an hour less than was told.
    moves.change_zone(track=track, zone="America/New_York", from_on=date(2026, 3, 19), by=by(track), now=MARCH + HOUR)
    assert track.check_ins.get(number=7).due_at == seventh.due_at + 3 * HOUR
    assert track.check_ins.get(number=8).due_at == eighth.due_at


def test_a_move_of_the_zone_does_not_take_back_what_an_outage_gave(track):
    seventh = track.check_ins.get(number=7)
    outages.record_outage(from_at=seventh.opens_at, to_at=seventh.opens_at + 40 * HOUR, now=MARCH + HOUR)
    given = track.check_ins.get(number=7).closes_at
    moves.change_zone(track=track, zone="Europe/Madrid", from_on=date(2026, 3, 20), by=by(track), now=MARCH + 2 * HOUR)
    assert track.check_ins.get(number=7).closes_at == given


def test_reminders_of_an_open_one_are_not_sent_again_by_a_move_of_the_zone(track):
    sweeps.run_until_quiet(now=MARCH)
    before = set(Message.objects.filter(kind="check_in.window_open").values_list("key", flat=True))
    moves.change_zone(track=track, zone="America/Chicago", from_on=date(2026, 3, 20), by=by(track), now=MARCH)
    sweeps.run_until_quiet(now=MARCH + HOUR)
    assert set(Message.objects.filter(kind="check_in.window_open").values_list("key", flat=True)) == before


# --- early completion ----------------------------------------------------------------------------


def an_early_case(**policy) -> Track:
    program = a_program_with_a_course(policy={"early_completion": True} | policy)
    track = tracks.open_track(referral=an_enrolled_case(program=program), by=None, now=OPENED)
    return track


def completed(track: Track, now) -> Move:
    return moves.complete_early(track=track, reason="Order", ordered_by="Judge Abel", by=by(track), now=now)


def test_a_track_is_completed_early_as_the_policy_says_and_a_final_report_follows():
    track = an_early_case()
    now = at("2026-06-30 12:00")
    keep(track.referral, until=now)
    assert completed(track, now).days == -33
    track.refresh_from_db()
    assert (track.ends_on, track.ends_at, track.ended_early_at) == (date(2026, 6, 30), at("2026-07-01 00:00"), now)
    left = [c for c in track.check_ins.all() if c.due_at > now]
    assert left and all(c.state(now) is State.CANCELLED for c in left)
    sweeps.run_until_quiet(now=now + 90 * DAY)
    assert not track.check_ins.filter(missed_at__isnull=False).exists()
    ended = door.track_ended(referral=track.referral, now=now + DAY)
    assert ended and (ended.as_of, ended.determination) == (track.ends_at, "completed")
    assert Message.objects.get(kind="track.ended_early").to == track.referral.person


@pytest.mark.parametrize(
    "policy, missing, when, short",
    [
        ({"early_completion": False}, (), "2026-06-30 12:00", "not_allowed"),
        ({}, (), "2026-06-01 12:00", "too_soon"),
        ({}, (20, 21), "2026-06-30 12:00", "standing"),
        ({"early_standing": "at_risk"}, (20, 21), "2026-06-30 12:00", None),
        ({"required_share": Decimal("0.98")}, (3,), "2026-06-30 12:00", "share"),
    ],
)
def test_it_is_refused_by_the_name_of_what_is_missing(policy, missing, when, short):
    track = an_early_case(**policy)
    keep(track.referral, until=at(when), missing=missing)
    if short is None:
        completed(track, at(when))
        return
    with pytest.raises(intents.NotEarly) as refused:
        completed(track, at(when))
    assert short in refused.value.short
    assert Track.objects.get().ended_early_at is None


def test_a_required_commitment_that_is_not_verified_stands_in_the_way():
    track = an_early_case()
    now = at("2026-06-30 12:00")
    keep(track.referral, until=now)
    commitments.add(track=track, words="x", named_by_order="", required=True, by=by(track), now=OPENED)
    with pytest.raises(intents.NotEarly) as refused:
        completed(track, now)
    assert refused.value.short == ("commitments",)


# --- facts and reports ---------------------------------------------------------------------------


def test_every_report_before_between_and_after_moves_keeps_its_digest(track):
    referral = Referral.objects.get(pk=track.referral_id)
    reports, moment = [a_draft_of(referral, now=MARCH)], MARCH
    for act, terms in ACTS.items():
        moment += DAY / 8
        moves.carry_out(track=Track.objects.get(), act=act, terms=dict(terms), by=by(track), now=moment)
        reports.append(a_draft_of(Referral.objects.get(pk=referral.pk), now=moment + HOUR))
    moment += DAY / 8
    moves.give_back(tolling=track.tollings.get(), resumes_on=date(2026, 4, 8), authority="x", by=by(track), now=moment)
    reports.append(a_draft_of(Referral.objects.get(pk=referral.pk), now=moment + HOUR))
    again = Referral.objects.select_related("court", "program", "policy", "person").get(pk=referral.pk)
    assert [digest(door.recompute(again, r.facts)) for r in reports] == [digest(r.facts) for r in reports]
    assert len({digest(r.facts) for r in reports}) == len(reports)
    assert [len(r.facts.track.moves) for r in reports] == [0, 0, 0, 1, 2, 3]
    ends = [r.facts.track.ends_on for r in reports]
    assert [(later - sooner).days for sooner, later in pairwise(ends)] == [10, 30, 0, 0, -8]


def test_a_report_says_each_change_of_the_schedule_in_words(track):
    moment = MARCH
    for act in (Act.CADENCE, Act.ZONE):
        moment += HOUR
        moves.carry_out(track=Track.objects.get(), act=act, terms=dict(ACTS[act]), by=by(track), now=moment)
    facts = a_draft_of(Referral.objects.get(pk=track.referral_id), now=moment + HOUR).facts
    said = [words.schedule_moved(move) for move in facts.track.moves]
    assert said == [
        "From April 6, 2026 check-ins are weekly (2 times), then monthly; before, weekly: Work (Judge Abel).",
        "From March 20, 2026 dates are counted in the time zone America/Los_Angeles; before, in America/New_York.",
    ]


def test_facts_of_the_second_schema_are_spelled_as_they_were(track):
    from dataclasses import replace

    facts = a_draft_of(Referral.objects.get(pk=track.referral_id), now=MARCH).facts
    old = replace(facts, schema=2)
    assert "moves" in as_json(facts)["track"] and "moves" not in as_json(old)["track"]
    assert "moved_from" not in as_json(old)["track"]["check_ins"][0]
    assert "early_after_percent" not in as_json(old)["program"]["terms"]


# --- holidays --------------------------------------------------------------------------------------


@pytest.fixture
def on_a_holiday() -> Track:
    court = a_court(profile={"holidays": ["2026-11-26", "2026-11-27", "2026-12-25"]})
    referral = an_enrolled_case(court=court)
    return tracks.open_track(referral=referral, by=None, now=at("2026-11-12 10:00"))


def test_a_due_date_on_a_court_holiday_is_stored_with_the_date_it_was_planned_for(on_a_holiday):
    second = on_a_holiday.check_ins.get(number=2)
    assert (second.planned_on, second.due_on) == (THANKSGIVING, date(2026, 11, 30))
    assert second.due_at == at("2026-12-01 00:00")
    assert second.moved_from == THANKSGIVING
    assert on_a_holiday.check_ins.get(number=1).moved_from is None


def test_the_report_says_so(on_a_holiday):
    track, now = on_a_holiday, at("2026-12-20 12:00")
    keep(track.referral, until=now, missing=(2,))
    report = a_draft_of(Referral.objects.get(pk=track.referral_id), Kind.PROGRESS, now=now)
    sections = content.sections(report.facts, _issue())
    text = repr(sections)
    assert "No. 2, due Nov 30 (moved from Nov 26, a court holiday)" in text
    assert (
        "Check-in 2 would have been due on November 26, 2026, a court holiday, and was due on November 30, 2026."
        in text
    )
    assert "December 25" not in text  # not yet


def _issue():
    from court_reports.snapshot import Issue

    return Issue(number="1", code="0" * 24, prepared_by="Fay", prepared_at=MARCH)


def test_a_move_after_a_changed_list_of_holidays_lays_what_is_ahead_by_the_new_one(on_a_holiday):
    track = on_a_holiday
    CourtProfile.objects.filter(court=track.referral.court).update(holidays=["2027-01-08"])
    moves.toll(
        track=track, from_on=date(2026, 12, 30), to_on=date(2026, 12, 30), reason="hospital", authority="x",
        by=by(track), now=at("2026-11-13 10:00"),
    )  # fmt: skip
    # Told and before the stretch: as it was told. After it: by the list that stands now.
    assert track.check_ins.get(number=2).moved_from == THANKSGIVING
    assert track.check_ins.get(number=8).moved_from == date(2027, 1, 8)


# --- pages -----------------------------------------------------------------------------------------


@pytest.fixture
def running(shelf) -> Track:
    """A track of which the second check-in was moved by a holiday."""
    today = clock.now().date()
    court = a_court(profile={"holidays": [(today + n * DAY).isoformat() for n in range(6, 20)][2:3]})
    referral = an_enrolled_referral(program=shelf, court=court)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 6 * DAY)


def staff(name: str, track: Track) -> str:
    return reverse(f"track_staff:{name}", args=[track.pk])


def test_a_move_is_seen_before_and_after_and_then_confirmed(running, signed_in):
    client = proved(signed_in(running.referral.facilitator))
    end = running.ends_on
    first = client.post(staff("extend", running), {"days": 14, "reason": "Order", "ordered_by": "Judge Abel"})
    shown = first.content.decode()
    assert "Nothing has changed yet" in shown and "New" in shown and "Stays as it is" in shown
    running.refresh_from_db()
    assert running.ends_on == end
    confirmed(client, staff("extend", running), {"days": 14, "reason": "Order", "ordered_by": "Judge Abel"})
    running.refresh_from_db()
    assert running.ends_on == end + 14 * DAY


def test_what_changed_since_it_was_seen_is_shown_again_and_not_done(running, signed_in):
    client = proved(signed_in(running.referral.facilitator))
    typed = {"days": 14, "reason": "Order", "ordered_by": "Judge Abel"}
    seen = moves.foresee(track=running, act="extend", terms={"days": 14}, now=clock.now()).seen
    moves.extend(track=running, days=7, reason="x", ordered_by="x", by=by(running), now=clock.now())
    shown = client.post(staff("extend", running), typed | {"seen": seen}).content.decode()
    assert "The schedule changed since you looked." in shown
    assert running.extensions.count() == 1
    back = client.post(staff("extend", running), typed | {"seen": seen, "change": "1"}).content.decode()
    assert "See what would change" in back and "Judge Abel" in back


def test_each_kind_of_move_has_its_two_steps(running, signed_in):
    client = proved(signed_in(running.referral.facilitator))
    day = clock.now().date() + 40 * DAY
    toll = {"from_on": day, "to_on": day + 9 * DAY, "reason": "custody", "authority": "An order"}
    assert confirmed(client, staff("toll", running), toll).status_code == 302
    again = {"tolling": str(running.tollings.get().pk), "resumes_on": day + 5 * DAY, "authority": "A call"}
    assert confirmed(client, staff("give_back", running), again).status_code == 302
    cadence = {"from_on": day, "every": "week", "times": 4, "then": "month", "reason": "Work", "ordered_by": "Judge"}
    assert confirmed(client, staff("cadence", running), cadence).status_code == 302
    zone = {"zone": "America/Los_Angeles", "from_on": clock.now().date() - DAY}
    assert confirmed(client, staff("zone", running), zone).status_code == 302
    assert list(running.moves.values_list("act", "days")) == [
        ("toll", 10),
        ("give_back", -5),
        ("cadence", 0),
        ("zone", 0),
    ]
    case = client.get(reverse("referrals:case", args=[running.referral_id])).content.decode()
    for said in ("Every week, 4 times; then Every month", "the time zone America/Los Angeles", "The clock runs again"):
        assert said in case
    home = signed_in(running.referral.person).get(reverse("check_ins:home")).content.decode()
    assert "What changed" in home and "The clock was stopped from" in home


def test_an_early_completion_that_cannot_be_says_what_is_missing(running, signed_in):
    client = proved(signed_in(running.referral.facilitator))
    shown = client.post(staff("early", running), {"reason": "x", "ordered_by": "x"}).content.decode()
    assert "does not let a track be completed early" in shown


def test_a_proposal_is_seen_before_and_after_by_both_people(running, signed_in):
    administrator = an_administrator(running.referral.program)
    client = proved(signed_in(administrator))
    day = clock.now().date() + 40 * DAY
    cadence = {"from_on": day, "every": "two_weeks", "reason": "Work", "ordered_by": "Judge"}
    confirmed(client, staff("cadence", running), cadence)
    waits = Override.objects.get()
    assert waits.act == Act.CADENCE and not running.moves.exists()
    second = proved(signed_in(running.referral.facilitator))
    address = reverse("track_staff:override", args=[waits.pk])
    shown = second.get(address).content.decode()
    assert "Every two weeks" in shown and "Is not asked for any more" in shown
    second.post(reverse("track_staff:confirm_override", args=[waits.pk]))
    assert running.moves.get().cadence == "two_weeks"
    assert "Is not asked for any more" not in second.get(address).content.decode()


def test_a_moved_date_is_shown_as_moved_on_every_page_that_lists_it(running, signed_in):
    second = running.check_ins.get(number=2)
    assert second.moved_from
    person, facilitator = signed_in(running.referral.person), signed_in(running.referral.facilitator)
    pages = [
        person.get(reverse("check_ins:home")), person.get("/"),
        person.get(reverse("check_ins:answer", args=[second.pk])),
        facilitator.get(reverse("referrals:case", args=[running.referral_id])),
        facilitator.get(reverse("track_staff:check_in", args=[second.pk])),
    ]  # fmt: skip
    assert ["a court holiday" in page.content.decode() for page in pages] == [True] * 5


def test_the_feed_follows_what_moved_leaves_out_what_is_cancelled_and_can_be_turned_off(running, signed_in, client):
    person = signed_in(running.referral.person)
    address = reverse("check_ins:feed", args=[running.feed_key])
    day = clock.now().date() + 40 * DAY
    moves.toll(track=running, from_on=day, to_on=day, reason="hospital", authority="x", by=by(running), now=clock.now())
    told = client.get(address).content.decode()
    asked = running.check_ins.filter(cancelled_at=None)
    assert [f"DTSTART;VALUE=DATE:{c.due_on:%Y%m%d}" in told for c in asked] == [True] * len(asked)
    assert told.count("SEQUENCE:1") == asked.filter(window_changes__isnull=False).count() > 3
    CheckIn.objects.filter(pk=asked.last().pk).update(cancelled_at=clock.now())
    assert client.get(address).content.decode().count("BEGIN:VEVENT") == told.count("BEGIN:VEVENT") - 1
    person.post(reverse("check_ins:turn_off_feed"))
    assert client.get(address).status_code == 404
    home = person.get(reverse("check_ins:home")).content.decode()
    assert "There is no calendar address." in home
    person.post(reverse("check_ins:renew_feed"))
    running.refresh_from_db()
    assert client.get(reverse("check_ins:feed", args=[running.feed_key])).status_code == 200
    assert client.get(address).status_code == 404
    kinds = Event.objects.filter(kind__startswith="track.feed").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["track.feed_closed", "track.feed_renewed"]


def test_each_day_of_the_calendar_says_its_state_by_word_and_mark(running, signed_in):
    first = running.check_ins.first()
    check_ins.submit(check_in=first, answers={}, form=None, language="en", by=running.referral.person, now=clock.now())
    home = signed_in(running.referral.person).get(reverse("check_ins:home")).content.decode()
    assert '<span aria-hidden="true">✓</span><span class="calendar__label">On time' in home
    assert home.count('aria-current="date"') == 2  # this month, and the whole track
    assert home.count("<caption>") >= 7
