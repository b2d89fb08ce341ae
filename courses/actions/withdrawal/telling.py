"""Who must know that something is no longer shown: without why, and without what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from courses.actions import consent_lines
from courses.actions.withdrawal import owed
from courses.models import Consent, EditionModule, Enrollment, TakenBack
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.roles import administrators_of
from lms.referrals.models import Program, Referral


def tell_staff(row: TakenBack, now: datetime) -> None:
    """For a story that was taken back."""
    editions = editions_of((row.found or {}).get("owed", ()))
    tell(f"consent:{row.consent_id}", row.consent.program, editions, now)
    journal.record("story.told", about=None, on=row, by=None, at=now)


def hidden_from_now_on(*, line: Consent, now: datetime) -> None:
    """A consent came to its end, or no longer holds for a language: as with a taking back, nobody owes what is not shown,
    and whoever must know is told. Its words stay where they are. Inside the caller's transaction."""
    measured = owed.measure(line)
    owed.waive(line.story, measured, now=now)
    tell(f"consent:{line.pk}", line.program, editions_of(measured), now)


def tell_author(row: TakenBack, now: datetime) -> None:
    """That it is done; where she left an address."""
    author = row.consent.author
    if author.email:
        outbox.post(
            key=f"consent:{row.consent_id}:done", kind="consent.done", to=author, at=now,
            context={"path": consent_lines.PATH},
        )  # fmt: skip


def tell(key: str, program: Program, editions: Iterable[UUID], now: datetime) -> None:
    """Administrators, and facilitators of people under way in these editions. Once for a ``key``."""
    running = Enrollment.objects.filter(edition__in=list(editions), completed_at=None)
    running = running.filter(referral__in=Referral.objects.open()).exclude(referral__facilitator=None)
    ids = set(running.values_list("referral__facilitator", flat=True))
    for user in User.objects.filter(Q(pk__in=ids) | Q(pk__in=administrators_of(program)), is_active=True):
        outbox.post(
            key=f"{key}:told:{user.pk}", kind="course.part_gone", to=user, at=now, audience=program.pk
        )  # fmt: skip


def editions_of(measured: Iterable[dict[str, Any]]) -> set[UUID]:
    """The editions of which modules were measured (owed.measure)."""
    wanted = [each["module"] for each in measured]
    return set(EditionModule.objects.filter(pk__in=wanted).values_list("edition", flat=True))
