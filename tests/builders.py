"""People with meaning, and plain functions that build what a test needs to say.

Every builder goes through the same actions as the pages do, wherever an action exists.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress

from lms.people.models import Kind, User
from lms.referrals import actions
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import (
    Agreement,
    AgreementKind,
    Court,
    CourtMembership,
    CourtProfile,
    Invitation,
    PolicyVersion,
    Program,
    ProgramRole,
    Referral,
    Stage,
)

PASSWORD = "a long and quiet passphrase"
_numbers = count(1)


def at(text: str, zone: str = "America/New_York") -> datetime:
    """``at("2026-03-08 23:30")``: that wall time in New York (or ``zone``), as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


JANUARY = at("2026-01-05 09:00")


def a_user(kind: str = Kind.RESPONSIBLE_PARTY, **fields: Any) -> User:
    """An account with a verified address and PASSWORD."""
    number = next(_numbers)
    fields.setdefault("email", None if kind == Kind.AUTHOR else f"{kind}{number}@people.example")
    user = User(kind=kind, **fields)
    user.set_password(PASSWORD)
    user.save()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def a_court(name: str = "Lantern County Court", **fields: Any) -> Court:
    profile = fields.pop("profile", {})
    court = Court.objects.create(
        name=name,
        **{"jurisdiction": "Tenth District", "county": "Lantern", "state": "NY", "zone": "America/New_York"} | fields,
    )
    CourtProfile.objects.create(court=court, **profile)
    return court


def a_court_user(court: Court, **fields: Any) -> User:
    user = a_user(Kind.COURT, **{"first_name": "Cora", "last_name": "Clerk"} | fields)
    CourtMembership.objects.create(court=court, user=user)
    return user


def a_court_lead(court: Court, **fields: Any) -> User:
    user = a_court_user(court, **fields)
    CourtMembership.objects.filter(court=court, user=user).update(lead=True)
    return user


def a_program(*, policy: dict[str, Any] | None = None, agreements: bool = True, **fields: Any) -> Program:
    number = next(_numbers)
    program = Program.objects.create(**{"name": f"Program {number}", "slug": f"program-{number}"} | fields)
    PolicyVersion.objects.create(program=program, in_force_from=at("2020-01-01 00:00"), **policy or {})
    if agreements:
        for kind in AgreementKind:
            for language, title in (("en", "Agreement"), ("es", "Acuerdo")):
                Agreement.objects.create(
                    program=program, kind=kind, language=language, title=f"{title}: {kind}", body="Text.\n\nText."
                )
    return program


def a_facilitator(program: Program, **fields: Any) -> User:
    return _with_role(program, ProgramRole.FACILITATOR, **{"first_name": "Fay", "last_name": "Facilitator"} | fields)


def an_administrator(program: Program, **fields: Any) -> User:
    return _with_role(program, ProgramRole.ADMINISTRATOR, **{"first_name": "Ada", "last_name": "Admin"} | fields)


def an_auditor(program: Program, **fields: Any) -> User:
    return _with_role(program, ProgramRole.AUDITOR, **{"first_name": "Audie", "last_name": "Audit"} | fields)


def an_author(program: Program, **fields: Any) -> User:
    return _with_role(program, ProgramRole.AUTHOR, **fields)


def a_reviewer(program: Program, **fields: Any) -> User:
    return _with_role(program, ProgramRole.REVIEWER, **fields)


def _with_role(program: Program, role: ProgramRole, **fields: Any) -> User:
    from lms.referrals.models import KIND_OF_ROLE

    user = a_user(KIND_OF_ROLE[role], **fields)
    grant_role(program=program, user=user, role=role)
    return user


def a_referral(
    *,
    program: Program | None = None,
    court: Court | None = None,
    now: datetime = JANUARY,
    by: User | None = None,
    **fields: Any,
) -> Referral:
    """A referral as a clerk would post it."""
    number = next(_numbers)
    fields = {
        "first_name": "Robin",
        "last_name": "Sample",
        "birth_year": 1984,
        "email": f"robin{number}@people.example",
        "case_number": f"CR-2026-{number:05}",
        "stage": Stage.PRE_PLEA_DIVERSION,
        "ordered_on": date(2025, 12, 20),
        "complete_by": date(2026, 12, 31),
        "conditions": ["Complete the course", "Complete the accountability track"],
        "officer_name": "Officer Olin",
    } | fields
    return actions.receive(program=program or a_program(), court=court or a_court(), fields=fields, by=by, now=now)


def a_person(referral: Referral, **fields: Any) -> User:
    """The account of the responsible party of a referral, bound to it."""
    user = a_user(
        **{
            "first_name": referral.first_name,
            "last_name": referral.last_name,
            "language": referral.language,
            "email": referral.email or None,
        }
        | fields
    )
    Referral.objects.filter(pk=referral.pk).update(person=user)
    referral.refresh_from_db()
    return user


def an_enrolled_referral(*, now: datetime = JANUARY, program: Program | None = None, **fields: Any) -> Referral:
    """Received, invited, and the agreements accepted by the person, all at ``now``."""
    program = program or a_program()
    if not program.memberships.filter(role=ProgramRole.FACILITATOR).exists():
        a_facilitator(program)
    if not program.editions.exists():
        a_published_course(program)
    referral = a_referral(program=program, now=now, **fields)
    actions.invite(referral=referral, by=None, now=now)
    person = a_person(referral)
    accept(referral, person, now)
    referral.refresh_from_db()
    return referral


def accept(referral: Referral, person: User, now: datetime) -> None:
    agreements: Sequence[Agreement] = actions.current_agreements(program=referral.program, language=person.language)
    actions.accept_agreements(referral=referral, agreements=agreements, language=person.language, by=person, now=now)


def a_published_course(program: Program, modules: int = 2) -> None:
    """The first modules of the sample course in both languages, with its bank and first edition."""
    from courses.sample.loader import load_sample_course

    load_sample_course(program=program, by=None, now=at("2020-01-01 00:00"), first=modules)


def an_invited_colleague(program: Program, *, now: datetime = JANUARY, **fields: Any) -> Invitation:
    """An invitation to a role that nobody has accepted yet."""
    from lms.referrals.actions import invitations

    fields = {"role": ProgramRole.FACILITATOR, "email": f"colleague{next(_numbers)}@people.example"} | fields
    token = invitations.invite_to_program(program=program, by=None, now=now, **fields)
    return invitations.find(token=token, now=now)
