"""Active time, added up: here and nowhere else, so that every screen and every report says the same.

And the digest over what was added up, which the journal keeps (docs/decisions/active-time.md).
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from courses.models import ActiveTime, EditionModule, Enrollment, Evidence
from courses.rules.time_credit import A_SECOND, whole_seconds
from lms.journal.models import Event

SEALED = "module.time_sealed"


def seconds_by(key: str, stretches: QuerySet[ActiveTime]) -> dict[Any, int]:
    """Whole seconds of these stretches, by one of their fields: ``module``, ``module__page_key``, …"""
    sums = stretches.order_by().values_list(key).annotate(Sum("seconds"))
    return {found: whole_seconds(round(total * A_SECOND)) for found, total in sums}


def seconds_since(lines: Collection[Evidence], as_of: datetime | None = None) -> dict[UUID, int]:
    """Credited on the page of each of these lines of the ledger since it was written, by the line. One query."""
    rows = ActiveTime.objects.filter(
        enrollment__in={line.enrollment_id for line in lines}, module__in={line.module_id for line in lines}
    ).order_by()
    spent: dict[tuple[UUID, UUID | None, int], list[tuple[datetime, float]]] = defaultdict(list)
    for enrollment, module, step, since, seconds in (rows.filter(until__lte=as_of) if as_of else rows).values_list(
        "enrollment", "module", "step", "since", "seconds"
    ):
        spent[enrollment, module, step].append((since, seconds))
    found = {}
    for line in lines:
        on_it = spent[line.enrollment_id, line.module_id, line.data["step"]]
        found[line.pk] = whole_seconds(sum(round(seconds * A_SECOND) for since, seconds in on_it if since >= line.at))
    return found


def seal_of(stretches: Iterable[ActiveTime]) -> dict[str, int | str]:
    """How many stretches there are, their seconds and their digest: what the journal keeps of them."""
    rows = list(stretches)
    told = "\n".join(_line(row) for row in rows)
    seconds = whole_seconds(sum(round(row.seconds * A_SECOND) for row in rows))
    return {"stretches": len(rows), "seconds": seconds, "digest": hashlib.sha256(told.encode()).hexdigest()}


def stretches_of(enrollment: Enrollment, module: EditionModule) -> QuerySet[ActiveTime]:
    """In the order in which they were credited: they never overlap."""
    return ActiveTime.objects.filter(enrollment=enrollment, module=module).order_by("since")


def changed_since_sealed(enrollment: Enrollment) -> list[Event]:
    """The seals in the journal that no longer fit the stretches they were made of: one was changed, added or removed
    by whoever got past the database's own refusal. Empty where all is well."""
    seals = Event.objects.filter(about=enrollment.referral_id, kind=SEALED).order_by("at", "pk")
    rows: dict[str, list[ActiveTime]] = {}
    for row in ActiveTime.objects.filter(enrollment=enrollment).order_by("since"):
        rows.setdefault(str(row.module_id), []).append(row)
    return [seal for seal in seals if seal_of(rows.get(seal.on_id, [])[: seal.data["stretches"]]) != seal.data]


def modules_changed_since_sealed(enrollment: Enrollment) -> list[int]:
    """The positions of the modules with such a seal. A forgotten case has none: its time is gone with it."""
    if enrollment.referral.forgotten_at:
        return []
    changed = {seal.on_id for seal in changed_since_sealed(enrollment)}
    modules = EditionModule.objects.filter(pk__in=changed) if changed else EditionModule.objects.none()
    return sorted(module.position for module in modules)


def _line(row: ActiveTime) -> str:
    told = (
        row.pk,
        row.since.isoformat(),
        row.until.isoformat(),
        f"{row.seconds:.6f}",
        row.step,
        row.block_id,
        row.digest,
    )
    return "|".join(str(each) for each in told)
