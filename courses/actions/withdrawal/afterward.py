"""The task's part: going on after a crash, destroying words whose days are over, and the second look a minute later."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from courses import consents as ledger
from courses.actions import media
from courses.actions.withdrawal import copies, owed, reach, sealed, steps, traces
from courses.models import ModulePage, TakenBack
from lms.journal import journal
from lms.outbox import outbox
from lms.referrals.actions.roles import administrators_of

LOOKED_AT_AFTER = timedelta(seconds=60)


def look_after(*, now: datetime, limit: int = 50) -> int:
    """What a crash left, what is to be destroyed by now, and the second look a minute later. How many."""
    unfinished = TakenBack.objects.filter(put_back_at=None).filter(
        Q(finished_at=None) | Q(destroyed_at=None, keep_until__lte=now) | Q(looked_at=None, at__lte=now - LOOKED_AT_AFTER)
    )  # fmt: skip
    rows = list(unfinished.select_related("consent__program").order_by("at")[:limit])
    for row in rows:
        if row.finished_at is None:
            steps.go_on(row, now)
        if row.destroyed_at is None and row.keep_until and row.keep_until <= now:
            sealed.destroy_words(story=row.consent.story, by=None, now=now)
        if row.looked_at is None and row.at <= now - LOOKED_AT_AFTER:
            row.refresh_from_db()
            media.remove_left_over(row.files)
            look_again(row=row, now=now)
    return len(rows)


@transaction.atomic
def look_again(*, row: TakenBack, now: datetime) -> list[str]:
    """Ask every door again, as if somebody came; administrators learn of whatever still opens. Codes of places."""
    found = _still_there(row)
    # The digests of her words were for this look alone.
    rest = {name: value for name, value in (row.found or {}).items() if name != "digests"}
    TakenBack.objects.filter(pk=row.pk).update(looked_at=now, still_there=found, found=rest)
    if found:
        journal.record("story.still_there", about=None, on=row, by=None, at=now, data={"places": found})
        for user in administrators_of(row.consent.program):
            outbox.post(
                key=f"story:{row.pk}:still:{user.pk}", kind="course.look_now", to=user, at=now,
                audience=row.consent.program_id,
            )  # fmt: skip
    return found


def _still_there(row: TakenBack) -> list[str]:
    gone = reach.blocks_of(row)
    body = ModulePage._meta.get_field("body")
    found = set()
    for module in owed.pinning(row.consent, ()):
        for language in ("en", "es"):
            stream = body.to_python(module.revision(language).content["body"])
            hidden = ledger.standing(stream, also=gone, language=language, now=row.at).hidden_stories
            found |= set() if str(row.consent.story) in hidden else {"page"}
    found |= {"revision"} if reach.revisions_with(gone).exists() else set()
    found |= {"draft"} if any(_holds(page, gone) for page in ModulePage.objects.all()) else set()
    digests = (row.found or {}).get("digests", ())
    found |= {"copy"} if copies.left(digests, row.consent) else set()
    found |= {"form"} if traces.typed(gone, digests) else set()
    found |= {"file"} if any(media.is_there(name) for name in row.files) else set()
    return sorted(found)


def _holds(page: ModulePage, gone: set[str]) -> bool:
    return any(str(block.id) in gone for block in page.body)
