"""What staff note of a case, in three classes. Append-only: a note is corrected by a newer one, never changed."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField
from lms.people.models import User
from lms.referrals.models import Referral
from lms.referrals.transfers import left_behind


class NoteClass(models.TextChoices):
    """Chosen before a word is written. None of them leaves by itself, the third neither."""

    PRIVATE = "private", _("Private")
    TEAM = "team", _("Team")
    COURT = "court", _("May go to court")


class NoteQuerySet(models.QuerySet["Note"]):
    def readable_by(self, user: User) -> Self:
        """In cases that are theirs: what is for the team, and of the private ones their own. Of what another program
        wrote before it gave the case up, only what may go to court."""
        mine = Referral.objects.visible_to(user).order_by().values("pk")
        travels = Q(kind=NoteClass.COURT) | ~left_behind("written_at")
        return self.filter(travels, referral__in=mine).filter(~Q(kind=NoteClass.PRIVATE) | Q(written_by=user))


class Note(models.Model):
    """``corrects``: the note in whose place it stands; that one stays readable, and marked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=NoteClass)
    words = SealedTextField(max_length=5000, zone="narrative")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-written_at"]
        indexes: ClassVar = [
            # read by the case page
            models.Index(fields=["referral", "-written_at"], name="notes_of_a_case")
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id
