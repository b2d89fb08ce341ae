"""The pictures of a program: what apps count, cut so that no number is about fewer than five people, and put in words."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from lms.referrals import figures
from lms.referrals.figures import EXCUSED, KEPT, NO, WEEKS, YES, Tally, Waits
from lms.referrals.models import STATUS_LABELS, Court, EndReason, Program
from lms.referrals.people_figures import STEPS, People, people
from lms.referrals.rules.months import Months
from lms.referrals.rules.small_groups import LEAST, Counts, Cut, Edges, Feature, chain, cut, edges, total
from lms.referrals.rules.status import ENDED_EARLY, ENDINGS, MOMENTS
from lms.referrals.rules.waits import MEDIAN, NINE_IN_TEN, business_days_between, days_between, percentile

# A middle one of fewer says little.
FEWEST_WAITS = 2 * LEAST
# Courts by themselves: the largest, each with so many people that a share says something. The others are one line.
COURTS, COURT_LEAST = 6, 4 * LEAST
STEP_WORDS = {
    "received_at": _("Received"),
    "invited_at": _("Invited"),
    "enrolled_at": _("Enrolled"),
    "course_started_at": _("Began the course"),
    "course_completed_at": _("Completed the course, track opened"),
    "completed_at": _("Completed the track"),
}
# The most telling first: what is told first is cut into the fewest pieces.
TOLD = ("enrolled_at", "course_completed_at", "completed_at", "invited_at", "course_started_at")
RATES = ("enrolled_at", "course_completed_at", "completed_at")


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``of`` people, in the months ``at``."""

    part: int
    of: int
    at: Cut

    @property
    def percent(self) -> int:
        return round(100 * self.part / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a picture: of the months asked for, and of as many before. None: too few to say."""

    label: str
    now: Any
    before: Any = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Half were answered within ``middle`` days, nine in ten within ``most``."""

    middle: int
    most: int
    at: Cut


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page shows. ``promise``: business days within which an answer is promised."""

    months: Months
    promise: int | None
    funnel: Sequence[Line] = ()
    endings: Sequence[Line] = ()
    reasons: Sequence[Line] = ()
    weeks: Sequence[Line] = ()
    waits: Sequence[Line] = ()
    reviews: Sequence[Line] = ()
    excused: Sequence[Line] = ()
    languages: Sequence[Line] = ()
    courts: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Months from ``start`` up to, not with, ``stop``; and as many right before, unless everything is asked for."""

    start: int
    stop: int
    before: tuple[int, int] | None = None

    def line(self, label: str, read: Callable[[Cut], Any], at: Edges, group: str = "") -> Line:
        now = cut(at, self.start, self.stop)
        earlier = cut(at, *self.before) if self.before else None
        if earlier and now and earlier.stop > now.start:
            earlier = None  # Moved to their edges, the two would count somebody twice.
        return Line(label, _told(read, now), _told(read, earlier), group)


def _told(read: Callable[[Cut], Any], at: Cut | None) -> Any:
    """What there is to say of these months: of nobody, nothing."""
    said = read(at) if at else None
    return None if isinstance(said, Share) and not said.of else said


@dataclass(frozen=True, slots=True)
class Counted:
    """What apps brought, for any months: read once, asked for many times. As of the first moment of this month."""

    program: Program
    as_of: datetime
    months: Months
    people: Sequence[People]
    tallies: Sequence[Tally]
    waits: Sequence[Waits]
    words: Mapping[str, str]
    courts: Mapping[UUID, str] = field(default_factory=dict)


def counted(program: Program, now: datetime) -> Counted:
    """Up to the end of last month: a file taken today and one taken tomorrow say the same. A constant number of queries."""
    as_of = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    everyone = people(program, as_of)
    first = min((row.month for row in everyone), default=as_of.date())
    return Counted(
        program, as_of, Months.between(first, as_of.date()), everyone, figures.tallies(program, as_of),
        figures.waits(program, as_of), figures.words(),
        dict(Court.objects.filter(pk__in={row.court for row in everyone}).values_list("pk", "name")),
    )  # fmt: skip


def board(read: Counted, asked: Asked) -> Board:
    """Every picture for the months asked."""
    by_kind = _by_kind(read)
    whole = edges([total(by_kind.values(), read.months.count)], range(read.months.count + 1))
    steps = _step_edges(by_kind, whole)
    reached = _reached(by_kind)
    promise = read.program.policies.order_by("-in_force_from", "-number").first()
    return Board(
        months=read.months,
        promise=promise.review_business_days if promise else None,
        funnel=_funnel(by_kind, reached, steps, asked),
        **_endings(by_kind, steps, whole, asked),
        weeks=_weeks(read, asked),
        waits=[_waited(read, one, days_between, asked) for one in read.waits if not one.promised],
        reviews=[_waited(read, one, business_days_between, asked) for one in read.waits if one.promised],
        excused=_excused(read, asked),
        languages=_split(read, "language", _languages(read), steps, asked),
        courts=_split(read, "court", _courts(read), steps, asked),
    )


def month_words(day: date) -> str:
    """“November 2026”."""
    return date_format(day, pgettext("a month", "F Y"))


def months_words(months: Months, at: Cut) -> str:
    """“August 2026 to October 2026”."""
    first, last = month_words(months.begins(at.start)), month_words(months.begins(at.stop - 1))
    return first if first == last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}


