"""A track is lived in every order that chance finds, over days on which clocks change and in zones where they do so oddly.

After every step a second reading (second_reading.py), which uses none of our rules, agrees on every window, every
state, what is taken and the standing; and what domain.md promises of a track holds. MACHINE_EXAMPLES=500 lives longer.
"""

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from whenever import Date

from accountability.actions import check_ins, decisions, intents, moves, outages, sweeps, tracks
from accountability.facts import TrackFacts, track_facts
from accountability.models import CheckIn, Track
from accountability.rules.calendar import day_ends
from accountability.rules.check_in_state import accepts
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import Court, Referral
from tests.accountability.second_reading import Story, Told, minutes
from tests.builders import at
from tests.court_reports.cases import a_program_with_a_course, an_enrolled_case

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "8"))
STEPS = 20 if EXAMPLES < 100 else 60
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = (
    "America/New_York", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "America/Scoresbysund",
    "Asia/Beirut", "America/Santiago", "Pacific/Chatham",
)  # fmt: skip
OPENED = ("2026-02-02 10:00", "2026-03-01 23:40", "2026-04-17 00:10", "2026-08-31 12:00", "2026-10-20 23:59")
WHICH = st.integers(0, 40)


class ATrack(RuleBasedStateMachine):
    """``now`` only ever moves on. A rule names any check-in at any moment; the second reading says what must come of it."""

    referral: Referral

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.kept: dict[datetime, TrackFacts] = {}
        self._folded: tuple[int, Told] = (-1, None)

    def teardown(self) -> None:
        try:
            if hasattr(self, "story"):
                self.sweep()
                self.agrees()
                for moment, facts in self.kept.items():
                    assert track_facts(referral_id=self.referral.pk, as_of=moment) == facts, moment
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(zone=st.sampled_from(ZONES), opened=st.sampled_from(OPENED))
    def opens(self, zone: str, opened: str) -> None:
        Court.objects.update(zone=zone)
        self.now = at(opened, zone)
        referral = Referral.objects.select_related("court", "program", "policy").get(pk=self.referral.pk)
        self.track = tracks.open_track(referral=referral, by=None, now=self.now)
        assert tracks.open_track(referral=referral, by=None, now=self.now) == self.track
        self.story = Story(zone, Date.parse_iso(opened[:10]))
        self.by = self.referral.facilitator

    # Time.

    @rule(hours=st.integers(1, 200), minute=st.integers(0, 59))
    def time_goes_on(self, hours: int, minute: int) -> None:
        self.until(self.now + hours * HOUR + minute * MINUTE)

    @rule(which=WHICH, end=st.integers(0, 3), beside=st.sampled_from((-1, 0, 1, 60, 61)))
    def time_comes_to_an_end_of_a_window(self, which: int, end: int, beside: int) -> None:
        turn = self.told.turns[which % len(self.told.turns)]
        moment = datetime.fromtimestamp((turn.ends[end] + beside) * 60, UTC)
        if self.now < moment < self.now + 21 * DAY:
            self.until(moment)

    def until(self, moment: datetime) -> None:
        self.kept[self.now] = track_facts(referral_id=self.referral.pk, as_of=self.now)
        self.now = moment

    @rule()
    def sweep(self) -> None:
        sweeps.run_until_quiet(now=self.now)
        self.story.note("swept", minutes(self.now))

    @rule(lasted=st.integers(1, 400), ended=st.integers(0, 30))
    def we_were_down(self, lasted: int, ended: int) -> None:
        """Hours, days or weeks, and noted at once when it was over or a little later."""
        to_at = self.now - ended * MINUTE
        from_at = to_at - lasted * HOUR / 2
        if from_at <= self.track.opened_at or self.told.closed:
            return
        if outages.Outage.objects.filter(from_at__lt=to_at, to_at__gt=from_at).exists():
            return  # the pulse is silent once at a time
        for _ in range(2):
            outages.record_outage(from_at=from_at, to_at=to_at, now=self.now)
        self.story.note("down", minutes(from_at), minutes(to_at))

    # What the person does.

    @rule(which=WHICH)
    def begins(self, which: int) -> None:
        n, row = self.pick(which)
        check_ins.begin(check_in=row, now=self.now)
        if self.told.takes(n, minutes(self.now)):
            self.story.note("begun", n, minutes(self.now))

    @rule(which=WHICH)
    def keeps_a_draft(self, which: int) -> None:
        n, row = self.pick(which)
        taken = self.told.takes(n, minutes(self.now)) and not self.told.closed
        self.is_taken(taken, lambda: check_ins.save_draft(check_in=row, answers={"help": "no"}, now=self.now))

    @rule(which=WHICH)
    def sends(self, which: int) -> None:
        n, row = self.pick(which)
        told, now = self.told, minutes(self.now)
        there = row.submissions.count()
        if there and told.state(n, now) != "returned" and not self.open_again(n):
            self.send(row)  # a double press
            assert row.submissions.count() == there
            return
        taken = told.takes(n, now) and not told.closed
        self.is_taken(taken, lambda: self.send(row))
        if taken:
            self.story.note("sent", n, now)

    # What staff do.

    @rule(which=WHICH, outcome=st.sampled_from(("accepted", "returned")))
    def reviews(self, which: int, outcome: str) -> None:
        n, row = self.pick(which)
        if not self.told.to_read(n):
            with pytest.raises(decisions.NothingToReview):
                decisions.review(check_in=row, outcome=outcome, note="", by=self.by, now=self.now)
            return
        decisions.review(check_in=row, outcome=outcome, note="Say more.", by=self.by, now=self.now)
        self.story.note(outcome, n, minutes(self.now))

    @rule(which=WHICH)
    def excuses(self, which: int) -> None:
        n, row = self.pick(which)
        if not self.told.turns[n].waits:
            with pytest.raises(decisions.AlreadySettled):
                decisions.excuse(check_in=row, reason="work", by=self.by, now=self.now)
            return
        decisions.excuse(check_in=row, reason="work", by=self.by, now=self.now)
        self.story.note("excused", n)

    # What moves the track. Nothing does any more once it was closed or completed early.

    @rule(after=st.integers(0, 40), days=st.integers(1, 20))
    def the_clock_stops(self, after: int, days: int) -> None:
        since = self.today + after * DAY
        until = since + (days - 1) * DAY
        stop = {"from_on": since, "to_on": until, "reason": "hospital", "authority": "x"}
        stands = any(first <= of(until) and last >= of(since) for first, last in self.told.stops)
        refused = intents.NotOnThatDay if of(since) > self.told.end else intents.AlreadyTolled if stands else None
        if self.moves(lambda: moves.toll(track=self.track, **stop, by=self.by, now=self.now), refused):
            self.story.note("tolled", of(since), days, minutes(self.now))

    @precondition(lambda self: self.told.stops)
    @rule(which=WHICH, after=st.integers(-3, 15))
    def the_clock_runs_again(self, which: int, after: int) -> None:
        which %= len(self.told.stops)
        tolling = self.track.tollings.order_by("recorded_at")[which]
        resumes = max(tolling.from_on, self.today) + after * DAY
        back = self.told.back(which, of(resumes), minutes(self.now))
        terms = {"tolling": tolling, "resumes_on": resumes, "authority": "x", "by": self.by, "now": self.now}
        if self.moves(lambda: moves.give_back(**terms), intents.NothingToGiveBack if back < 1 else None):
            self.story.note("given_back", which, back, minutes(self.now))

    @rule(days=st.integers(1, 30))
    def the_end_is_put_off(self, days: int) -> None:
        terms = {"days": days, "reason": "x", "ordered_by": "x", "by": self.by, "now": self.now}
        if self.moves(lambda: moves.extend(track=self.track, **terms)):
            self.story.note("extended", days, minutes(self.now))

    @rule(every=st.sampled_from(("week", "two_weeks", "month")), after=st.integers(0, 40))
    def the_pace_changes(self, every: str, after: int) -> None:
        since = self.today + after * DAY
        terms = {"cadence": every, "from_on": since, "reason": "x", "ordered_by": "x", "by": self.by, "now": self.now}
        same = intents.NothingChanges if every == self.told.every else None
        refused = intents.NotOnThatDay if of(since) > self.told.end else same
        if self.moves(lambda: moves.change_cadence(track=self.track, **terms), refused):
            self.story.note("paced", every, of(since), minutes(self.now))

    @rule(zone=st.sampled_from(ZONES))
    def the_person_moves(self, zone: str) -> None:
        since = self.today
        terms = {"zone": zone, "from_on": since, "by": self.by, "now": self.now}
        refused = intents.NothingChanges if zone == self.told.zone else None
        if self.moves(lambda: moves.change_zone(track=self.track, **terms), refused):
            self.story.note("moved_house", zone, of(since), minutes(self.now))

    @rule(kindly=st.booleans())
    def it_ends_early(self, kindly: bool) -> None:
        """``kindly``: what was not made by now is excused first, or chance would hardly ever find anybody who may."""
        for n, turn in enumerate(self.told.turns if kindly else ()):
            if turn.waits and turn.ends[1] <= minutes(self.now):
                self.excuses(2 * n)
        terms = {"reason": "x", "ordered_by": "x", "by": self.by, "now": self.now}
        refused = None if self.told.may_end_early(minutes(self.now)) else intents.NotEarly
        if self.moves(lambda: moves.complete_early(track=self.track, **terms), refused):
            self.story.note("ended_early", minutes(self.now))

    def moves(self, act, refused: type[Exception] | None = None) -> bool:
        """Whether it was done; where it must not be, it was refused by that name and nothing moved."""
        refused = tracks.TrackClosed if self.told.closed or self.told.early else refused
        if refused is None:
            act()
            self.track.refresh_from_db()
            return True
        with pytest.raises(refused), transaction.atomic():
            act()
        return False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.track.time_zone).date()

    @precondition(lambda self: self.now > self.track.opened_at + 100 * DAY)
    @rule()
    def the_case_ends(self) -> None:
        tracks.close_track(referral=self.referral, by=None, now=self.now)
        self.story.note("closed")

    # What must hold.

    @invariant()
    def agrees(self) -> None:
        told, now = self.told, minutes(self.now)
        rows = list(CheckIn.objects.filter(track=self.track).select_related("track__policy").order_by("number"))
        assert [row.number for row in rows] == list(range(1, len(told.turns) + 1))
        for n, (row, turn) in enumerate(zip(rows, told.turns, strict=True)):
            assert str(row.due_on) == str(turn.due)
            ends = (row.opens_at, row.due_at, row.closes_at, row.cure_until)
            assert tuple(map(minutes, ends)) == turn.ends, row.number
            assert (row.missed_at and minutes(row.missed_at)) == turn.marked, row.number
            assert accepts(row.moments, self.now, row.track.leeway) == told.takes(n, now), row.number
        assert [row.state(self.now).value for row in rows] == told.states(now)

    @invariant()
    def the_database_agrees(self) -> None:
        mine = CheckIn.objects.filter(track=self.track).order_by("number")
        told, now = self.told, minutes(self.now)
        assert list(mine.with_state(self.now).values_list("state_now", flat=True)) == told.states(now)
        waits = [n + 1 for n in range(len(told.turns)) if told.to_read(n)]
        assert list(mine.awaiting_review().values_list("number", flat=True)) == waits

    @invariant()
    def the_facts_agree(self) -> None:
        facts = track_facts(referral_id=self.referral.pk, as_of=self.now)
        told, now = self.told, minutes(self.now)
        assert [line.status for line in facts.check_ins] == told.states(now)
        assert (facts.determination, facts.rule) == told.standing(now)
        assert (str(facts.ends_on), minutes(facts.ends_at)) == (str(told.end), told.last)

    @invariant()
    def the_end_is_the_end_of_its_day(self) -> None:
        track = Track.objects.get(pk=self.track.pk)
        ends = day_ends(track.ends_on, track.time_zone)
        # Later only where somebody moved away and what was open by the old days still is.
        assert track.ends_at == ends or (track.ends_at > ends and track.moves.filter(act="zone").exists())

    @invariant()
    def each_miss_is_told_once_with_its_message_and_nothing_else_leaves(self) -> None:
        numbers = dict(CheckIn.objects.filter(track=self.track).values_list("pk", "number"))
        missed = Event.objects.filter(kind="check_in.missed", about=self.referral.pk).values_list("on_id", "at")
        events = sorted((numbers[next(k for k in numbers if str(k) == pk)], minutes(moment)) for pk, moment in missed)
        assert events == sorted(self.told.marks)
        messages = Message.objects.filter(about=self.referral.pk, kind="check_in.missed").values_list(
            "posted_at", flat=True
        )
        assert sorted(map(minutes, messages)) == sorted({(n, m): m for n, m in self.told.marks}.values())
        assert not Message.objects.filter(kind__startswith="report.").exists()
        assert not Message.objects.filter(key__startswith="check-in:", posted_at__gt=self.now).exists()

    @property
    def told(self) -> Told:
        """Folded anew whenever something happened."""
        if self._folded[0] != len(self.story.happened):
            self._folded = len(self.story.happened), self.story.told()
        return self._folded[1]

    def pick(self, which: int) -> tuple[int, CheckIn]:
        """Any check-in; every second time the one that matters now."""
        told, now = self.told, minutes(self.now)
        n = which // 2 % len(told.turns)
        if which % 2:
            n = next((n for n, turn in enumerate(told.turns) if turn.waits and turn.ends[3] > now), n)
        row = CheckIn.objects.select_related("track__policy", "track__referral__person").get(
            track=self.track, number=n + 1
        )
        return n, row

    def open_again(self, n: int) -> bool:
        until = self.told.turns[n].open_again_until
        return until is not None and minutes(self.now) < until

    def send(self, row: CheckIn) -> None:
        who = self.referral.person
        check_ins.submit(check_in=row, answers={"help": "no"}, form=None, language="en", by=who, now=self.now)

    @staticmethod
    def is_taken(taken: bool, act) -> None:
        if taken:
            act()
            return
        with pytest.raises(check_ins.NotOpen):
            act()


def of(day: date) -> Date:
    return Date(day.year, day.month, day.day)


def test_whatever_happens_in_whatever_order_both_readings_agree():
    referral = an_enrolled_case(
        program=a_program_with_a_course(policy={"early_completion": True, "early_after_share": Decimal("0.05")})
    )

    class AtThisTrack(ATrack):
        pass

    AtThisTrack.referral = referral
    run_state_machine_as_test(
        AtThisTrack,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
