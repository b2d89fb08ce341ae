"""People of a program by the month in which they were received, and by how far they came: one query.

Cases that are put away or forgotten count: their shell is kept for that, and what was counted once does not tell by its
going that somebody went. The language of who was forgotten, and why their case ended, is not known any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Case, CharField, Count, Q, Value, When
from django.db.models.functions import TruncDate, TruncMonth
from django.utils.translation import gettext as _

from lms.referrals.figures import Wait, Waits
from lms.referrals.models import Program, Referral
from lms.referrals.rules.status import ENDINGS

# How far somebody came, each step after the one before. Completing the course opens the track in the same moment.
STEPS = ("received_at", "invited_at", "enrolled_at", "course_started_at", "course_completed_at", "completed_at")
OPEN = "open"


@dataclass(frozen=True, slots=True)
class People:
    """So many (``n``) of a month who reached ``step`` and ended so (``ending``: one of ENDINGS, or OPEN), and why
    (``reason``: of EndReason, empty: not said)."""

    month: date
    step: str
    ending: str
    court: UUID
    language: str
    reason: str
    n: int


def people(program: Program, as_of: datetime) -> Sequence[People]:
    """Everyone who was received before ``as_of``, as it was known then. An unknown language is empty."""
    rows = (
        Referral.objects.filter(program=program, received_at__lt=as_of)
        .order_by()
        .annotate(
            month=TruncMonth("received_at", tzinfo=UTC),
            step=_newest(STEPS, as_of),
            ending=_newest((OPEN, *ENDINGS), as_of),
            spoken=Case(When(forgotten_at=None, then="language"), default=Value("")),
            reason=Case(When(end_reason_at__lt=as_of, then="end_reason"), default=Value("")),
        )
        .values_list("month", "step", "ending", "court", "spoken", "reason")
        .annotate(n=Count("pk"))
    )
    return [People(month.date(), *rest) for month, *rest in rows]


def waits(program: Program, as_of: datetime) -> Sequence[Waits]:
    """From the referral to the invitation, and to the day on which the agreements were accepted."""
    return [
        Waits(_("From referral to invitation"), _waited(program, "invited_at", as_of), order=0),
        Waits(_("From referral to enrollment"), _waited(program, "enrolled_at", as_of), order=2),
    ]


def _waited(program: Program, moment: str, as_of: datetime) -> list[Wait]:
    rows = (
        Referral.objects.filter(program=program, **{f"{moment}__lt": as_of})
        .order_by()
        .annotate(began=TruncDate("received_at", tzinfo=UTC), ended=TruncDate(moment, tzinfo=UTC))
        .values_list("began", "ended")
        .annotate(n=Count("pk"))
    )
    return [Wait(*row) for row in rows]


def _newest(names: Sequence[str], as_of: datetime) -> Case:
    """The last of the moments that had come; else the first name."""
    first, *others = names
    whens = [When(Q(**{f"{name}__lt": as_of}), then=Value(name)) for name in reversed(others)]
    return Case(*whens, default=Value(first), output_field=CharField())
