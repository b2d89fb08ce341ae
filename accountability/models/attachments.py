"""A file that came with a check-in: for its facilitator, and nobody else."""

import uuid
from typing import ClassVar

from django.db import models

from accountability.models.check_ins import CheckIn, Submission
from lms.files.models import StoredFile


class Attachment(models.Model):
    """A picture, a PDF or a voice note, of one question of one check-in. Its bytes lie in lms.files, and go with the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="attachments")
    question = models.CharField(max_length=80)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="attachments", null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["added_at"]

    @property
    def is_sound(self) -> bool:
        return self.file.media_type.startswith("audio/")
