"""Signs of life of our own work. Nothing about anybody."""

from django.db import models


class Run(models.Model):
    """The last run of one task of the beat table. ``since``: from when on it was to run."""

    task = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    count = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=80, blank=True)
