"""What somebody who finished the course said to those who made it; and what of it their authors may read."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.models.enrollment import Enrollment
from courses.rules import words_to_authors as rules
from lms.fields import SealedTextField
from lms.referrals.models import LANGUAGES

ZONE = "narrative"


class PassedWords(models.Model):
    """Words that were read and passed on: a copy under a key of its own, which leads to nobody and bears no date.

    Its number is drawn at random, and it is listed by it, so that the order tells nothing either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course_key = models.UUIDField(db_index=True)
    text = SealedTextField(zone=ZONE)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    let_out = models.BooleanField(default=False, help_text="With enough others, so that none of them is the new one.")

    class Meta:
        ordering: ClassVar = ["id"]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key it is sealed: the row's own."""
        return self.id


class WordsToAuthors(models.Model):
    """One per enrollment: what is typed, what was left, and what was decided. Sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="words_to_authors")
    draft = SealedTextField(zone=ZONE, blank=True)
    draft_saved_at = models.DateTimeField(null=True)
    text = SealedTextField(zone=ZONE, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    version = models.PositiveIntegerField(default=0, help_text="Counts what was left: only what was read is passed on.")
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=9, blank=True, help_text="Why it was not passed on.")
    handled_at = models.DateTimeField(null=True, help_text="The facilitator looked after a threat.")
    # The one thread between the two: so that taking back and forgetting reach the copy.
    passed = models.OneToOneField(PassedWords, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(passed=None) | Q(decided_at__isnull=False, reason=""), name="passed_words_were_decided_on"
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(decided_at__isnull=False), name="declined_words_were_decided_on"
            ),
        ]
        indexes = [
            # read by the queue of who decides
            models.Index(fields=["sent_at"], name="words_to_read", condition=Q(sent_at__isnull=False, decided_at=None))
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key it is sealed: the person's."""
        return self.enrollment.referral_id

    @property
    def state(self) -> rules.State:
        return rules.state_of(sent_at=self.sent_at, decided_at=self.decided_at, reason=self.reason)

    @property
    def typed(self) -> str:
        """What the form shows: the draft, else what was left."""
        return self.draft if self.draft_saved_at else self.text


class HiddenWords(models.Model):
    """An author does not want to see these again. Nobody is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    words = models.ForeignKey(PassedWords, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "words"], name="hidden_once")]
