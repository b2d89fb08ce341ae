"""The goalposts do not move: what was in force when somebody began."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from wagtail.models import Revision

from lms.referrals.models import Program


class Edition(models.Model):
    """A published set of module revisions, in order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="editions")
    course_key = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=255)
    title_es = models.CharField(max_length=255, blank=True)
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["course_key", "number"], name="one_edition_per_number")]

    def __str__(self) -> str:
        return f"{self.title_en} · {self.number}"

    def title(self, language: str) -> str:
        return (self.title_es if language == "es" else "") or self.title_en


class ProgramCourse(models.Model):
    """Which of a program's courses whoever enrolls is given, where somebody chose: a program is one course and its
    policy (domain.md, "Words"). Without a row it is the course that the program began with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.OneToOneField(Program, models.PROTECT, related_name="+")
    course_key = models.UUIDField()
    chosen_at = models.DateTimeField()


class EditionModule(models.Model):
    """One module of an edition: the revisions that are shown, and what they ask for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="modules")
    position = models.PositiveSmallIntegerField()
    page_key = models.UUIDField(db_index=True)
    title_en = models.CharField(max_length=255)
    title_es = models.CharField(max_length=255, blank=True)
    revision_en = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    revision_es = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    digest_en = models.CharField(max_length=64)
    digest_es = models.CharField(max_length=64, blank=True)
    minimum_seconds = models.PositiveIntegerField()
    steps = models.JSONField(default=list, help_text="Lists of block ids: one list, one page.")
    asks = models.JSONField(default=list, help_text="Activities: block id, kind and settings.")
    behind = models.JSONField(default=list, help_text="Languages whose text was not brought up to the other one’s.")
    withdrawn_at = models.DateTimeField(null=True)
    waivers = models.JSONField(
        default=list, help_text="What a story that was taken back made owed: when, how many seconds, which pages."
    )

    class Meta:
        ordering: ClassVar = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "position"], name="one_module_per_position")]

    def __str__(self) -> str:
        return f"{self.position} {self.title_en}"

    def title(self, language: str) -> str:
        return (self.title_es if language == "es" else "") or self.title_en

    def revision(self, language: str) -> Revision:
        return self.revision_es if language == "es" and self.revision_es_id else self.revision_en

    def digest(self, language: str) -> str:
        """The keyed digest of what is shown in a language."""
        return self.digest_es if language == "es" and self.revision_es_id else self.digest_en

    def waived_by(self, as_of: datetime | None) -> tuple[int, set[int]]:
        """Seconds and pages that nobody owes any more, of what was waived by ``as_of`` (now, where that is None)."""
        rows = [w for w in self.waivers if as_of is None or datetime.fromisoformat(w["at"]) <= as_of]
        return sum(w["seconds"] for w in rows), {step for w in rows for step in w["steps"]}

    def blocks_waived_by(self, as_of: datetime | None) -> set[str]:
        """Activities that nobody owes any more, of what was waived by ``as_of`` (now, where that is None)."""
        return {
            block
            for waiver in self.waivers
            if as_of is None or datetime.fromisoformat(waiver["at"]) <= as_of
            for block in waiver.get("blocks", ())
        }

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """The activities of one kind."""
        return [ask for ask in self.asks if ask["kind"] == kind]

    def step_of(self, block_id: str) -> int:
        """The number, from 1, of the page on which a block stands; 0 where it is none of this module's."""
        return next((number for number, page in enumerate(self.steps, start=1) if block_id in page), 0)

    def ask(self, block_id: object) -> dict[str, Any] | None:
        return next((ask for ask in self.asks if ask["id"] == str(block_id)), None)


class Correction(models.Model):
    """A typing mistake, a link or a caption of a module was mended for everybody who is shown it. Append-only.

    What people were shown until then stays provable: the versions they were shown, and their keyed digests.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="corrections")
    at = models.DateTimeField()
    before_en = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    before_es = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    digest_en = models.CharField(max_length=64)
    digest_es = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["at"]
