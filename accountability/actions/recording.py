"""Staff enter a check-in that somebody made by telephone or on paper."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accountability.actions import attachments, check_ins
from accountability.models import CheckIn, CheckInForm, Submission
from lms.files.accept import Accepted
from lms.files.remux import Clean
from lms.people.models import User


@transaction.atomic
def record(
    *,
    check_in: CheckIn,
    answers: dict[str, Any],
    files: Mapping[str, Iterable[Accepted | Clean]],
    form: CheckInForm | None,
    language: str,
    made_at: datetime,
    route: str,
    by: User,
    now: datetime,
) -> Submission:
    """As :func:`check_ins.submit`, with the scan or the recording that it was made on. Raises NotOpen, TooMany."""
    for question, sent in files.items():
        for data in sent:
            attachments.add(check_in=check_in, question=question, data=data, by=by, now=now, late=True)
    return check_ins.submit(
        check_in=check_in, answers=answers, form=form, language=language, by=by, now=now, made_at=made_at, route=route
    )
