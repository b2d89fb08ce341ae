"""Keeping courts, programs, policies and agreements: one save, one event."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.forms import ModelForm

from lms.journal import journal
from lms.journal.rules import data as rules
from lms.people.models import User
from lms.referrals.access import may_keep
from lms.referrals.actions.roles import NotAllowed, grant_role
from lms.referrals.models import PolicyVersion, Program, ProgramRole


@transaction.atomic
def save(*, form: "ModelForm[Any]", by: User, now: datetime) -> models.Model:
    """Save what an administrator's form holds. A new policy gets the next number; whoever
    adds a program administers it. Raises NotAllowed: ``elsewhere``."""
    added = form.instance._state.adding
    _only_theirs(form.instance, by)
    if isinstance(form.instance, PolicyVersion) and added:
        form.instance.number = _next_number(form.instance.program)
    was = {name: _initial(form, name) for name in form.changed_data}
    instance: models.Model = form.save()
    if isinstance(instance, Program) and added:
        grant_role(program=instance, user=by, role=ProgramRole.ADMINISTRATOR)
    verb = "added" if added else "changed"
    kind = f"{instance._meta.model_name}.{verb}"
    # Rows that a form brings along (the choices of a question) are part of what changed.
    rows = (name for name, formset in getattr(form, "formsets", {}).items() if formset.has_changed())
    changed = sorted({*form.changed_data, *rows})
    journal.record(kind, about=None, on=instance, by=by, at=now, changed=changed, data=_values(form, was, added))
    return instance


@transaction.atomic
def delete(*, instance: models.Model, by: User, now: datetime) -> None:
    """Delete what is not evidence yet (a question nobody was asked). Raises NotAllowed: ``elsewhere``, ProtectedError."""
    _only_theirs(instance, by)
    kind = f"{instance._meta.model_name}.deleted"
    journal.record(kind, about=None, on=instance, by=by, at=now)
    instance.delete()


def _only_theirs(instance: models.Model, by: User) -> None:
    """As it will be and, of a row that is there, as it was: nothing is moved into another program, or out of it."""
    rows = [instance]
    if not instance._state.adding:
        rows += type(instance)._base_manager.filter(pk=instance.pk)
    if not all(may_keep(by, row) for row in rows):
        raise NotAllowed("elsewhere")


def _initial(form: "ModelForm[Any]", name: str) -> object:
    return form.get_initial_for_field(form.fields[name], name) if name in form.fields else None


def _values(form: "ModelForm[Any]", was: dict[str, object], added: bool) -> dict[str, object]:
    """Old and new values, of the fields whose class of data allows it."""
    label = form.instance._meta.label_lower
    new = {name: form.cleaned_data.get(name) for name in form.changed_data if name in form.cleaned_data}
    found = {rules.WAS: {} if added else rules.open_values(label, was), rules.IS: rules.open_values(label, new)}
    return {name: values for name, values in found.items() if values}


def _next_number(program: Program) -> int:
    newest = program.policies.aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1
