"""Invitations: single-use, expiring, bound to a case or a role. The only way to an account."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import Kind, User
from lms.referrals.models import (
    KIND_OF_ROLE,
    Court,
    CourtMembership,
    Invitation,
    Program,
    ProgramMembership,
    ProgramRole,
    Referral,
)

TOKEN_BYTES = 24


class InvitationUnusable(Exception):
    """Spent, replaced, expired or never made. The page says one thing for all four."""


class AddressTaken(Exception):
    """An account with this address exists; its owner signs in instead."""


@transaction.atomic
def invite(*, referral: Referral, by: User | None, now: datetime) -> str:
    """Invite the responsible party of a referral; returns the token, which is stored nowhere.

    Inviting again replaces the invitation before.
    """
    referral.invitations.filter(accepted_at=None, replaced_at=None).update(replaced_at=now)
    token, invitation = _make(
        kind=Kind.RESPONSIBLE_PARTY,
        email=referral.email,
        language=referral.language,
        referral=referral,
        made_at=now,
        made_by=by,
    )
    Referral.objects.filter(pk=referral.pk, invited_at=None).update(invited_at=now)
    referral.refresh_from_db(fields=["invited_at"])
    journal.record("referral.invited", about=referral.subject, on=referral, by=by, at=now)
    _post("referral.invitation", invitation, token, about=referral.subject, now=now)
    return token


@transaction.atomic
def invite_to_court(
    *, court: Court, email: str, first_name: str, last_name: str, lead: bool, by: User | None, now: datetime
) -> str:
    """Invite a court user; returns the token."""
    token, invitation = _make(
        kind=Kind.COURT,
        email=email.lower(),
        court=court,
        role="",
        first_name=first_name,
        last_name=last_name,
        made_at=now,
        made_by=by,
    )
    journal.record("court.member_invited", about=None, on=court, by=by, at=now, data={"lead": lead})
    _post("staff.invitation", invitation, token, about=None, now=now)
    return token


@transaction.atomic
def invite_to_program(
    *,
    program: Program,
    role: ProgramRole,
    email: str,
    first_name: str = "",
    last_name: str = "",
    by: User | None,
    now: datetime,
) -> str:
    """Invite somebody to a role in a program; returns the token.

    An author's invitation carries no name, and an address only if she wants one.
    """
    kind = KIND_OF_ROLE[role]
    if kind == Kind.AUTHOR:
        first_name = last_name = ""
    token, invitation = _make(
        kind=kind,
        email=email.lower(),
        program=program,
        role=role,
        first_name=first_name,
        last_name=last_name,
        made_at=now,
        made_by=by,
    )
    journal.record("program.member_invited", about=None, on=program, by=by, at=now, data={"role": role})
    if email:
        _post("staff.invitation", invitation, token, about=None, now=now)
    return token


def find(*, token: str, now: datetime) -> Invitation:
    """The invitation a token opens. Raises InvitationUnusable."""
    invitation = Invitation.objects.filter(token_digest=_digest(token)).select_related("referral", "court").first()
    if invitation is None or invitation.accepted_at or invitation.replaced_at or invitation.expires_at <= now:
        raise InvitationUnusable
    return invitation


@transaction.atomic
def accept(*, token: str, email: str, password: str, now: datetime) -> User:
    """Open the account an invitation is for, and bind it. Raises InvitationUnusable, AddressTaken."""
    invitation = find(token=token, now=now)
    email = (email or invitation.email).lower()
    won = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if not won:
        raise InvitationUnusable
    user = _open_account(invitation, email, password)
    _bind(invitation, user)
    Invitation.objects.filter(pk=invitation.pk).update(user=user)
    about = invitation.referral.subject if invitation.referral else None
    journal.record("account.opened", about=about, on=user, by=user, at=now, data={"kind": user.kind})
    return user


def _open_account(invitation: Invitation, email: str, password: str) -> User:
    if email and User.objects.filter(email=email).exists():
        raise AddressTaken
    person = invitation.referral
    user = User(
        kind=invitation.kind,
        email=email or None,
        language=person.language if person else invitation.language,
        zone=person.zone if person else "",
        first_name=person.first_name if person else invitation.first_name,
        last_name=person.last_name if person else invitation.last_name,
    )
    user.set_password(password)
    user.save()
    if email:
        # The token travelled through this mailbox; another address is proved by allauth's own code.
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=email == invitation.email)
    return user


def _bind(invitation: Invitation, user: User) -> None:
    if invitation.referral:
        Referral.objects.filter(pk=invitation.referral.pk).update(person=user)
    elif invitation.court:
        CourtMembership.objects.create(court=invitation.court, user=user)
    elif invitation.program:
        grant_role(program=invitation.program, user=user, role=ProgramRole(invitation.role))


def grant_role(*, program: Program, user: User, role: ProgramRole) -> ProgramMembership:
    """Give a role, and with it the admin permissions that the role's work needs.

    Raises ValueError when the account is of another kind than the role.
    """
    from lms.referrals.actions.roles import groups_of

    if KIND_OF_ROLE[role] != user.kind:
        raise ValueError(f"an account of kind {user.kind} cannot hold the role {role}")
    membership, _ = ProgramMembership.objects.get_or_create(program=program, user=user, role=role)
    user.groups.add(*groups_of(role))
    return membership


def _make(**fields: object) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made_at: datetime = fields["made_at"]  # type: ignore[assignment]
    expires_at = made_at + timedelta(days=settings.INVITATION_DAYS)
    return token, Invitation.objects.create(token_digest=_digest(token), expires_at=expires_at, **fields)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _post(kind: str, invitation: Invitation, token: str, *, about: object, now: datetime) -> None:
    if not invitation.email:
        return
    outbox.post(
        key=f"invitation:{invitation.pk}",
        kind=kind,
        to=None,
        at=now,
        about=about,  # type: ignore[arg-type]
        context={"address": invitation.email, "language": invitation.language},
        secret_path=f"/invitations/{token}/",
        expires_at=invitation.expires_at,
    )
