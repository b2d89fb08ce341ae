"""What is waived of a course, on the case's page and on the person's own."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.labels import waived
from courses.models import Enrollment, Waiver
from lms.referrals.desk import Audience, Need, Section, Weight
from lms.referrals.models import Referral


def needs(referrals: QuerySet[Referral], now: datetime) -> list[Need]:
    """Proposals that wait for their second person."""
    rows = Waiver.objects.waiting(now).filter(
        enrollment__referral__in=referrals.order_by(), enrollment__completed_at=None
    )
    return [
        Need(
            row.enrollment.referral_id,
            _("a proposal waits for a second person"),
            reverse("courses_staff:waiver", args=[row.pk]),
            row.proposed_at,
            Weight.SECOND,
            _("Read it, and confirm it or not"),
        )
        for row in rows.select_related("enrollment")
    ]


def sections(enrollment: Enrollment, audience: Audience, now: datetime) -> Sequence[Section]:
    """The person reads what is not asked of them any more; staff also what waits, and the way to propose it. A court
    reads it in the reports."""
    if audience == "court":
        return []
    rows = list(enrollment.waivers.select_related("module", "proposed_by", "confirmed_by").order_by("proposed_at"))
    done = [_line(row) for row in rows if row.confirmed_at]
    if audience == "person":
        return [Section(_("Not asked of you any more"), "learn/waived.html", {"lines": done}, order=11)] if done else []
    context = {
        "lines": done,
        "waiting": [_line(row) for row in rows if row.waits(now)],
        "referral": enrollment.referral_id,
        "may_propose": enrollment.completed_at is None,
    }
    return [Section(_("Waived requirements"), "facilitate/waivers_panel.html", context, order=11)]


def _line(row: Waiver) -> dict[str, object]:
    return {"row": row, "what": waived(row.module.position, row.requirement), "reason": row.get_reason_display()}
