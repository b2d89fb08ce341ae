"""Opening a track lays its whole schedule; nothing is decided later."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accountability.actions import moves, tracks
from accountability.models import CheckIn, Track
from lms.journal.models import Event
from tests.builders import a_court, at
from tests.court_reports.cases import a_program_with_a_course, an_enrolled_case

pytestmark = pytest.mark.django_db
OPENED = at("2026-02-02 10:00")
DAY = timedelta(days=1)


def opened(*, now=OPENED, cadence="week", **fields) -> Track:
    program = a_program_with_a_course(policy={"cadence": cadence})
    return tracks.open_track(referral=an_enrolled_case(program=program, **fields), by=None, now=now)


def due_dates(track) -> list[date]:
    return list(track.check_ins.values_list("due_on", flat=True))


def test_the_whole_schedule_is_there_from_the_first_day():
    track = opened()
    assert (track.opened_on, track.ends_on) == (date(2026, 2, 2), date(2026, 8, 2))
    assert track.ends_at == at("2026-08-03 00:00")
    assert due_dates(track) == [date(2026, 2, 9) + n * 7 * DAY for n in range(25)]
    assert list(track.check_ins.values_list("number", flat=True)) == list(range(1, 26))


def test_a_window_is_counted_in_local_days_over_the_change_of_the_clocks():
    check_in = opened().check_ins.get(due_on=date(2026, 3, 9))  # the clocks went forward on the 8th
    assert (check_in.opens_at, check_in.due_at) == (at("2026-03-06 00:00"), at("2026-03-10 00:00"))
    assert (check_in.closes_at, check_in.cure_until) == (at("2026-03-12 00:00"), at("2026-03-17 00:00"))
    assert check_in.due_at - check_in.opens_at == timedelta(hours=95)
    assert check_in.leeway_until == check_in.closes_at + timedelta(hours=1)


def test_the_zone_is_the_persons_and_else_the_courts():
    late = at("2026-03-01 01:30")  # still February in Los Angeles
    assert opened(now=late).opened_on == date(2026, 3, 1)
    west = opened(now=late, zone="America/Los_Angeles")
    assert (west.zone, west.opened_on) == ("America/Los_Angeles", date(2026, 2, 28))
    courts = opened(now=late, court=a_court(zone="America/Denver"))
    assert (courts.zone, courts.opened_on) == ("America/Denver", date(2026, 2, 28))


@pytest.mark.parametrize(
    "cadence, expected",
    [
        ("two_weeks", ["2026-09-14", "2026-09-28", "2026-10-12"]),
        ("month", ["2026-09-30", "2026-10-31", "2026-11-30"]),
        ("week x 1, two_weeks x 1, month", ["2026-09-07", "2026-09-21", "2026-10-21"]),
    ],
)
def test_the_cadence_is_the_policys(cadence, expected):
    track = opened(now=at("2026-08-31 14:00"), cadence=cadence)
    assert [day.isoformat() for day in due_dates(track)[:3]] == expected
    assert track.ends_on == date(2027, 2, 28)


def test_a_second_opening_returns_the_track_that_is_there():
    track = opened()
    assert tracks.open_track(referral=track.referral, by=None, now=OPENED + 30 * DAY) == track
    assert (Track.objects.count(), CheckIn.objects.count()) == (1, 25)
    assert Event.objects.filter(kind="track.opened").count() == 1


def test_the_database_itself_refuses_a_second_track_and_a_second_check_in_of_a_number():
    track = opened()
    copy = Track.objects.get()
    copy.pk, copy.feed_key = None, "another"
    twin = track.check_ins.first()
    twin.pk = None
    for row in (copy, twin):
        row._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_opening_is_an_event_with_its_end_and_its_count():
    track = opened()
    event = Event.objects.get(kind="track.opened")
    assert (event.at, event.about, event.on_id) == (OPENED, track.referral_id, str(track.pk))
    assert event.data == {"ends_on": "2026-08-02", "check_ins": 25}
    track.referral.refresh_from_db()
    assert track.referral.track_opened_at == OPENED


def test_an_extension_goes_on_with_the_cadence():
    track = opened()
    moves.extend(track=track, days=14, reason="Order", ordered_by="Judge", by=track.referral.facilitator, now=OPENED)
    track.refresh_from_db()
    assert (track.planned_end_on, track.ends_on) == (date(2026, 8, 2), date(2026, 8, 16))
    assert due_dates(track)[-3:] == [date(2026, 7, 27), date(2026, 8, 3), date(2026, 8, 10)]
    assert Event.objects.get(kind="track.extended").data == {"days": 14}


def test_an_extended_monthly_track_counts_on_from_the_opening_so_that_a_31st_comes_back():
    track = opened(now=at("2026-08-31 14:00"), cadence="month")
    moves.extend(track=track, days=31, reason="Order", ordered_by="Judge", by=track.referral.facilitator, now=OPENED)
    assert [day.isoformat() for day in due_dates(track)[-3:]] == ["2027-01-31", "2027-02-28", "2027-03-31"]


def test_an_extension_ordered_after_the_end_asks_for_nothing_that_is_already_over():
    track = opened()
    ordered = track.ends_at + 20 * DAY
    moves.extend(track=track, days=60, reason="Order", ordered_by="Judge", by=track.referral.facilitator, now=ordered)
    added = track.check_ins.filter(number__gt=25)
    assert [c.due_on for c in added if c.due_at <= ordered] == []
    assert [c.number for c in added] == list(range(26, 26 + len(added)))
    assert len(added) == 6


def test_an_extended_track_goes_on_also_where_the_cadence_counted_its_check_ins():
    track = opened(cadence="week x 25")
    moves.extend(track=track, days=14, reason="Order", ordered_by="Judge", by=track.referral.facilitator, now=OPENED)
    assert due_dates(track)[-3:] == [date(2026, 7, 27), date(2026, 8, 3), date(2026, 8, 10)]


def test_an_extension_after_a_stopped_clock_goes_on_with_the_dates_that_moved():
    track = opened()
    by = track.referral.facilitator
    first = track.check_ins.get(number=20).due_on
    moves.toll(track=track, from_on=first, to_on=first + 2 * DAY, reason="hospital", authority="x", by=by, now=OPENED)
    moves.extend(track=track, days=14, reason="Order", ordered_by="Judge", by=by, now=OPENED)
    assert due_dates(track)[-4:] == [date(2026, 7, 23), date(2026, 7, 30), date(2026, 8, 6), date(2026, 8, 13)]


def test_a_closed_track_moves_no_more_and_wakes_nobody():
    track = opened()
    tracks.close_track(referral=track.referral, by=None, now=OPENED + DAY)
    track.refresh_from_db()
    assert (track.closed_at, track.wakes_at) == (OPENED + DAY, None)
    with pytest.raises(tracks.TrackClosed):
        moves.extend(track=track, days=7, reason="x", ordered_by="x", by=track.referral.facilitator, now=OPENED + DAY)


def test_a_new_feed_address_revokes_the_old_one(client):
    track = opened()
    old = track.feed_key
    new = tracks.new_feed_address(track=track, by=track.referral.person, now=OPENED)
    assert client.get(f"/check-ins/feed/{old}.ics").status_code == 404
    shown = client.get(f"/check-ins/feed/{new}.ics")
    assert shown.content.count(b"BEGIN:VEVENT") == 25
    assert track.referral.program.name.encode() not in shown.content
