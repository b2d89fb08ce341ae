"""Who may propose, confirm, hold, and read what became of it (security.md 5)."""

from uuid import UUID

from django.db.models import Q, QuerySet

from lms.keeping.models import Forgetting, HoldReason, LegalDemand, LegalHold, PersonsCopy
from lms.people.models import Kind, User
from lms.referrals.access import is_administrator, programs_of, referrals_for
from lms.referrals.covers import acts_for
from lms.referrals.models import ProgramRole, Referral


def may_propose(user: User, referral: Referral) -> bool:
    """The facilitator of the case, or an administrator of its program; also asked again at the confirmation."""
    return user.is_active and (acts_for(user, referral) or is_administrator(user, referral.program))


def may_decide(user: User, referral: Referral) -> bool:
    """Confirm, hold, bring back: an administrator of the case's program."""
    return user.is_active and is_administrator(user, referral.program)


def cases_for(user: User) -> QuerySet[Referral]:
    """Cases about which this person may propose or hold."""
    return referrals_for(user) if user.kind == Kind.STAFF else Referral.objects.none()


def decided_cases_of(user: User) -> QuerySet[Referral]:
    """Cases of the programs this person administers, sealed ones too: never listed but by their ids."""
    return Referral.objects.filter(program__in=programs_of(user, ProgramRole.ADMINISTRATOR)).select_related(
        "program", "court", "policy"
    )


def sealed_for(user: User) -> QuerySet[Referral]:
    """Sealed cases, for those who may bring them back: opaque ids."""
    return decided_cases_of(user).filter(sealed_at__isnull=False, forgotten_at=None)


def forgettings_for(user: User) -> QuerySet[Forgetting]:
    """Proposals of one's own cases; everything in the programs one administers; what was done, for auditors."""
    if user.kind != Kind.STAFF:
        return Forgetting.objects.none()
    administered = programs_of(user, ProgramRole.ADMINISTRATOR)
    audited = programs_of(user, ProgramRole.AUDITOR)
    mine = (
        Q(referral__in=Referral.objects.visible_to(user))
        | Q(referral__program__in=administered)
        | Q(referral__program__in=audited, confirmed_at__isnull=False)
    )
    return Forgetting.objects.filter(mine).select_related("referral__program", "referral__court").defer("certificate")


def orders_for(user: User) -> QuerySet[Forgetting]:
    """Court orders, for the administrators of the program: they decide on them. A facilitator proposes, no more.

    That of a case that was sealed lies in escrow with it.
    """
    kept = forgettings_for(user).filter(order__isnull=False, order__destroyed_at=None, withdrawn_at=None)
    administered = programs_of(user, ProgramRole.ADMINISTRATOR)
    put_away = Q(confirmed_at__isnull=False, referral__sealed_at__isnull=False, referral__forgotten_at=None)
    return kept.filter(~put_away, referral__program__in=administered).select_related("order")


def certificates_for(user: User) -> QuerySet[Forgetting]:
    """Certificates, for administrators and auditors."""
    if user.kind != Kind.STAFF:
        return Forgetting.objects.none()
    programs = programs_of(user, ProgramRole.ADMINISTRATOR, ProgramRole.AUDITOR)
    return Forgetting.objects.filter(referral__program__in=programs, certificate__isnull=False)


def holds_for(user: User) -> QuerySet[LegalHold]:
    """Holds that stand on cases this person decides about."""
    return LegalHold.objects.filter(referral__in=decided_cases_of(user), lifted_at=None).select_related("referral")


def demands_for(user: User) -> QuerySet[LegalDemand]:
    """Legal demands that wait for a decision, for the administrators of the program."""
    mine = cases_for(user).filter(program__in=programs_of(user, ProgramRole.ADMINISTRATOR))
    return LegalDemand.objects.filter(referral__in=mine, decided_at=None).select_related("referral__court")


def demands_about(user: User) -> QuerySet[LegalDemand]:
    """Demands for a person's own records that they were told of."""
    own = Referral.objects.visible_to(user).filter(person=user)
    return LegalDemand.objects.filter(referral__in=own, told_at__isnull=False).select_related("referral__court")


def untold(referral: Referral) -> list[UUID]:
    """Demands that forbid telling the person of them; and the holds that would tell of these."""
    demands = list(referral.demands.filter(told_at=None).values_list("pk", flat=True))
    if not demands:
        return []
    telling = (HoldReason.SUBPOENA, HoldReason.INVESTIGATION)
    return demands + list(referral.holds.filter(reason__in=telling).values_list("pk", flat=True))


def copies_to_release(user: User) -> QuerySet[PersonsCopy]:
    """Copies that persons of one's cases asked for and nobody has released."""
    waiting = PersonsCopy.objects.filter(needs_release=True, released_at=None, gone_at=None)
    return waiting.filter(referral__in=cases_for(user)).select_related("referral__program")


def own_copies(user: User) -> QuerySet[PersonsCopy]:
    """A person's own."""
    own = Referral.objects.visible_to(user).filter(person=user)
    return PersonsCopy.objects.filter(referral__in=own).select_related("referral__program", "referral__court")
