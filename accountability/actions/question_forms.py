"""Publishing the questions of a check-in: no version is ever edited, a change is a new one."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.forms import ModelForm

from accountability.models import CheckInForm
from lms.people.models import User
from lms.referrals.actions import upkeep


@transaction.atomic
def publish(*, form: "ModelForm[Any]", by: User, now: datetime) -> CheckInForm:
    """Save what an administrator's form holds, as the next version. Nothing begins in the past. Raises roles.NotAllowed: ``elsewhere``."""
    row: CheckInForm = form.instance
    row.number = _next_number(row)
    row.in_force_from = max(row.in_force_from, now)
    saved = upkeep.save(form=form, by=by, now=now)
    assert isinstance(saved, CheckInForm)  # noqa: S101  for the types
    return saved


def _next_number(row: CheckInForm) -> int:
    newest = CheckInForm.objects.filter(program=row.program_id).aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1
