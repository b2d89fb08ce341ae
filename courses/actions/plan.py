"""A person's own plan: what they undertook in the course, in their words."""

from datetime import datetime

from django.db import transaction

from courses.models import EditionModule, Enrollment, PlanLine
from lms.journal import journal
from lms.people.models import User


@transaction.atomic
def write(
    *, enrollment: Enrollment, module: EditionModule, block_id: str, words: str, by: User, now: datetime
) -> PlanLine | None:
    """Write a line of the plan, or write it anew; without words it is taken out. None where nothing stands."""
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    line = PlanLine.objects.filter(enrollment=enrollment, block_id=block_id).first()
    words = words.strip()
    if not words:
        if line:
            journal.record("plan.erased", about=enrollment.referral_id, on=line, by=by, at=now)
            line.delete()
        return None
    line = line or PlanLine(enrollment=enrollment, module=module, block_id=block_id)
    line.words, line.written_at = words, now
    line.save()
    journal.record("plan.written", about=enrollment.referral_id, on=line, by=by, at=now)
    return line
