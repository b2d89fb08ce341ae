"""The court's order beside a proposal: the program's proof of why (docs/decisions/keeping.md).

Each is sealed under a key of its own act, so that it can outlive the case's key. An order follows its case
(into escrow, out of it, gone) unless its own act is the one that forgets the case: then it stays.
"""

from datetime import datetime

from django.db.models import QuerySet

from lms import crypto
from lms.files import actions as files
from lms.files.accept import Accepted
from lms.files.rules import COURT_ORDER
from lms.keeping.models import Forgetting, Ground
from lms.people.models import User
from lms.referrals.models import Referral

PURPOSE, ZONE = "court_order", "compliance"


class OrderMissing(Exception):
    """An order of the court is the ground, and there is no order."""


def attach(row: Forgetting, order: Accepted | bytes | None, *, by: User, now: datetime) -> None:
    """Keep the order beside a proposal that names it as its ground; beside another nothing is kept.

    Raises OrderMissing, files.Refused, files.NotKept, crypto.KeyMissing.
    """
    if row.ground != Ground.COURT_ORDER:
        return
    if order is None:
        raise OrderMissing(row.pk)
    row.order = files.store(data=order, subject=row.pk, purpose=PURPOSE, zone=ZONE, rules=COURT_ORDER, by=by, now=now)
    row.save(update_fields=["order"])


def check(row: Forgetting) -> None:
    """Nothing is done on an order that nobody can open. Raises OrderMissing, and as files.read."""
    if row.ground == Ground.COURT_ORDER:
        read(row)


def read(row: Forgetting) -> bytes:
    """The order, whole; in a transaction. Raises OrderMissing, and as files.read."""
    if row.order is None:
        raise OrderMissing(row.pk)
    if row.is_open:
        # Older data under newer keys, after a restore: the escrow knew of the sealing, the row waits again.
        crypto.unseal_subject(row.pk)
    return files.read(row.order)


def living(referral: Referral) -> QuerySet[Forgetting]:
    """Proposals and acts about a case whose order is kept."""
    return Forgetting.objects.filter(referral=referral, order__isnull=False, order__destroyed_at=None)


def waiting(referral: Referral) -> QuerySet[Forgetting]:
    """The one that waits for the second person: once confirmed, its order proves why."""
    return living(referral).filter(confirmed_at=None, withdrawn_at=None)


def earlier(referral: Referral) -> QuerySet[Forgetting]:
    """Those of acts that were done: they go with the case."""
    return living(referral).filter(confirmed_at__isnull=False)


def destroy(rows: QuerySet[Forgetting], *, now: datetime) -> list[str]:
    """Destroy these orders and their keys; the names of the files."""
    found = list(rows.select_related("order"))
    orders = [row.order for row in found if row.order]
    files.destroy(orders, now=now)
    for row in found:
        crypto.destroy_subject(row.pk, now=now)
    return [str(order.pk) for order in orders]
