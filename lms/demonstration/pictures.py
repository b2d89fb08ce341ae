"""Pictures of every kind of report, from the demonstration's own cases: for the documentation, and to be looked at.

Nothing is released for them and nothing stays: what a notice needs (a contact, a warning, a request that was refused) is
done in a transaction that is undone.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image

from accountability.actions import responses
from accountability.models import CheckIn
from court_reports import facts as door
from court_reports.actions.draft import next_period
from court_reports.pdf.layout import render
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.snapshot import Issue, Kind, ReportFacts, Supersedes
from lms.demonstration import demo
from lms.referrals.models import Referral

DOTS_PER_INCH, COLORS = 72, 32
NOTICES = (Kind.NON_COMPLIANCE, Kind.REFERRAL_BACK)
MISSED = (15, 16)
CODE = "7K3QM2F9XA4B5C6D7E8F9G0H"


class NotThere(Exception):
    """What the pictures are made with, or of, is missing; in words."""


def draw(into: Path, *, now: datetime) -> list[Path]:
    """One PNG for each page of each kind, and of the first page of its Spanish copy. Raises NotThere."""
    if shutil.which("pdftoppm") is None:
        raise NotThere("pdftoppm is not installed: it comes with poppler-utils.")
    if not demo.is_loaded():
        raise NotThere("The demonstration is not in this database: load it first (manage.py demo).")
    into.mkdir(parents=True, exist_ok=True)
    made = []
    for facts, issue in _every_kind(now):
        name = facts.kind.replace("_", "-")
        made += _pages(render(facts, issue, fonts=settings.FONTS_DIR, profile=ARCHIVAL), into, name)
        spanish = render(replace(facts, language="es"), issue, fonts=settings.FONTS_DIR, profile=FILING)
        made += _pages(spanish, into, f"{name}-es", last=1)
    return made


def _every_kind(now: datetime) -> Iterator[tuple[ReportFacts, Issue]]:
    with transaction.atomic():
        for number, kind in enumerate(Kind, 1):
            case = _case_for(kind)
            as_of = _moment_of(case, kind, now)
            if kind in NOTICES:
                _take_steps(case, as_of - timedelta(hours=4))
            yield _facts(case, kind, as_of), _issue(case, kind, number, as_of)
        transaction.set_rollback(True)


def _moment_of(case: Referral, kind: Kind, now: datetime) -> datetime:
    """When this report would have been made: a notice, on the day after what was missed; a final report, at the end."""
    if kind in NOTICES:
        return CheckIn.objects.get(track__referral=case, number=MISSED[-1]).closes_at + timedelta(hours=8)
    ended = door.track_ended(referral=case, now=now) if kind == Kind.FINAL else None
    return ended.as_of if ended else now


def _case_for(kind: Kind) -> Referral:
    """Somebody at the point of their case where this report is made."""
    cases = Referral.objects.select_related("court", "program", "policy", "person", "facilitator").order_by(
        "received_at"
    )
    tracked = cases.filter(track__closed_at=None, track_opened_at__isnull=False)
    found = {
        Kind.ENROLLMENT: cases.filter(enrolled_at__isnull=False, course_completed_at=None).last(),
        Kind.FINAL: cases.filter(completed_at__isnull=False).first(),
        Kind.REFERRAL_BACK: _missed_two_in_a_row(tracked),
        Kind.NON_COMPLIANCE: _missed_two_in_a_row(tracked),
    }.get(kind) or tracked.filter(track__tollings__isnull=False).first()
    if found is None:
        raise NotThere(f"The demonstration has no case for this kind of report: {kind}.")
    return found


def _missed_two_in_a_row(cases: QuerySet[Referral]) -> Referral | None:
    """By the check-ins' own numbers in the demonstration (people.courses)."""
    for number in MISSED:
        missed = CheckIn.objects.filter(number=number, missed_at__isnull=False, submitted_at=None)
        cases = cases.filter(track__in=missed.values("track"))
    return cases.first()


def _take_steps(case: Referral, at: datetime) -> None:
    by, later = case.facilitator, at + timedelta(hours=1)
    if by is None:
        raise NotThere("The case of the notice has no facilitator.")
    responses.contact(referral=case, outcome="no_answer", words="We tried to call.", by=by, now=at)
    responses.warn(referral=case, words="Please call us.", by=by, now=later)


def _facts(case: Referral, kind: Kind, now: datetime) -> ReportFacts:
    about = Kind.PROGRESS if kind == Kind.CORRECTION else kind
    first, last = next_period(referral=case, kind=about, as_of=now)
    old = Supersedes(
        number=f"{now.year}-00002", kind=Kind.PROGRESS, released_on=(now - timedelta(days=3)).date(),
        what_changed="A check-in was counted as late; it was received on time.",
    )  # fmt: skip
    found = door.gather(
        referral=case, kind=kind, as_of=now, period_from=first, period_to=last,
        supersedes=old if kind == Kind.CORRECTION else None,
    )  # fmt: skip
    return found.facts


def _issue(case: Referral, kind: Kind, number: int, now: datetime) -> Issue:
    by = case.facilitator.shown_name if case.facilitator else "Sample Facilitator"
    two = kind in (*NOTICES, Kind.CORRECTION)
    shown = kind in NOTICES
    return Issue(
        number=f"{now.year}-{number:05d}", code=CODE, prepared_by=by, prepared_at=now, released_by=by,
        released_at=now + (timedelta(days=6) if shown else timedelta(hours=1)), second_by="Sample Administrator" if two else "",
        answer="I was ill that week. I have called since." if kind == Kind.NON_COMPLIANCE else "",
        verify_url="https://amends.example/verify/", demonstration=True,
        shown_at=now if shown else None, answer_by=now + timedelta(days=5) if shown else None,
    )  # fmt: skip


def _pages(data: bytes, into: Path, name: str, *, last: int = 0) -> list[Path]:
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / "it.pdf"
        file.write_bytes(data)
        only = ["-l", str(last)] if last else []
        subprocess.run(  # noqa: S603  our own file, by an absolute name
            [str(shutil.which("pdftoppm")), "-r", str(DOTS_PER_INCH), "-png", *only, str(file), f"{room}/page"],
            check=True,
        )
        pages = sorted(Path(room).glob("page*.png"))
        return [_small(page, into / f"{name}-{number}.png") for number, page in enumerate(pages, 1)]


def _small(page: Path, target: Path) -> Path:
    with Image.open(page) as picture:
        picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(target, optimize=True)
    return target
