"""Keeping and forgetting a way to look at a caseload."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from lms.casework.models import SavedView
from lms.people.models import User

AT_MOST = 20


class TooMany(Exception):
    """Nobody finds anything among more than AT_MOST."""


@transaction.atomic
def save(*, name: str, asked: Mapping[str, str], by: User, now: datetime) -> SavedView:
    """Keep filters and order under a name. Raises TooMany."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if SavedView.objects.filter(owner=by).count() >= AT_MOST:
        raise TooMany(by.pk)
    made = SavedView(owner=by, name=name, asked=dict(asked), made_at=now)
    made.save(force_insert=True)
    return made


def forget(*, view: SavedView, by: User, now: datetime) -> None:
    """It is not offered any more; the people are where they were."""
    view.delete()
