"""Invitations: single-use, expiring, bound to a case or a role. The only way to an account."""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Channel
from lms.people.models import Kind, SubjectKey, User
from lms.referrals.access import administered, courts_offered, courts_served
from lms.referrals.actions.roles import NotAllowed, grant_role
from lms.referrals.models import (
    KIND_OF_ROLE,
    Court,
    CourtMembership,
    Invitation,
    InvitationAsked,
    Program,
    ProgramMembership,
    ProgramRole,
    Referral,
)

TOKEN_BYTES = 24
# As long as its holder may ask for a new one.
KEEP_EXPIRED = timedelta(days=60)
ASKED_AT_MOST_EVERY, ASKED_IN_A_DAY = timedelta(minutes=10), 3
# A role that somebody meant to give long ago is not given because the old mail turned up.
ASKED_FOR_STAFF_WITHIN = timedelta(days=60)


class InvitationUnusable(Exception):
    """Spent, replaced, expired or never made. The page says one thing for all four."""


class InvitationForgotten(InvitationUnusable):
    """It is not known any more for whom it was: its key was destroyed."""


class AddressTaken(Exception):
    """An account with this address exists; its owner signs in instead."""


@transaction.atomic
def invite(*, referral: Referral, by: User | None, now: datetime) -> str:
    """Invite the responsible party of a referral; returns the token, which is stored nowhere.

    Inviting again replaces the invitation before.
    """
    token, _invitation = _invite_person(referral=referral, by=by, now=now)
    return token


def _invite_person(
    *, referral: Referral, by: User | None, now: datetime, renews: Invitation | None = None
) -> tuple[str, Invitation]:
    referral.invitations.filter(accepted_at=None, replaced_at=None).update(replaced_at=now)
    token, invitation = _make(
        kind=Kind.RESPONSIBLE_PARTY,
        email=referral.email,
        language=referral.language,
        referral=referral,
        made_at=now,
        made_by=by,
        renews=renews,
    )
    Referral.objects.filter(pk=referral.pk, invited_at=None).update(invited_at=now)
    referral.refresh_from_db(fields=["invited_at"])
    journal.record("referral.invited", about=referral.subject, on=referral, by=by, at=now)
    _post("referral.invitation", invitation, token, about=referral.subject, now=now)
    return token, invitation


