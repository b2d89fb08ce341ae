"""A caseload goes to somebody else: open work moves, history stays."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lms.people.models import User
from lms.referrals.access import facilitators_of
from lms.referrals.actions.referrals import NotAFacilitator, assign_facilitator
from lms.referrals.models import Program, Referral, ReferralQuerySet
from lms.referrals.rules.sharing import share


@transaction.atomic
def reassign(
    *, program: Program, holder: User, to: Sequence[User], by: User, now: datetime, note: str = ""
) -> dict[User, int]:
    """Hand all open cases of ``holder`` in a program to one or several others, each to the one with the fewest; who
    got how many. ``note``: what the next ones should know, kept with each case. One event for each case; ended cases stay where they ended. Raises NotAFacilitator.

    What hangs on a case (check-ins to answer, reflections, drafts of reports) is its facilitator's, so it moves too.
    """
    able = set(facilitators_of(program).exclude(pk=holder.pk).values_list("pk", flat=True))
    if not to or any(user.pk not in able for user in to):
        raise NotAFacilitator(holder.pk)
    cases = list(open_cases(program, holder).select_for_update(of=("self",)).order_by("received_at", "pk"))
    load = {user.pk: Referral.objects.open().filter(facilitator=user).count() for user in to}
    people = {user.pk: user for user in to}
    got: Counter[User] = Counter()
    for case, pk in zip(cases, share(len(cases), load), strict=True):
        assign_facilitator(referral=case, facilitator=people[pk], by=by, now=now, note=note)
        got[people[pk]] += 1
    return dict(got)


def open_cases(program: Program, holder: User) -> ReferralQuerySet:
    """What would move."""
    return Referral.objects.open().filter(program=program, facilitator=holder)
