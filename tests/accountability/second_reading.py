"""A track told a second time: a plain list of what happened, folded anew each time it is asked. None of our rules is
used: moments are minutes since 1970, dates come from another engine (``whenever``), a state is read off a list.

Written from domain.md and docs/decisions/outages.md for the default policy. A new kind of move is one more method
``_name`` here and one more rule in test_machine.py.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from whenever import Date, Instant, reset_tzpath

# Both engines read the same data: the tzdata package alone (lms/settings/base.py), not this machine's.
reset_tzpath(())

HOUR, LEEWAY, OUTAGE = 60, 60, 30
DAYS_BEFORE, GRACE, CURE, MONTHS, RETURNED_FOR = 3, 2, 7, 6, 72 * HOUR
STEPS = {"week": {"days": 7}, "two_weeks": {"days": 14}, "month": {"months": 1}}


def minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


@cache
def first_minute(day: Date, zone: str) -> int:
    """Of all minutes around it the first whose local date is that day or a later one."""
    around = Instant.from_utc(day.year, day.month, day.day).timestamp() // 60
    low, high = around - 30 * HOUR, around + 30 * HOUR
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if Instant.from_timestamp(middle * 60).to_tz(zone).date() >= day else (middle, high)
    return high


@dataclass(frozen=True)
class Turn:
    """One check-in. The four ends are minutes; what did not happen is None."""

    due: Date
    ends: tuple[int, int, int, int]
    begun: int | None = None
    sent: int | None = None
    sent_again: int | None = None
    reviewed: int | None = None
    open_again_until: int | None = None
    excused: bool = False
    cancelled: bool = False
    marked: int | None = None

    @property
    def waits(self) -> bool:
        return self.sent is None and not self.excused and not self.cancelled


@dataclass
class Story:
    """What happened, in order; asked by :meth:`told`."""

    zone: str
    opened: Date
    happened: list[tuple[str, tuple]] = field(default_factory=list)

    def note(self, what: str, *how: object) -> None:
        self.happened.append((what, how))

    def told(self) -> "Told":
        told = Told(self.zone, self.opened, self.opened.add(months=MONTHS))
        for what, how in self.happened:
            getattr(told, f"_{what}")(*how)
        return told


class Told:
    def __init__(self, zone: str, opened: Date, ends: Date) -> None:
        self.zone, self.opened, self.end = zone, opened, ends
        self.last = self._day(ends.add(days=1))
        # The cadence counts from ``anchor``; ``shift`` days were stopped since, less what was given back.
        self.anchor, self.shift, self.every = opened, 0, "week"
        self.closed = self.early = False
        self.stops: list[list[Date]] = []
        self.marks: list[tuple[int, int]] = []
        self.turns: list[Turn] = []
        self._add(opened, ends)

    def _day(self, day: Date) -> int:
        return first_minute(day, self.zone)

    def _ends(self, due: Date) -> tuple[int, int, int, int]:
        after = (1, GRACE + 1, CURE + 1)
        return self._day(due.subtract(days=DAYS_BEFORE)), *(self._day(due.add(days=n)) for n in after)

    def _steps(self, until: Date) -> list[Date]:
        """Where the cadence falls, from its anchor and as the clock was stopped, up to a day."""
        found: list[Date] = []
        while True:
            step = {unit: much * (len(found) + 1) for unit, much in STEPS[self.every].items()}
            if (day := self.anchor.add(**step).add(days=self.shift)) > until:
                return found
            found.append(day)

    def _add(self, after: Date, until: Date) -> None:
        self.turns += [Turn(due, self._ends(due)) for due in self._steps(until) if due > after]

    def _put_end(self, day: Date) -> None:
        self.end, self.last = day, self._day(day.add(days=1))

    def today(self, now: int) -> Date:
        return Instant.from_timestamp(now * 60).to_tz(self.zone).date()

    def _whole(self, now: int) -> Date:
        return self.today(now).add(days=DAYS_BEFORE + 1)

    def ahead(self, now: int) -> list[int]:
        return [n for n, turn in enumerate(self.turns) if turn.waits and now < turn.ends[2]]

    def is_open(self, n: int, now: int) -> bool:
        return n in self.ahead(now) and self.turns[n].ends[0] <= now

    def _lay(self, n: int, due: Date, now: int) -> None:
        """On another day; what is open is never shorter than it was told."""
        turn, ends = self.turns[n], self._ends(due)
        if self.is_open(n, now):
            first = ends[0] if due > turn.due else min(ends[0], turn.ends[0])
            ends = (first, *map(max, ends[1:], turn.ends[1:]))
        self.turns[n] = replace(turn, due=due, ends=ends, marked=None)

    def _cancel(self, n: int) -> None:
        self.turns[n] = replace(self.turns[n], cancelled=True)

    # What may happen.

    def _begun(self, n: int, now: int) -> None:
        if self.turns[n].begun is None:
            self.turns[n] = replace(self.turns[n], begun=now)

    def _sent(self, n: int, now: int) -> None:
        turn = self.turns[n]
        first = {"sent": now} if turn.sent is None else {"sent_again": now, "open_again_until": None}
        self.turns[n] = replace(turn, **first)

    def _accepted(self, n: int, now: int) -> None:
        self.turns[n] = replace(self.turns[n], reviewed=now, open_again_until=None)

    def _returned(self, n: int, now: int) -> None:
        until = min(now + RETURNED_FOR, self.last)
        self.turns[n] = replace(self.turns[n], reviewed=now, open_again_until=until)

    def _excused(self, n: int) -> None:
        self.turns[n] = replace(self.turns[n], excused=True)

    def _tolled(self, since: Date, days: int, now: int) -> None:
        for n in self.ahead(now):
            if self.turns[n].due >= since:
                self._lay(n, self.turns[n].due.add(days=days), now)
        self._put_end(self.end.add(days=days))
        self.shift += days
        self.stops.append([since, since.add(days=days - 1)])

    def back(self, which: int, resumes: Date, now: int) -> int:
        """How many days of a stop can be given back; none, or fewer than none, where it cannot."""
        since, last = self.stops[which]
        if resumes < since:
            return 0
        bound = max([self.today(now), *(self.turns[n].due for n in self.ahead(now) if self.is_open(n, now))])
        return min(_days(resumes, last) + 1, max(_days(bound, self.end), 0))

    def _given_back(self, which: int, days: int, now: int) -> None:
        since, last = self.stops[which]
        self.stops[which][1] = last.subtract(days=days)
        self._put_end(self.end.subtract(days=days))
        self.shift -= days
        moving = [n for n in self.ahead(now) if not self.is_open(n, now) and self.turns[n].due >= since]
        stay = [t.due for n, t in enumerate(self.turns) if moving and n < moving[0] and not t.cancelled]
        first = max(self._whole(now), max(stay, default=self.anchor).add(days=1))
        bound = self.end.add(days=1)
        for n in reversed(moving):
            due = max(self.turns[n].due.subtract(days=days), first)
            if due < bound:
                self._lay(n, due, now)
                bound = due
            else:
                self._cancel(n)

    def _extended(self, days: int, now: int) -> None:
        before = max([self.end, *(turn.due for turn in self.turns if not turn.cancelled)])
        self._put_end(self.end.add(days=days))
        ended = [due for due in self._steps(self.end) if self._day(due.add(days=1)) <= now]
        self._add(max([before, *ended]), self.end)

    def _paced(self, every: str, since: Date, now: int) -> None:
        anew = [n for n in self.ahead(now) if not self.is_open(n, now) and self.turns[n].due >= since]
        kept = [turn.due for n, turn in enumerate(self.turns) if n not in anew and not turn.cancelled]
        anchor = max(kept, default=self.anchor.add(days=self.shift))
        start = max(since, self._whole(now), anchor.add(days=1))
        step, times = STEPS[every], 0
        while anchor.add(**{unit: much * (times + 1) for unit, much in step.items()}) < start:
            times += 1
        self.anchor = anchor.add(**{unit: much * times for unit, much in step.items()}) if times else anchor
        self.shift, self.every = 0, every
        days = self._steps(self.end)
        for n, due in zip(anew, days, strict=False):
            self._lay(n, due, now)
        for n in anew[len(days) :]:
            self._cancel(n)
        self.turns += [Turn(due, self._ends(due)) for due in days[len(anew) :]]

    def _moved_house(self, zone: str, since: Date, now: int) -> None:
        moving = [n for n in self.ahead(now) if self.turns[n].due >= since]
        self.zone = zone
        for n in moving:
            self._lay(n, self.turns[n].due, now)
        self.last = max([self._day(self.end.add(days=1)), *(self.turns[n].ends[1] for n in self.ahead(now))])

    def may_end_early(self, now: int) -> bool:
        over = _days(self.opened, self.today(now)) * 20 >= max(_days(self.opened, self.end), 1)
        settled = [s for s in self.states(now) if s in ("on_time", "late", "cured", "excused", "missed")]
        good = sum(s in ("on_time", "late", "cured", "excused") for s in settled)
        return over and self.standing(now)[0] == "in_compliance" and 10 * good >= 9 * len(settled)

    def _ended_early(self, now: int) -> None:
        for n in self.ahead(now):
            self._cancel(n)
        self._put_end(self.today(now))
        self.early = True

    def _down(self, since: int, until: int) -> None:
        for n, turn in enumerate(self.turns):
            opens, due, closes, cure = turn.ends
            if turn.waits and _lost(opens, closes, since, until):
                by = until - max(since, opens)
                ends = (opens, due + by if due > since else due, closes + by, cure + by)
                self.turns[n] = replace(turn, ends=ends, marked=None)
            elif turn.waits and _lost(closes, cure, since, until):
                self.turns[n] = replace(turn, ends=(opens, due, closes, cure + until - max(since, closes)))
            elif turn.open_again_until and turn.reviewed and _lost(turn.reviewed, turn.open_again_until, since, until):
                again = turn.open_again_until + until - max(since, turn.reviewed)
                self.turns[n] = replace(turn, open_again_until=again)

    def _swept(self, now: int) -> None:
        for n, turn in enumerate(self.turns):
            if not self.closed and turn.waits and turn.marked is None and self.state(n, now) == "missed":
                self.turns[n] = replace(turn, marked=turn.ends[2])
                self.marks.append((n + 1, turn.ends[2]))

    def _closed(self) -> None:
        self.closed = True

    # What may be asked.

    def state(self, n: int, now: int) -> str:
        turn = self.turns[n]
        opens, due, closes, _ = turn.ends
        if turn.cancelled or turn.excused:
            return "cancelled" if turn.cancelled else "excused"
        if turn.open_again_until is not None and now < turn.open_again_until:
            return "returned"
        at = now if turn.sent is None else turn.sent
        reached = [name for name, end in (("on_time", due), ("late", closes)) if _kept(turn.begun, at, end)] + ["cured"]
        if turn.sent is not None:
            return reached[0]
        if now < due:
            return "scheduled" if now < opens else "open"
        return "missed" if reached == ["cured"] else "in_grace"

    def takes(self, n: int, now: int) -> bool:
        state = self.state(n, now)
        if state == "missed":
            return _kept(self.turns[n].begun, now, self.turns[n].ends[3])
        return state in ("open", "in_grace", "returned")

    def states(self, now: int) -> list[str]:
        return [self.state(n, now) for n in range(len(self.turns))]

    def standing(self, now: int) -> tuple[str, str]:
        states = self.states(now)
        letters = "".join(
            {"missed": "m", "on_time": "k", "late": "k", "cured": "k", "returned": "k"}.get(s, "") for s in states
        )
        total, row = letters.count("m"), len(letters) - len(letters.rstrip("m"))
        bad = [rule for rule, holds in (("missed_total", total >= 4), ("missed_in_row", row >= 2)) if holds]
        if now >= self.last and not any(self.takes(n, now) for n in range(len(self.turns))):
            kept = sum(state in ("on_time", "late", "cured", "excused") for state in states)
            if 10 * kept < 9 * sum(state != "cancelled" for state in states):
                return "not_completed", "required_share"
            return ("not_completed", "open_non_compliance") if bad else ("completed", "required_share")
        if bad:
            return "not_in_compliance", bad[0]
        return ("at_risk", "missed_in_row") if row else ("in_compliance", "none_due")

    def to_read(self, n: int) -> bool:
        turn = self.turns[n]
        return turn.sent is not None and (turn.reviewed is None or (turn.sent_again or 0) > turn.reviewed)


def _kept(begun: int | None, at: int, end: int) -> bool:
    return at < end or (begun is not None and begun < end and at - end <= LEEWAY)


def _days(since: Date, until: Date) -> int:
    return int(until.since(since, total="days"))


def _lost(opens: int, closes: int, since: int, until: int) -> bool:
    return min(closes, until) - max(opens, since) > OUTAGE