@transaction.atomic
def invite_to_court(
    *, court: Court, email: str, first_name: str, last_name: str, lead: bool, by: User | None, now: datetime
) -> str:
    """Invite a court user; returns the token. Raises NotAllowed: ``elsewhere``."""
    if by is not None and not _may_invite_to(court, by):
        raise NotAllowed("elsewhere")
    token, invitation = _make(
        kind=Kind.COURT,
        email=email.lower(),
        court=court,
        role="",
        lead=lead,
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
    hours: int | None = None,
) -> str:
    """Invite somebody to a role in a program; returns the token. ``hours``: how long it lives, if not as usual.

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
        hours=hours,
    )
    journal.record("program.member_invited", about=None, on=program, by=by, at=now, data={"role": role})
    if email:
        _post("staff.invitation", invitation, token, about=None, now=now)
    return token


def find(*, token: str, now: datetime) -> Invitation:
    """The invitation a token opens. Raises InvitationUnusable."""
    invitation = Invitation.objects.filter(token_digest=_digest(token)).select_related("referral", "court").first()
    if invitation is None or not is_live(invitation, now):
        raise InvitationUnusable
    return invitation


def is_live(invitation: Invitation, now: datetime) -> bool:
    """Whether it still opens an account."""
    ended = invitation.accepted_at or invitation.replaced_at or invitation.withdrawn_at
    return ended is None and now < invitation.expires_at


@transaction.atomic
def accept(*, token: str, email: str, password: str, now: datetime) -> User:
    """Open the account an invitation is for, and bind it. Raises InvitationUnusable, AddressTaken."""
    invitation = find(token=token, now=now)
    email = (email or invitation.email).lower()
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, replaced_at=None, withdrawn_at=None)
    if not waiting.update(accepted_at=now):
        raise InvitationUnusable
    # The token travelled through the invitation's own mailbox; another address is proved by allauth's own code.
    return open_account(
        invitation=invitation, email=email, password=password, proved=email == invitation.email, now=now
    )


def open_account(*, invitation: Invitation, email: str, password: str, proved: bool, now: datetime) -> User:
    """The account of an invitation that has just been accepted, bound to what it is for. ``proved``: whether its
    holder was shown to read that mailbox. One that belongs to somebody already is then not said to: the account is
    opened without it, and the mailbox is told. Raises InvitationUnusable, AddressTaken."""
    user = _open_account(invitation, email, password, proved)
    if email and not proved:
        _tell_mailbox(invitation, user, email, now)
    _bind(invitation, user, now)
    Invitation.objects.filter(pk=invitation.pk).update(user=user)
    if invitation.court:
        _tell_the_court(invitation.court, user, invitation.made_by, now)
    if invitation.referral is None:
        forget_whom(invitation, now)
    about = invitation.referral.subject if invitation.referral else None
    journal.record("account.opened", about=about, on=user, by=user, at=now, data={"kind": user.kind})
    return user


def forget_whom(invitation: Invitation, now: datetime) -> None:
    """An invitation of no case has done its work: for whom it was is not needed any more, here."""
    crypto.destroy_subject(invitation.pk, now=now)


@transaction.atomic
def forget_expired(*, now: datetime, limit: int = 500) -> int:
    """Forget for whom invitations of no case were that nobody used in time; how many.

    Not at once: until then it can still be seen to whom one should be sent again.
    """
    known = SubjectKey.objects.filter(subject=OuterRef("pk"), destroyed_at=None)
    expired = Invitation.objects.filter(
        Exists(known), referral=None, accepted_at=None, expires_at__lte=now - KEEP_EXPIRED
    ).order_by("expires_at")
    found = list(expired.only("pk")[:limit])
    for invitation in found:
        forget_whom(invitation, now)
        journal.record("invitation.forgotten", about=None, on=invitation, by=None, at=now)
    return len(found)


def _open_account(invitation: Invitation, email: str, password: str, proved: bool) -> User:
    taken = bool(email) and User.objects.filter(email=email).exists()
    if taken and proved:
        raise AddressTaken
    person = invitation.referral
    user = User(
        kind=invitation.kind,
        email=None if taken else email or None,
        language=person.language if person else invitation.language,
        zone=person.zone if person else "",
        first_name=person.first_name if person else invitation.first_name,
        last_name=person.last_name if person else invitation.last_name,
    )
    user.set_password(password)
    user.save()
    if email and not taken:
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=proved)
    return user


def _tell_mailbox(invitation: Invitation, user: User, email: str, now: datetime) -> None:
    """Whoever reads the mailbox learns which it was; whoever typed the address does not (security.md T4)."""
    outbox.post(
        key=f"account:{user.pk}:opened",
        kind="account.opened" if user.email else "account.address_in_use",
        to=None,
        at=now,
        about=invitation.referral.subject if invitation.referral else None,
        address=email,
        channel=Channel.EMAIL,
        context={"language": user.language, "path": reverse("account_login")},
    )


def _may_invite_to(court: Court, by: User) -> bool:
    courts = courts_served(by) if by.kind == Kind.COURT else courts_offered(by)
    return courts.filter(pk=court.pk).exists()


def _tell_the_court(court: Court, user: User, invited_by: User | None, now: datetime) -> None:
    """Whoever joins a court reads what it refers, to every program: its leads and the programs' administrators are told,
    but for those who invited and their colleagues."""
    leads = User.objects.filter(court_memberships__court=court, court_memberships__lead=True)
    theirs = administered(invited_by) if invited_by else Program.objects.none()
    others = Program.objects.filter(referrals__court=court).exclude(pk__in=theirs)
    held = ProgramMembership.objects.filter(program__in=others.order_by(), role=ProgramRole.ADMINISTRATOR).values(
        "user"
    )
    told = User.objects.filter(Q(pk__in=leads) | Q(pk__in=held), is_active=True).exclude(pk=user.pk)
    for somebody in told.exclude(pk=invited_by.pk) if invited_by else told:
        page = "referrals:court_members" if somebody.kind == Kind.COURT else "referrals:team"
        outbox.post(
            key=f"court-joined:{court.pk}:{user.pk}:{somebody.pk}", kind="court.member_joined", to=somebody, at=now,
            context={"path": reverse(page)},
        )  # fmt: skip


def _bind(invitation: Invitation, user: User, now: datetime) -> None:
    if invitation.referral:
        # Two ways lead here, mail and paper: whoever comes second finds the case taken.
        if not Referral.objects.filter(pk=invitation.referral.pk, person=None).update(person=user):
            raise InvitationUnusable
        invitation.referral.invitations.filter(accepted_at=None, replaced_at=None).update(replaced_at=now)
        invitation.referral.codes.filter(used_at=None, replaced_at=None).update(replaced_at=now)
    elif invitation.court:
        CourtMembership.objects.create(court=invitation.court, user=user, lead=invitation.lead)
    elif invitation.program:
        grant_role(program=invitation.program, user=user, role=ProgramRole(invitation.role))


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Take an invitation back: it opens nothing, and asking for a new one brings none. Again is harmless."""
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if waiting.update(withdrawn_at=now):
        about = invitation.referral.subject if invitation.referral else None
        journal.record("invitation.withdrawn", about=about, on=invitation, by=by, at=now)


