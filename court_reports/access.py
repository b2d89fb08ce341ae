"""Who may do what with a report (security.md 5). Views fetch through here, else 404."""

from django.db.models import QuerySet

from court_reports.models import Release, Report, Revocation
from lms.people.models import Kind, User
from lms.referrals.access import is_administrator
from lms.referrals.covers import acts_for


def drafts_for(user: User) -> QuerySet[Report]:
    """Reports, drafted or released, that staff may open."""
    if user.kind != Kind.STAFF:
        return Report.objects.none()
    return Report.objects.visible_to(user).select_related(
        "referral__court__profile", "referral__program", "referral__policy", "release", "drafted_by", "first_release_by"
    )


def answerable_for(user: User) -> QuerySet[Report]:
    """Drafts that the person they are about may read and answer before they go."""
    shown = Report.objects.visible_to(user).waiting().filter(referral__person=user, shown_at__isnull=False)
    return shown.select_related("referral__court__profile", "referral__program")


def releases_for(user: User) -> QuerySet[Release]:
    """Released reports, with what a list shows."""
    return Release.objects.visible_to(user).with_report().prefetch_related("deliveries", "entries")


def revocations_for(user: User) -> QuerySet[Revocation]:
    """Proposals to revoke a report of the cases that this person of the program may open."""
    if user.kind != Kind.STAFF:
        return Revocation.objects.none()
    found: QuerySet[Revocation] = Revocation.objects.filter(release__report__in=Report.objects.visible_to(user))
    return found.select_related(
        "release__report__referral__court", "release__report__referral__program", "proposed_by", "confirmed_by"
    )


def may_release(user: User, report: Report) -> bool:
    """The case's facilitator, or an administrator of its program."""
    return acts_for(user, report.referral) or is_administrator(user, report.referral.program)
