"""Whatever is moved, in whatever order: nothing behind changes, nothing is lost or doubled, the end is what was counted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from accountability.rules import moves
from accountability.rules.calendar import day_ends
from accountability.rules.comparison import Happens, compare
from accountability.rules.court_days import court_day, laid
from accountability.rules.schedule import Schedule, Slot, Terms
from accountability.rules.windows import plan
from lms.referrals.rules.policy import Phase, Policy

NEW_YORK, DENVER, HONOLULU = (
    ZoneInfo(f"{name}") for name in ("America/New_York", "America/Denver", "Pacific/Honolulu")
)
THANKSGIVING = date(2026, 11, 26)
DAY = timedelta(days=1)
OPENED = date(2026, 9, 3)
CADENCES = [(Phase("week"),), (Phase("two_weeks"),), (Phase("month"),), (Phase("week", 3), Phase("month"))]
DAYS = st.dates(OPENED - 5 * DAY, date(2027, 6, 1))
HOLIDAYS = st.frozensets(DAYS, max_size=60)


def a_schedule(opened: date = OPENED, holidays=(), zone=NEW_YORK) -> Schedule:
    policy = Policy()
    planned = plan(opened, policy, zone, holidays)
    slots = tuple(Slot(window) for window in planned.windows)
    return Schedule(opened, 0, policy.cadence, zone, planned.ends_on, planned.ends_at, slots)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


# --- holidays -----------------------------------------------------------------------------------


def test_a_due_date_on_a_holiday_moves_to_the_next_court_day_and_its_window_with_it():
    friday = THANKSGIVING + DAY
    planned = plan(date(2026, 11, 19), Policy(), NEW_YORK, {THANKSGIVING, friday})
    first, second = planned.windows[:2]
    assert (first.planned_on, first.due_on) == (THANKSGIVING, date(2026, 11, 30))
    assert first.opens_at == datetime(2026, 11, 27, 5, tzinfo=UTC)
    assert first.closes_at == day_ends(date(2026, 12, 2), NEW_YORK)
    assert first.cure_until == day_ends(date(2026, 12, 7), NEW_YORK)
    assert (second.planned_on, second.due_on) == (date(2026, 12, 3), date(2026, 12, 3))


def test_a_plain_weekend_stays():
    saturday = date(2026, 11, 28)
    assert court_day(saturday, {THANKSGIVING}) == saturday
    assert court_day(saturday, {saturday}) == date(2026, 11, 30)


def test_a_date_stays_on_its_holiday_where_the_next_one_or_the_end_is_in_the_way():
    closed = {date(2026, 12, 24) + n * DAY for n in range(9)}
    assert laid([date(2026, 12, 25), date(2027, 1, 1)], last=date(2027, 2, 1), holidays=closed) == [
        date(2026, 12, 25), date(2027, 1, 4),
    ]  # fmt: skip
    assert laid([THANKSGIVING], last=THANKSGIVING, holidays={THANKSGIVING}) == [THANKSGIVING]


@given(opened=DAYS, holidays=HOLIDAYS, cadence=st.sampled_from(CADENCES), months=st.integers(1, 6))
def test_holidays_never_make_two_dates_meet_nor_pass_the_end_nor_come_sooner(opened, holidays, cadence, months):
    policy = Policy(track_months=months, cadence=cadence)
    bare, planned = plan(opened, policy, NEW_YORK), plan(opened, policy, NEW_YORK, holidays)
    due = [w.due_on for w in planned.windows]
    assert due == sorted(set(due))
    assert [w.planned_on for w in planned.windows] == [w.due_on for w in bare.windows]
    assert all(w.planned_on <= w.due_on <= planned.ends_on for w in planned.windows)
    for w in planned.windows:
        if w.due_on != w.planned_on:
            assert w.planned_on in holidays and w.due_on not in holidays and w.due_on.weekday() < 5
        elif w.due_on not in holidays:
            assert w.due_on == w.planned_on


# --- moves --------------------------------------------------------------------------------------

A_MOVE = st.one_of(
    st.builds(lambda first, days: moves.Toll(first, first + days * DAY), DAYS, st.integers(0, 40)),
    st.builds(moves.GiveBack, DAYS, st.integers(1, 40)),
    st.builds(moves.Extend, st.integers(1, 60)),
    st.builds(moves.NewCadence, st.sampled_from(CADENCES), DAYS),
    st.builds(moves.NewZone, st.sampled_from([NEW_YORK, DENVER, HONOLULU]), DAYS),
)


@settings(max_examples=300)
@given(
    changes=st.lists(st.tuples(A_MOVE, st.integers(0, 30), st.sets(st.integers(1, 30))), max_size=7),
    holidays=HOLIDAYS,
)
def test_any_moves_in_any_order(changes, holidays):
    terms = Terms(Policy(), holidays)
    schedule = a_schedule(holidays=holidays)
    planned_end, counted, now = schedule.ends_on, 0, noon(OPENED)
    stopped: dict[date, int] = {}
    for move, later, answered in changes:
        now += later * DAY
        schedule = replace(schedule, slots=tuple(_answered(slot, answered, now) for slot in schedule.slots))
        if isinstance(move, moves.Toll):
            if move.from_on > schedule.ends_on:
                continue
            stopped[move.from_on] = move.days
        if isinstance(move, moves.GiveBack):
            # Only what was stopped comes back.
            first = max(stopped, key=stopped.__getitem__, default=None)
            possible = min(move.days, stopped.get(first, 0), moves.can_give_back(schedule, now))
            if possible < 1:
                continue
            move = moves.GiveBack(first, possible)
            stopped[first] -= possible
        after = moves.relaid(schedule, move, terms, now)
        _hold(schedule, after, move, terms, now)
        counted += {moves.Toll: 1, moves.Extend: 1, moves.GiveBack: -1}.get(type(move), 0) * getattr(move, "days", 0)
        assert after.ends_on == planned_end + counted * DAY
        schedule = after


def _answered(slot: Slot, answered: set[int], now: datetime) -> Slot:
    sent = slot.number in answered and slot.window.opens_at <= now and not slot.is_behind(now)
    return replace(slot, settled=True) if sent else slot


def _hold(before: Schedule, after: Schedule, move, terms: Terms, now: datetime) -> None:
    old, new = ({slot.number: slot for slot in s.slots} for s in (before, after))
    # Nothing behind changes, nothing is lost, nothing is there twice.
    assert all(new[number] == slot for number, slot in old.items() if slot.is_behind(now))
    assert old.keys() <= new.keys()
    assert [s.number for s in after.slots] == list(range(1, len(after.slots) + 1))
    due = [slot.due_on for slot in after.live()]
    assert due == sorted(set(due))
    for slot in after.ahead(now):
        w, was = slot.window, old.get(slot.number)
        assert w.planned_on <= w.due_on <= after.ends_on
        assert w.opens_at < w.due_at <= w.closes_at <= w.cure_until
        if was and was.is_open(now):
            told = was.window
            assert w.due_at >= told.due_at and w.closes_at >= told.closes_at and w.cure_until >= told.cure_until
        elif was is None or (w.due_on < was.due_on):
            # What nobody was told of, or comes sooner than told, has its whole window ahead.
            assert w.opens_at > now or isinstance(move, moves.Extend)
    if isinstance(move, moves.Toll | moves.Extend | moves.NewZone):
        assert {slot.number for slot in before.live()} <= {slot.number for slot in after.live()}


@given(first=DAYS, days=st.integers(1, 40), early=st.integers(0, 39), holidays=HOLIDAYS)
def test_a_stretch_given_back_at_once_leaves_what_a_shorter_one_would_have_left(first, days, early, holidays):
    """Foreseen from far off: stopped for ``days`` and started ``early`` sooner is stopped for fewer."""
    early, now = min(early, days), noon(OPENED - 30 * DAY)
    terms, schedule = Terms(Policy(), holidays), a_schedule(holidays=holidays)
    long = moves.relaid(schedule, moves.Toll(first, first + (days - 1) * DAY), terms, now)
    back = moves.relaid(long, moves.GiveBack(first, early), terms, now) if early else long
    short = moves.relaid(schedule, moves.Toll(first, first + (days - early - 1) * DAY), terms, now)
    assert back.ends_on == short.ends_on
    assert len(back.live()) == len(short.live())
    if not holidays:
        assert [s.window for s in back.slots] == [s.window for s in short.slots]


def test_what_no_longer_fits_is_not_asked_for_when_the_end_of_a_stopped_clock_is_told_late():
    schedule, terms = a_schedule(), Terms(Policy())
    stopped = moves.relaid(schedule, moves.Toll(date(2026, 9, 8), date(2026, 10, 7)), terms, noon(date(2026, 9, 7)))
    # It ran again on September 15 and is told on October 1: 23 days come back, three check-ins would lie behind.
    now = noon(date(2026, 10, 1))
    after = moves.relaid(stopped, moves.GiveBack(date(2026, 9, 8), 23), terms, now)
    assert [(s.number, s.cancelled, s.due_on) for s in after.slots][:4] == [
        (1, True, date(2026, 10, 10)), (2, True, date(2026, 10, 17)), (3, False, date(2026, 10, 5)),
        (4, False, date(2026, 10, 8)),
    ]  # fmt: skip
    assert after.ends_on == schedule.ends_on + 7 * DAY


def test_a_new_cadence_counts_from_the_last_date_before_it_and_takes_the_numbers_over():
    schedule, now = a_schedule(), noon(OPENED)
    after = moves.relaid(schedule, moves.NewCadence((Phase("two_weeks"),), date(2026, 10, 1)), Terms(Policy()), now)
    live = after.live()
    assert [s.due_on for s in live][:5] == [date(2026, 9, 10), date(2026, 9, 17), date(2026, 9, 24), date(2026, 10, 8), date(2026, 10, 22)]  # fmt: skip
    assert [s.number for s in live] == list(range(1, len(live) + 1))
    longer = moves.relaid(after, moves.Extend(28), Terms(Policy()), now)
    new = longer.live()[len(live) :]
    assert [s.number for s in new] == [26, 27]
    assert [(b.due_on - a.due_on).days for a, b in zip(longer.live()[3:], longer.live()[4:], strict=False)] == [14] * (
        len(longer.live()) - 4
    )


def test_an_open_window_never_ends_sooner_by_a_move_to_the_east():
    schedule = a_schedule(zone=HONOLULU)
    first = schedule.slots[0].window
    now = first.opens_at + DAY
    after = moves.relaid(schedule, moves.NewZone(NEW_YORK, OPENED), Terms(Policy()), now)
    assert after.slots[0].window.due_at == first.due_at
    assert after.slots[1].window.due_at == day_ends(first.due_on + 7 * DAY, NEW_YORK)


def test_an_early_end_cancels_what_is_ahead_and_ends_with_the_day():
    schedule = a_schedule()
    now = noon(date(2027, 2, 1))
    after = moves.relaid(schedule, moves.EndEarly(), Terms(Policy()), now)
    assert (after.ends_on, after.ahead(now)) == (date(2027, 2, 1), [])
    assert [s for s in after.slots if s.is_behind(now) and not s.cancelled] == [
        s for s in schedule.slots if s.is_behind(now)
    ]


def test_before_and_after_are_told_line_by_line():
    schedule, now = a_schedule(), noon(date(2027, 2, 20))
    longer = compare(schedule, moves.relaid(schedule, moves.Extend(14), Terms(Policy()), now), now)
    assert [(line.happens, line.was_on, line.now_on) for line in longer.lines] == [
        (Happens.STAYS, date(2027, 2, 18), date(2027, 2, 18)),
        (Happens.STAYS, date(2027, 2, 25), date(2027, 2, 25)), (Happens.ADDED, None, date(2027, 3, 4)),
        (Happens.ADDED, None, date(2027, 3, 11)),
    ]  # fmt: skip
    assert (longer.days, longer.behind) == (14, 23)
    assert longer.seen != compare(schedule, schedule, now).seen
