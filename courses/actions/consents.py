"""What an author agrees to: each press is one more line of her story's ledger."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from courses.actions import cooling, withdrawal
from courses.actions.consent_lines import PATH, add, newest, write
from courses.consent_words import ConsentText
from courses.links import path_of
from courses.models import Consent, ModulePage, StoryLink
from courses.models.consent import Act
from courses.rules.consent import LONGEST_DAYS, STANDING, TOLD_BEFORE, reminder_due
from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Category
from lms.people.models import User
from lms.referrals.models import Program


class NotHers(Exception):
    """The story has an author, and it is somebody else."""


class TooLong(Exception):
    """Nobody is bound for longer than the text says."""


class Gone(Exception):
    """Its words were destroyed; there is nothing to agree to."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What she chose. ``days``: how long, from now."""

    byline: str
    languages: Sequence[str]
    media: Sequence[str]
    days: int
    paid: bool


@transaction.atomic
def give(
    *, story: uuid.UUID, page: ModulePage, program: Program, terms: Terms, text: ConsentText, by: User, now: datetime
) -> Consent:
    """Agree, or agree anew: words that were taken back and not destroyed yet stand again. Raises NotHers, TooLong, Gone."""
    last = newest(story)
    if last and last.author_id != by.pk:
        raise NotHers(story)
    if not 0 < terms.days <= LONGEST_DAYS:
        raise TooLong(terms.days)
    if crypto.is_put_away(story):
        raise Gone(story)
    row = write(
        last,
        Consent(
            story=story,
            act=Act.RENEWED if last and last.act in STANDING else Act.GIVEN,
            program=program,
            page_key=page.translation_key,
            author=by,
            byline=terms.byline,
            languages=list(terms.languages),
            media=list(terms.media),
            starts_at=now,
            ends_at=now + timedelta(days=terms.days),
            paid=terms.paid,
            text_version=text.version,
            text_language=text.language,
            text_digest=text.digest,
            backup_days=text.backup_days,
        ),
        by,
        now,
    )
    withdrawal.put_back(story=story, by=by, now=now)
    if last and last.act in STANDING and not set(last.languages) <= set(row.languages):
        withdrawal.hidden_from_now_on(line=row, now=now)  # in a language in which it was shown until now
    cooling.try_again(story=story, now=now)
    return row


@transaction.atomic
def rename(*, consent: Consent, byline: str, by: User, now: datetime) -> Consent:
    """Another name, or none: it counts at once, on every page. Raises NotHers; Gone, where nothing stands."""
    last = newest(consent.story)
    if last is None or last.author_id != by.pk:
        raise NotHers(consent.story)
    if last.act not in STANDING:
        raise Gone(consent.story)
    return add(last, Act.RENAMED, byline=byline, by=by, now=now)


@transaction.atomic
def make_link(*, story: uuid.UUID, mail: bool, by: User, now: datetime) -> StoryLink:
    """A link with which the story can be taken back without signing in; those before it stop working."""
    revoke_links(story=story, by=by, now=now)
    row = StoryLink.objects.create(story=story, made_at=now)
    if mail and by.email:
        outbox.post(key=f"story:{row.pk}:link", kind="consent.link", to=by, at=now, secret_path=path_of(row))
    journal.record("consent.link_made", about=None, on=row, by=by, at=now)
    return row


@transaction.atomic
def revoke_links(*, story: uuid.UUID, by: User, now: datetime) -> None:
    """The story's links open nothing any more."""
    for row in StoryLink.objects.select_for_update().filter(story=story, revoked_at=None):
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        journal.record("consent.link_revoked", about=None, on=row, by=by, at=now)


def keep_in_time(*, now: datetime) -> int:
    """End what has come to its end, and remind of what will. Again is harmless. How many stories were looked at."""
    near = now + timedelta(days=max(TOLD_BEFORE))
    found = Consent.objects.newest().filter(act__in=STANDING, ends_at__lte=near).order_by("ends_at")
    rows = list(found.select_related("author"))
    for row in rows:
        if row.ends_at <= now:
            _end(row, now)
        # Whoever has no address here sees it in her home of the authoring pages.
        elif row.author.email and (days := reminder_due(row.ends_at, now)):
            outbox.post(
                key=f"consent:{row.pk}:ends:{days}", kind="consent.ends_soon", to=row.author, at=now,
                expires_at=row.ends_at, category=Category.REMINDER, context={"path": PATH},
            )  # fmt: skip
    return len(rows)


@transaction.atomic
def _end(row: Consent, now: datetime) -> None:
    """The page refused it from its last moment on; now it is said so. What it made owed is owed by nobody, and stays so
    where she renews: nobody is worse for that either."""
    last = newest(row.story)
    if last is None or last.pk != row.pk:
        return
    ended = add(last, Act.ENDED, byline=last.shown_byline, by=None, now=now)
    withdrawal.hidden_from_now_on(line=ended, now=now)
    if row.author.email:
        outbox.post(
            key=f"consent:{ended.pk}:ended", kind="consent.ended", to=row.author, at=now,
            context={"path": PATH},
        )  # fmt: skip
