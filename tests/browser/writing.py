"""What somebody does at a desk in Wagtail's editor, by mouse and keyboard: parts, boxes, choosers, comments, the menu."""

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import FilePayload, Locator, Page, expect

from lms.people.models import User
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK

PARTS = "#body-root > [data-streamfield-stream-container]"
# Wagtail begins to watch a form two seconds after it is there; nobody types sooner but a machine.
WATCHING = "addEventListener('w-unsaved:watch-edits', () => { document.documentElement.dataset.watching = ''; })"


def at_a_desk(open_as: OpenAs, user: User | None = None) -> Page:
    page = open_as(user)
    page.set_viewport_size(DESK)
    page.context.set_default_timeout(30_000)
    page.add_init_script(WATCHING)
    return page


def is_watched(page: Page) -> None:
    """From here on what is typed is saved as it is typed."""
    expect(page.locator("html[data-watching]")).to_be_attached(timeout=30_000)


def choose(page: Page, name: str) -> None:
    """One of what the menu at the bottom of the editor offers."""
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=name, exact=True).click()


def from_the_courses(page: Page, title: str, name: str) -> None:
    """Courses, the module, and one of what the three dots above it offer."""
    page.goto(reverse("wagtailadmin_home"))
    page.get_by_role("link", name="Courses", exact=True).first.click()
    page.locator("main").get_by_role("link", name=title, exact=True).first.click()
    page.get_by_role("button", name="Actions", exact=True).first.click()
    page.get_by_role("link", name=name, exact=True).click()


def parts(page: Page) -> Locator:
    return page.locator(f"{PARTS} > [data-streamfield-child]")


def part(page: Page, kind: str) -> Locator:
    """The one part of a kind."""
    heading = page.locator(".c-sf-block__type", has_text=re.compile(f"^{kind}$"))
    return parts(page).filter(has=heading)


def add(page: Page, kind: str) -> Locator:
    """The plus sign below the last part, its name, Enter."""
    before = parts(page).count()
    page.locator(f"{PARTS} > div > button.c-sf-add-button").last.click()
    page.locator(".w-combobox input").fill(kind)
    page.keyboard.press("Enter")
    expect(parts(page)).to_have_count(before + 1)
    return parts(page).nth(before)


def box(place: Locator, label: str) -> Locator:
    """By the words that stand above it, whether it must be filled or not."""
    boxes = place.page.locator("input, select, textarea, [contenteditable=true]")
    return place.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$")).and_(boxes).first


def write(place: Locator, **words: Any) -> None:
    """Each box by its label (``_`` for a space): a plain one, a number, or one with bold and lists."""
    for name, said in words.items():
        found = box(place, name.replace("_", " "))
        if found.get_attribute("contenteditable"):
            found.click()
            found.page.keyboard.type(said)
        elif found.evaluate("box => box.tagName") == "SELECT":
            found.select_option(str(said))
        else:
            found.fill(str(said))


def opened(place: Locator, button: str) -> Locator:
    """The dialog that a button opens."""
    place.get_by_role("button", name=button).first.click()
    dialog = place.page.locator(".modal-content")
    dialog.wait_for()
    return dialog


def upload(place: Locator, button: str, *, title: str, file: FilePayload) -> None:
    """In the chooser, on its second tab."""
    dialog = opened(place, button)
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[name$=title]").fill(title)
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("button", name="Upload", exact=True).click()
    dialog.wait_for(state="detached")
    expect(place.locator(".chooser__title")).to_contain_text(title)


def pick(place: Locator, button: str, title: str) -> None:
    """In the chooser, from its list."""
    dialog = opened(place, button)
    dialog.get_by_role("link", name=title).click()
    dialog.wait_for(state="detached")


def comment_on(place: Locator, words: str) -> None:
    """The sign beside a box; what is said of it is seen by everybody who works on the page."""
    place.hover()
    place.get_by_role("button", name="Add Comment").click()
    page = place.page
    page.locator(".comment textarea").last.fill(words)
    page.get_by_role("button", name="Comment", exact=True).click()


def approve(page: Page, title: str, comment: str = "") -> None:
    """From the list of what waits, as it comes."""
    page.goto(reverse("my_reviews"))
    page.locator("main").get_by_role("link", name=title).first.click()
    if not comment:
        choose(page, "Approve")
    else:
        choose(page, "Approve, with a comment")
        page.locator(".modal [name=comment]").fill(comment)
        page.locator(".modal").get_by_role("button", name=re.compile("Approve")).click()
    expect(page.locator(".messages")).to_be_visible()
