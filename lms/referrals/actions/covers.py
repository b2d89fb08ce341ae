"""Somebody looks after the cases of a colleague who is away: from, until, and who. It ends by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.access import facilitators_of, is_administrator
from lms.referrals.covers import Cover
from lms.referrals.models import Program

# Longer than a summer or an illness is a hand-over.
AT_MOST = timedelta(days=92)


class NotAllowed(Exception):
    """Only who is away, or an administrator of the program who does not cover themselves, says who covers."""


class NotACover(Exception):
    """Whoever covers is an active facilitator of the program, and somebody else."""


class TooLong(Exception):
    """It is over already, ends before it begins, or lasts longer than :data:`AT_MOST`."""


class AlreadyCovered(Exception):
    """Somebody covers for the same person in the same program at that time."""


@transaction.atomic
def arrange(
    *, program: Program, absent: User, cover: User, from_at: datetime, until_at: datetime, by: User, now: datetime
) -> Cover:
    """Let ``cover`` look after the cases of ``absent`` over these moments. Raises NotAllowed, NotACover, TooLong,
    AlreadyCovered."""
    Program.objects.select_for_update().get(pk=program.pk)
    _guard_who(program, absent, cover, by)
    if not (now < until_at and from_at < until_at <= from_at + AT_MOST):
        raise TooLong(absent.pk)
    others = Cover.objects.standing().filter(program=program, absent=absent)
    if others.filter(from_at__lt=until_at, until_at__gt=from_at).exists():
        raise AlreadyCovered(absent.pk)
    made = Cover.objects.create(
        program=program, absent=absent, cover=cover, from_at=from_at, until_at=until_at, made_at=now, made_by=by
    )
    said = {
        "absent": str(absent.pk),
        "cover": str(cover.pk),
        "from": from_at.isoformat(),
        "until": until_at.isoformat(),
    }
    journal.record("cover.arranged", about=None, on=program, by=by, at=now, data=said)
    _tell(made, now)
    return made


@transaction.atomic
def end(*, cover: Cover, by: User, now: datetime) -> Cover:
    """Back earlier, or it never begins. Ending it again is harmless. Raises NotAllowed."""
    row = Cover.objects.select_for_update(of=("self",)).select_related("program").get(pk=cover.pk)
    if by.pk not in (row.absent_id, row.cover_id) and not is_administrator(by, row.program):
        raise NotAllowed(by.pk)
    if row.ended_at is None and now < row.until_at:
        row.ended_at, row.ended_by = now, by
        row.save(update_fields=["ended_at", "ended_by"])
        said = {"absent": str(row.absent_id), "cover": str(row.cover_id)}
        journal.record("cover.ended", about=None, on=row.program, by=by, at=now, data=said)
    return row


def _guard_who(program: Program, absent: User, cover: User, by: User) -> None:
    able = facilitators_of(program)
    if by.pk == absent.pk:
        allowed = able.filter(pk=by.pk).exists()
    else:
        # Nobody gives themselves a colleague's word: it would be a way around the second person (security.md 5).
        allowed = is_administrator(by, program) and by.pk != cover.pk
    if not allowed:
        raise NotAllowed(by.pk)
    if cover.pk == absent.pk or not able.filter(pk=cover.pk).exists():
        raise NotACover(cover.pk)


def _tell(row: Cover, now: datetime) -> None:
    outbox.post(
        key=f"cover:{row.pk}", kind="cover.arranged", to=row.cover, at=now, audience=row.program_id,
        context={"path": reverse("referrals:covers")}, expires_at=row.until_at,
    )  # fmt: skip