@transaction.atomic
def send_again(*, invitation: Invitation, by: User | None, now: datetime) -> Invitation:
    """The same invitation anew, to the address it was made for; the one before stops working.

    ``by`` is None when its holder asked. Raises InvitationUnusable when it was accepted or withdrawn, or its case put
    away; InvitationForgotten.
    """
    row = Invitation.objects.select_for_update(of=("self",)).select_related("referral", "court", "program")
    old = row.get(pk=invitation.pk)
    if old.accepted_at or old.withdrawn_at:
        raise InvitationUnusable
    if old.referral:
        case = old.referral
        if case.person_id or not case.is_open or case.sealed_at or case.forgotten_at:
            raise InvitationUnusable
        return _invite_person(referral=old.referral, by=by, now=now, renews=old)[1]
    whom = _for_whom(old)
    Invitation.objects.filter(pk=old.pk).update(replaced_at=now)
    token, new = _make(
        **whom,
        kind=old.kind,
        language=old.language,
        court=old.court,
        program=old.program,
        role=old.role,
        lead=old.lead,
        made_at=now,
        made_by=by or old.made_by,
        # A first administrator's lives for a day only, however often it is sent.
        hours=int((old.expires_at - old.made_at).total_seconds() // 3600),
        # What a human sends begins a new row of renewals.
        renews=None if by else old,
    )
    journal.record("invitation.sent_again", about=None, on=new, by=by, at=now)
    _post("staff.invitation", new, token, about=None, now=now)
    return new


def _for_whom(invitation: Invitation) -> dict[str, str]:
    try:
        return {name: getattr(invitation, name) for name in ("email", "first_name", "last_name")}
    except crypto.KeyDestroyed as problem:
        raise InvitationForgotten from problem


def ask_for_new(*, token: str, now: datetime) -> None:
    """Somebody holds an invitation that does not work and would like a new one.

    One row, whatever the token is: nobody learns by words or time whether it was ever one.
    """
    InvitationAsked.objects.create(token_digest=_digest(token), asked_at=now)


def answer_asked(*, now: datetime, limit: int = 100) -> int:
    """Send new invitations to those who asked, each to the address it was made for; how many were sent."""
    asked = list(InvitationAsked.objects.filter(settled_at=None).order_by("asked_at")[:limit])
    return sum(_answer(row, now) for row in asked)


@transaction.atomic
def _answer(asked: InvitationAsked, now: datetime) -> bool:
    mine = InvitationAsked.objects.filter(pk=asked.pk, settled_at=None)
    old = Invitation.objects.filter(token_digest=asked.token_digest).select_related("referral").first()
    if old is None:
        mine.delete()  # never one of ours: nothing to remember
        return False
    if not mine.update(settled_at=now, invitation=old):
        return False
    if not _may_have_another(old, now):
        return False
    with suppress(InvitationUnusable):
        new = send_again(invitation=_newest(old), by=None, now=now)
        InvitationAsked.objects.filter(pk=asked.pk).update(sent=new)
        return True
    return False


def _newest(invitation: Invitation) -> Invitation:
    """What came last in its place: of a case the newest, else the end of its row of renewals."""
    if invitation.referral:
        return invitation.referral.invitations.order_by("-made_at").first() or invitation
    while later := invitation.renewals.order_by("-made_at").first():
        invitation = later
    return invitation


def _may_have_another(old: Invitation, now: datetime) -> bool:
    """Not more than one in ten minutes nor three in a day, and for staff only while a human's act is not too old."""
    first = old
    while first.renews:
        first = first.renews
    if not old.referral and now - first.made_at > ASKED_FOR_STAFF_WITHIN:
        return False
    if old.referral:
        lately = old.referral.invitations.filter(made_at__gt=now - timedelta(days=1))
    else:
        newest = _newest(old)
        chain = [newest]
        while chain[-1].renews:
            chain.append(chain[-1].renews)
        lately = Invitation.objects.filter(pk__in=[row.pk for row in chain], made_at__gt=now - timedelta(days=1))
    made = sorted(lately.values_list("made_at", flat=True))
    return len(made) < ASKED_IN_A_DAY and not (made and now - made[-1] < ASKED_AT_MOST_EVERY)


def _make(**fields: object) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made_at: datetime = fields["made_at"]  # type: ignore[assignment]
    hours: int | None = fields.pop("hours", None)  # type: ignore[assignment]
    expires_at = made_at + (timedelta(hours=hours) if hours else timedelta(days=settings.INVITATION_DAYS))
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
        address=invitation.email,
        context={"language": invitation.language},
        audience=None if invitation.referral_id else invitation.program_id or invitation.court_id,
        secret_path=f"/invitations/{token}/",
        expires_at=invitation.expires_at,
    )
