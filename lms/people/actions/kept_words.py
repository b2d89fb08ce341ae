"""What somebody had typed when their session ended: kept for them alone, for a day."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from lms import crypto
from lms.people.models import KeptWords, User

KEPT_FOR = timedelta(hours=24)
LONGEST_PATH: int = KeptWords._meta.get_field("path").max_length or 0
AT_MOST = 200_000  # characters; more than any of our forms takes


def keep(*, user: User, path: str, fields: Mapping[str, Sequence[str]], now: datetime) -> KeptWords | None:
    """Keep the fields of a form that was on its way to ``path``; None if there is nothing to keep, or too much of it.

    The newest of a path wins. Sealed with the person's own key: a draft is as private as what is sent.
    """
    text = json.dumps({name: list(values) for name, values in fields.items()})
    if (
        not any(value.strip() for values in fields.values() for value in values)
        or len(text) > AT_MOST
        or len(path) > LONGEST_PATH
    ):
        return None
    with transaction.atomic():
        KeptWords.objects.filter(user=user, path=path).delete()
        kept = KeptWords(user=user, path=path, kept_at=now)
        kept.sealed = crypto.encrypt(text, subject=user.pk, zone=KeptWords.ZONE, place=kept.place)
        kept.save()
    return kept


def read(kept: KeptWords) -> dict[str, list[str]]:
    """Name → values, as they were typed. Raises crypto.KeyMissing or crypto.Tampered."""
    text = crypto.decrypt(bytes(kept.sealed), subject=kept.user_id, zone=KeptWords.ZONE, place=kept.place)
    fields: dict[str, list[str]] = json.loads(text)
    return fields


def forget(*, kept: KeptWords) -> None:
    kept.delete()


def forget_old(*, now: datetime) -> int:
    """Delete what nobody came back for within a day; how many."""
    return KeptWords.objects.filter(kept_at__lt=now - KEPT_FOR).delete()[0]
