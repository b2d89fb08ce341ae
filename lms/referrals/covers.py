"""Who looks after a case while its facilitator is away, and who had it before.

:func:`in_care_of` and :func:`acts_for` are THE answer to “is this the facilitator of the case?”: every rule that lets
the facilitator read or do something asks them. A cover acts under their own name, never under the absent one's.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from lms import clock
from lms.fields import SealedTextField
from lms.people.models import User

if TYPE_CHECKING:
    from lms.referrals.models import Referral

USER = settings.AUTH_USER_MODEL
FACILITATOR = "facilitator"  # lms.referrals.models.ProgramRole, which imports this file


class CoverQuerySet(models.QuerySet["Cover"]):
    def standing(self) -> Self:
        """Not ended before its time."""
        return self.filter(ended_at=None)

    def running(self, now: datetime) -> Self:
        """Over these moments, and only while whoever covers is a facilitator of the program: it ends by itself."""
        holds = Q(cover__program_memberships__program=F("program"), cover__program_memberships__role=FACILITATOR)
        return self.standing().filter(holds, from_at__lte=now, until_at__gt=now, cover__is_active=True)


class Cover(models.Model):
    """From one moment to another ``cover`` looks after the cases of ``absent`` in one program."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("referrals.Program", models.PROTECT, related_name="covers")
    absent = models.ForeignKey(USER, models.PROTECT, related_name="covered_by")
    cover = models.ForeignKey(USER, models.PROTECT, related_name="covers_for")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects = CoverQuerySet.as_manager()

    class Meta:
        app_label = "referrals"
        ordering: ClassVar = ["from_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="cover_runs_forward"),
            models.CheckConstraint(condition=~Q(cover=F("absent")), name="nobody_covers_for_themselves"),
        ]
        indexes: ClassVar = [
            # read by in_care_of
            models.Index(fields=["cover", "until_at"], name="cover_in_care_of", condition=Q(ended_at=None))
        ]

    def runs(self, now: datetime) -> bool:
        """As :meth:`CoverQuerySet.running` reads its moments."""
        return self.ended_at is None and self.from_at <= now < self.until_at


class HandOver(models.Model):
    """That a case went from one facilitator to another, and what the one before wanted the next to know. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="hand_overs")
    from_user = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    to_user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    note = SealedTextField(max_length=3000, blank=True, zone="narrative")

    class Meta:
        app_label = "referrals"
        ordering: ClassVar = ["at"]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id


def in_care_of(user: User, to_case: str = "") -> Q:
    """The cases that are this person's to look after now: their own, and those they cover. ``to_case``: the way from
    the rows that are filtered to the case, as ``"track__referral__"``."""
    away = Cover.objects.running(clock.now()).filter(
        cover=user, absent=OuterRef(f"{to_case}facilitator"), program=OuterRef(f"{to_case}program")
    )
    return Q(**{f"{to_case}facilitator": user}) | Q(Exists(away))


def in_place_of(user: User, holder: str) -> Q:
    """What is another's, by the field ``holder`` of rows with a program, and is this person's while they cover."""
    running = Cover.objects.running(clock.now())
    return Q(Exists(running.filter(cover=user, absent=OuterRef(holder), program=OuterRef("program"))))


def acts_for(user: User, referral: "Referral") -> bool:
    """Whether this person is the facilitator of the case, or covers for them now."""
    if not user.is_active or referral.facilitator_id is None:
        return False
    return referral.facilitator_id == user.pk or _running_in(referral, clock.now()).filter(cover=user).exists()


def carers_of(referral: "Referral") -> list[User]:
    """Who is told what the facilitator is told: they themselves, and who covers for them. Empty: nobody can be reached."""
    facilitator = referral.facilitator
    found = [facilitator] if facilitator and facilitator.is_active else []
    covers = _running_in(referral, clock.now()).select_related("cover").order_by("from_at")
    return found + [row.cover for row in covers if row.cover not in found]


def covering(absent: User, program_id: uuid.UUID, now: datetime) -> list[User]:
    """Who stands in for somebody in a program at a moment, in the order in which they began to."""
    rows = Cover.objects.running(now).filter(absent=absent, program=program_id).select_related("cover")
    return list(dict.fromkeys(row.cover for row in rows.order_by("from_at")))


def cover_of(referral: "Referral", now: datetime) -> Cover | None:
    """Who covers for the facilitator of a case at a moment, the first of several."""
    return _running_in(referral, now).select_related("cover").order_by("from_at").first()


def _running_in(referral: "Referral", now: datetime) -> CoverQuerySet:
    return Cover.objects.running(now).filter(absent=referral.facilitator_id, program=referral.program_id)
