"""An author's legal identity: she writes it, she erases it, and each opening by the custodian is hers to see."""

from datetime import datetime

from django.db import transaction

from courses import access
from courses.models import AuthorIdentity, IdentityOpening
from courses.models.identity import Purpose
from lms import crypto
from lms.journal import journal
from lms.people.models import User


class NotCustodian(Exception):
    """Nobody but the one named person of her program opens it; an administrator never does."""


@transaction.atomic
def save(*, legal_name: str, contact: str, payment: str, by: User, now: datetime) -> AuthorIdentity:
    """Keep what she wrote of herself."""
    row = AuthorIdentity.objects.select_for_update().filter(user=by, erased_at=None).first()
    row = row or AuthorIdentity(user=by)
    row.legal_name, row.contact, row.payment, row.saved_at = legal_name, contact, payment, now
    row.save()
    journal.record("identity.saved", about=None, on=row, by=by, at=now)
    return row


@transaction.atomic
def call_me(*, byline: str, by: User, now: datetime) -> None:
    """By which name others who write or review here know her; "" for none. Readers never see it."""
    by.byline = byline
    by.save(update_fields=["byline"])
    journal.record("identity.named", about=None, on=by, by=by, at=now)


@transaction.atomic
def erase(*, by: User, now: datetime) -> None:
    """The words go, and their key with them. That it was opened, and why, stays hers to see."""
    row = AuthorIdentity.objects.select_for_update().filter(user=by, erased_at=None).first()
    if row is None:
        return
    row.legal_name = row.contact = row.payment = ""
    row.erased_at = now
    row.save()
    crypto.destroy_subject(row.subject, now=now)
    journal.record("identity.erased", about=None, on=row, by=by, at=now)


@transaction.atomic
def open_for(*, identity: AuthorIdentity, purpose: Purpose, by: User, now: datetime) -> IdentityOpening:
    """Write down who opens it and what for; then it may be read. Raises NotCustodian."""
    if not access.identities_for(by).filter(pk=identity.pk).exists():
        raise NotCustodian(by.pk)
    opening = IdentityOpening.objects.create(identity=identity, by=by, purpose=purpose, at=now)
    journal.record("identity.opened", about=None, on=identity, by=by, at=now, data={"purpose": purpose.value})
    return opening
