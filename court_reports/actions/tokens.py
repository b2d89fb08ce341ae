"""Tokens for a court's own system: made by a named human, shown once, revoked for good."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from court_reports.court_side import CourtToken, KeptAnswer, Scope
from lms.journal import journal
from lms.people.models import Kind, User
from lms.referrals.access import courts_served
from lms.referrals.models import Court

# So that a scanner of leaked secrets, and whoever finds one in a log, knows what it is.
PREFIX = "amends_court_"
SECRET_BYTES = 32
LONGEST = timedelta(days=366)
NOTED_EVERY = timedelta(minutes=1)


class NotAllowed(Exception):
    """This person does not answer for this court."""


class WrongScopes(Exception):
    """No scope, or one that there is not."""


class TooLong(Exception):
    """A token ends within a year, and not before it begins."""


@transaction.atomic
def make(
    *, court: Court, label: str, scopes: Sequence[str], expires_at: datetime, by: User, now: datetime
) -> tuple[CourtToken, str]:
    """A token for a court's system, and its secret, which is stored nowhere. Raises NotAllowed, WrongScopes, TooLong."""
    _guard(court, by)
    if not scopes or not set(scopes) <= set(Scope.values):
        raise WrongScopes(list(scopes))
    if not now < expires_at <= now + LONGEST:
        raise TooLong(expires_at)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    row = CourtToken.objects.create(
        court=court, account=_account(label), digest=digest(secret), scopes=sorted(set(scopes)), made_at=now,
        made_by=by, expires_at=expires_at,
    )  # fmt: skip
    journal.record(
        "court.token_made", about=None, on=row, within=court, by=by, at=now,
        data={"scopes": row.scopes, "until": expires_at.isoformat()},
    )  # fmt: skip
    return row, secret


@transaction.atomic
def revoke(*, token: CourtToken, by: User, now: datetime) -> None:
    """It opens nothing from now on. Again is harmless. Raises NotAllowed."""
    _guard(token.court, by)
    if CourtToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
        KeptAnswer.objects.filter(token=token).delete()
        journal.record("court.token_revoked", about=None, on=token, within=token.court, by=by, at=now)


def find(*, secret: str, now: datetime) -> CourtToken | None:
    """The token with this secret, if it opens anything now."""
    if not secret.startswith(PREFIX):
        return None
    live = CourtToken.objects.filter(revoked_at=None, expires_at__gt=now)
    return live.filter(digest=digest(secret)).select_related("court", "account").first()


def note_use(*, token: CourtToken, now: datetime) -> None:
    """When it was last used, to the minute: nobody waits for anybody over it."""
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        CourtToken.objects.filter(pk=token.pk).update(last_used_at=now)


def digest(secret: str) -> str:
    """256 random bits need no slow hash: they cannot be guessed from their digest."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _guard(court: Court, by: User) -> None:
    if not by.is_active or not courts_served(by).filter(pk=court.pk).exists():
        raise NotAllowed(court.pk)


def _account(label: str) -> User:
    """Who stands in the ledgers. Closed to signing in: no password, no address, not active."""
    account = User(kind=Kind.COURT, first_name=label, is_active=False)
    account.set_unusable_password()
    account.save()
    return account
