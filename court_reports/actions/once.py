"""One effect for one Idempotency-Key, however often and however much at once it is sent.

A row with the key is written first, in the transaction of the effect: whoever comes second waits for it there, and
finds either the answer or, where the first came to nothing, the way free.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from court_reports.court_side import CourtToken, KeptAnswer
from lms import crypto
from lms.referrals.models import Referral

KEPT_FOR = timedelta(hours=24)
ZONE = "compliance"


class AnotherRequest(Exception):
    """This key came before with something else in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status, plain JSON, and the case it speaks of, under whose key it is kept."""

    status: int
    data: dict[str, Any]
    referral: Referral
    again: bool = False


def once(*, token: CourtToken, key: str, asked: bytes, act: Callable[[], Answer], now: datetime) -> Answer:
    """``act()``, or what it answered when this key came before. ``asked``: everything that makes the request what it is.

    Raises AnotherRequest, crypto.KeyMissing, and whatever ``act`` raises: then nothing was done and nothing is kept.
    """
    row = KeptAnswer(token=token, key_digest=_digest(key.encode()), request_digest=_digest(asked), made_at=now)
    with transaction.atomic():
        forget_old(token=token, now=now)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return _answered(row)
        answer = act()
        _keep(row, answer)
        return answer


def forget_old(*, now: datetime, token: CourtToken | None = None) -> int:
    """Forget what was kept long enough; how many. A key that comes later begins anew."""
    old = KeptAnswer.objects.filter(made_at__lte=now - KEPT_FOR)
    return (old.filter(token=token) if token else old).delete()[0]


def _answered(asked: KeptAnswer) -> Answer:
    kept = KeptAnswer.objects.select_related("referral").get(token=asked.token, key_digest=asked.key_digest)
    if kept.request_digest != asked.request_digest:
        raise AnotherRequest
    if kept.referral is None or kept.status is None or kept.sealed_answer is None:
        raise RuntimeError(f"a kept answer without an answer: {kept.pk}")  # written together, in one transaction
    text = crypto.decrypt(bytes(kept.sealed_answer), subject=kept.referral.pk, zone=ZONE, place=kept.place)
    return Answer(kept.status, json.loads(text), kept.referral, again=True)


def _keep(row: KeptAnswer, answer: Answer) -> None:
    row.referral, row.status = answer.referral, answer.status
    row.sealed_answer = crypto.encrypt(json.dumps(answer.data), subject=answer.referral.pk, zone=ZONE, place=row.place)
    row.save(update_fields=["referral", "status", "sealed_answer"])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
