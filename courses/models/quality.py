"""What an author said is fine, of words that might tell who somebody is."""

import uuid

from django.db import models


class FineWord(models.Model):
    """A word in one block: not the word itself, a keyed digest of it. It goes when the block is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page_key = models.UUIDField(db_index=True)
    block = models.UUIDField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "digest"], name="one_fine_word_per_block")]
