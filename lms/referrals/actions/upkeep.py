"""Keeping courts, programs, policies and agreements: one save, one event."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.forms import ModelForm

from lms.journal import journal
from lms.people.models import User
from lms.referrals.actions.invitations import grant_role
from lms.referrals.models import PolicyVersion, Program, ProgramRole


@transaction.atomic
def save(*, form: "ModelForm[Any]", by: User, now: datetime) -> models.Model:
    """Save what an administrator's form holds. A new policy gets the next number; whoever
    adds a program administers it."""
    added = form.instance._state.adding
    if isinstance(form.instance, PolicyVersion) and added:
        form.instance.number = _next_number(form.instance.program)
    instance: models.Model = form.save()
    if isinstance(instance, Program) and added:
        grant_role(program=instance, user=by, role=ProgramRole.ADMINISTRATOR)
    verb = "added" if added else "changed"
    kind = f"{instance._meta.model_name}.{verb}"
    journal.record(kind, about=None, on=instance, by=by, at=now, changed=sorted(form.changed_data))
    return instance


def _next_number(program: Program) -> int:
    newest = program.policies.aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1
