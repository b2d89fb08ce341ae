"""Taking one story back: its ledger closes, and from that moment no page shows it and no file of it is served."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from courses.actions import consent_lines
from courses.actions.withdrawal import copies, steps
from courses.models import Consent, ModulePage, TakenBack
from courses.models.consent import Act
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Program

KEPT_DAYS = 14


class NothingToTakeBack(Exception):
    """There is no consent, or it was taken back before."""


def take_back(*, story: uuid.UUID, keep_days: int = 0, by: User, by_link: bool = False, now: datetime) -> TakenBack:
    """Take one story back, at once, with every copy of it. Its words are destroyed with it, or kept sealed for
    ``keep_days``. What a crash leaves undone is done within a minute (afterward.look_after).

    Raises NothingToTakeBack.
    """
    rows = _close_with_its_copies(story, keep_days, by, by_link, now)
    for row in rows:
        steps.go_on(row, now)
    rows[0].refresh_from_db()
    return rows[0]


@transaction.atomic
def _close_with_its_copies(story: uuid.UUID, keep_days: int, by: User, by_link: bool, now: datetime) -> list[TakenBack]:
    """The story's own row first. A copy that she agreed to on its own is hers as well, and goes with it."""
    last = consent_lines.newest(story)
    if last is None or last.act == Act.TAKEN_BACK:
        raise NothingToTakeBack(story)
    lines = [last, *copies.agreed_to_as_well(last)]
    return [close(line, keep_days=keep_days, by=by, by_link=by_link, now=now) for line in lines]


def take_back_draft(
    *, story: uuid.UUID, page: ModulePage, program: Program, keep_days: int = 0, by: User, now: datetime
) -> TakenBack:
    """A story to which nobody agreed yet, so that no reader was ever shown it: its words go in the same way. Its ledger
    begins and ends with this line. Raises NothingToTakeBack."""
    row = _close_draft(story, page, program, keep_days, by, now)
    steps.go_on(row, now)
    row.refresh_from_db()
    return row


@transaction.atomic
def _close_draft(
    story: uuid.UUID, page: ModulePage, program: Program, keep_days: int, by: User, now: datetime
) -> TakenBack:
    if consent_lines.newest(story) is not None:
        raise NothingToTakeBack(story)
    line = Consent(
        story=story, act=Act.TAKEN_BACK, program=program, page_key=page.translation_key, author=by, starts_at=now,
        ends_at=now + timedelta(seconds=1), paid=False, text_version=0, backup_days=settings.BACKUP_DATA_DAYS,
    )  # fmt: skip
    closed = consent_lines.write(None, line, by, now)
    return _row(closed, keep_days=keep_days, by=by, by_link=False, done=("owed", "staff"), now=now)


def close(
    last: Consent, *, keep_days: int = 0, by: User, by_link: bool = False, done: tuple[str, ...] = (), now: datetime
) -> TakenBack:
    """The ledger's last line. From the end of this transaction on it is shown nowhere: every page and every file asks
    the ledger. ``done``: steps that somebody else looks after."""
    closed = consent_lines.add(last, Act.TAKEN_BACK, byline=last.shown_byline, by=by, now=now)
    return _row(closed, keep_days=keep_days, by=by, by_link=by_link, done=done, now=now)


def _row(
    closed: Consent, *, keep_days: int, by: User, by_link: bool, done: tuple[str, ...], now: datetime
) -> TakenBack:
    row = TakenBack.objects.create(
        consent=closed,
        at=now,
        keep_until=now + timedelta(days=keep_days) if keep_days else None,
        done={step: now.isoformat() for step in done},
    )
    journal.record("story.taken_back", about=None, on=row, by=by, at=now, data={"days": keep_days, "by_link": by_link})
    return row
