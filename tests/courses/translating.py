"""A course that is in English alone, and one whose Spanish is left behind."""

import json

from courses.actions import authoring
from courses.actions.editions import publish_edition
from courses.models import CoursePage, Edition, ModulePage
from courses.sample import loader
from courses.sample.loader import load_bank
from lms import clock
from tests.builders import a_program


def english_only() -> ModulePage:
    """The first of two published modules of a course that is in no other language."""
    program = a_program(name="Plain", slug="plain")
    load_bank(program=program)
    library = authoring.library("en")
    locale = library.locale
    course = library.add_child(instance=CoursePage(title="Plain", slug="plain", program=program, locale=locale))
    course.save_revision().publish()
    whole = loader._read("course.toml")
    for source in loader.modules()[:2]:
        page = ModulePage(title=source["title"]["en"], slug=source["slug"], goals=["Plainly"], locale=locale)
        page.body = page._meta.get_field("body").to_python(json.dumps(loader.blocks(source, "en", whole)))
        course.add_child(instance=page)
        page.save_revision().publish()
    return ModulePage.objects.child_of(course).first()


def module(program, number=1, language="en") -> ModulePage:
    course = CoursePage.objects.get(program=program, locale__language_code=language)
    return ModulePage.objects.child_of(course).order_by("path")[number - 1]


def new_edition(program, words: str, number: int = 1) -> Edition:
    """The English of a module says something else, and is published; nobody touches the Spanish."""
    page = module(program, number)
    rows = json.loads(page.latest_revision.content["body"])
    rows[0]["value"] += f"<p>{words}</p>"
    page.body = page._meta.get_field("body").to_python(json.dumps(rows))
    page.save_revision().publish()
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    return publish_edition(course=course, by=None, now=clock.now())
