"""What casework brings to the program's pictures: how long a first contact took. Counts alone, in one query."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from lms.casework.models import ContactAttempt
from lms.casework.models.contacts import Outcome
from lms.referrals.figures import Wait, Waits
from lms.referrals.models import Program

# Between the invitation and the enrollment (lms.referrals.people_figures).
ORDER = 1


def waits(program: Program, as_of: datetime) -> Sequence[Waits]:
    """From the referral to the first attempt, and until somebody was reached: what was recorded by then, a line a person,
    for the database knows no count of counts that both of ours can say."""
    found = (
        ContactAttempt.objects.filter(referral__program=program, recorded_at__lt=as_of)
        .order_by()
        .values_list("referral", "referral__received_at")
        .annotate(tried=Min("made_at"), reached=Min("made_at", filter=Q(outcome=Outcome.REACHED)))
    )
    rows = [(received, tried, reached) for _pk, received, tried, reached in found]
    return [
        Waits(_("From referral to the first attempt"), _counted((row[0], row[1]) for row in rows), order=ORDER),
        Waits(_("From referral until somebody was reached"), _counted((row[0], row[2]) for row in rows), order=ORDER),
    ]


def _counted(rows: Iterable[tuple[datetime, datetime | None]]) -> list[Wait]:
    """By the days, as the others are. Whoever was called before the papers came did not wait."""
    days = Counter(
        (began.astimezone(UTC).date(), max(ended, began).astimezone(UTC).date()) for began, ended in rows if ended
    )
    return [Wait(began, ended, n) for (began, ended), n in sorted(days.items())]
