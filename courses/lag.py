"""How many editions a language lags behind the other, and whether anybody new may begin in it."""

from django.conf import settings

from courses.models import Edition, EditionModule
from courses.rules.translation import editions_behind, takes_in


def editions_behind_in(edition: Edition, language: str) -> int:
    """0 where it is in step, and where the course was never offered in it."""
    rows = EditionModule.objects.filter(
        edition__course_key=edition.course_key, edition__number__lte=edition.number, withdrawn_at=None
    ).order_by("-edition__number")
    history: dict[int, set[object]] = {}
    offered = False
    for number, key, behind, spanish in rows.values_list("edition__number", "page_key", "behind", "revision_es"):
        late = history.setdefault(number, set())
        late |= {key} if language in behind else set()
        offered = offered or language == "en" or spanish is not None
    return editions_behind(list(history.values())) if offered and edition.number in history else 0


def stopped(edition: Edition) -> list[str]:
    """The languages in which nobody new begins with this edition."""
    return [code for code, _ in settings.LANGUAGES if not takes_in(editions_behind_in(edition, code))]
