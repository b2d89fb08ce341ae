"""A certificate of destruction: what was forgotten, by whose act, and what proves it. It names nobody it is about."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import LETTER
from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, KeepTogether, NextPageTemplate, Spacer

from court_reports import words
from court_reports.pdf.canvas import TaggedCanvas
from court_reports.pdf.flowables import NOTE, STRONG, Heading, Text, grid, pairs
from court_reports.pdf.layout import INCH, Paper
from court_reports.pdf.metadata import Metadata
from court_reports.pdf.profile import FILING
from court_reports.pdf.text import clean, use_fonts
from lms.keeping.certificates import CertificateFacts

TITLE = "Certificate of destruction"
WIDTH = LETTER[0] - 2 * INCH


def render(facts: CertificateFacts, *, fonts: Path, demonstration: bool = False) -> bytes:
    """Tagged, archival bytes: the same facts give the same bytes. Raises FontsMissing, MissingGlyph."""
    use_fonts(fonts)
    target = BytesIO()
    foot = f"{TITLE} {facts.number}"
    meta = Metadata(
        title=foot,
        author=clean(facts.organization or facts.program),
        subject=f"Case {facts.case}",
        language="en-US",
        moment=facts.finished_at,
        fingerprint=hashlib.sha256(json.dumps(asdict(facts), default=str).encode()).hexdigest(),
    )
    paper = Paper(target, foot, LETTER, "")
    paper.build(
        _story(facts, demonstration),
        canvasmaker=lambda file, **options: TaggedCanvas(file, meta=meta, profile=FILING, pagesize=LETTER),
    )
    return target.getvalue()


def _story(facts: CertificateFacts, demonstration: bool) -> list[Flowable]:
    by_itself = "The program\u2019s rule of retention, by itself"
    if facts.again:
        by_itself = "By itself, after a restore: it had been done before, and was done again"
    acts = (
        ("Case", facts.case),
        ("Ground", facts.ground),
        ("Proposed by", facts.proposed_by or by_itself),
        ("Proposed", _moment(facts.proposed_at, facts.zone)),
        ("Confirmed by", facts.confirmed_by or by_itself),
        ("Confirmed", _moment(facts.confirmed_at, facts.zone)),
        ("Finished", _moment(facts.finished_at, facts.zone)),
    )
    story: list[Flowable] = [NextPageTemplate("rest"), *_head(facts), FrameBreak()]
    story += [pairs(acts, (130, WIDTH - 130)), Spacer(0, 4)]
    story.append(
        Text(
            "The keys under which this person\u2019s words and reports were sealed were destroyed. The records named "
            f"below were deleted or blanked, and {facts.files} files were deleted from disk."
        )
    )
    story += _heading("What is gone")
    story.append(grid(("What", "How many"), [(_upper(w), str(n)) for w, n in facts.gone], (WIDTH - 90, 90), right=(1,)))
    story += _heading("What stays, and why")
    stays = [(_upper(what), str(n), _upper(why)) for what, n, why in facts.stays]
    story.append(grid(("What", "How many", "Why"), stays, (162, 84, WIDTH - 246), right=(1,)))
    return [*story, *_proof(facts, demonstration)]


def _heading(text: str) -> list[Flowable]:
    """A heading whose table may begin on its page and go on over the next."""
    heading = Heading(text)
    heading.keepWithNext = 0
    return [CondPageBreak(130), heading]


def _head(facts: CertificateFacts) -> list[Flowable]:
    return [
        Text(facts.organization or facts.program, STRONG),
        Text(facts.program if facts.organization else "", NOTE),
        Spacer(0, 6),
        Heading(TITLE, 1),
    ]


def _proof(facts: CertificateFacts, demonstration: bool) -> list[Flowable]:
    parts: list[Flowable] = [
        Heading("How it can be proved"),
        Text(
            f"The act is event {facts.journal_position} of the program\u2019s journal, whose events are bound to one "
            "another: none can be changed, removed or put in without being found."
        ),
        Text(_backups(facts)),
        pairs((("Journal", f"Event {facts.journal_position}"), ("Hash", facts.journal_hash)), (130, WIDTH - 130)),
    ]
    if demonstration:
        parts += [Spacer(0, 6), Text(words.DEMONSTRATION, NOTE)]
    return [KeepTogether(parts)]


def _backups(facts: CertificateFacts) -> str:
    return (
        "Backups made before the act still hold it as it stood. Names, addresses, the year of birth and the number of "
        "the case can be read in them by whoever holds them, until the last such backup has been removed: by "
        f"{words.day(facts.data_backups_until)}, by the rule of this service. What was sealed in them opens no more "
        f"once the backups of the keys, which are kept apart, are gone: by {words.day(facts.key_backups_until)}. Copies "
        "that were taken elsewhere are not known here."
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _moment(at: datetime, zone: str) -> str:
    return words.local_moment(at, zone)
