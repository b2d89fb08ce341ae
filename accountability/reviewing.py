"""The row of check-ins that wait to be read: the longest waiting first, those kept waiting by a call last."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accountability.access import words_for
from accountability.models import CheckIn
from lms.casework.models import ContactAttempt
from lms.people.models import User

# Who was called about it is not put before the reader again on the same day.
RESTS = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left after one: how many, and the next of them."""

    count: int
    next: CheckIn | None


def waiting(user: User, now: datetime) -> QuerySet[Any]:
    """Check-ins this person may read and that wait, those called about today at the end (``called``)."""
    since = Coalesce(OuterRef("resubmitted_at"), OuterRef("submitted_at"))
    tried = ContactAttempt.objects.filter(
        referral=OuterRef("track__referral"), recorded_at__gte=since, recorded_at__gt=now - RESTS
    )
    found = CheckIn.objects.awaiting_review().filter(pk__in=words_for(user).order_by().values("pk")).annotate(
        called=Exists(tried), sent_at=Coalesce("resubmitted_at", "submitted_at")
    )  # fmt: skip
    found = found.select_related("track__referral__court")
    return found.order_by("called", "sent_at", "pk")


def rest(user: User, after: CheckIn, now: datetime) -> Rest:
    """Of those that wait, without this one and without those called about today; the next is the one sent after it, and
    after the last of them the first: whoever leaves each for later sees all of them."""
    left = waiting(user, now).exclude(pk=after.pk).filter(called=False)
    sent = after.resubmitted_at or after.submitted_at
    behind = left.filter(Q(sent_at__gt=sent) | Q(sent_at=sent, pk__gt=after.pk)) if sent else left
    return Rest(left.count(), behind.first() or left.first())
