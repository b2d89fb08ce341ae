"""What court dates lay on the desk: those that are near, and the next one ahead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.referrals.desk import Ahead, Need, Weight
from lms.referrals.models import Hearing, Referral
from lms.referrals.templatetags.amends import local_date

NEAR = timedelta(days=14)
AHEAD = 5


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Whoever goes to court within two weeks."""
    found = _of(referrals).filter(at__gte=now, at__lt=now + NEAR).select_related("referral__court")
    return [
        Need(
            hearing.referral_id,
            _("has a hearing on %(day)s") % {"day": local_date(hearing.at, hearing.referral.court.zone)},
            reverse("referrals:case", args=[hearing.referral_id]) + "#hearings-heading",
            max(hearing.recorded_at, hearing.at - NEAR),
            Weight.HEARING,
            _("See that the court has its report"),
        )
        for hearing in found
    ]


def outlook(referrals: QuerySet[Referral], now: datetime) -> Sequence[Ahead]:
    """The next court dates."""
    found = _of(referrals).filter(at__gte=now).order_by("at")[:AHEAD]
    return [
        Ahead(hearing.referral_id, _("hearing"), hearing.at, reverse("referrals:case", args=[hearing.referral_id]))
        for hearing in found
    ]


def _of(referrals: QuerySet[Referral]) -> QuerySet[Hearing]:
    return Hearing.objects.filter(referral__in=referrals.order_by().values("pk"), cancelled_at=None)
