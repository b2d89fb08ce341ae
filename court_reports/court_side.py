"""What a court's own systems and readers need to be known by: tokens, answers given once, the desk of one reader."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.referrals.models import Court, Referral

USER = settings.AUTH_USER_MODEL


class Scope(models.TextChoices):
    """What a token opens, and no more."""

    REFERRALS_WRITE = "referrals:write", _("Send referrals, and read how they stand")
    HEARINGS_WRITE = "hearings:write", _("Add, move and cancel hearings")
    REPORTS_READ = "reports:read", _("List and fetch reports")
    REPORTS_ACKNOWLEDGE = "reports:acknowledge", _("Confirm receipt of reports")


class CourtToken(models.Model):
    """What a court's own system comes in with. Only a digest of it is kept; it was shown once, when it was made.

    ``account`` stands in the ledgers for what came this way. Nobody signs in with it, and it belongs to no court:
    what a token reaches is the court's that stands here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    court = models.ForeignKey(Court, models.PROTECT, related_name="tokens")
    account = models.OneToOneField(USER, models.PROTECT, related_name="court_token")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="token_ends_after_it_began")
        ]

    @property
    def origin(self) -> str:
        """How the journal says that something came by this token: as far as it may be shown."""
        return f"token {self.pk.hex[:12]}"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]


class KeptAnswer(models.Model):
    """What a request with an Idempotency-Key did, so that the same one again gets the same answer and does nothing.

    Kept for a day. The answer is sealed under the key of the case that it speaks of.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.ForeignKey(CourtToken, models.CASCADE, related_name="kept_answers")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_index=True)  # read by once.forget_old
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, related_name="+")
    status = models.PositiveSmallIntegerField(null=True)
    sealed_answer = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key_digest"], name="one_answer_per_key")]

    @property
    def place(self) -> str:
        return f"court_reports.keptanswer.answer:{self.pk}"


def new_feed_key() -> str:
    """An address nobody can guess, for a calendar of hearings."""
    return secrets.token_urlsafe(27)


class CourtDesk(models.Model):
    """One reader at a court: since when reports are new to them, and the private address of their calendar.

    ``looked_at`` is when they last had the list open, ``new_since`` when they had it open before that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(USER, models.CASCADE, related_name="court_desk")
    looked_at = models.DateTimeField(null=True)
    new_since = models.DateTimeField(null=True)
    feed_key = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001  two that are off differ
