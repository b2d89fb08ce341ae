"""When somebody of a caseload was last tried."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from lms.casework.models import ContactAttempt
from lms.referrals.models import Referral


def last_tried(referrals: QuerySet[Referral]) -> dict[UUID, datetime]:
    """When somebody of each case was last tried: one query."""
    found = ContactAttempt.objects.filter(referral__in=referrals.order_by().values("pk")).order_by()
    return dict(found.values_list("referral").annotate(Max("made_at")))
