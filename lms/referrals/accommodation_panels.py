"""What was agreed to make it easier: for staff of the case and for the person, for nobody else."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lms.referrals.accommodation_words import DOES, KINDS
from lms.referrals.desk import Audience, Section
from lms.referrals.easing import in_force
from lms.referrals.models import Accommodation, Referral
from lms.referrals.rules.accommodations import Kind


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """A court is shown nothing of it."""
    if audience == "court":
        return []
    if audience == "person":
        lines = [_line(row) for row in in_force(referral, now=now)]
        title = _("What we agreed to make this easier")
        return [Section(title, "learn/made_easier.html", {"lines": lines}, order=30)] if lines else []
    rows = referral.accommodations.select_related("recorded_by", "ended_by")
    context = {"lines": [_line(row) for row in rows], "referral": referral}
    return [Section(_("What was agreed to make it easier"), "facilitate/accommodations.html", context, order=30)]


def _line(row: Accommodation) -> dict[str, object]:
    kind = Kind(row.kind)
    return {"row": row, "kind": KINDS[kind], "does": DOES[kind]}
