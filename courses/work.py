"""What became of an author's modules: counts alone, and of nobody in particular."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q

from courses import access
from courses.credited import seconds_by
from courses.models import ActiveTime, ModuleProgress
from courses.rules.work import Work
from lms.people.models import User


def work_of(user: User) -> Sequence[Work]:
    """Of each module that she began, in whatever language it was read. Three queries, however many there are."""
    titles: dict[UUID, str] = {}
    for page in access.modules_worked_on(user).filter(owner=user):
        titles.setdefault(page.translation_key, page.get_admin_display_title())
    progress = ModuleProgress.objects.filter(module__page_key__in=titles.keys()).values_list("module__page_key")
    people: dict[UUID, tuple[int, int]] = {
        key: (read, finished)
        for key, read, finished in progress.annotate(
            read=Count("enrollment", distinct=True),
            finished=Count("enrollment", distinct=True, filter=Q(completed_at__isnull=False)),
        )
    }
    seconds = seconds_by("module__page_key", ActiveTime.objects.filter(module__page_key__in=titles.keys()))
    return [Work(title, *people.get(key, (0, 0)), seconds.get(key, 0)) for key, title in titles.items()]
