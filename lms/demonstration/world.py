"""The program, the courts and the staff of the demonstration. All names are invented."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from accountability.sample import sample_check_in_form
from courses.sample.loader import load_sample_agreements, load_sample_course
from lms.people.models import Kind, User
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import (
    Court,
    CourtMembership,
    CourtProfile,
    PolicyVersion,
    Program,
    ProgramRole,
)

DOMAIN = "demo.amends.example"
COURTS = (
    ("Lantern County Court", "Tenth Judicial District", "Lantern", "NY", "America/New_York"),
    ("Prairie Municipal Court", "City of Prairie", "Dover", "IL", "America/Chicago"),
    ("Mesa Superior Court", "Mesa County", "Mesa", "CA", "America/Los_Angeles"),
)


@dataclass(slots=True)
class World:
    """The people who work here, and where."""

    program: Program
    courts: list[Court]
    administrator: User
    facilitators: list[User]
    clerks: list[User]
    author: User
    auditor: User
    password: str


@transaction.atomic
def build(*, now: datetime, password: str | None = None, courts: int = 3, facilitators: int = 2) -> World:
    """A sample program in force since ``now``, with staff who can sign in."""
    password = password or secrets.token_urlsafe(18)
    program = Program.objects.create(
        name="Turning Point (sample program)",
        slug="turning-point",
        organization="Turning Point (sample)",
        contact_name="The program office",
        contact_phone="555-0100",
        contact_email=f"office@{DOMAIN}",
    )
    PolicyVersion.objects.create(program=program, number=1, in_force_from=now)
    load_sample_agreements(program=program)
    sample_check_in_form(program=program, now=now)
    administrator = _staff(program, ProgramRole.ADMINISTRATOR, "admin", "Alma", "Adler", password)
    names = (("facilitator1", "Fay", "Foster"), ("facilitator2", "Felix", "Fuentes"))
    team = [_staff(program, ProgramRole.FACILITATOR, *who, password) for who in names[:facilitators]]
    author = _staff(program, ProgramRole.AUTHOR, "author", "", "", password)
    auditor = _staff(program, ProgramRole.AUDITOR, "auditor", "Otis", "Ortega", password)
    load_sample_course(program=program, by=administrator, now=now)
    places = [_court(*fields) for fields in COURTS[:courts]]
    clerks = [_clerk(court, number, password) for number, court in enumerate(places, start=1)]
    return World(program, places, administrator, team, clerks, author, auditor, password)


def sign_ins(world_password: str) -> list[dict[str, str]]:
    """Who can sign in here, with what, for a person or a script. Second factors included."""
    rows = []
    for user in User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("kind", "email"):
        rows.append(
            {
                "kind": user.kind,
                "name": user.shown_name,
                "email": user.email or user.username,
                "password": world_password,
                "totp_secret": _secret(user),
            }
        )
    return rows


def add_second_factor(user: User) -> None:
    """An authenticator app for somebody whose role needs one, sealed as allauth would have."""
    secret = get_adapter().encrypt(generate_totp_secret())
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})


def account(kind: str, handle: str, first: str, last: str, password: str) -> User:
    """An account with a verified address."""
    user = User(kind=kind, email=f"{handle}@{DOMAIN}", first_name=first, last_name=last)
    if kind == Kind.AUTHOR:
        user.username = handle
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if user.must_use_second_factor:
        add_second_factor(user)
    return user


def _staff(program: Program, role: ProgramRole, handle: str, first: str, last: str, password: str) -> User:
    kind = Kind.AUTHOR if role in (ProgramRole.AUTHOR, ProgramRole.REVIEWER) else Kind.STAFF
    user = account(kind, handle, first, last, password)
    grant_role(program=program, user=user, role=role)
    return user


def _court(name: str, jurisdiction: str, county: str, state: str, zone: str) -> Court:
    court = Court.objects.create(name=name, jurisdiction=jurisdiction, county=county, state=state, zone=zone)
    CourtProfile.objects.create(court=court)
    return court


def _clerk(court: Court, number: int, password: str) -> User:
    names = (("Cora", "Castle"), ("Carl", "Chen"), ("Carmen", "Cruz"))[number - 1]
    user = account(Kind.COURT, f"clerk{number}", *names, password)
    CourtMembership.objects.create(court=court, user=user, lead=True)
    return user


def _secret(user: User) -> str:
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return get_adapter().decrypt(found.data["secret"]) if found else ""
