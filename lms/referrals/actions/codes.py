"""Referral codes: what a court or a program hands a person on paper. It opens what the mailed invitation opens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from lms.journal import journal
from lms.people.models import Kind, User
from lms.referrals.actions import invitations
from lms.referrals.actions.referrals import locked
from lms.referrals.models import Invitation, PolicyVersion, Referral, ReferralCode
from lms.referrals.rules import codes as rules

SALT = "referral-code"
DAYS = 30


class CodeNotNeeded(Exception):
    """The account is open already, or the case has ended."""


class CodeUnusable(Exception):
    """One of the three is wrong, or the code is spent, replaced or expired. The page says one thing for all."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The code in clear, this once, and the row that knows it by its digest only."""

    code: str
    row: ReferralCode


@transaction.atomic
def make(*, referral: Referral, by: User, now: datetime) -> Printed:
    """Make the code of a case; one that was printed before stops working. Raises CodeNotNeeded."""
    referral = locked(referral)
    if referral.person_id or not referral.is_open:
        raise CodeNotNeeded(referral.pk)
    referral.codes.filter(used_at=None, replaced_at=None).update(replaced_at=now)
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.LENGTH))
    row = ReferralCode.objects.create(
        referral=referral, digest=_digests(code)[0], made_at=now, made_by=by, expires_at=now + _life(referral, now)
    )
    Referral.objects.filter(pk=referral.pk, invited_at=None).update(invited_at=now)
    journal.record("referral_code.made", about=referral.subject, on=row, by=by, at=now)
    return Printed(rules.shown(code), row)


def find(*, code: str, case_number: str, birth_year: str, now: datetime) -> ReferralCode:
    """The live code of the case these three belong to. Raises CodeUnusable.

    Whatever is wrong, the same is done: one look-up, the same comparisons, one event without what was typed.
    """
    found = ReferralCode.objects.filter(digest__in=_digests(rules.plain(code))).select_related("referral").first()
    referral = found.referral if found else NOBODY
    typed = rules.number(case_number)
    # No “or”, no early return: each comparison is made.
    same_case = constant_time_compare(typed, rules.number(referral.case_number)) & bool(referral.case_number)
    same_reference = constant_time_compare(typed, rules.number(referral.reference)) & bool(referral.reference)
    same_year = constant_time_compare(birth_year.strip(), str(referral.birth_year))
    good = (found is not None) & (same_case | same_reference) & same_year
    good = good & (found is not None and is_live(found, now)) & bool(typed)
    journal.record(
        "referral_code.tried",
        about=referral.subject if found else None,
        by=None,
        at=now,
        data={"result": "right" if good else "wrong"},
    )
    if not good or found is None:
        raise CodeUnusable
    return found


def is_live(row: ReferralCode, now: datetime) -> bool:
    """Whether this code still opens its case."""
    free = row.referral.person_id is None and row.referral.is_open
    return free and row.used_at is None and row.replaced_at is None and now < row.expires_at


def stand_in(row: ReferralCode) -> Invitation:
    """The invitation this code stands for, not saved: the page that opens an account is the same.

    It carries no address: paper proves no mailbox, and the one that the court wrote down is not shown to its bearer.
    """
    return Invitation(kind=Kind.RESPONSIBLE_PARTY, language=row.referral.language, referral=row.referral)


@transaction.atomic
def accept(*, row: ReferralCode, email: str, password: str, now: datetime) -> User:
    """Open the account the code is for. Raises invitations.InvitationUnusable."""
    unused = ReferralCode.objects.filter(pk=row.pk, used_at=None, replaced_at=None, expires_at__gt=now)
    if not unused.update(used_at=now):
        raise invitations.InvitationUnusable
    invitation = stand_in(row)
    invitation.token_digest = row.digest  # unique and spent: nobody can come with its token
    invitation.made_at, invitation.made_by = row.made_at, row.made_by
    invitation.expires_at, invitation.accepted_at = row.expires_at, now
    invitation.save()
    return invitations.open_account(
        invitation=invitation, email=email.lower(), password=password, proved=False, now=now
    )


def _life(referral: Referral, now: datetime) -> timedelta:
    try:
        return timedelta(days=(referral.policy or referral.program.policy_at(now)).referral_code_days)
    except PolicyVersion.DoesNotExist:
        return timedelta(days=DAYS)


def _digests(code: str) -> list[str]:
    """Keyed digests of a code, under today's secret first and those before it."""
    secrets_ = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(SALT, code, secret=secret, algorithm="sha256").hexdigest() for secret in secrets_]


NOBODY = Referral(case_number="-" * 12, reference="-" * 12, birth_year=1900)
"""Compared with where there is no such code, so that its absence takes as long as its presence."""
