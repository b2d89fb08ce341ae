"""With which questions a program's readers read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from courses.models import Rubric
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Program


@transaction.atomic
def save(*, program: Program, questions: Sequence[Mapping[str, str]], by: User, now: datetime) -> Rubric:
    """From now on these are asked; what was answered keeps what it was asked. None: those that came with the service."""
    row, _made = Rubric.objects.update_or_create(
        program=program, defaults={"questions": [dict(one) for one in questions], "saved_at": now, "saved_by": by}
    )
    journal.record("program.rubric_saved", about=None, on=row, by=by, at=now, data={"questions": len(row.questions)})
    return row
