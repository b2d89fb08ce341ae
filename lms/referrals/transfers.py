"""That a case goes on in another program: proposed by an administrator of the one, accepted by one of the other.

The case stays one case: same court, same person, same record. :func:`as_known` says whose it was at a moment, and under
which policy, so that an old report can be computed again.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField
from lms.referrals.proposals import Proposal, one_end, two_people

if TYPE_CHECKING:
    from lms.referrals.models import PolicyVersion, Program, Referral

USER = settings.AUTH_USER_MODEL


class TransferReason(models.TextChoices):
    MOVED = "moved", _("The person moved")
    ORDER = "order", _("Order of the court")
    LANGUAGE = "language", _("The other program works in the person’s language")
    NEARER = "nearer", _("The other program is easier to reach")
    KNOWN = "known", _("Somebody here knows the person")
    ENDS = "ends", _("This program ends, or cannot go on with the case")
    OTHER = "other", _("Other")


class TransferProposal(Proposal):
    """Until somebody of the other program accepts it, nothing has changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="transfer_proposals")
    to_program = models.ForeignKey("referrals.Program", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=TransferReason)
    ordered_by = SealedTextField(max_length=200, zone="compliance")
    from_on = models.DateField()
    # Who withdrew it, or declined it for the other program.
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta(Proposal.Meta):
        app_label = "referrals"
        constraints: ClassVar = [two_people("two_people_transfer"), one_end("transfer_confirmed_or_withdrawn")]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id


class Transfer(models.Model):
    """It happened. Append-only; numbers count from 1 within a case. Names as the programs were called then.

    ``from_on``: the day from which dates that lie ahead follow the other program's policy.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="transfers")
    proposal = models.OneToOneField(TransferProposal, models.PROTECT, related_name="transfer")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    from_program = models.ForeignKey("referrals.Program", models.PROTECT, related_name="+")
    to_program = models.ForeignKey("referrals.Program", models.PROTECT, related_name="+")
    from_name = models.CharField(max_length=200)
    to_name = models.CharField(max_length=200)
    # None: nobody had enrolled yet, so no policy was pinned.
    from_policy = models.ForeignKey("referrals.PolicyVersion", models.PROTECT, null=True, related_name="+")
    to_policy = models.ForeignKey("referrals.PolicyVersion", models.PROTECT, null=True, related_name="+")
    from_on = models.DateField()
    # The other program's agreements say something else than those that were accepted.
    asks_agreements = models.BooleanField()

    class Meta:
        app_label = "referrals"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "number"], name="one_transfer_per_number"),
            models.CheckConstraint(condition=~Q(from_program=F("to_program")), name="a_transfer_goes_elsewhere"),
        ]


def as_known(referral: "Referral", as_of: datetime) -> "tuple[Program, PolicyVersion | None]":
    """In which program the case was at a moment, and under which policy; None before anybody enrolled."""
    undone = referral.transfers.filter(at__gt=as_of).select_related("from_program", "from_policy").first()
    if undone:
        return undone.from_program, undone.from_policy
    return referral.program, referral.policy


def newest(referral: "Referral") -> Transfer | None:
    """How the case came to the program it is in; None where it was always there."""
    return referral.transfers.last()


def left_behind(moment: str) -> Exists:
    """Of rows about a case: whether the case went to another program after their ``moment``. What staff wrote for each
    other there does not travel."""
    return Exists(Transfer.objects.filter(referral=OuterRef("referral"), at__gt=OuterRef(moment)))
