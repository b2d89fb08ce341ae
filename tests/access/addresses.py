"""Every address the product answers, with what stands in it for one case and for nobody's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from courses.models import CoursePage, ModulePage, Question, Topic
from tests.access.world import Case, id_of

NOBODYS = {"uuid": UUID(int=7), "uuidstr": UUID(int=7), "int": 999_999, "slug": "x", "str": "x", "path": "x"}
# Addresses that Wagtail and allauth write as regular expressions, as somebody would type them.
TYPED = {
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-x/",
    r"^(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)/$": (
        "<int:pk>/revisions/compare/live...latest/"
    ),
    "^.*/$": "anything/",
}
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One line of the address map. ``route`` still has its arguments, as ``<kind:name>``."""

    name: str
    route: str

    @property
    def takes_arguments(self) -> bool:
        return bool(ARGUMENT.search(self.route))

    def of(self, case: Case) -> str:
        """The path to what is this case's, where the address names such a thing; else nobody's."""
        if self.name in case.things:
            values = iter([id_of(thing) for thing in case.things[self.name]])
            return ARGUMENT.sub(lambda found: str(next(values)), self.route)
        upkeep = _upkeep(case)
        return ARGUMENT.sub(lambda found: str(upkeep.get(_whose(self.name, found), _nobodys(found))), self.route)

    def of_nobody(self) -> str:
        return ARGUMENT.sub(lambda found: str(_nobodys(found)), self.route)


def _nobodys(found: re.Match[str]) -> object:
    return NOBODYS[found.group(1) or "str"]


def _whose(name: str, found: re.Match[str]) -> str:
    """``court:pk``, ``page_id``: under which word an address's argument stands among a case's upkeep."""
    space, argument = name.partition(":")[0], found.group(2)
    if space == "wagtailadmin_pages" and argument == "pk":
        return "page_id"
    return f"{space}:pk" if argument == "pk" else argument


def _upkeep(case: Case) -> dict[str, object]:
    """What the administrators and authors of this case's program keep, by the word in an address."""
    program = case.program
    page = ModulePage.objects.child_of(CoursePage.objects.filter(program=program).first()).first()
    return {
        "page_id": page.pk,
        "page_to_move_id": page.pk,
        "parent_page_id": page.get_parent().pk,
        "revision_id": page.latest_revision_id,
        "publish_edition:pk": page.get_parent().pk,
        **dict.fromkeys(["withdraw_module:pk", "retire_module:pk", "propose_withdrawal:pk"], page.pk),
        **dict.fromkeys(["module_quality:pk", "module_word_fine:pk"], page.pk),
        **dict.fromkeys(
            ["editions:pk", "edition_people:pk", "compare_editions:pk", "give_course:pk"], page.get_parent().pk
        ),
        **dict.fromkeys(["edition", "before", "after"], case.module.edition_id),
        "waiting_story:pk": case.cooling.pk,
        "course_translation:pk": page.get_parent().pk,
        "translate_page:pk": page.pk,
        "story": case.story,
        "court:pk": case.court.pk,
        "program:pk": program.pk,
        "policyversion:pk": program.policies.first().pk,
        "agreement:pk": program.agreements.first().pk,
        "invitation:pk": case.waiting.pk,
        "recordings:pk": case.recording.pk,
        "recording_chooser:pk": case.recording.pk,
        "topic:pk": Topic.objects.filter(program=program).first().pk,
        "question:pk": Question.objects.filter(topic__program=program).first().pk,
        "checkinform:pk": case.form.pk,
        "bank_question:pk": Question.objects.filter(topic__program=program).first().pk,
    }


def addresses() -> list[Address]:
    """The whole map, a line each, in order of name. Two addresses of one name are told apart by their routes."""
    found: dict[str, Address] = {}
    for name, route in _walk(get_resolver().url_patterns, "/", ()):
        key = name if name and name not in found else f"{name}@{route}"
        found[key] = Address(key, route)
    return sorted(found.values(), key=lambda address: address.name)


def _walk(patterns: list[URLPattern | URLResolver], before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        written = str(pattern.pattern)
        route = before + TYPED.get(written, written.lstrip("^").rstrip("$"))
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, route, inner)
        else:
            yield ":".join((*spaces, pattern.name or "")).strip(":"), route
