"""Each picture in words: a sentence, a drawing, a table. What the file says is the table, cell by cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.referrals.program_figures import Board, Days, Line, Share, months_words
from lms.referrals.rules.bars import Bar, Chart, Row, draw

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Group:
    """A drawing and, when there are several in a picture, what it is of."""

    title: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Picture:
    """``rows``: the first cell of each is its heading."""

    name: str
    title: str
    sentence: str
    note: str
    groups: Sequence[Group]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def labeled(self) -> list[list[tuple[str, str]]]:
        """Cells, each with its heading: on a phone it stands beside it."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


def pictures(board: Board) -> list[Picture]:
    """All of them, in the order of the page."""
    return [
        _funnel(board), _weeks(board), _waits(board), _reviews(board), _endings(board), _reasons(board),
        _excused(board),
        _split(board, "languages", _("The same shares by language"), board.languages),
        _split(board, "courts", _("The same shares by court"), board.courts),
    ]  # fmt: skip


# --- pictures -----------------------------------------------------------------------------------


def _funnel(board: Board) -> Picture:
    told = [line for line in board.funnel if line.now]
    sentence = ""
    if told:
        line = next((line for line in reversed(told) if line.now.part), told[0])
        sentence = _("%(part)d of %(of)d people who were referred in %(months)s came to this: %(step)s.") % {
            "part": line.now.part, "of": line.now.of, "months": months_words(board.months, line.now.at), "step": line.label,
        }  # fmt: skip
    note = _(
        "People by the month in which the court referred them, and how far they have come by now. Whoever was referred lately had less time."
    )
    return _of_people(board, "funnel", _("From referral to completion"), sentence, note, board.funnel)


def _endings(board: Board) -> Picture:
    told = [line for line in board.endings if line.now and line.now.part]
    sentence = ""
    if told:
        line = max(told, key=lambda line: line.now.part)
        sentence = _("The most frequent ending: %(ending)s, %(part)d of %(of)d people who were referred in %(months)s.") % {
            "ending": line.label, "part": line.now.part, "of": line.now.of,
            "months": months_words(board.months, line.now.at),
        }  # fmt: skip
    note = _("People by the month in which the court referred them. Cases that are open stand in no line.")
    return _of_people(board, "endings", _("How cases ended"), sentence, note, board.endings)


def _reasons(board: Board) -> Picture:
    told = [line for line in board.reasons if line.now and line.now.part]
    sentence = ""
    if told:
        line = max(told, key=lambda line: line.now.part)
        sentence = _("The most frequent reason: %(reason)s, %(part)d of %(of)d people who were referred in %(months)s.") % {
            "reason": line.label, "part": line.now.part, "of": line.now.of,
            "months": months_words(board.months, line.now.at),
        }  # fmt: skip
    note = _(
        "Of cases that were referred back or withdrawn, by the month in which the court referred the person. Not said: nobody noted it, or the case is forgotten."
    )
    rows = [[line.label, *_shared(board, line)] for line in board.reasons]
    head = _heads(_("Reason"), _("People"), _("Of"))
    groups = _groups(board.reasons, _bar_of_people)
    return Picture("reasons", _("Why cases ended early"), sentence or _too_few(), note, groups, head, rows)


def _excused(board: Board) -> Picture:
    told = [line for line in board.excused if line.now and line.now.part]
    sentence = ""
    if told:
        line = told[0]
        sentence = ngettext(
            "The most frequent reason: %(reason)s, for %(n)d person in %(months)s.",
            "The most frequent reason: %(reason)s, for %(n)d people in %(months)s.",
            line.now.part,
        ) % {"reason": line.label, "n": line.now.part, "months": months_words(board.months, line.now.at)}
    note = _("People, each once for a reason, in the month in which a check-in was first excused for it.")
    rows = [[line.label, *_count(board, line.now), *_count(board, line.before, months=False)] for line in board.excused]
    head = [_("Reason"), _("People"), _("Months counted"), _("People, period before")]
    groups = _groups(board.excused, _bar_of_people)
    return Picture("excused", _("Why check-ins were excused"), sentence or _too_few(), note, groups, head, rows)


def _weeks(board: Board) -> Picture:
    told = [line for line in board.weeks if line.now]
    sentence = ""
    if told:
        low = min(told, key=lambda line: (line.now.percent, line.label))
        sentence = _("Fewest check-ins came on time in this week: %(week)s, %(part)d of %(of)d (%(percent)d %%).") % {
            "week": low.label, "part": low.now.part, "of": low.now.of, "percent": low.now.percent
        }  # fmt: skip
    note = _("Check-ins that were due in each week of the track. Excused and cancelled ones are left out.")
    rows = [[line.label, *_shared(board, line)] for line in board.weeks]
    groups = _groups(board.weeks, _bar_of_percent, HUNDRED)
    head = _heads(_("Week of the track"), _("On time"), _("Due"))
    return Picture("weeks", _("Check-ins on time, week by week"), sentence or _too_few(), note, groups, head, rows)


