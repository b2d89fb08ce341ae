"""Somebody tried to send a check-in, and it did not work."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import CheckIn


class Try(models.Model):
    """What the server saw of an attempt: evidence for whoever decides whether to excuse. Append-only.

    ``said_at`` is when the phone says that it was first pressed; the server cannot know, and says so.
    """

    CLOSED, TROUBLE, LINE = "closed", "trouble", "line"
    WHY: ClassVar = [
        (CLOSED, _("It was not open at that moment.")),
        (TROUBLE, _("Something failed on our side.")),
        (LINE, _("The connection failed; the check-in came later.")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    said_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=8, choices=WHY)
    code = models.CharField(max_length=12)

    class Meta:
        ordering: ClassVar = ["-at"]
