"""What a module still lacks, as its author meets it: in the editor while she writes, and on its own page."""

import json
from contextlib import suppress

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.models import ModulePage
from tests.browser.conftest import OpenAs
from tests.browser.kindness import AXE, RULES
from tests.builders import a_program, a_published_course, a_reviewer, an_author
from tests.courses.stories import pages, set_body
from tests.courses.test_before_review import BLOCK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])


def lacking(program) -> ModulePage:
    """A story without an advisory, in which a place is named; the rest of the module above it."""
    page = pages(program)["en"]
    story = {"advisory": "", "kind": "sample", "byline": "", "sample": True, "body": "<p>We lived in Laredo. Call 212 555 0100.</p>"}  # fmt: skip
    set_body(page, [*page.body.get_prep_value(), {"id": BLOCK, "type": "story", "value": story}])
    page.save_revision()
    return page


@pytest.fixture
def program():
    program = a_program()
    a_published_course(program)
    return program


def axe(page: Page, place: str) -> list[str]:
    """What axe finds wrong in one place of a page that is otherwise Wagtail's own."""
    page.evaluate(AXE.read_text())
    rules = [rule for rule in RULES if rule != "best-practice"]
    found = page.evaluate(
        "([place, rules]) => axe.run(place, {runOnly: rules}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))",
        [place, rules],
    )
    return list(found)


def fits(page: Page, place: str) -> bool:
    return bool(page.locator(place).evaluate("e => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth"))  # fmt: skip


@languages
def test_the_panel_of_the_editor_is_kind_and_leads_to_each_part(open_as: OpenAs, program, language: str) -> None:
    module = lacking(program)
    page = open_as(an_author(program), language=language)
    page.goto(reverse("wagtailadmin_pages:edit", args=[module.pk]))
    panel = page.locator("#quality-list")
    panel.scroll_into_view_if_needed()
    assert (
        "The content advisory is missing" if language == "en" else "Falta el aviso de contenido"
    ) in panel.inner_text()
    assert "“Laredo”" in panel.inner_text() or "«Laredo»" in panel.inner_text()
    assert axe(page, "#quality-list") == []
    assert fits(page, "#quality-list")
    link = panel.locator(f"a[href='#block-{BLOCK}-section']").first
    link.press("Enter")
    expect(page.locator(f"#block-{BLOCK}-section")).to_be_in_viewport()


def test_it_looks_again_when_she_asks_and_when_her_words_were_saved(open_as: OpenAs, program) -> None:
    module = lacking(program)
    page = open_as(an_author(program))
    page.goto(reverse("wagtailadmin_pages:edit", args=[module.pk]))
    panel = page.locator("#quality-list")
    expect(panel).to_contain_text("The content advisory is missing")
    with page.expect_response(lambda answer: "part=list" in answer.url):
        page.get_by_role("button", name="Look again").click()
    expect(panel).to_contain_text("The content advisory is missing")
    box = page.locator(f"#block-{BLOCK}-section input[type=text]").first
    for more in range(8):  # what is typed while Wagtail still looks around, it takes for what was there
        box.fill("Speaks of being found." + "." * more)
        with suppress(AssertionError):
            expect(panel).not_to_contain_text("The content advisory is missing", timeout=4_000)
            break
    expect(panel).not_to_contain_text("The content advisory is missing")
    expect(panel).to_contain_text("Laredo")


@languages
def test_the_list_on_its_own_page(open_as: OpenAs, program, language: str) -> None:
    module = lacking(program)
    ModulePage.objects.filter(translation_key=module.translation_key).update(owner=None)
    for reader in (an_author(program), a_reviewer(program)):
        page = open_as(reader, language=language)
        page.goto(reverse("module_quality", args=[module.pk]))
        assert axe(page, "#main") == []
        assert fits(page, "#main")
    page = open_as(an_author(program), language=language)
    page.goto(reverse("module_quality", args=[module.pk]))
    there = page.locator("main li form")
    count = there.count()
    page.get_by_role("button", name="Laredo").press("Enter")
    page.wait_for_load_state()
    expect(there).to_have_count(count - 1)
    expect(page.locator("main")).not_to_contain_text("Laredo")
    assert json.dumps(page.watch.heard) == "[]"
