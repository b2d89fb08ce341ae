"""Which message at which moment, with its unique key."""

from datetime import datetime

from accountability.awake import Awake
from accountability.rules.reminders import Reminder
from lms.outbox.models import Category
from lms.outbox.outbox import Draft


def reminder(check_in: Awake, planned: Reminder) -> Draft:
    """A reminder; past its moment it is recorded as suppressed, not sent late."""
    return Draft(
        # A window that was moved to another date reminds anew; one that an outage lengthened does not.
        key=f"check-in:{check_in.pk}:{planned.kind}:{check_in.due_on}",
        kind=f"check_in.{planned.kind}",
        to_id=check_in.person_id,
        at=planned.at,
        about=check_in.referral_id,
        context={"path": f"/check-ins/{check_in.pk}/"},
        not_before=planned.at,
        expires_at=planned.stale_at,
        category=Category.REMINDER,
    )


def missed(check_in: Awake, at: datetime) -> Draft:
    """The person is told first, at ``at`` (after the quiet hours), with how to make up for it;
    worthless once that is no longer possible."""
    return Draft(
        key=f"check-in:{check_in.pk}:missed:{check_in.closes_at.isoformat()}",
        kind="check_in.missed",
        to_id=check_in.person_id,
        at=check_in.closes_at,
        about=check_in.referral_id,
        context={"path": f"/check-ins/{check_in.pk}/"},
        not_before=at,
        expires_at=check_in.cure_until if check_in.cure_until > at else None,
        category=Category.NOTICE,
    )
