"""The authoring place in a real browser, on a phone and at a desk, in both languages: as somebody who never used a CMS."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import CoursePage, Evidence, ModulePage, Viewing
from lms.journal.models import Event
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK, PHONE, problems
from tests.browser.test_pages import tell, walk
from tests.browser.world import a_world
from tests.builders import a_program, an_administrator, an_author

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])
sizes = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@languages
def test_the_pages_of_the_authoring_place_are_kind(open_as: OpenAs, language: str) -> None:
    world = a_world()
    hers = [reverse(name) for name in ("wagtailadmin_home", "my_courses", "authoring_help", "my_work")]
    found = walk(
        open_as(an_author(world.program), language=language), [*hers, reverse("my_work") + "?show=1"], language
    )
    administrators = [reverse(name) for name in ("wagtailadmin_home", "my_courses", "start_course")]
    found += walk(open_as(world.administrator, language=language), administrators, language)
    course = CoursePage.objects.get(locale__language_code=language)
    new_module = reverse("wagtailadmin_pages:add", args=["courses", "modulepage", course.pk])
    found += walk(open_as(an_author(world.program), language=language), [new_module], language)
    assert not found, tell(found)


@sizes
def test_from_the_home_page_to_a_first_module(open_as: OpenAs, size: dict[str, int]) -> None:
    world = a_world()
    author = an_author(world.program)
    page = open_as(author)
    page.set_viewport_size(size)
    # Wagtail begins to watch a form two seconds after it is there; nobody types sooner but a machine.
    page.add_init_script(
        "addEventListener('w-unsaved:watch-edits', () => { document.documentElement.dataset.watching = ''; })"
    )
    page.goto(reverse("wagtailadmin_home"))
    page.get_by_role("link", name="Start your first module").click()
    expect(page.locator("html[data-watching]")).to_be_attached(timeout=20_000)
    page.locator("[name=title]").fill("What I would have needed")
    page.locator("[name=goals-0-value]").fill("Say what happened")
    another = page.locator("[data-contentpath=goals] button[title*='Insert']").last
    another.scroll_into_view_if_needed()
    another.click()
    page.locator("[name=goals-1-value]").fill("Find help")
    expect(page).to_have_url(re.compile(r"/pages/\d+/edit/"), timeout=20_000)  # it is saved by itself
    edit = page.url
    with page.expect_navigation(timeout=20_000):
        page.get_by_role("button", name="Save draft").click()
    page.goto(reverse("wagtailadmin_home"))
    page.get_by_role("link", name="“What I would have needed” is a draft.").click()
    assert page.url.split("?")[0] == edit.split("?")[0]
    module = ModulePage.objects.get(owner=author)
    assert module.get_latest_revision_as_object().goals == ["Say what happened", "Find help"]
    assert not module.live
    assert page.watch.heard == []


# The frame is laid out a moment after what it shows is there, and may be changed for a newer one.
NARROW = """wide => [...document.querySelectorAll('[data-w-preview-target=iframe]')].pop().contentWindow.innerWidth === wide"""


@languages
def test_the_live_preview_is_what_the_reader_sees_and_writes_nothing(open_as: OpenAs, language: str) -> None:
    world = a_world()
    author = an_author(world.program)
    module = ModulePage.objects.filter(locale__language_code=language).first()
    page = open_as(author, language=language)
    page.set_viewport_size(DESK)
    page.goto(reverse("wagtailadmin_pages:edit", args=[module.pk]))
    counted = [model.objects.count() for model in (Event, Evidence, Viewing)]
    page.locator("[data-side-panel-toggle=preview]").click()
    frame = page.frame_locator("[data-w-preview-target=iframe]").last
    expect(frame.locator("html")).to_have_attribute("lang", language)
    expect(frame.get_by_role("heading", level=1)).to_have_text(module.title)
    page.wait_for_function(NARROW, arg=PHONE["width"])
    modes = page.locator("#id_preview_mode")
    values = modes.locator("option").evaluate_all("options => options.map(o => o.value)")
    assert values[0] == f"{language}-new"
    modes.select_option(f"{language}-finished")
    passed = {"en": "Passed", "es": "Aprobada"}[language]
    expect(frame.get_by_text(passed).first).to_be_visible()
    other = {"en": "es", "es": "en"}[language]
    modes.select_option(f"{other}-new")
    expect(frame.locator("html")).to_have_attribute("lang", other)
    assert author.username not in frame.locator("body").inner_html()
    assert [model.objects.count() for model in (Event, Evidence, Viewing)] == counted
    assert page.watch.heard == []


@sizes
def test_an_administrator_starts_the_first_course_of_a_program(open_as: OpenAs, size: dict[str, int]) -> None:
    program = a_program()
    page = open_as(an_administrator(program))
    page.set_viewport_size(size)
    page.goto(reverse("wagtailadmin_home"))
    page.get_by_role("link", name="Start your first course").click()
    page.get_by_label("Title in English").fill("Repair")
    page.get_by_role("button", name="Start the course").click()
    expect(page.get_by_role("heading", name="Repair")).to_be_visible()
    assert CoursePage.objects.get().program == program
    assert problems(page) == []


def test_her_menu_names_nothing_of_the_machine(open_as: OpenAs) -> None:
    page = open_as(an_author(a_world().program))
    page.set_viewport_size(DESK)
    page.goto(reverse("my_courses"))
    expect(page.get_by_role("link", name="My consents")).to_be_visible()
    for word in ("Pages", "Images", "Documents", "Reports", "Settings", "Snippets"):
        expect(page.locator("#wagtail-sidebar").get_by_text(word, exact=True)).to_have_count(0)


@languages
@pytest.mark.parametrize("place", ["recordings:add", "wagtailimages:add", "wagtaildocs:add"])
def test_the_heads_of_a_form_are_there_in_full_on_a_phone(open_as: OpenAs, language: str, place: str) -> None:
    page = open_as(an_author(a_world().program), language=language)
    page.set_viewport_size(PHONE)
    page.goto(reverse(place))
    sign = page.locator("#header-title > .icon").bounding_box()
    assert sign and sign["x"] >= 0
    for head in page.locator("main .w-panel__heading:visible").all():
        assert head.evaluate("head => head.scrollWidth <= head.clientWidth"), head.inner_text()
