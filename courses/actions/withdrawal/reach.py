"""How far a story reaches: its blocks, and every version that holds one of them."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from wagtail.models import Revision

from courses.models import Consent, TakenBack


def blocks(consent: Consent) -> set[str]:
    """The story and what belongs to it."""
    return {str(consent.story), *consent.media}


def blocks_of(row: TakenBack) -> set[str]:
    """As :func:`blocks`, and the copies that were found of it."""
    return blocks(row.consent) | set((row.found or {}).get("copies", ()))


def module_revisions() -> QuerySet[Revision]:
    """Every version of every module, in whatever language, copy or course."""
    found: QuerySet[Revision] = Revision.objects.page_revisions().filter(
        content_type__app_label="courses", content_type__model="modulepage"
    )
    return found


def revisions_with(wanted: Collection[str]) -> QuerySet[Revision]:
    """Those that hold one of these blocks."""
    holds = Q()
    for block in wanted:
        holds |= Q(content__body__icontains=block)
    return module_revisions().filter(holds)
