"""How what the course keeps leads to programs (lms/journal/belonging.py)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from courses.models import AuthorIdentity, Consent, StoryLink
from lms.journal.belonging import Way, register, register_path
from lms.referrals.models import ProgramMembership, ProgramRole


def _of_link(link: StoryLink) -> Iterable[UUID]:
    return Consent.objects.filter(story=link.story).order_by().values_list("program", flat=True).distinct()


def _links_of(programs: Sequence[UUID]) -> Iterable[UUID]:
    stories = Consent.objects.filter(program__in=programs).order_by().values("story")
    return StoryLink.objects.filter(story__in=stories).values_list("pk", flat=True)


def _of_identity(identity: AuthorIdentity) -> Iterable[UUID]:
    """Where she writes or reviews."""
    roles = (ProgramRole.AUTHOR, ProgramRole.REVIEWER)
    held = ProgramMembership.objects.filter(user=identity.user_id, role__in=roles)
    return held.order_by().values_list("program", flat=True).distinct()


def register_all() -> None:
    """Called when the apps are ready."""
    register_path("courses.topic", "program")
    register_path("courses.question", "topic__program")
    register_path("courses.edition", "program")
    register_path("courses.planline", "enrollment__edition__program")
    register_path("courses.rubric", "program")
    register_path("courses.waiver", "enrollment__edition__program")
    register_path("courses.wordstoauthors", "enrollment__edition__program")
    register_path("courses.programcourse", "program")
    register_path("courses.consent", "program")
    register_path("courses.coolingoff", "program")
    register_path("courses.takenback", "consent__program")
    register("courses.storylink", Way(_of_link, _links_of))
    # As with accounts: where she wrote then stands with the event.
    register("courses.authoridentity", Way(_of_identity, lambda _programs: []))
