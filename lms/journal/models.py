"""What happened, append-only. Ids, codes and dates; never a word anyone wrote."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that one action did. Triggers in the database refuse to change or delete it."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    about = models.UUIDField(null=True, help_text="Subject key: whose case this belongs to.")
    on_label = models.CharField(max_length=80, blank=True)
    on_id = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed = models.JSONField(default=list)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes = [
            models.Index(fields=["about", "at"], name="journal_of_a_case"),
            models.Index(fields=["on_label", "on_id"], name="journal_of_a_thing"),
        ]


class Link(models.Model):
    """One link of the chain: event after event, each bound to all before it. Append-only too."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position"]
