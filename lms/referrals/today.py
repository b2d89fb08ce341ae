"""Today: people in the order they need someone, one line for each, with every reason on it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lms.people.models import User
from lms.referrals import desk
from lms.referrals.desk import Ahead, Need
from lms.referrals.models import Referral

AHEAD_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One person and why somebody is needed, the heaviest reason first."""

    referral: Referral
    needs: tuple[Need, ...]

    @property
    def urgent(self) -> bool:
        return self.needs[0].weight >= desk.Weight.SAFETY


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next when nobody is waiting."""

    referral: Referral
    ahead: Ahead


def lines(referrals: QuerySet[Referral], now: datetime, reader: User | None = None) -> list[Line]:
    """Who needs somebody: by their heaviest reason, then by how long it has waited."""
    reasons: dict[UUID, list[Need]] = defaultdict(list)
    for need in desk.needs(referrals, now, reader):
        reasons[need.referral_id].append(need)
    # desk.needs gave them in order, so the first reason of each puts the people in order too.
    people = referrals.in_bulk(list(reasons))
    return [Line(people[pk], tuple(needs)) for pk, needs in reasons.items() if pk in people]


def coming(referrals: QuerySet[Referral], now: datetime) -> list[Coming]:
    """The next few things, for a day that asks for nothing."""
    ahead: Sequence[Ahead] = desk.outlook(referrals, now)[:AHEAD_SHOWN]
    people = referrals.in_bulk([one.referral_id for one in ahead])
    return [Coming(people[one.referral_id], one) for one in ahead if one.referral_id in people]
