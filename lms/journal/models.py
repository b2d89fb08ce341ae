"""What happened, append-only. Ids, codes and dates; never a word anyone wrote."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """Empty for what was done."""

    DENIED = "denied", _("refused")  # asked for, and not given
    FAILED = "failed", _("failed")  # tried, and the proof was wrong


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
    origin = models.CharField(max_length=24, blank=True, help_text="Truncated address, “service” or “command”.")
    request_id = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    # Of an event about no case. Null, without a default: so SQLite adds it without making the table anew.
    programs = models.TextField(null=True, help_text="Ids of the programs it belonged to when it happened.")  # noqa: DJ001
    proof = models.CharField(max_length=80, blank=True, help_text="Nonce and keyed digest: this product wrote it.")

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
    proof = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position"]


class Waiting(models.Model):
    """An event that is not linked yet. The database itself puts it here, and linking takes it away.

    So linking asks for these alone, however long the journal has grown. Numbers of events are no help in that: on
    PostgreSQL a smaller one may be committed after a larger one.
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+")


class Verification(models.Model):
    """That the chain was walked: when, from where to where, and how many places did not hold."""

    at = models.DateTimeField(db_index=True)
    first = models.BigIntegerField()
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    broken = models.PositiveIntegerField()