# --- people ---------------------------------------------------------------------------------


def _by_kind(read: Counted) -> dict[Hashable, Counts]:
    """(step, ending, court, language, reason) → how many, month by month."""
    rows = (((row.step, row.ending, row.court, row.language, row.reason), row.month, row.n) for row in read.people)
    return _monthly(read.months, rows)


def _monthly(months: Months, rows: Iterable[tuple[Hashable, date, int]]) -> dict[Hashable, Counts]:
    found: dict[Hashable, list[int]] = {}
    for kind, month, n in rows:
        found.setdefault(kind, [0] * months.count)[months.place(month)] += n
    return dict(found)


def _reached(by_kind: Mapping[Any, Counts]) -> dict[str, frozenset[Hashable]]:
    """Step → the kinds of people who came so far, or further."""
    return {step: frozenset(kind for kind in by_kind if STEPS.index(kind[0]) >= STEPS.index(step)) for step in STEPS}


def _step_edges(by_kind: Mapping[Any, Counts], whole: Edges) -> dict[str, Edges]:
    reached = _reached(by_kind)
    found = chain(by_kind, [Feature(reached[step], whole) for step in TOLD])
    return {"received_at": whole, **dict(zip(TOLD, found, strict=True))}


def _share(people: Mapping[Any, Counts], part: frozenset[Any], of: frozenset[Any]) -> Callable[[Cut], Share]:
    def read(at: Cut) -> Share:
        return Share(sum(at.of(people[kind]) for kind in part), sum(at.of(people[kind]) for kind in of), at)

    return read


def _funnel(
    by_kind: Mapping[Any, Counts], reached: Mapping[str, frozenset[Hashable]], steps: Mapping[str, Edges], asked: Asked
) -> list[Line]:
    return [
        asked.line(str(STEP_WORDS[step]), _share(by_kind, reached[step], reached["received_at"]), steps[step])
        for step in STEPS
    ]


def _endings(
    by_kind: Mapping[Any, Counts], steps: Mapping[str, Edges], whole: Edges, asked: Asked
) -> dict[str, list[Line]]:
    """How cases ended, and why those that did so early: parts of the former, so they are cut together with it."""
    ends = {end: frozenset(kind for kind in by_kind if kind[1] == end) for end in ENDINGS}
    early = {kind for kind in by_kind if kind[1] in ENDED_EARLY}
    why = {reason: frozenset(kind for kind in early if kind[4] == reason) for reason in (*EndReason.values, "")}
    # Who completed is a number of the funnel, too.
    features = [*(Feature(ends[end], steps.get(end, whole)) for end in ENDINGS)]
    features += [Feature(kinds, whole) for kinds in why.values()]
    at = chain(by_kind, features)
    words = {name: str(STATUS_LABELS[status]) for name, status in MOMENTS}
    reasons = {**{reason.value: str(reason.label) for reason in EndReason}, "": gettext("Not said")}
    everyone = frozenset(by_kind)

    def lines(parts: Mapping[str, frozenset[Any]], labels: Mapping[str, str], cuts: Sequence[Edges]) -> list[Line]:
        told = zip(parts.items(), cuts, strict=True)
        return [asked.line(labels[name], _share(by_kind, kinds, everyone), edge) for (name, kinds), edge in told]

    return {
        "endings": lines(ends, words, at[: len(ends)]),
        "reasons": lines(why, reasons, at[len(ends) :]) if early else [],
    }


# --- the same shares, side by side --------------------------------------------------------------


def _languages(read: Counted) -> dict[Hashable, str]:
    spoken = sorted({row.language for row in read.people} - {""})
    return {code: get_language_info(code)["name_translated"].capitalize() for code in spoken}


def _courts(read: Counted) -> dict[Hashable, str]:
    """The largest by name; whoever came from another court is in nobody's line but “Other courts”."""
    sizes: Counter[UUID] = Counter()
    for row in read.people:
        sizes[row.court] += row.n
    large = [court for court, n in sizes.most_common(COURTS) if n >= COURT_LEAST]
    return {court: read.courts[court] for court in sorted(large, key=lambda court: read.courts[court])}


