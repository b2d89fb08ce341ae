"""Somebody asked for what is there and is not theirs. They got 404; the journal says that they tried (ASVS 16.3.2)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import UUIDField

from lms.journal import journal
from lms.journal.models import Event, Outcome
from lms.people.models import User

KIND = "access.denied"
# Reloading a page is one try; and nobody fills the journal by guessing.
ONCE_IN = timedelta(hours=1)
AT_MOST = 60
OURS = ("lms.", "courses", "accountability", "court_reports")
# From a row to the case it belongs to.
WAY_TO_THE_CASE = (
    "referral",
    "track",
    "enrollment",
    "check_in",
    "commitment",
    "provider",
    "report",
    "release",
    "reflection",
    "submission",
    "attempt",
)


def note(*, user: User, asked: Mapping[str, object], now: datetime) -> None:
    """Record it, if what ``asked`` names (the arguments of an address) exists. Whoever asks learns nothing of it."""
    for row in _rows({value for value in map(_as_uuid, asked.values()) if value}):
        case = _case_of(row)
        # A page of one's own case that is not there yet is no try at somebody else's.
        own = case is not None and user.pk in (case.person_id, case.facilitator_id)
        if not own and not _is_noted(user, row, now):
            journal.record(KIND, about=_subject(row, case), on=row, by=user, at=now, outcome=Outcome.DENIED)
        return


def _rows(ids: set[UUID]) -> Iterator[models.Model]:
    for asked in ids:
        for label in _labels(asked):
            yield apps.get_model(label)._base_manager.get(pk=asked)


def _labels(asked: UUID) -> list[str]:
    """Which tables hold it. All are asked at once, so that how long it takes tells nothing."""
    key = UUIDField().get_db_prep_value(asked, connection)
    with connection.cursor() as cursor:
        cursor.execute(_question(), [key] * len(_models()))
        return [label for (label,) in cursor.fetchall()]


@cache
def _question() -> str:
    name = connection.ops.quote_name
    return " UNION ALL ".join(
        f"SELECT '{model._meta.label_lower}' WHERE EXISTS"  # noqa: S608  nothing but names of our own models
        f" (SELECT 1 FROM {name(model._meta.db_table)} WHERE {name(str(model._meta.pk.column))} = %s)"
        for model in _models()
    )


@cache
def _models() -> tuple[type[models.Model], ...]:
    return tuple(
        model
        for model in apps.get_models()
        if model.__module__.startswith(OURS) and isinstance(model._meta.pk, UUIDField)
    )


def _as_uuid(value: object) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


def _is_noted(user: User, row: models.Model, now: datetime) -> bool:
    lately = Event.objects.filter(kind=KIND, by=user, at__gt=now - ONCE_IN)
    same = lately.filter(on_label=row._meta.label_lower, on_id=str(row.pk))
    return same.exists() or lately.count() >= AT_MOST


def _subject(row: models.Model, case: Any) -> UUID | None:
    """Whose case it is; None where it belongs to none."""
    found = case.pk if case is not None else getattr(row, "subject", None)
    return found if isinstance(found, UUID) else None


def _case_of(row: models.Model) -> Any:
    """The case, wherever it is kept: known by having a person and a facilitator. None where there is none."""
    found: models.Model | None = row
    for _ in range(len(WAY_TO_THE_CASE)):
        if found is None or hasattr(found, "facilitator_id"):
            return found
        found = _next(found)
    return None


def _next(row: models.Model) -> models.Model | None:
    for name in WAY_TO_THE_CASE:
        try:
            found = getattr(row, name, None)
        except ObjectDoesNotExist:
            continue
        if isinstance(found, models.Model):
            return found
    return None
