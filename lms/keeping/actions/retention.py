"""Retention by itself: say a month ahead what will be forgotten, forget it, say that it was.

A case is forgotten when its years are full, its administrators were told thirty days before,
and no hold stands. Bounded batches; again is harmless.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from lms.journal import journal
from lms.keeping.actions import forgetting
from lms.keeping.models import LegalHold, RetentionNotice
from lms.keeping.rules.retention import AHEAD, forget_on, is_due, is_near
from lms.outbox import outbox
from lms.referrals.models import PolicyVersion, Program, Referral
from lms.referrals.rules.status import ENDINGS

log = logging.getLogger("amends.keeping")
# The last case that was seen, in the order of closed_cases().
Cursor = tuple[datetime, UUID]
A_YEAR = timedelta(days=365)  # for narrowing in SQL; the rule decides by the calendar


@dataclass(frozen=True, slots=True)
class Ahead:
    """A case that will be forgotten on a day."""

    referral: Referral
    on: date
    held: bool


@dataclass(frozen=True, slots=True)
class Purged:
    """What one batch did. ``last``: where the next one goes on; None at the end."""

    done: int
    last: Cursor | None


def closed_cases() -> QuerySet[Any, Any]:
    """Ended and not forgotten, the longest ended first; with ``closed_at``, ``held`` and their notice."""
    hold = LegalHold.objects.filter(referral=OuterRef("pk"), lifted_at=None)
    closed = Referral.objects.filter(forgotten_at=None).annotate(closed_at=Coalesce(*ENDINGS), held=Exists(hold))
    return (
        closed.filter(closed_at__isnull=False)
        .select_related("program", "court", "policy", "retention_notice")
        .order_by("closed_at", "pk")
    )


def day_of(referral: Any, *, now: datetime) -> date:
    """When a case of :func:`closed_cases` is forgotten: its years are full, and its people were told in time."""
    notice = getattr(referral, "retention_notice", None)
    told_at = notice.told_at if notice else now
    return max(_full_on(referral, now), (told_at + AHEAD).astimezone(referral.time_zone).date())


def ahead(referrals: QuerySet[Referral], *, now: datetime) -> list[Ahead]:
    """What of these cases was announced, the next first."""
    told = closed_cases().filter(pk__in=referrals.order_by().values("pk"), retention_notice__isnull=False)
    found = [Ahead(r, day_of(r, now=now), bool(r.held)) for r in told]
    return sorted(found, key=lambda one: one.on)


def tell(*, now: datetime, limit: int) -> int:
    """Announce cases whose time is near: one message for each program and day; how many cases."""
    untold = _old_enough(now + AHEAD).filter(retention_notice=None, held=False)
    near = list(islice((r for r in untold.iterator(chunk_size=100) if _is_near(r, now)), limit))
    with transaction.atomic():
        RetentionNotice.objects.bulk_create(
            [RetentionNotice(referral=r, told_at=now, forget_on=day_of(r, now=now)) for r in near],
            ignore_conflicts=True,
        )
        for referral in near:
            journal.record("retention.announced", about=referral.subject, on=referral, by=None, at=now)
        _post({r.program_id for r in near}, "keeping.soon", now)
    return len(near)


def purge(*, now: datetime, limit: int, after: Cursor | None = None) -> Purged:
    """Forget up to ``limit`` cases that are due, after those seen before. Their files are deleted right after.

    Administrators are told once a day of their program's cases that could not be forgotten.
    """
    programs: set[UUID] = set()
    failing: set[UUID] = set()
    done = 0
    due = _due(now, limit, after)
    for referral in due:
        try:
            row = forgetting.forget_by_itself(referral=referral, now=now)
        except (forgetting.OnHold, forgetting.NotPossible):
            continue  # somebody was faster
        except Exception as problem:
            # One that cannot be forgotten holds up no other; its words may hold anything.
            log.error("case %s was not forgotten: %s", referral.pk, type(problem).__name__)
            failing.add(referral.program_id)
            continue
        forgetting.finish_quietly(row, now=now)
        programs.add(referral.program_id)
        done += 1
    with transaction.atomic():
        _post(programs, "keeping.forgotten", now)
        _post(failing, "keeping.failed", now)
    return Purged(done, (due[-1].closed_at, due[-1].pk) if due else None)


def _due(now: datetime, limit: int, after: Cursor | None) -> list[Any]:
    told = _old_enough(now).filter(retention_notice__told_at__lte=now - AHEAD, held=False)
    if after:
        closed_at, pk = after
        told = told.filter(Q(closed_at__gt=closed_at) | Q(closed_at=closed_at, pk__gt=pk))
    return list(islice((r for r in told.iterator(chunk_size=100) if _is_due(r, now)), limit))


def _is_due(referral: Any, now: datetime) -> bool:
    told_at = referral.retention_notice.told_at
    return is_due(_full_on(referral, now), referral.time_zone, told_at=told_at, now=now)


def _is_near(referral: Referral, now: datetime) -> bool:
    return is_near(_full_on(referral, now), referral.time_zone, now=now)


def _full_on(referral: Any, now: datetime) -> date:
    """The day its years are full."""
    policy = referral.policy or referral.program.policy_at(now)
    return forget_on(referral.closed_at, policy.retention_years, referral.time_zone)


def _old_enough(moment: datetime) -> QuerySet[Any, Any]:
    """Those that may be due at ``moment`` under the shortest retention of any program."""
    shortest = PolicyVersion.objects.aggregate(years=Min("retention_years"))["years"] or 0
    return closed_cases().filter(closed_at__lte=moment - shortest * A_YEAR)


def _post(programs: set[UUID], kind: str, now: datetime) -> None:
    for program in Program.objects.filter(pk__in=programs):
        for administrator in forgetting.administrators_of(program):
            outbox.post(
                key=f"{kind}:{program.pk}:{now:%Y-%m-%d}:{administrator.pk}",
                kind=kind,
                to=administrator,
                at=now,
                context={"path": reverse("keeping:home")},
            )
