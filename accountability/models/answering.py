"""Where somebody is in a check-in that they answer, and what they were asked."""

import uuid

from django.db import models

from accountability.models.check_ins import CheckIn
from accountability.models.forms import CheckInForm


class Answering(models.Model):
    """One check-in once its questions were fixed: when it was first opened, or printed.

    From then on its questions stay what they are, whatever is published meanwhile: what was typed keeps its question.
    ``version`` counts the drafts and ``device`` says from where the newest came, so that one phone does not write over
    what another one typed. ``code`` is what the person, the paper and the staff call this check-in by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.OneToOneField(CheckIn, models.PROTECT, related_name="answering")
    form = models.ForeignKey(CheckInForm, models.PROTECT, related_name="+", null=True)
    code = models.CharField(max_length=12, unique=True)
    opened_at = models.DateTimeField()
    place = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)
    device = models.CharField(max_length=32, blank=True)
    recall = models.JSONField(null=True, help_text="The course's question as it was drawn, with what is right.")
    changed_said_at = models.DateTimeField(null=True)
