"""Somebody outside confirms: named, agreed to by the person, asked by a link that works once, answered."""

import hashlib
import secrets
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accountability.actions import commitments
from accountability.models import Commitment, Provider, ProviderAnswer, ProviderLink
from accountability.models.commitments import Proof
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Channel
from lms.people.models import User

LIVES = timedelta(days=14)
TOKEN_BYTES = 32


class NotAgreed(Exception):
    """The person has not agreed that this provider is asked, or does not any more."""


class LinkUnusable(Exception):
    """Unknown, used, expired, taken back: all one to whoever holds it."""


@transaction.atomic
def name(
    *, commitment: Commitment, name: str, email: str, language: str, asks: str, by: User, now: datetime
) -> Provider:
    """Name a provider; nobody is asked before the person agrees. Raises commitments.NotOpen."""
    row = commitments.locked(commitment)
    made = Provider.objects.create(
        pk=uuid.uuid4(), commitment=row, name=name, email=email, language=language, asks=asks, named_at=now,
        named_by=by,
    )  # fmt: skip
    journal.record("commitment.provider_named", about=row.subject, on=made, by=by, at=now, data={"number": row.number})
    person = row.track.referral.person
    if person is not None:
        outbox.post(
            key=f"provider:{made.pk}:to_agree",
            kind="commitment.to_agree",
            to=person,
            at=now,
            about=row.subject,
            context={"path": f"/commitments/{row.pk}/"},
        )
    return made


@transaction.atomic
def agree(*, provider: Provider, may_name: bool, by: User, now: datetime) -> Provider:
    """The person agrees that this provider is asked, and whether their name is said. ``by`` a facilitator: they said so
    to them. Raises commitments.NotOpen."""
    row = _locked(provider)
    row.agreed_at, row.agreed_by, row.may_name, row.refused_at = now, by, may_name, None
    row.save(update_fields=["agreed_at", "agreed_by", "may_name", "refused_at"])
    journal.record(
        "commitment.provider_agreed", about=row.subject, on=row, by=by, at=now,
        data={"number": row.commitment.number, "says_who": may_name},
    )  # fmt: skip
    return row


@transaction.atomic
def refuse(*, provider: Provider, by: User, now: datetime) -> Provider:
    """The person does not want this provider asked, or not any more: what was sent stops working."""
    row = Provider.objects.select_for_update(of=("self",)).select_related("commitment__track").get(pk=provider.pk)
    row.refused_at = now
    row.save(update_fields=["refused_at"])
    _end_links(row, now)
    data = {"number": row.commitment.number}
    journal.record("commitment.provider_refused", about=row.subject, on=row, by=by, at=now, data=data)
    return row


@transaction.atomic
def ask(*, provider: Provider, by: User, now: datetime) -> str:
    """Send a new link to the provider's address; one that was sent before stops working. Returns the token.

    Raises NotAgreed, commitments.NotOpen.
    """
    row = _locked(provider)
    if not row.may_be_asked:
        raise NotAgreed(row.pk)
    _end_links(row, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ProviderLink.objects.create(
        provider=row, token_digest=_digest(token), made_at=now, made_by=by, expires_at=now + LIVES
    )
    journal.record(
        "commitment.provider_asked", about=row.subject, on=link, by=by, at=now, data={"number": row.commitment.number}
    )
    outbox.post(
        key=f"provider-link:{link.pk}",
        kind="provider.question",
        to=None,
        at=now,
        about=row.subject,
        address=row.email,
        channel=Channel.EMAIL,
        context={"language": row.language},
        secret_path=f"/provider/{token}/",
        expires_at=link.expires_at,
    )
    return token


@transaction.atomic
def revoke(*, provider: Provider, by: User, now: datetime) -> None:
    """What was sent to them stops working. Again is harmless."""
    row = Provider.objects.select_related("commitment__track").get(pk=provider.pk)
    if _end_links(row, now):
        data = {"number": row.commitment.number}
        journal.record("commitment.provider_revoked", about=row.subject, on=row, by=by, at=now, data=data)


def find(*, token: str, now: datetime) -> ProviderLink:
    """The link a token opens; looking uses nothing up. Raises LinkUnusable."""
    links = ProviderLink.objects.filter(token_digest=_digest(token), used_at=None, ended_at=None, expires_at__gt=now)
    link = links.select_related("provider__commitment__track__referral__program").first()
    if link is None or not link.provider.may_be_asked or not link.provider.commitment.is_open:
        raise LinkUnusable
    return link


@transaction.atomic
def answer(
    *, token: str, confirmed: bool, on: date | None, units: Decimal | None, name: str, role: str, now: datetime
) -> ProviderAnswer:
    """What the provider says, once: the first answer stands and every later one finds nothing. Raises LinkUnusable."""
    link = find(token=token, now=now)
    if not ProviderLink.objects.filter(pk=link.pk, used_at=None, ended_at=None).update(used_at=now):
        raise LinkUnusable
    commitment = link.provider.commitment
    said = ProviderAnswer.objects.create(
        pk=uuid.uuid4(), link=link, at=now, confirmed=confirmed, on=on if confirmed else None,
        units=units if confirmed and commitment.is_counted else None, name=name, role=role,
    )  # fmt: skip
    what = "confirmed" if confirmed else "denied"
    data = {"number": commitment.number}
    journal.record(f"commitment.provider_{what}", about=said.subject, on=said, by=None, at=now, data=data)
    if confirmed and on is not None:
        _count(commitment, on, units, now)
    return said


def _count(commitment: Commitment, on: date, units: Decimal | None, now: datetime) -> None:
    if not commitment.is_counted:
        commitments.verify(commitment=commitment, on=on, by=None, now=now)
    elif units:
        commitments.record_progress(commitment=commitment, on=on, units=units, source=Proof.PROVIDER, by=None, now=now)


def _end_links(provider: Provider, now: datetime) -> int:
    return provider.links.filter(used_at=None, ended_at=None).update(ended_at=now)


def _locked(provider: Provider) -> Provider:
    row = Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    row.commitment = commitments.locked(row.commitment)
    return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
