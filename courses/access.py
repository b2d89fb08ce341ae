"""Who may see and do what in a course (security.md 5)."""

from django.db.models import QuerySet

from courses.models import Enrollment, Reflection
from lms.people.models import User
from lms.referrals.models import Referral


def enrollments_for(user: User) -> QuerySet[Enrollment]:
    """Enrollments of the cases this person may open."""
    return Enrollment.objects.filter(referral__in=Referral.objects.visible_to(user)).select_related(
        "referral__court", "referral__program", "edition", "policy"
    )


def reflections_for(user: User) -> QuerySet[Reflection]:
    """Reflections whose words this person may read: of the facilitator's own caseload."""
    return Reflection.objects.filter(enrollment__referral__facilitator=user).select_related(
        "enrollment__referral", "enrollment__policy", "module"
    )
