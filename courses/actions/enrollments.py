"""Enrolling: the edition and the policy are pinned."""

from datetime import datetime

from django.db import transaction

from courses import lag
from courses.actions.editions import current_edition
from courses.models import Enrollment
from lms.journal import journal
from lms.people.models import User
from lms.referrals.desk import LanguageStopped
from lms.referrals.models import Referral


class NoEdition(Exception):
    """The program has published no edition of its course yet."""


@transaction.atomic
def enroll(*, referral: Referral, reads: str = "", instead: str = "", by: User | None, now: datetime) -> Enrollment:
    """Give a person the newest edition. A second call returns the enrollment that is there.

    ``reads``: the person's language; ``instead``: the one they take the course in, where theirs lags too far.
    Raises NoEdition, LanguageStopped.
    """
    if existing := Enrollment.objects.filter(referral=referral).first():
        return existing
    edition = current_edition(referral.program_id)
    if edition is None:
        raise NoEdition(referral.program_id)
    if (instead or reads) in lag.stopped(edition):
        raise LanguageStopped(instead or reads)
    policy = referral.policy or referral.program.policy_at(now)
    enrollment = Enrollment.objects.create(
        referral=referral, edition=edition, policy=policy, enrolled_at=now, language=instead
    )
    journal.record(
        "course.enrolled", about=referral.subject, on=enrollment, by=by, at=now,
        data={"edition": edition.number, "instead": instead},
    )  # fmt: skip
    return enrollment