def _waits(board: Board) -> Picture:
    note = _(
        "In days, from the day of the referral. Half of the people waited no longer than the bar; nine in ten no longer than the mark."
    )
    return _of_days(board, "waits", _("Time to first contact"), note, board.waits)


def _reviews(board: Board) -> Picture:
    note = _("In business days. Half were answered within the bar; nine in ten within the mark.")
    if board.promise:
        promise = ngettext(
            "The program promises an answer within %(n)d business day.",
            "The program promises an answer within %(n)d business days.",
            board.promise,
        ) % {"n": board.promise}
        note = f"{note} {promise}"
    return _of_days(board, "reviews", _("Time to an answer"), note, board.reviews)


def _split(board: Board, name: str, title: str, lines: Sequence[Line]) -> Picture:
    told = [line for line in lines if line.now]
    note = _(
        "A difference between groups is a question, not an answer: small groups differ by chance, and nothing here says why."
    )
    sentence = ""
    if told:
        first = [line for line in told if line.group == told[-1].group]
        low, high = min(first, key=_percent), max(first, key=_percent)
        sentence = _("%(what)s: from %(low)d %% (%(low_group)s) to %(high)d %% (%(high_group)s).") % {
            "what": told[-1].group, "low": low.now.percent, "low_group": low.label,
            "high": high.now.percent, "high_group": high.label,
        }  # fmt: skip
    elif not lines:
        sentence = _("There are not two groups with enough people to be set side by side.")
    groups = [
        Group(title_of, draw([Row(line.label, _bars(line, _bar_of_percent)) for line in some], HUNDRED))
        for title_of, some in groupby(told, key=lambda line: line.group)
    ]
    rows = [[f"{line.group}: {line.label}", *_shared(board, line)] for line in lines]
    head = _heads(_("Share and group"), _("People"), _("Of"))
    return Picture(name, title, sentence or _too_few(), note, groups, head, rows)


def _of_people(board: Board, name: str, title: str, sentence: str, note: str, lines: Sequence[Line]) -> Picture:
    rows = [[line.label, *_shared(board, line)] for line in lines]
    head = _heads(_("Step") if name == "funnel" else _("Ending"), _("People"), _("Of"))
    return Picture(name, title, sentence or _too_few(), note, _groups(lines, _bar_of_people), head, rows)


def _of_days(board: Board, name: str, title: str, note: str, lines: Sequence[Line]) -> Picture:
    told = [line for line in lines if line.now]
    sentence = " ".join(
        ngettext("%(what)s: half within %(n)d day.", "%(what)s: half within %(n)d days.", line.now.middle)
        % {"what": line.label, "n": line.now.middle}
        for line in told
    )
    rows = [[line.label, *_day_cells(board, line.now), *_day_cells(board, line.before)[:2]] for line in lines]
    head = [_("What"), _("Half within, days"), _("Nine in ten within, days"), _("Months counted"),
            _("Half, period before"), _("Nine in ten, period before")]  # fmt: skip
    return Picture(name, title, sentence or _too_few(), note, _groups(lines, _bar_of_days), head, rows)


# --- bars -----------------------------------------------------------------------------------------


def _groups(lines: Sequence[Line], bar: Callable[..., Bar], most: int | None = None) -> list[Group]:
    told = [Row(line.label, _bars(line, bar)) for line in lines if line.now]
    return [Group("", draw(told, most))] if told else []


def _bars(line: Line, bar: Callable[..., Bar]) -> list[Bar]:
    return [bar(line.now), *([bar(line.before, plain=True)] if line.before else [])]


def _bar_of_people(share: Share, plain: bool = False) -> Bar:
    return Bar(share.part, str(share.part), plain)


def _bar_of_percent(share: Share, plain: bool = False) -> Bar:
    return Bar(share.percent, f"{share.percent} %", plain)


def _bar_of_days(days: Days, plain: bool = False) -> Bar:
    return Bar(days.middle, f"{days.middle} / {days.most}", plain, mark=days.most)


# --- cells -----------------------------------------------------------------------------------------


def _heads(what: str, part: str, of: str) -> list[str]:
    return [what, part, of, _("Percent"), _("Months counted"), _("Percent, period before")]


def _shared(board: Board, line: Line) -> list[str]:
    before = f"{line.before.percent} %" if line.before and line.before.of else "–"
    if not line.now or not line.now.of:
        return ["–", "–", "–", _("Too few"), before]
    share: Share = line.now
    return [str(share.part), str(share.of), f"{share.percent} %", months_words(board.months, share.at), before]


def _count(board: Board, share: Share | None, months: bool = True) -> list[str]:
    if share is None:
        return ["–", _("Too few")] if months else ["–"]
    return [str(share.part), months_words(board.months, share.at)] if months else [str(share.part)]


def _day_cells(board: Board, days: Days | None) -> list[str]:
    if days is None:
        return ["–", "–", _("Too few")]
    return [str(days.middle), str(days.most), months_words(board.months, days.at)]


def _percent(line: Line) -> int:
    share: Share = line.now
    return share.percent


def _too_few() -> str:
    return _("So far there are too few people to say anything without saying it of somebody.")
