"""Accepting the agreements: the deliberate act that enrolls."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lms.journal import journal
from lms.people.models import User
from lms.referrals import signals
from lms.referrals.actions.referrals import CaseClosed, locked
from lms.referrals.models import Agreement, AgreementAcceptance, AgreementKind, Program, Referral
from lms.referrals.transfers import newest


class AgreementsChanged(Exception):
    """What the person read is no longer the newest text; it must be read again."""


def current_agreements(*, program: Program, language: str) -> list[Agreement]:
    """The newest text of each kind, in ``language`` where it exists, else in English."""
    chosen = []
    for kind in AgreementKind:
        of_kind = program.agreements.filter(kind=kind)
        newest = of_kind.aggregate(newest=Max("version"))["newest"]
        texts = {text.language: text for text in of_kind.filter(version=newest)}
        if text := texts.get(language) or texts.get("en"):
            chosen.append(text)
    return chosen


@transaction.atomic
def accept_agreements(
    *, referral: Referral, agreements: Sequence[Agreement], language: str, instead: str = "", by: User, now: datetime
) -> Referral:
    """Keep what was accepted (version, digest, language, moment) and enroll the person; to begin in ``instead``, where
    nobody new begins in ``language``.

    Enrolling pins the policy in force at this moment. Accepting twice is harmless.
    Raises CaseClosed, AgreementsChanged, LanguageStopped.
    """
    referral = locked(referral)
    if not referral.is_open:
        raise CaseClosed(referral.pk)
    if referral.enrolled_at:
        return referral
    if {a.pk for a in agreements} != {a.pk for a in current_agreements(program=referral.program, language=language)}:
        raise AgreementsChanged
    _keep(referral, agreements, by, now)
    referral.policy = referral.program.policy_at(now)
    referral.enrolled_at = now
    referral.save(update_fields=["policy", "enrolled_at"])
    journal.record(
        "referral.enrolled",
        about=referral.subject,
        on=referral,
        by=by,
        at=now,
        data={"policy": referral.policy.number, "agreements": [a.digest for a in agreements]},
    )
    signals.enrolled.send(sender=Referral, referral=referral, by=by, now=now, reads=language, instead=instead)
    return referral


def owed_after_transfer(*, referral: Referral, language: str) -> list[Agreement]:
    """What the program that took the case asks anew: texts that say something else than those that were accepted."""
    came = newest(referral)
    if came is None or not came.asks_agreements or not referral.is_open or referral.enrolled_at is None:
        return []
    accepted = referral.acceptances.values("digest", "agreement__kind", "agreement__program")
    agreed = {row["digest"] for row in accepted}
    done = {row["agreement__kind"] for row in accepted if row["agreement__program"] == referral.program_id}
    texts = current_agreements(program=referral.program, language=language)
    return [text for text in texts if text.kind not in done and text.digest not in agreed]


@transaction.atomic
def accept_after_transfer(
    *, referral: Referral, agreements: Sequence[Agreement], language: str, by: User, now: datetime
) -> Referral:
    """Keep what was accepted of the other program's texts. Nothing else depends on it. Twice is harmless.

    Raises CaseClosed, AgreementsChanged.
    """
    referral = locked(referral)
    if not referral.is_open:
        raise CaseClosed(referral.pk)
    owed = owed_after_transfer(referral=referral, language=language)
    if owed and {a.pk for a in agreements} != {a.pk for a in owed}:
        raise AgreementsChanged
    if owed:
        _keep(referral, agreements, by, now)
        journal.record(
            "referral.agreed_anew", about=referral.subject, on=referral, by=by, at=now,
            data={"agreements": [a.digest for a in agreements]},
        )  # fmt: skip
    return referral


def _keep(referral: Referral, agreements: Sequence[Agreement], by: User, now: datetime) -> None:
    for agreement in agreements:
        AgreementAcceptance.objects.create(
            referral=referral, agreement=agreement, digest=agreement.digest, language=agreement.language,
            accepted_at=now, by=by,
        )  # fmt: skip
