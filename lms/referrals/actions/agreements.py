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
    for agreement in agreements:
        AgreementAcceptance.objects.create(
            referral=referral,
            agreement=agreement,
            digest=agreement.digest,
            language=agreement.language,
            accepted_at=now,
            by=by,
        )
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
