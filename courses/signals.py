"""All that others may know of the course."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.dispatch import Signal


@dataclass(frozen=True, slots=True)
class CourseCompleted:
    """Somebody met the course's last requirement. ``completed_at`` is aware, in UTC."""

    referral_id: UUID
    enrollment_id: UUID
    completed_at: datetime


# Sent *inside* the completing transaction with ``send`` (never ``send_robust``): a listener
# that fails undoes the completion (invariant 1). Argument: completed, a CourseCompleted.
course_completed = Signal()
