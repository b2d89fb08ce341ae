"""What the course brings to the program's pictures: how long reflections waited to be read."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from courses.models import ReflectionReview
from lms.referrals.figures import Wait, Waits
from lms.referrals.models import Program


def waits(program: Program, as_of: datetime) -> Sequence[Waits]:
    """Of the newest version of each reflection: the day it was sent, and the day somebody decided."""
    rows = (
        ReflectionReview.objects.filter(
            reflection__enrollment__referral__program=program,
            outcome__in=(ReflectionReview.ACCEPTED, ReflectionReview.RETURNED),
            at__lt=as_of,
            at__gte=F("reflection__submitted_at"),
        )
        .order_by()
        .annotate(began=TruncDate("reflection__submitted_at", tzinfo=UTC), ended=TruncDate("at", tzinfo=UTC))
        .values_list("began", "ended")
        .annotate(n=Count("pk"))
    )
    return [Waits(_("Reflections: until somebody decided"), [Wait(*row) for row in rows], promised=True, order=11)]
