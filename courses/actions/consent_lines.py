"""The lines of a story's ledger: the newest holds, each further one repeats what it does not change."""

import uuid
from datetime import datetime

from courses.models import Consent
from courses.models.consent import Act
from lms.journal import journal
from lms.people.models import User

PATH = "/authoring/consents/"


def newest(story: uuid.UUID) -> Consent | None:
    """The line that holds now, with its program and author."""
    rows = Consent.objects.select_related("program", "author")
    return rows.filter(story=story).order_by("-number").first()


def add(last: Consent, act: Act, *, byline: str, by: User | None, now: datetime) -> Consent:
    """A further line that says the same but for the act and the name. Inside the caller's transaction."""
    kept = {
        name: getattr(last, name)
        for name in (
            "story", "program", "page_key", "author", "languages", "media", "starts_at", "ends_at", "paid",
            "text_version", "text_language", "text_digest", "backup_days",
        )
    }  # fmt: skip
    return write(last, Consent(act=act, byline=byline, **kept), by, now)


def write(last: Consent | None, row: Consent, by: User | None, now: datetime) -> Consent:
    """Number the line, keep it, journal it. Two at once cannot both write the next number: the constraint stops one."""
    row.number, row.at = (last.number if last else 0) + 1, now
    row.save(force_insert=True)
    journal.record(
        f"consent.{row.act}", about=None, on=row, by=by, at=now,
        data={"digest": row.text_digest, "version": row.text_version},
    )  # fmt: skip
    return row
