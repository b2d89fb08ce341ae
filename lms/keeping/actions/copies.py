"""A person's own copy: asked for, released where the policy says so, made, fetched, gone after a week."""

import io
import json
import logging
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from lms.files import actions as files
from lms.files.accept import Accepted
from lms.files.rules import Kind, Rules
from lms.journal import journal
from lms.keeping import shredders
from lms.keeping.access import may_propose
from lms.keeping.models import PersonsCopy
from lms.keeping.shredders import Document
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.referrals import locked
from lms.referrals.models import Referral

log = logging.getLogger("amends.keeping")
LIVES = timedelta(days=7)
PURPOSE, ZONE = "own_copy", "copy"
ZIP = Kind("application/zip", ("zip",), "ZIP")
OURS_ALONE = Rules(kinds=(), max_bytes=0)  # nobody uploads one


class NotAllowed(Exception):
    """It is not their case."""


class NotReady(Exception):
    """It is not made yet, or its week is over."""


@transaction.atomic
def ask(*, referral: Referral, language: str, by: User, now: datetime) -> PersonsCopy:
    """Ask for a copy; while one is alive, that one is returned. Raises NotAllowed."""
    referral = locked(referral)
    if referral.person_id != by.pk or referral.sealed_at or referral.forgotten_at:
        raise NotAllowed(by.pk)
    if alive := PersonsCopy.objects.filter(referral=referral, gone_at=None).first():
        return alive
    policy = referral.policy or referral.program.policy_at(now)
    copy = PersonsCopy.objects.create(
        referral=referral, language=language, asked_at=now, needs_release=policy.copy_needs_release
    )
    journal.record("copy.asked", about=referral.subject, on=copy, by=by, at=now)
    return copy


@transaction.atomic
def release(*, copy: PersonsCopy, by: User, now: datetime) -> None:
    """Let the copy be made. Again is harmless. Raises NotAllowed."""
    if not may_propose(by, copy.referral):
        raise NotAllowed(by.pk)
    if PersonsCopy.objects.filter(pk=copy.pk, released_at=None, gone_at=None).update(released_at=now, released_by=by):
        journal.record("copy.released", about=copy.referral.subject, on=copy, by=by, at=now)


def make_due(*, now: datetime, limit: int) -> int:
    """Make what was asked for and may be made; how many. One that cannot be made now is logged and tried again."""
    may_be_made = Q(needs_release=False) | Q(released_at__isnull=False)
    due = PersonsCopy.objects.filter(
        may_be_made, made_at=None, gone_at=None, referral__in=Referral.objects.present()
    ).order_by("asked_at")
    return sum(islice((_made(copy, now) for copy in due.select_related("referral__person")), limit))


def _made(copy: PersonsCopy, now: datetime) -> bool:
    try:
        make(copy=copy, now=now)
    except Exception as problem:
        # It holds up no other; its words may hold a path or a name: the kind alone is logged.
        log.error("copy %s was not made: %s", copy.pk, type(problem).__name__)
        return False
    return True


def make(*, copy: PersonsCopy, now: datetime) -> None:
    """Write the sealed file, then say so. Twice is harmless. Raises files.NotKept, crypto.KeyMissing."""
    with translation.override(copy.language):
        data = as_zip(shredders.copy(copy.referral, now=now), zone=copy.referral.time_zone, now=now)
    with transaction.atomic():
        referral = locked(copy.referral)
        # Held: from here to the commit nobody forgets the case, and so no file outlives it.
        if referral.sealed_at or referral.forgotten_at:
            return
        waits = PersonsCopy.objects.filter(pk=copy.pk, made_at=None, gone_at=None)
        if not waits.update(made_at=now, expires_at=now + LIVES, size=len(data)):
            return
        journal.record("copy.made", about=referral.subject, on=copy, by=None, at=now, data={"bytes": len(data)})
        outbox.post(
            key=f"copy:{copy.pk}:ready",
            kind="copy.ready",
            to=referral.person,
            at=now,
            about=referral.subject,
            context={"path": reverse("my_copy:home")},
        )
        file = files.store(
            data=Accepted(data, ZIP),
            subject=referral.subject,
            purpose=PURPOSE,
            zone=ZONE,
            rules=OURS_ALONE,
            by=None,
            now=now,
        )
        PersonsCopy.objects.filter(pk=copy.pk).update(file=file)


def fetch(*, copy: PersonsCopy, by: User, now: datetime) -> bytes:
    """The zip. Raises NotReady, NotAllowed, crypto.KeyMissing, crypto.Tampered."""
    if copy.referral.person_id != by.pk:
        raise NotAllowed(by.pk)
    if not copy.is_ready or copy.file is None or copy.expires_at is None or copy.expires_at <= now:
        raise NotReady(copy.pk)
    try:
        data = files.read(copy.file)
    except (FileNotFoundError, files.Destroyed) as problem:
        raise NotReady(copy.pk) from problem
    with transaction.atomic():
        PersonsCopy.objects.filter(pk=copy.pk, fetched_at=None).update(fetched_at=now)
        journal.record("copy.fetched", about=copy.referral.subject, on=copy, by=by, at=now)
    return data


def expire(*, now: datetime, limit: int) -> int:
    """Delete what has lived its week; how many."""
    over = PersonsCopy.objects.filter(gone_at=None, expires_at__lte=now).select_related("referral", "file")[:limit]
    for copy in over:
        with transaction.atomic():
            if PersonsCopy.objects.filter(pk=copy.pk, gone_at=None).update(gone_at=now):
                files.destroy([copy.file] if copy.file else [], now=now)
                journal.record("copy.expired", about=copy.referral.subject, on=copy, by=None, at=now)
    return len(over)


def as_zip(documents: Sequence[Document], *, zone: ZoneInfo, now: datetime) -> bytes:
    """``index.html`` to read, ``data.json`` for machines, and the files. Neutral names throughout."""
    target = io.BytesIO()
    tables = [document for document in documents if not document.data]
    files = [(f"{d.name}.{d.extension}", d) for d in documents if d.data]
    page = render_to_string("keeping/own_copy.html", _page(tables, files, now) | {"zone": zone})
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "index.html", page.encode(), now)
        plain = {document.name: [dict(row) for row in document.rows] for document in tables}
        _put(archive, "data.json", json.dumps(plain, ensure_ascii=False, indent=2).encode(), now)
        for name, document in files:
            _put(archive, name, document.data, now)
    return target.getvalue()


def _page(tables: list[Document], files: list[tuple[str, Document]], now: datetime) -> dict[str, object]:
    return {
        "now": now,
        "tables": [{"title": t.title, "head": list(t.rows[0]) if t.rows else [], "rows": t.rows} for t in tables],
        "files": [{"name": name, "title": document.title} for name, document in files],
    }


def _put(archive: zipfile.ZipFile, name: str, data: bytes, now: datetime) -> None:
    archive.writestr(zipfile.ZipInfo(name, date_time=now.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
