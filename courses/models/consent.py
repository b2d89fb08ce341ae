"""What an author agreed to for her story, line by line, and what became of a story that was taken back."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from courses.rules import consent as rules
from lms import crypto
from lms.fields import SealedTextField
from lms.referrals.models import Program

ZONE = "story"
BYLINE_LENGTH = 80


class Act(models.TextChoices):
    GIVEN = "given", _("Agreed")
    RENEWED = "renewed", _("Renewed")
    RENAMED = "renamed", _("Name changed")
    ENDED = "ended", _("Ended by itself")
    TAKEN_BACK = "taken_back", _("Taken back")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def newest(self) -> "ConsentQuerySet":
        """The last line of each story: it says all that holds now."""
        later = Consent.objects.filter(story=OuterRef("story"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def taken_back(self, blocks: Iterable[str]) -> set[str]:
        """Of these ids of blocks those that belong to a story that was taken back, its pictures and its copies among them."""
        wanted = set(blocks)
        rows = self.newest().filter(act=Act.TAKEN_BACK)
        found = {block for row in rows.only("story", "media") for block in (str(row.story), *row.media)}
        for took in TakenBack.objects.filter(put_back_at=None, found__isnull=False).values_list("found", flat=True):
            found |= set(took.get("copies", ()))
        return found & wanted


class Consent(models.Model):
    """One line of the ledger of a story. Append-only; each line is whole, so that the newest needs no other.

    A story is known by the id of its block, which both languages and every version share.
    The byline is sealed under the story's own key: the ledger cannot be changed, and a name that she took back
    must not stand in it (destroy the key, and it is gone).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    story = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12, choices=Act)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    page_key = models.UUIDField(db_index=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    byline = SealedTextField(zone=ZONE, blank=True)
    languages = models.JSONField(default=list)
    media = models.JSONField(
        default=list, help_text="Ids of the pictures, recordings and handouts that belong to the story."
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    paid = models.BooleanField()
    text_version = models.PositiveSmallIntegerField()
    text_language = models.CharField(max_length=2)
    text_digest = models.CharField(max_length=64)
    backup_days = models.PositiveSmallIntegerField(help_text="How long backups live, as the text said.")
    at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["story", "number"]
        constraints = [
            models.UniqueConstraint(fields=["story", "number"], name="one_line_per_number"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="consent_ends_later"),
        ]
        indexes = [models.Index(fields=["author"], name="consents_of_an_author")]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key the byline is sealed: the story's own."""
        return self.story

    def is_current(self, now: datetime, language: str = "") -> bool:
        """Whether the story may be shown; in ``language``, where one is named."""
        standing = rules.is_current(self.act, self.starts_at, self.ends_at, now)
        return standing and (not language or language in self.languages)

    @property
    def shown_byline(self) -> str:
        """The name she chose; none once her words were destroyed."""
        with suppress(crypto.KeyMissing):
            return self.byline
        return ""


class TakenBack(models.Model):
    """A story that was taken back, and how far that has come. Its moments alone, once the words are destroyed.

    ``kept`` holds the words under the story's key until ``keep_until``, where she wanted time to change her mind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="taken_back")
    at = models.DateTimeField()
    keep_until = models.DateTimeField(null=True)
    files = models.JSONField(default=list, help_text="Names in the storage that must be gone.")
    kept = SealedTextField(zone=ZONE, null=True)
    words_gone_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    put_back_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    still_there = models.JSONField(default=list, help_text="Codes of places where something was still found.")
    done = models.JSONField(null=True, help_text="Steps that are done, each with its moment.")
    found = models.JSONField(
        null=True, help_text="Ids alone: copies, pages, pictures, documents, recordings; and what it made owed."
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # read by withdrawal.look_after
            models.Index(
                fields=["at"],
                name="taken_back_unfinished",
                condition=models.Q(put_back_at=None)
                & (models.Q(finished_at=None) | models.Q(destroyed_at=None) | models.Q(looked_at=None)),
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        return self.consent.story


class StoryLink(models.Model):
    """A link with which a story can be taken back without signing in. The row opens nothing: the signature does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    story = models.UUIDField(db_index=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
