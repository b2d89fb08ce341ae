"""A story that was approved waits before it is first published, and its author can stop it with one press."""

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Revision

from courses import reviews
from courses.models import CoolingOff, ModulePage
from courses.refusals import Refused
from courses.rules import review as rules
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.roles import administrators_of

PATH = "/authoring/waiting/"
REVIEWS = "/authoring/reviews/"

log = logging.getLogger("amends.publishing")


class TooLate(Refused):
    """It has been published. It can be taken back."""


@transaction.atomic
def begin(
    *, page: ModulePage, revision: Revision, stories: Collection[str], by: User | None, now: datetime
) -> CoolingOff:
    """From now on its authors can stop it, for as long as the program says. Again for the same version: the same row."""
    program = reviews.program_of(page)
    assert program is not None, "a module stands in a course"  # noqa: S101  for the types: Wagtail's rules see to it
    row, made = CoolingOff.objects.get_or_create(
        revision=revision,
        defaults={
            "program": program,
            "page": page,
            "stories": sorted(stories),
            "language": page.locale.language_code,
            "began_at": now,
            # Where it is scheduled for later, she has until then.
            "ends_at": max(rules.ends_at(now, program.cooling_hours), page.go_live_at or now),
        },
    )
    if made:
        journal.record("story.waits", about=None, on=row, by=by, at=now, data={"hours": program.cooling_hours})
        _tell(row, now)
    return row


def _tell(row: CoolingOff, now: datetime) -> None:
    for author in User.objects.filter(pk__in=reviews.authors_of(row), is_active=True).exclude(email=None):
        outbox.post(
            key=f"cooling:{row.pk}:{author.pk}", kind="story.waits", to=author, at=now, expires_at=row.ends_at,
            audience=row.program_id, context={"path": f"{PATH}{row.pk}/"},
        )  # fmt: skip


@transaction.atomic
def stop(*, row: CoolingOff, by: User, now: datetime) -> None:
    """It is not published; it stays a draft. Again is harmless. Raises TooLate."""
    row = CoolingOff.objects.select_for_update().get(pk=row.pk)
    if row.let_go_at:
        raise TooLate(_("It has been published meanwhile. You can take it back at once, under “My consents”."))
    if not row.is_open:
        return
    row.stopped_at = now
    row.save(update_fields=["stopped_at"])
    _unschedule(row)
    journal.record("story.stopped", about=None, on=row, by=by, at=now)


def publish_due(*, now: datetime) -> int:
    """Publish what has waited its time. One that cannot be published waits where it is seen, and stops no other: it is
    tried again, less and less often. How many were published."""
    due = CoolingOff.objects.filter(CoolingOff.OPEN, ends_at__lte=now).exclude(try_at__gt=now)
    return sum(_publish_quietly(pk, now) for pk in list(due.values_list("pk", flat=True)))


def try_again(*, story: UUID, now: datetime) -> None:
    """Something changed for this story: what waits for it is tried at the next round."""
    for row in CoolingOff.objects.filter(CoolingOff.OPEN, try_at__gt=now):
        if str(story) in row.stories:
            CoolingOff.objects.filter(pk=row.pk).update(try_at=now)


def _publish_quietly(pk: UUID, now: datetime) -> bool:
    try:
        return _publish(pk, now)
    except Exception as problem:
        # Not ready any more, or a fault: it stays a draft, and is tried again. The words may be of the page.
        log.warning("what waited as %s was not published: %s", pk, type(problem).__name__)
        _hold(pk, now)
        return False


@transaction.atomic
def _hold(pk: UUID, now: datetime) -> None:
    """Its authors and the program's administrators are told, once; why is said on their pages (reviews.why_held)."""
    row = CoolingOff.objects.select_for_update(of=("self",)).select_related("program").get(pk=pk)
    if not row.is_open:
        return
    first = row.held_at is None
    row.held_at, row.tries = row.held_at or now, row.tries + 1
    row.try_at = rules.try_again_at(now, row.tries)
    row.save(update_fields=["held_at", "tries", "try_at"])
    if first:
        journal.record("story.held", about=None, on=row, by=None, at=now)
        told = Q(pk__in=reviews.authors_of(row)) | Q(pk__in=administrators_of(row.program))
        for user in User.objects.filter(told, is_active=True).exclude(email=None):
            outbox.post(
                key=f"cooling:{row.pk}:held:{user.pk}", kind="story.held", to=user, at=now,
                audience=row.program_id, context={"path": REVIEWS},
            )  # fmt: skip


@transaction.atomic
def _publish(pk: UUID, now: datetime) -> bool:
    row = CoolingOff.objects.select_for_update(of=("self",)).select_related("revision", "page").get(pk=pk)
    if not row.is_open or not rules.is_over(row.ends_at, now):
        return False
    if not reviews.still_says_it(row):
        # Changed since it was approved: it is approved anew, and waits anew.
        row.overtaken_at = now
        row.save(update_fields=["overtaken_at"])
        journal.record("story.overtaken", about=None, on=row, by=None, at=now)
        return False
    row.let_go_at = now
    row.save(update_fields=["let_go_at"])
    journal.record("story.let_go", about=None, on=row, by=None, at=now)
    row.revision.publish()
    return True


def _unschedule(row: CoolingOff) -> None:
    Revision.objects.filter(pk=row.revision_id).update(approved_go_live_at=None)
