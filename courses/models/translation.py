"""How far a module or a course is translated."""

import uuid
from typing import ClassVar

from django.db import models

from lms.referrals.models import LANGUAGES


class Translation(models.Model):
    """Of one saved translation: from which version of its source each of its parts was made.

    ``made_from``: the place in the text (ids and names of fields) → the number of the source's revision. There is not
    a word of either text here: what was taken back is gone from this as it is gone from the revisions.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page_key = models.UUIDField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    # A number, not a key: Wagtail may purge old revisions, and what they were made from is known still.
    revision = models.BigIntegerField(help_text="The translation’s own revision with which this was saved.")
    made_from = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["page_key", "revision"], name="one_translation_per_revision")]
