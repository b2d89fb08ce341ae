"""The supervising administrator hears once a day, by mail, that something waits too long."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from lms.outbox import outbox
from lms.referrals import desk
from lms.referrals.actions.roles import administrators_of
from lms.referrals.models import Court, Program, Referral

# By then people are at work, and it is early enough to do something about it.
TOLD_AT_HOUR = 8


def tell_what_waits(*, now: datetime) -> int:
    """Tell the administrators of each program in which something is past its limit, once a local day; how many
    programs. Rung hourly: a lost ring is made up."""
    told = 0
    for program in Program.objects.all():
        local = now.astimezone(_zone(program))
        if local.hour < TOLD_AT_HOUR or not late(program, now):
            continue
        told += 1
        for somebody in administrators_of(program):
            outbox.post(
                key=f"waits:{program.pk}:{somebody.pk}:{local.date()}", kind="program.waits", to=somebody, at=now,
                audience=program.pk, context={"path": reverse("referrals:waiting")},
            )  # fmt: skip
    return told


def late(program: Program, now: datetime) -> list[desk.Wait]:
    """What is past its limit, the latest first."""
    cases = Referral.objects.open().filter(program=program)
    return [wait for wait in desk.waits(cases, now) if wait.late_at <= now]


def _zone(program: Program) -> ZoneInfo:
    court = Court.objects.filter(referrals__program=program).order_by("pk").first()
    return ZoneInfo(court.zone if court else "UTC")
