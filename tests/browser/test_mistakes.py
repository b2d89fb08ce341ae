"""Whatever goes wrong while an author writes: she reads what happened and what to do, and her words are safe."""

import json
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Dialog, Locator, Page, expect

from courses.actions import authoring, translations
from courses.models import (
    Consent,
    CourseDocument,
    CoursePage,
    CoursePicture,
    CourseRecording,
    ModulePage,
    Question,
    Topic,
)
from courses.models.bank import Choice
from lms import clock
from lms.files.rules import Why
from lms.files.words import SENTENCES
from lms.people.models import User
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK, PHONE, problems
from tests.builders import PASSWORD, a_program, a_published_course, an_author
from tests.conftest import sign_in_session
from tests.courses.stories import write_story
from tests.courses.translating import english_only
from tests.files.corpus import a_moving, a_zip
from tests.files.recordings import a_clip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])
SECONDS = 30_000
# Wagtail begins to watch a form two seconds after it is there; nobody types sooner but a machine.
WATCHES = "addEventListener('w-unsaved:watch-edits', () => { document.documentElement.dataset.watching = ''; })"


def shot(page: Page, name: str) -> None:
    """Kept only where somebody wants to look: as on a desk, and on a phone."""
    if folder := os.environ.get("SHOTS"):
        was = page.viewport_size or DESK
        for size, of in ((DESK, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)
            page.screenshot(path=Path(folder) / f"{name}-{of}.png")
        page.set_viewport_size(was)


def opened(page: Page, address: str) -> Page:
    """Ready to be typed in, however busy the machine is."""
    page.context.set_default_timeout(SECONDS)
    page.set_viewport_size(DESK)
    page.add_init_script(WATCHES)
    page.goto(address)
    expect(page.locator("html[data-watching]")).to_be_attached(timeout=SECONDS)
    return page


def another_tab(page: Page, address: str) -> Page:
    return opened(page.context.new_page(), address)


def said(page: Page, when: str) -> Locator:
    """What is said of it above everything else: it can be read, and on a phone too."""
    words = page.locator(f".saving > [data-when={when}]")
    expect(words).to_be_visible(timeout=SECONDS)
    return words


def edit(page: ModulePage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def newest(page: ModulePage) -> ModulePage:
    return ModulePage.objects.get(pk=page.pk).get_latest_revision_as_object()


def a_draft(language: str = "en") -> tuple[ModulePage, User]:
    """A module of one part in this language, nothing else, and an author who may write in it."""
    program = a_program(agreements=False)
    authoring.library("en")  # Wagtail asks for it whatever the page's language
    library = authoring.library(language)
    course = library.add_child(instance=CoursePage(title="Plain", slug="plain", program=program, locale=library.locale))
    body = json.dumps([{"type": "text", "id": str(uuid4()), "value": "<p>Before.</p>"}])
    module = course.add_child(
        instance=ModulePage(title="How it works", slug="how", body=body, locale=library.locale, live=False)
    )
    module.save_revision()
    return module, an_author(program)


def a_question() -> tuple[Question, User]:
    program = a_program(agreements=False)
    topic = Topic.objects.create(program=program, slug="sample", title="Sample")
    question = Question(
        topic=topic,
        key="q",
        kind=Question.SINGLE,
        prompt_en="One?",
        prompt_es="¿Uno?",
        explanation_en="Because.",
        explanation_es="Porque.",
    )
    question.choices = [Choice(key=key, text_en=key, text_es=key, correct=key == "a") for key in "ab"]
    question.save()
    return question, an_author(program)


def signs_in_again(page: Page, user: User) -> None:
    """In another tab: a new session, and with it a new proof for every form."""
    client = Client()
    sign_in_session(client, user)
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    url = page.url.partition("/authoring")[0]
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def until_kept(what: Callable[[], object], page: Page, words: object) -> None:
    """It is in the database; how soon is not what is asked."""
    for _ in range(100):
        if what() == words:
            return
        page.evaluate("() => new Promise(done => setTimeout(done, 200))")
    assert what() == words


# --- a lost connection ----------------------------------------------------------------------------


@languages
def test_a_lost_connection_in_mid_edit(open_as: OpenAs, language: str) -> None:
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    page.context.set_offline(True)
    page.locator("[name=summary]").fill("Typed on a train")
    words = said(page, "offline")
    assert words.get_attribute("data-when") == "offline"
    shot(page, f"offline-{language}")
    page.locator("[name=summary]").fill("Typed on a train, in a tunnel")
    page.locator("button.action-save").first.click()
    expect(page).to_have_url(re.compile(edit(module)))
    expect(page.locator("[name=summary]")).to_have_value("Typed on a train, in a tunnel")
    page.context.set_offline(False)
    said(page, "saved")
    shot(page, f"offline-saved-{language}")
    until_kept(lambda: newest(module).summary, page, "Typed on a train, in a tunnel")
    page.locator("button.action-save").first.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert newest(module).summary == "Typed on a train, in a tunnel"


@languages
def test_signed_out_in_mid_edit(open_as: OpenAs, language: str) -> None:
    """Signed out everywhere, and the page is still open: a press would have taken it, and every word, to the sign-in."""
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    Session.objects.all().delete()
    page.locator("[name=summary]").fill("Typed too late")
    link = said(page, "signed-out").get_by_role("link")
    expect(link).to_have_attribute("target", "_blank")
    shot(page, f"signed-out-{language}")
    page.locator("button.action-save").first.click()
    expect(page.locator("[name=summary]")).to_have_value("Typed too late")
    assert newest(module).summary != "Typed too late"
    with page.context.expect_page() as door:
        link.click()
    expect(door.value.locator("[name=login]")).to_be_visible()
    signs_in_again(page, author)
    page.bring_to_front()
    said(page, "saved")
    assert newest(module).summary == "Typed too late"
    page.locator("[name=summary]").fill("And on it goes")
    until_kept(lambda: newest(module).summary, page, "And on it goes")


@languages
def test_a_server_that_is_started_anew_in_mid_edit(open_as: OpenAs, language: str) -> None:
    """What stands before our server answers for it meanwhile."""
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    page.route("**/edit/", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.locator("[name=summary]").fill("Typed meanwhile")
    said(page, "server")
    shot(page, f"server-{language}")
    page.unroute("**/edit/")
    said(page, "saved")
    assert newest(module).summary == "Typed meanwhile"


# --- two tabs -------------------------------------------------------------------------------------


@languages
def test_the_same_module_in_two_tabs(open_as: OpenAs, language: str) -> None:
    module, author = a_draft(language)
    first = opened(open_as(author, language=language), edit(module))
    second = another_tab(first, edit(module))
    first.locator("[name=summary]").fill("From the first tab")
    until_kept(lambda: newest(module).summary, first, "From the first tab")
    second.locator("[name=summary]").fill("From the second tab")
    said(second, "conflict")
    shot(second, f"two-tabs-{language}")
    assert newest(module).summary == "From the first tab"
    second.locator("button.action-save").first.click()
    asked = second.locator("#w-save-confirmation-dialog")
    expect(asked).to_be_visible()
    shot(second, f"two-tabs-asked-{language}")
    assert newest(module).summary == "From the first tab"
    asked.locator("[data-w-dialog-target=confirm]").click()
    expect(second.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert newest(module).summary == "From the second tab"
    assert [r.content["summary"] for r in module.revisions.order_by("-pk")[:2]] == [
        "From the second tab",
        "From the first tab",
    ]


@languages
def test_a_press_in_a_second_tab_that_has_not_heard_of_the_first(open_as: OpenAs, language: str) -> None:
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    # Saved elsewhere in this very moment: nothing that the page asks by itself has told it so far.
    page.evaluate("document.querySelector('[data-edit-form]').setAttribute('data-w-autosave-active-value', 'false')")
    page.locator("[name=summary]").fill("From the second tab")
    there = newest(module)
    there.summary = "From the first tab"
    there.save_revision()
    page.evaluate(
        "document.querySelector('[data-controller~=w-session]').setAttribute('data-w-session-intercept-value', '')"
    )
    page.locator("button.action-save").first.click()
    told = page.locator(".messages .warning")
    expect(told).to_be_visible(timeout=SECONDS)
    expect(page.locator("[name=summary]")).to_have_value("From the second tab")
    shot(page, f"two-tabs-press-{language}")
    assert newest(module).summary == "From the first tab"
    page.locator("button.action-save").first.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert newest(module).summary == "From the second tab"


# --- files ----------------------------------------------------------------------------------------

ELF, PE = b"\x7fELF\x02\x01\x01" + bytes(500), b"MZ\x90\x00" + bytes(500)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def sparse(folder: Path, name: str, size: int) -> Path:
    """As large as it says, and hardly a byte of the disk."""
    file = folder / name
    with file.open("wb") as opened:
        opened.truncate(size)
    return file


@languages
def test_a_video_of_two_gigabytes(open_as: OpenAs, language: str, tmp_path: Path) -> None:
    """Said before a byte of it is sent; everything else in the form stays."""
    page = open_as(a_draft(language)[1], language=language)
    page.context.set_default_timeout(SECONDS)
    page.set_viewport_size(DESK)
    page.goto("/authoring/recordings/new/")
    page.locator("[name=title]").fill("What I would have needed")
    page.locator("#id_words-ADD").click()
    page.locator("[name=words-0-transcript]").fill("Nobody asked.")
    page.locator("[name=upload]").set_input_files(sparse(tmp_path, "all-of-it.mp4", 2_000_000_000))
    told = page.locator(".file-too-big")
    expect(told).to_contain_text("500 MB")
    shot(page, f"two-gigabytes-{language}")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".messages .error")).to_be_visible(timeout=SECONDS)
    expect(page.locator("[name=title]")).to_have_value("What I would have needed")
    expect(page.locator("[name=words-0-transcript]")).to_have_value("Nobody asked.")


def test_a_server_that_is_sent_two_gigabytes_all_the_same_reads_none_of_them(open_as: OpenAs) -> None:
    """The announcement is enough: it answers before the first byte of the body."""
    page = open_as(a_draft()[1])
    page.goto("/authoring/recordings/new/")
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    host = page.url.split("/")[2]
    with socket.create_connection(tuple(host.split(":")), timeout=30) as line:
        head = (
            f"POST /authoring/recordings/new/ HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2000000000\r\nConnection: close\r\n\r\n"
        )
        line.sendall(head.encode())
        assert line.recv(64).split(b" ")[1] == b"413"


def refused(page: Page, name: str, content: bytes, *, field: str) -> str:
    """The reason that is given for this file; the title stays."""
    page.locator("main [name=title]").fill("A street at night")
    page.locator(f"main [name={field}]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main [name=title]")).to_have_value("A street at night")
    return page.locator("main .error-message").first.inner_text()


KIND = {"en": "This kind of file cannot be taken here", "es": "Aquí no se puede recibir este tipo de archivo"}


@languages
def test_what_is_no_picture_no_recording_and_no_handout(open_as: OpenAs, language: str) -> None:
    page = open_as(a_draft(language)[1], language=language)
    page.context.set_default_timeout(SECONDS)
    page.set_viewport_size(DESK)
    office = a_zip(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    clip = a_clip("mp4")
    files = {
        ("wagtailimages:add", "file"): {
            "holiday.jpg": (ELF, Why.WRONG_KIND), "setup.png": (PE, Why.WRONG_KIND), "logo.svg": (SVG, None),
            "logo.png": (SVG, Why.DRAWING), "dance.gif": (a_moving("GIF"), Why.MOVES), "letter.jpg": (office, Why.OFFICE),
            "nothing.jpg": (b"", None),
        },
        ("wagtaildocs:add", "file"): {
            "handout.pdf": (ELF, Why.WRONG_KIND), "letter.pdf": (office, Why.OFFICE), "nothing.pdf": (b"", None),
        },
        ("recordings:add", "upload"): {
            "clip.mp4": (ELF, Why.WRONG_KIND), "setup.mp4": (PE, Why.WRONG_KIND), "nothing.mp4": (b"", Why.EMPTY),
            "half.mp4": (clip[: len(clip) // 2], None),
        },
    }  # fmt: skip
    for (address, field), each in files.items():
        page.goto(reverse(address))
        for name, (content, why) in each.items():
            told = refused(page, name, content, field=field)
            with override(language):
                words = str(SENTENCES[why]).partition("%")[0] if why else ""
            assert told.strip(), name
            assert words in told, (name, told)
            shot(page, f"refused-{name.replace('.', '-')}-{language}")
    assert CoursePicture.objects.count() == CourseDocument.objects.count() == CourseRecording.objects.count() == 0


@languages
def test_a_renamed_executable_in_the_window_that_a_block_opens(open_as: OpenAs, language: str, tmp_path: Path) -> None:
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    page.locator("[name=summary]").fill("Typed before")
    page.locator(
        "[data-streamfield-stream-container] > div > [data-streamfield-insert], [data-contentpath=body] .c-sf-add-button"
    ).first.click()
    page.get_by_role("option", name={"en": "Picture", "es": "Imagen"}[language]).first.click()
    page.locator("[data-contentpath=picture] button[data-chooser-action-choose]").first.click()
    window = page.locator(".modal-body")
    window.locator("#tab-label-upload").click()
    window.locator("[name$=title]").first.fill("A street at night")
    box = window.locator("input[type=file]")
    box.set_input_files(sparse(tmp_path, "huge.jpg", 60_000_000))
    expect(window.locator(".file-too-big")).to_contain_text("10 MB")
    box.set_input_files({"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": ELF})
    window.locator("#tab-upload button[type=submit]").click()
    expect(window.locator(".error-message").first).to_contain_text(KIND[language], timeout=SECONDS)
    expect(window.locator("[name$=title]").first).to_have_value("A street at night")
    shot(page, f"refused-in-window-{language}")
    until_kept(lambda: newest(module).summary, page, "Typed before")


# --- pasted ---------------------------------------------------------------------------------------

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns:v="urn:schemas-microsoft-com:vml"><head><meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="file:///C:/Users/Wilhelmina/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>Wilhelmina Needle</o:Author><o:LastAuthor>Wilhelmina Needle</o:LastAuthor>
<o:Company>Lake House</o:Company></o:DocumentProperties></xml><![endif]-->
<style><!-- /* Wilhelmina */ p.MsoNormal {mso-style-name:"Wilhelmina Style"; margin:0in; font-family:"Calibri",sans-serif;} --></style></head>
<body lang=EN-US style='tab-interval:.5in'><!--StartFragment-->
<h2 style='mso-style-priority:9'>What I know now<o:p></o:p></h2>
<p class=MsoNormal style='mso-comment-author:"Wilhelmina Needle"'><span style='mso-fareast-language:EN-US'>Nobody asked me, <b>not once</b>.<o:p></o:p></span></p>
<p class=MsoNormal><a href="file:///C:/Users/Wilhelmina/Documents/story.docx">my other page</a> and
<a href="javascript:alert('Wilhelmina')">press here</a> and <a href="https://988lifeline.org/">988</a></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>First cell</p></td><td><p class=MsoNormal>Second cell</p></td></tr></table>
<p class=MsoNormal><img width=64 height=40 src="file:///C:/Users/Wilhelmina/AppData/Local/Temp/msohtmlclip1/01/clip_image002.jpg" alt="Wilhelmina at the lake">
<!--[if gte vml 1]><v:shape><v:imagedata src="file:///C:/Users/Wilhelmina/pic.jpg" o:title="Wilhelmina"/></v:shape><![endif]--></p>
<p class=MsoNormal>The last line.</p>
<!--EndFragment--></body></html>"""

PASTE = """(box, [html, text]) => { const data = new DataTransfer();
  data.setData("text/plain", text); if (html) data.setData("text/html", html); box.focus();
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""


@languages
def test_a_page_pasted_from_a_word_processor(open_as: OpenAs, language: str) -> None:
    """The words stay; what tells of the machine and of who sat at it is never sent. What was left out is said."""
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    box = page.locator("[data-contentpath=body] .public-DraftEditor-content").first
    box.press("Control+End")
    box.evaluate(PASTE, [WORD, "What I know now"])
    said(page, "pasted")
    shot(page, f"pasted-{language}")
    until_kept(lambda: "The last line." in newest(module).body[0].value.source, page, True)
    kept = json.dumps(module.get_latest_revision().content)
    for needle in ("Wilhelmina", "Needle", "Lake House", "file:", "javascript", "mso", "Mso", "<img", "<table", "C:/"):
        assert needle not in kept, needle
    words = newest(module).body[0].value.source
    for text in (
        "What I know now",
        "Nobody asked me",
        "<b>not once</b>",
        "my other page",
        "press here",
        "First cell",
        "Second cell",
    ):
        assert text in words, words
    assert 'href="https://988lifeline.org/"' in words
    assert "Before." in words


def test_two_hundred_thousand_letters_at_once(open_as: OpenAs) -> None:
    module, author = a_draft()
    page = opened(open_as(author), edit(module))
    words = "\n".join("Nobody asked me 😶‍🌫️ ولا مرة واحدة. " * 25 for _ in range(230))
    assert len(words) > 200_000
    box = page.locator("[data-contentpath=body] .public-DraftEditor-content").first
    box.press("Control+End")
    box.evaluate(PASTE, ["", words])
    until_kept(lambda: str(newest(module).body[0].value.source).count("ولا مرة واحدة"), page, 230 * 25)


# --- the translation page -------------------------------------------------------------------------


def a_translation() -> tuple[ModulePage, User]:
    module = english_only()
    author = an_author(module.get_parent().specific.program)
    translations.begin(page=module, by=author, now=clock.now())
    return module, author


def in_spanish(module: ModulePage) -> ModulePage:
    there = ModulePage.objects.get(translation_key=module.translation_key, locale__language_code="es")
    return there.get_latest_revision_as_object()


@languages
def test_a_translation_is_saved_as_she_goes_and_nothing_typed_is_lost(open_as: OpenAs, language: str) -> None:
    module, author = a_translation()
    address = reverse("translate_page", args=[module.pk])
    page = opened(open_as(author, language=language), address)
    page.locator("[name=title]").fill("Qué es esto")
    until_kept(lambda: in_spanish(module).title, page, "Qué es esto")
    before = in_spanish(module).revisions.count()
    page.locator("[name=title]").fill("Qué es esto y para qué")
    until_kept(lambda: in_spanish(module).title, page, "Qué es esto y para qué")
    assert in_spanish(module).revisions.count() == before, "the same draft, a few words further"
    assert page.locator(".w-autosave-indicator__state--saved").is_visible()
    page.context.set_offline(True)
    rich = page.locator(".translation-row [contenteditable=true]").first
    rich.click()
    rich.press_sequentially("Nadie preguntó")
    said(page, "offline")
    shot(page, f"translation-offline-{language}")
    page.locator("form[data-edit-form] button[type=submit]").click()
    expect(page.locator("[name=title]")).to_have_value("Qué es esto y para qué")
    page.context.set_offline(False)
    # Saved by itself, or by the press that waited for the connection: she is told either way.
    expect(page.locator(".saving > [data-when=saved], .messages .success").first).to_be_visible(timeout=SECONDS)
    until_kept(lambda: "Nadie preguntó" in str(in_spanish(module).body[0].value), page, True)
    page.locator("form[data-edit-form] button[type=submit]").click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert problems(opened(page, address), language=language) == []


@languages
def test_the_same_translation_in_two_tabs(open_as: OpenAs, language: str) -> None:
    module, author = a_translation()
    address = reverse("translate_page", args=[module.pk])
    first = opened(open_as(author, language=language), address)
    first.locator("[name=title]").fill("De la primera")
    until_kept(lambda: in_spanish(module).title, first, "De la primera")
    second = another_tab(first, address)
    # It is written over the same draft: its number stays, and yet it is a newer one.
    first.locator("[name=title]").fill("De la primera, y más")
    until_kept(lambda: in_spanish(module).title, first, "De la primera, y más")
    second.locator("[name=title]").fill("De la segunda")
    said(second, "conflict")
    shot(second, f"translation-two-tabs-{language}")
    second.locator("form[data-edit-form] button[type=submit]").click()
    expect(second.locator(".messages .warning")).to_be_visible(timeout=SECONDS)
    expect(second.locator("[name=title]")).to_have_value("De la segunda")
    shot(second, f"translation-two-tabs-press-{language}")
    assert in_spanish(module).title == "De la primera, y más"
    second.locator("form[data-edit-form] button[type=submit]").click()
    expect(second.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert in_spanish(module).title == "De la segunda"


# --- forms that are saved by a press --------------------------------------------------------------


def leaving(page: Page) -> list[str]:
    """What the browser asks when the page is left now; she stays."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.locator("[data-w-unsaved-has-edits-value=true]").wait_for(state="attached")
    page.once("dialog", stay)
    page.evaluate("() => { location.href = '/authoring/'; }")
    page.evaluate("() => new Promise(done => setTimeout(done, 300))")
    return asked


@languages
def test_the_same_question_in_two_tabs(open_as: OpenAs, language: str) -> None:
    question, author = a_question()
    address = f"/authoring/question/edit/{question.pk}/"
    first = opened(open_as(author, language=language), address)
    second = another_tab(first, address)
    for tab, words in ((first, "From the first tab"), (second, "From the second tab")):
        tab.locator("[name=explanation_en]").click()
        tab.locator("[name=explanation_en]").fill(words)
        assert leaving(tab) == ["beforeunload"]
        tab.locator("main form[data-edit-form] button[type=submit]").first.click()
        expect(tab.locator(".messages > ul > li").first).to_be_visible(timeout=SECONDS)
    expect(second.locator(".messages .warning")).to_be_visible()
    expect(second.locator("[name=explanation_en]")).to_have_value("From the second tab")
    shot(second, f"question-two-tabs-{language}")
    question.refresh_from_db()
    assert question.explanation_en == "From the first tab"
    second.locator("main form[data-edit-form] button[type=submit]").first.click()
    expect(second.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    question.refresh_from_db()
    assert question.explanation_en == "From the second tab"


@languages
def test_signed_out_while_a_question_is_written(open_as: OpenAs, language: str) -> None:
    question, author = a_question()
    page = opened(open_as(author, language=language), f"/authoring/question/edit/{question.pk}/")
    page.locator("[name=explanation_en]").fill("Typed too late")
    # Longer ago than what counts as just heard from us.
    page.clock.install()
    page.clock.fast_forward(60_000)
    Session.objects.all().delete()
    page.locator("main form[data-edit-form] button[type=submit]").first.click()
    said(page, "signed-out")
    shot(page, f"question-signed-out-{language}")
    expect(page.locator("[name=explanation_en]")).to_have_value("Typed too late")
    signs_in_again(page, author)
    page.clock.fast_forward(60_000)
    page.locator("main form[data-edit-form] button[type=submit]").first.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    question.refresh_from_db()
    assert question.explanation_en == "Typed too late"


@languages
def test_a_consent_in_two_tabs(open_as: OpenAs, language: str) -> None:
    program = a_program()
    a_published_course(program, modules=2)
    author = an_author(program)
    story = write_story(program, author)
    address = reverse("give_consent", args=[story])
    first = open_as(author, language=language)
    first.goto(address)
    first.locator("[name=password]").fill(PASSWORD)
    first.locator("main form button[type=submit]").first.click()
    first.locator("[name=byline]").wait_for()
    opened(first, address)
    second = another_tab(first, address)
    for tab, name in ((first, "Marigold"), (second, "Larkspur")):
        tab.locator("[name=byline]").click()
        tab.locator("[name=byline]").fill(name)
        tab.locator("[name=agree]").check()
        assert leaving(tab) == ["beforeunload"]
        tab.locator(".consents form button[type=submit]").click()
    expect(second.locator(".messages .warning")).to_be_visible(timeout=SECONDS)
    expect(second.locator("[name=byline]")).to_have_value("Larkspur")
    shot(second, f"consent-two-tabs-{language}")
    assert [row.byline for row in Consent.objects.filter(story=story)] == ["Marigold"]
    second.locator(".consents form button[type=submit]").click()
    expect(second.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert [row.byline for row in Consent.objects.filter(story=story).order_by("number")] == ["Marigold", "Larkspur"]


# --- what nobody expects --------------------------------------------------------------------------


@languages
def test_a_title_of_spaces_is_told_and_the_rest_stays(open_as: OpenAs, language: str) -> None:
    module, author = a_draft(language)
    page = opened(open_as(author, language=language), edit(module))
    page.locator("[name=summary]").fill("Typed beside it")
    page.locator("[name=title]").fill("   ")
    said(page, "invalid")
    shot(page, f"no-title-{language}")
    page.locator("button.action-save").first.click()
    expect(page.locator(".messages .error")).to_be_visible(timeout=SECONDS)
    expect(page.locator(".error-message").first).to_be_visible()
    expect(page.locator("[name=summary]")).to_have_value("Typed beside it")
    page.locator("[name=title]").fill("A title 😶 ولا مرة")
    page.locator("button.action-save").first.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SECONDS)
    assert (newest(module).title, newest(module).summary) == ("A title 😶 ولا مرة", "Typed beside it")
