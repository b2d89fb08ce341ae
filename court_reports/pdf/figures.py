"""Two small pictures: the track at a glance, and the code to scan. Shape carries meaning, not color alone."""

from datetime import date, timedelta
from typing import Any

import segno
from reportlab.lib.colors import HexColor

from court_reports import words
from court_reports.pdf.flowables import ACCENT, INK, QUIET, RULE, TINT, Figure
from court_reports.pdf.text import REGULAR
from court_reports.snapshot import Track, spell_code
from court_reports.tongue import ENGLISH, Tongue

MADE, MISSED = HexColor("#1a4480"), HexColor("#8b0a03")
LABEL = 10
LEGEND = (("on_time", "on time"), ("late", "late or made up"), ("excused", "excused"), ("missed", "missed"))


class TimelineStrip(Figure):
    """One mark for each check-in between the opening and the end of the track."""

    def __init__(self, track: Track, as_of: date, width: float = 468, t: Tongue = ENGLISH) -> None:
        super().__init__(width, 62, timeline_alt(track, t))
        self.track, self.as_of, self.t = track, as_of, t
        self.span = max((track.ends_on - track.opened_on).days, 1)

    def at(self, day: date) -> float:
        return 6 + (self.width - 12) * min(max((day - self.track.opened_on).days / self.span, 0), 1)

    def paint(self, canvas: Any) -> None:
        self._tollings(canvas)
        self._axis(canvas)
        size = min(4.6, (self.width - 12) / max(len(self.track.check_ins), 1) * 0.36)
        for check_in in self.track.check_ins:
            _mark(canvas, check_in.status, self.at(check_in.due_on), 44, size)
        self._legend(canvas)

    def _tollings(self, canvas: Any) -> None:
        canvas.setFillColor(TINT)
        for tolling in self.track.tollings:
            start, end = self.at(tolling.from_on), self.at(tolling.to_on or self.as_of)
            canvas.rect(start, 34, max(end - start, 2), 20, stroke=0, fill=1)

    def _axis(self, canvas: Any) -> None:
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.8)
        canvas.line(0, 44, self.width, 44)
        canvas.setFillColor(QUIET)
        canvas.setFont(REGULAR, LABEL)
        last = -50.0
        for first in _months(self.track.opened_on, self.track.ends_on):
            x = self.at(first)
            canvas.line(x, 36, x, 40)
            if x - last > 40 and x < self.width - (54 if first.month == 1 else 24):
                canvas.drawString(x + 2, 25, self.t.month(first) + (f" {first.year}" if first.month == 1 else ""))
                last = x

    def _legend(self, canvas: Any) -> None:
        x = 5.0
        for status, name in (*LEGEND, ("scheduled", "to come")):
            _mark(canvas, status, x, 8, 4.2)
            name = self.t.say(name)
            canvas.setFillColor(INK)
            canvas.setFont(REGULAR, LABEL)
            canvas.drawString(x + 9, 4.5, name)
            x += 24 + canvas.stringWidth(name, REGULAR, LABEL)


class Code2D(Figure):
    """The verification address as a QR code, drawn as one path of merged runs."""

    def __init__(self, url: str, code: str, size: float = 92) -> None:
        alt = f"QR code of the address to verify this report. The code in letters is {spell_code(code)}."
        super().__init__(size, size, alt)
        # A fixed mask and no boosting: the same address always gives the same picture.
        self.rows = [list(row) for row in segno.make_qr(url, error="m", mask=3, boost_error=False).matrix]

    def paint(self, canvas: Any) -> None:
        unit = self.width / len(self.rows)
        path = canvas.beginPath()
        for index, row in enumerate(self.rows):
            y = self.height - (index + 1) * unit
            for start, length in _runs(row):
                path.rect(start * unit, y, length * unit, unit)
        canvas.setFillColor(INK)
        canvas.drawPath(path, stroke=0, fill=1)


def timeline_alt(track: Track, t: Tongue = ENGLISH) -> str:
    """The picture in words."""
    on_time = [t.say("{n} on time", n=track.on_time)] if track.on_time else []
    said = ", ".join([*on_time, *words.told_apart(track, t)]) or t.say("none due yet")
    told = t.say(
        "Timeline of {scheduled} check-ins from {first} to {last}: {said}.",
        scheduled=track.scheduled, first=t.day(track.opened_on), last=t.day(track.ends_on), said=said,
    )  # fmt: skip
    missed = [t.day(c.due_on) for c in track.check_ins if c.status == "missed"]
    return told + (t.say(" Missed: {days}.", days="; ".join(missed)) if missed else "")


def _mark(canvas: Any, status: str, x: float, y: float, size: float) -> None:
    canvas.setLineWidth(1.3)
    if status == "missed":
        canvas.setStrokeColor(MISSED)
        canvas.line(x - size, y - size, x + size, y + size)
        canvas.line(x - size, y + size, x + size, y - size)
        return
    canvas.setStrokeColor(MADE)
    if status in ("on_time", "returned"):
        canvas.setFillColor(MADE)
        canvas.circle(x, y, size, stroke=0, fill=1)
    elif status in ("late", "cured"):
        _diamond(canvas, x, y, size * 1.15)
    elif status == "excused":
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.circle(x, y, size, stroke=1, fill=1)
    else:
        canvas.setFillColor(ACCENT)
        canvas.circle(x, y, size * 0.32, stroke=0, fill=1)


def _diamond(canvas: Any, x: float, y: float, size: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x, y + size)
    for dx, dy in ((size, 0), (0, -size), (-size, 0)):
        path.lineTo(x + dx, y + dy)
    path.close()
    canvas.setFillColor(MADE)
    canvas.drawPath(path, stroke=0, fill=1)


def _months(start: date, end: date) -> list[date]:
    firsts, day = [], (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= end:
        firsts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return firsts


def _runs(row: list[int]) -> list[tuple[int, int]]:
    runs, start = [], None
    for index, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = index
        elif not dark and start is not None:
            runs.append((start, index - start))
            start = None
    return runs
