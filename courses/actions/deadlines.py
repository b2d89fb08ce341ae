"""The day that the court named comes near: said once, calmly, while there is time."""

from datetime import datetime, timedelta

from courses.models import Enrollment
from courses.rules import deadlines
from lms.outbox import outbox
from lms.outbox.models import Category
from lms.outbox.outbox import Draft
from lms.referrals.models import Referral
from lms.referrals.rules.quiet_hours import is_quiet

# Somebody in the farthest zone is a day ahead or behind.
LOOK_AHEAD = timedelta(days=max(deadlines.TOLD_BEFORE) + 1)


def tell(*, now: datetime) -> int:
    """Tell whoever has not completed the course that the day comes near, in their own zone and outside their quiet
    hours; how many are told. Asked again it tells nobody twice: the key holds the day, so that a day that was moved is
    told of anew. In quiet hours it waits for a later round; whoever has completed until then is not told."""
    today = now.date()
    running = Enrollment.objects.filter(
        completed_at=None,
        referral__in=Referral.objects.open(),
        referral__person__isnull=False,
        referral__complete_by__range=(today - timedelta(days=1), today + LOOK_AHEAD),
    ).select_related("referral__court", "policy")
    drafts = [draft for enrollment in running if (draft := _draft(enrollment, now))]
    outbox.post_all(drafts)
    return len(drafts)


def _draft(enrollment: Enrollment, now: datetime) -> Draft | None:
    referral, policy = enrollment.referral, enrollment.policy
    zone, by = referral.time_zone, referral.complete_by
    if by is None or is_quiet(now, zone, quiet_from=policy.quiet_from, quiet_until=policy.quiet_until):
        return None
    left = deadlines.days_left(by, now, zone)
    told = deadlines.telling(left)
    if told is None:
        return None
    return Draft(
        key=f"course:{referral.pk}:deadline:{by}:{told}",
        kind="course.deadline_near",
        to_id=referral.person_id,
        at=now,
        about=referral.pk,
        context={"path": "/learn/"},
        expires_at=now + timedelta(days=max(1, left)),
        category=Category.REMINDER,
    )