def _split(
    read: Counted, by: str, values: Mapping[Hashable, str], steps: Mapping[str, Edges], asked: Asked
) -> list[Line]:
    """For each group the same shares of those who were received, and of those on the track who are nearly always on time."""
    if len(values) < 2:
        return []
    rows = (((getattr(row, by), row.step), row.month, row.n) for row in read.people)
    by_kind: Mapping[Any, Counts] = _monthly(read.months, rows)
    parts = {value: frozenset(kind for kind in by_kind if kind[0] == value) for value in values}
    reached = {step: frozenset(k for k in by_kind if STEPS.index(k[1]) >= STEPS.index(step)) for step in RATES}
    features = [Feature(kinds, steps["received_at"]) for kinds in parts.values()]
    features += [Feature(reached[step], steps[step]) for step in RATES]
    found = chain(by_kind, features)
    told = [value for value, at in zip(values, found, strict=False) if len(at) > 1]
    at = dict(zip(RATES, found[len(parts) :], strict=True))
    lines = [
        asked.line(values[value], _share(by_kind, parts[value] & reached[step], parts[value]), at[step], group=str(STEP_WORDS[step]))
        for step in RATES
        for value in told
    ]  # fmt: skip
    return [*lines, *_kept(read, by, {value: values[value] for value in told}, at["course_completed_at"], asked)]


def _kept(read: Counted, by: str, values: Mapping[Hashable, str], within: Edges, asked: Asked) -> list[Line]:
    rows = (((getattr(t, by), t.answer), t.month, t.n) for t in read.tallies if t.picture == KEPT)
    by_kind: Mapping[Any, Counts] = _monthly(read.months, rows)
    parts = {value: frozenset(kind for kind in by_kind if kind[0] == value) for value in values}
    said = frozenset(kind for kind in by_kind if kind[1] in (YES, NO))
    kept = frozenset(kind for kind in by_kind if kind[1] == YES)
    features = [Feature(kinds, within) for kinds in parts.values()]
    *_values, _said, at = chain(by_kind, [*features, Feature(said, within), Feature(kept, within)])
    if not said or any(len(edges_of) == 1 for edges_of in (*_values, _said)):
        return []
    group = gettext("Nine in ten check-ins on time")
    return [asked.line(values[v], _share(by_kind, parts[v] & kept, parts[v] & said), at, group) for v in values]


# --- what other apps brought ----------------------------------------------------------------------


def _weeks(read: Counted, asked: Asked) -> list[Line]:
    rows = (((t.group, t.answer), t.month, t.n) for t in read.tallies if t.picture == WEEKS)
    by_kind: Mapping[Any, Counts] = _monthly(read.months, rows)
    lines = []
    for week in sorted({week for week, _answer in by_kind}):
        kinds = frozenset(kind for kind in by_kind if kind[0] == week)
        at = edges([by_kind[kind] for kind in kinds], range(read.months.count + 1))
        label = gettext("Week %(number)d") % {"number": int(week)}
        lines.append(asked.line(label, _share(by_kind, frozenset({(week, YES)}) & kinds, kinds), at))
    return lines


def _excused(read: Counted, asked: Asked) -> list[Line]:
    """Reasons overlap and are added up nowhere, so each has edges of its own."""
    rows = ((t.group, t.month, t.n) for t in read.tallies if t.picture == EXCUSED)
    lines = []
    for reason, counts in _monthly(read.months, rows).items():
        mine: Mapping[Any, Counts] = {reason: counts}
        at = edges([counts], range(read.months.count + 1))
        one = frozenset({reason})
        lines.append(asked.line(read.words.get(str(reason), str(reason)), _share(mine, one, one), at))
    return sorted(lines, key=lambda line: (-(line.now.part if line.now else 0), line.label))


def _waited(read: Counted, waits: Waits, days: Callable[[date, date], int], asked: Asked) -> Line:
    """How many there were is not said, so nothing is to be taken from it."""
    kept = [one for one in waits.waits if 0 <= read.months.place(one.began) < read.months.count]
    by_month = _monthly(read.months, (("", one.began, one.n) for one in kept))
    at = edges(by_month.values(), range(read.months.count + 1), FEWEST_WAITS)

    def told(months: Cut) -> Days | None:
        found: Counter[int] = Counter()
        for one in kept:
            if months.start <= read.months.place(one.began) < months.stop:
                found[max(days(one.began, one.ended), 0)] += one.n
        middle, most = percentile(found, MEDIAN), percentile(found, NINE_IN_TEN)
        return None if middle is None or most is None else Days(middle, most, months)

    return asked.line(waits.title, told, at)
