"""What one person proposes and another confirms: until then it changes nothing (domain.md, "Completion only ever moves
forward; an override is a separate, reasoned, audited act").

A model of what is proposed inherits :class:`Proposal`; its actions raise what stands here, and its pages say it in the
same words.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.models import User

USER = settings.AUTH_USER_MODEL
# Long enough for a second person to be reached over a holiday; what nobody confirmed by then is not wanted.
LAPSES_AFTER = timedelta(days=7)
# From then on the supervising administrator is told: there are days left to find somebody.
LATE_AFTER = timedelta(days=3)


class NotAllowed(Exception):
    """This person, or the one who proposed it, may not do this here."""


class SamePersonTwice(Exception):
    """It needs two people; this one proposed it."""


class AlreadyProposed(Exception):
    """The same waits for its second person."""


class NoLongerOpen(Exception):
    """The proposal was confirmed or withdrawn meanwhile, or it lapsed."""


WhyNot = Mapping[type[Exception], str | Promise]
WHY_NOT: WhyNot = {
    NotAllowed: _("It takes two people who both have the right to it, and one of you no longer has."),
    SamePersonTwice: _("You proposed it. The facilitator of the case or another administrator must confirm it."),
    AlreadyProposed: _("The same is proposed already, and waits for its second person."),
    NoLongerOpen: _("This proposal was confirmed or withdrawn meanwhile, or its time has passed."),
}
PROPOSED = _("Proposed. Nothing has changed yet: the facilitator of the case or another administrator must confirm it.")
CONFIRMED = _("Confirmed. It is done, and stands under both your names.")
WITHDRAWN = _("The proposal is withdrawn. Nothing was changed.")


class ProposalQuerySet(models.QuerySet[Any]):
    def waiting(self, now: datetime) -> Self:
        """For the second person: neither confirmed, nor withdrawn, nor lapsed."""
        return self.filter(confirmed_at=None, withdrawn_at=None, lapses_at__gt=now)


class Proposal(models.Model):
    """Who proposed it, until when it waits, and who said yes to it."""

    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["-proposed_at"]

    def waits(self, now: datetime) -> bool:
        """As :meth:`ProposalQuerySet.waiting` reads it."""
        return self.confirmed_at is None and self.withdrawn_at is None and now < self.lapses_at

    @property
    def late_at(self) -> datetime:
        """From when on it has waited too long for its second person."""
        return min(self.proposed_at + LATE_AFTER, self.lapses_at)


def two_people(name: str) -> models.CheckConstraint:
    """The database's own word for it: nobody confirms what they proposed."""
    return models.CheckConstraint(condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name=name)


def one_end(name: str) -> models.CheckConstraint:
    """What was withdrawn is not confirmed, nor the other way round."""
    return models.CheckConstraint(condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name=name)


def guard_open(row: Proposal, now: datetime) -> None:
    """Raises NoLongerOpen."""
    if not row.waits(now):
        raise NoLongerOpen(row.pk)


def guard_second(row: Proposal, by: User, *, both_may: bool) -> None:
    """Two people with the right to it at the moment it happens: a role may have ended meanwhile. Raises
    SamePersonTwice, NotAllowed."""
    if row.proposed_by_id == by.pk:
        raise SamePersonTwice(row.pk)
    if not both_may:
        raise NotAllowed(by.pk)


def mark_confirmed(row: Proposal, *, by: User, now: datetime) -> None:
    """Write the second person's word."""
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])


def mark_withdrawn(row: Proposal, *, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises NotAllowed."""
    if row.proposed_by_id != by.pk:
        raise NotAllowed(by.pk)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])


def attempt(act: Callable[[], object], why_not: WhyNot) -> str:
    """Does it, or says why not: empty where it was done."""
    try:
        act()
    except tuple(why_not) as refused:
        return str(next(words for kind, words in why_not.items() if isinstance(refused, kind)))
    return ""
