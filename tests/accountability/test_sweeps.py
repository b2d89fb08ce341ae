"""The minute's work: each reminder at its moment, each missed check-in marked as of the end of its grace."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection, transaction

from accountability.actions import check_ins, decisions, sweeps, tracks
from accountability.awake import awake_in
from accountability.models import CheckIn, Track
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Category, Message
from tests.builders import a_court, at
from tests.court_reports.cases import OPENED, a_case_in_track, a_program_with_a_course, an_enrolled_case

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def track() -> Track:
    return a_case_in_track().track


@pytest.fixture
def check_in(track) -> CheckIn:
    """Due on February 9, open from the 6th."""
    return track.check_ins.first()


def told(check_in: CheckIn) -> list[tuple[str, datetime]]:
    """Kind and moment of each message about a check-in, in order."""
    rows = Message.objects.filter(key__contains=str(check_in.pk)).order_by("not_before")
    return [(kind.removeprefix("check_in."), moment) for kind, moment in rows.values_list("kind", "not_before")]


def hour_by_hour(since: datetime, until: datetime) -> None:
    while since <= until:
        sweeps.run_until_quiet(now=since)
        since += HOUR


def test_four_reminders_and_the_news_each_at_its_moment(check_in):
    hour_by_hour(check_in.opens_at - DAY, check_in.closes_at + DAY)
    assert told(check_in) == [
        ("window_open", at("2026-02-06 08:00")),
        ("due_tomorrow", at("2026-02-08 08:00")),
        ("due_today", at("2026-02-09 08:00")),
        ("last_day_of_grace", at("2026-02-11 08:00")),
        ("missed", at("2026-02-12 08:00")),
    ]


def test_a_reminder_is_not_there_a_minute_before_its_moment(check_in):
    first = at("2026-02-06 08:00")
    sweeps.run_until_quiet(now=first - MINUTE)
    assert told(check_in) == []
    sweeps.run_until_quiet(now=first)
    assert told(check_in) == [("window_open", first)]


@pytest.mark.parametrize(
    "zone, quiet, expected",
    [
        ("America/New_York", ("21:00", "08:00"), "08:00"),
        ("Pacific/Honolulu", ("21:00", "08:00"), "08:00"),
        ("America/New_York", ("22:00", "06:30"), "06:30"),
        ("America/New_York", ("00:00", "09:15"), "09:15"),
    ],
)
def test_nobody_is_written_to_in_the_quiet_hours_of_their_own_zone(zone, quiet, expected):
    quiet_from, quiet_until = (time.fromisoformat(text) for text in quiet)
    program = a_program_with_a_course(policy={"quiet_from": quiet_from, "quiet_until": quiet_until})
    referral = an_enrolled_case(program=program, court=a_court(zone=zone))
    tracks.open_track(referral=referral, by=None, now=OPENED)
    sweeps.run_until_quiet(now=OPENED + 30 * DAY)
    moments = {m.astimezone(ZoneInfo(zone)).time() for m in Message.objects.filter(key__startswith="check-in:").values_list("not_before", flat=True)}  # fmt: skip
    assert moments == {time.fromisoformat(expected)}


def test_each_message_goes_to_the_person_and_says_only_where_to_look(check_in):
    other = a_case_in_track(last_name="Somebody-else")
    sweeps.run_until_quiet(now=check_in.closes_at + DAY)
    mine = Message.objects.filter(key__contains=str(check_in.pk))
    assert mine.count() == 5
    assert set(mine.values_list("to", "about")) == {(check_in.track.referral.person_id, check_in.track.referral_id)}
    assert all(m.context == {"path": f"/check-ins/{check_in.pk}/"} for m in mine)
    assert set(mine.values_list("kind", "category")) == {
        *((f"check_in.{kind}", Category.REMINDER) for kind in ("window_open", "due_tomorrow", "due_today", "last_day_of_grace")),
        ("check_in.missed", Category.NOTICE),
    }  # fmt: skip
    assert not Message.objects.filter(to=other.person, key__contains=str(check_in.pk)).exists()


@pytest.mark.parametrize("late", [0 * MINUTE, MINUTE, 6 * HOUR, 3 * DAY])
def test_missed_is_marked_as_of_the_end_of_grace_however_late_the_sweep(check_in, late):
    sweeps.run_until_quiet(now=check_in.closes_at - MINUTE)
    check_in.refresh_from_db()
    assert check_in.missed_at is None
    sweeps.run_until_quiet(now=check_in.closes_at + late)
    check_in.refresh_from_db()
    assert check_in.missed_at == check_in.closes_at
    event = Event.objects.get(kind="check_in.missed")
    assert (event.at, event.by, event.data) == (check_in.closes_at, None, {"number": 1})


def test_whoever_began_in_time_is_not_marked_before_their_hour_is_over(check_in):
    check_ins.begin(check_in=check_in, now=check_in.closes_at - MINUTE)
    sweeps.run_until_quiet(now=check_in.closes_at + HOUR)
    check_in.refresh_from_db()
    assert check_in.missed_at is None
    sweeps.run_until_quiet(now=check_in.closes_at + HOUR + MINUTE)
    check_in.refresh_from_db()
    assert check_in.missed_at == check_in.closes_at


def test_run_again_and_again_it_marks_and_tells_nothing_twice(track):
    now = OPENED + 40 * DAY

    def everything() -> tuple[object, ...]:
        return Message.objects.count(), Event.objects.count(), list(track.check_ins.values_list("number", "missed_at"))

    sweeps.run_until_quiet(now=now)
    before = everything()
    # The worst hint there is: everything is to be looked at anew.
    track.check_ins.update(wakes_at=OPENED)
    Track.objects.update(wakes_at=OPENED)
    for minutes in range(3):
        sweeps.run_until_quiet(now=now + minutes * MINUTE)
    assert everything() == before


def test_who_answered_or_was_excused_hears_no_more_and_misses_nothing(track):
    answered, excused, quiet = track.check_ins.all()[:3]
    sweeps.run_until_quiet(now=at("2026-02-06 08:00"))
    check_ins.submit(
        check_in=answered, answers={}, form=None, language="en", by=track.referral.person, now=at("2026-02-06 09:00")
    )
    decisions.excuse(check_in=excused, reason="work", by=track.referral.facilitator, now=OPENED)
    sweeps.run_until_quiet(now=quiet.closes_at)
    assert [kind for kind, _ in told(answered)] == ["window_open"]
    assert told(excused) == []
    assert list(track.check_ins.filter(missed_at__isnull=False)) == [quiet]


def test_a_closed_case_is_left_in_peace(track):
    tracks.close_track(referral=track.referral, by=None, now=OPENED + DAY)
    assert sweeps.run_until_quiet(now=OPENED + 60 * DAY) == 0
    assert not Message.objects.filter(key__startswith="check-in:").exists()


def test_a_sweep_looks_only_at_so_many_and_the_next_takes_the_rest(track):
    others = [a_case_in_track().track for _ in range(2)]
    now = OPENED + 14 * DAY
    assert sweeps.run(now=now, limit=2) == 2
    assert sweeps.run_until_quiet(now=now) == 1
    assert sweeps.run_until_quiet(now=now) == 0
    assert CheckIn.objects.filter(number=1, missed_at__isnull=False).count() == len(others) + 1


def test_one_track_that_cannot_be_read_is_put_off_and_the_others_are_swept(track):
    broken = a_track_in_no_known_zone()
    before = list(broken.check_ins.values())
    now = OPENED + 14 * DAY
    assert sweeps.run_until_quiet(now=now) == 2
    assert track.check_ins.get(number=1).missed_at is not None
    broken.refresh_from_db()
    assert (broken.wakes_at, list(broken.check_ins.values())) == (now + HOUR, before)
    assert not Message.objects.filter(about=broken.referral_id, key__startswith="check-in:").exists()


def test_one_that_was_put_off_is_reported_by_its_id_alone(caplog):
    broken = a_track_in_no_known_zone()
    sweeps.run_until_quiet(now=OPENED + 14 * DAY)
    (line,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert (line.name, str(broken.pk) in line.getMessage()) == ("amends.accountability", True)
    assert line.exc_info is None
    for secret in ("Nowhere", broken.referral.person.email, broken.referral.case_number):
        assert secret not in caplog.text


def test_one_that_was_put_off_is_looked_at_every_hour_and_caught_up_once_it_can_be_read():
    broken = a_track_in_no_known_zone()
    now = OPENED + 14 * DAY
    assert [sweeps.run_until_quiet(now=now + minutes * MINUTE) for minutes in (0, 59, 60)] == [1, 0, 1]
    Track.objects.filter(pk=broken.pk).update(zone="America/New_York")
    sweeps.run_until_quiet(now=now + 2 * HOUR)
    first = broken.check_ins.get(number=1)
    assert first.missed_at == first.closes_at
    assert len(told(first)) == 5


def a_track_in_no_known_zone() -> Track:
    track = a_case_in_track().track
    Track.objects.filter(pk=track.pk).update(zone="Nowhere/Known", wakes_at=OPENED)
    return track


def test_what_is_read_of_a_check_in_is_what_the_rule_reads(track, check_in):
    check_ins.begin(check_in=check_in, now=check_in.opens_at)
    check_in.refresh_from_db()
    CheckIn.objects.filter(pk=check_in.pk).update(wakes_at=OPENED)
    with transaction.atomic():
        (row,) = awake_in([track.pk], OPENED)
    assert row.moments == check_in.moments
    assert (row.pk, row.due_on, row.leeway_until) == (check_in.pk, check_in.due_on, check_in.leeway_until)
    assert (row.zone, row.policy_id) == (track.zone, track.policy_id)
    assert (row.referral_id, row.person_id) == (track.referral_id, track.referral.person_id)


def test_reminders_of_past_days_are_suppressed_and_only_what_still_matters_is_sent(check_in):
    sweeps.run_until_quiet(now=check_in.closes_at + 9 * HOUR)
    gone: list[str] = []
    delivery.deliver(now=check_in.closes_at + 9 * HOUR, limit=100, send=lambda m: gone.append(m.kind))
    assert sorted(kind for kind in gone if kind.startswith("check_in.")) == ["check_in.missed"]
    assert Message.objects.filter(key__contains=str(check_in.pk), suppressed_at__isnull=False).count() == 4


def test_how_many_are_asleep_costs_no_queries(track, django_assert_num_queries):
    now = at("2026-02-06 08:00")
    # Two of them open and end the transaction; one learns the policy, once in a whole sweep.
    with django_assert_num_queries(8) as one:
        sweeps.run(now=now, limit=25)
    for _ in range(2):
        a_case_in_track()
    with django_assert_num_queries(len(one)):
        sweeps.run(now=now, limit=25)


def test_the_databases_own_trouble_puts_nobody_off(check_in):
    now = check_in.opens_at

    def trouble(execute, sql, params, many, context):
        if "UPDATE" in sql and "checkin" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    before = Track.objects.get(pk=check_in.track_id).wakes_at
    with connection.execute_wrapper(trouble), pytest.raises(OperationalError):
        sweeps.run(now=now, limit=10)
    assert Track.objects.get(pk=check_in.track_id).wakes_at == before
