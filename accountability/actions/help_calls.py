"""Somebody asks for help: the program is told in the same transaction; the words stay here."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accountability.models import CheckIn, HelpCall
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Category, Message
from lms.people.models import User
from lms.referrals.covers import carers_of
from lms.referrals.models import ProgramRole, Referral

KINDS = ("safety", "fear", "risk", "call")
# A call that nobody has answered for so long reaches the administrators too.
NOBODY_CAME = timedelta(minutes=60)


def kinds_in(answers: dict[str, object]) -> list[str]:
    """For what help was asked, in what was answered. Before several could be named, it was one word; a word that
    nobody knows is a call all the same."""
    given = answers.get("help", "")
    named = set(given if isinstance(given, list) else [given]) - {"", "no", None}
    return [kind for kind in KINDS if kind in named] or ["call"] * bool(named)


@transaction.atomic
def ask_now(*, check_in: CheckIn, kinds: list[str], now: datetime) -> None:
    """Sent by itself, before the check-in is: nothing else of it is read. At any time, in any state."""
    row = CheckIn.objects.select_for_update(of=("self",)).select_related("track__referral").get(pk=check_in.pk)
    call(row, kinds, now)
    row.save(update_fields=["help_asked_at", "help_answered_at"])


def call(row: CheckIn, kinds: Iterable[str], now: datetime) -> None:
    """Tell who helps; the caller saves ``row``. What was told already, and waits, is not told twice."""
    kinds = [kind for kind in KINDS if kind in set(kinds)]
    if not kinds or _told(row) >= set(kinds):
        return
    row.help_asked_at, row.help_answered_at = now, None
    HelpCall.objects.create(check_in=row, at=now, kinds=kinds)
    _tell(row, who_helps(row.track.referral), now)
    journal.record("check_in.help_asked", about=row.track.referral_id, on=row, by=None, at=now)


@transaction.atomic
def tell_more(*, now: datetime) -> int:
    """Calls that nobody has answered for an hour reach every administrator of the program; how many messages."""
    told = 0
    for row, more in list(untold(now=now)):
        _tell(row, more, now)
        told += len(more)
    return told


def untold(*, now: datetime) -> Iterator[tuple[CheckIn, list[User]]]:
    """Calls that nobody has answered for an hour, each with the administrators who have not been told of it."""
    waiting = CheckIn.objects.filter(help_asked_at__lte=now - NOBODY_CAME, help_answered_at=None)
    for row in waiting.select_related("track__referral").defer("draft"):
        asked = row.help_asked_at
        assert asked is not None  # noqa: S101  for the types; the query has it
        known = set(Message.objects.filter(key__startswith=_key(row, asked)).values_list("to_id", flat=True))
        if more := [one for one in administrators(row.track.referral) if one.pk not in known]:
            yield row, more


def was_told(user: User, row: CheckIn) -> bool:
    """Whether this person was told of the call that waits: then they may know what it is for."""
    if row.help_asked_at is None:
        return False
    return Message.objects.filter(key__startswith=_key(row, row.help_asked_at), to=user).exists()


def who_helps(referral: Referral) -> list[User]:
    """The facilitator and who covers for them; where none can be reached, every administrator of the program."""
    return carers_of(referral) or administrators(referral)


def administrators(referral: Referral) -> list[User]:
    found = User.objects.filter(
        is_active=True,
        program_memberships__program=referral.program_id,
        program_memberships__role=ProgramRole.ADMINISTRATOR,
    )
    return list(found.distinct())


def _told(row: CheckIn) -> set[str]:
    """What a call that waits was for."""
    if not row.help_asked_at or row.help_answered_at:
        return set()
    return {kind for one in row.help_calls.filter(at__gte=row.help_asked_at) for kind in one.kinds}


def _tell(row: CheckIn, people: Iterable[User], now: datetime) -> None:
    asked = row.help_asked_at or now
    for somebody in people:
        outbox.post(
            key=f"{_key(row, asked)}{somebody.pk}",
            kind="check_in.help_asked",
            to=somebody,
            at=now,
            about=row.track.referral_id,
            context={"path": f"/facilitate/track/check-ins/{row.pk}/"},
            category=Category.NOTICE,
        )


def _key(row: CheckIn, asked: datetime) -> str:
    return f"check-in:{row.pk}:help:{int(asked.timestamp())}:"
