"""An author's first afternoon: from her invitation to the story that she takes back, each person in a browser of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from courses.actions import cooling
from courses.actions.authoring import start_course
from courses.models import CoolingOff, Edition, EditionModule, ModulePage
from courses.sample.loader import load_bank
from courses.shown import body
from lms import clock
from lms.people.models import User
from lms.referrals.actions.invitations import invite_to_program
from lms.referrals.models import Program, ProgramRole
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK
from tests.browser.test_lives import (
    NEW_PASSWORD,
    confirm_that_it_is_me,
    open_an_account,
    press,
    set_up_an_app,
    sign_in,
)
from tests.browser.test_recordings import PLAYS
from tests.browser.writing import (
    add,
    approve,
    at_a_desk,
    box,
    choose,
    comment_on,
    from_the_courses,
    is_watched,
    part,
    pick,
    upload,
    write,
)
from tests.builders import PASSWORD, a_program, a_reviewer, an_administrator, an_author, an_enrolled_referral
from tests.files.corpus import a_pdf, a_picture
from tests.files.recordings import a_clip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TITLE, BYLINE = "What I would have needed", "Marrowby T."
STORY = "I was cold for a year. Quillwort by the river kept me company."
SPANISH = "Palabras en español"
VIDEO, SOUND, PICTURE, HANDOUT = "What nobody asked", "Rain on a roof", "A street in rain", "Where to turn"
PLAN = "I call Luis before the weekend."
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:00.900\n{}"
THREE = ("fellow", "clinician", "administrator")
# What her telephone called the files. Nobody else ever reads it.
HERS = "Jo_at_home"


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """On a busy machine six browsers wait for one another."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def a_file(ending: str, kind: str, data: bytes) -> FilePayload:
    return {"name": f"{HERS}.{ending}", "mimeType": kind, "buffer": data}


@dataclass
class Afternoon:
    """Who takes part, each at a desk of their own (the learner on a phone)."""

    open_as: OpenAs
    program: Program = field(default_factory=lambda: a_program(name="Lantern Program"))
    desks: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        load_bank(program=self.program)
        self.administrator = an_administrator(self.program)
        self.fellow, self.clinician = an_author(self.program), a_reviewer(self.program)
        titles = {"en": "Repair", "es": "Reparar"}
        self.course = start_course(program=self.program, titles=titles, by=self.administrator, now=clock.now())
        self.desks = {name: at_a_desk(self.open_as, getattr(self, name)) for name in THREE}

    def module(self, language: str = "en") -> ModulePage:
        return ModulePage.objects.get(locale__language_code=language)

    def edit(self, page: Page, language: str = "en") -> None:
        page.goto(reverse("wagtailadmin_pages:edit", args=[self.module(language).pk]))
        is_watched(page)

    def is_read_by(self, *names: str, title: str) -> None:
        for name in names:
            approve(self.desks[name], title)


def test_an_authors_first_afternoon(open_as: OpenAs) -> None:
    it = Afternoon(open_as)
    author, handle, secret = she_opens_her_account(it)
    she_adds_two_recordings(author)
    she_writes_a_module_of_every_part(author)
    she_mends_what_the_panel_says(author, it)
    she_agrees_to_her_story(author, it, languages=["English"])
    she_hands_it_in(author, it)
    it_comes_back_once(author, it)
    author = she_comes_back_and_lets_it_be(it, handle, secret)
    an_edition_is_published(it, "Publish the first edition")
    learner = somebody_takes_the_course(it)
    she_translates_it(author, it)
    reader = she_mends_a_word_and_it_reaches_those_under_way(author, it, learner)
    it_is_retired_and_cannot_be_deleted(author, it)
    she_takes_her_story_back(author, learner, reader)
    assert [page.watch.heard for page in (author, learner, reader, *it.desks.values())] == [[]] * 6  # type: ignore[attr-defined]


# --- she comes in ---------------------------------------------------------------------------------


def she_opens_her_account(it: Afternoon) -> tuple[Page, str, str]:
    """With the link that an administrator gave her on paper; no address, a handle, and an app for the second step."""
    token = invite_to_program(
        program=it.program, role=ProgramRole.AUTHOR, email="", by=it.administrator, now=clock.now()
    )
    page = at_a_desk(it.open_as)
    open_an_account(page, reverse("referrals:invitation", args=[token]))
    secret = set_up_an_app(page)
    page.set_viewport_size(DESK)
    handle = page.locator("main strong.spaced").inner_text()
    assert User.objects.get(username=handle).email is None
    page.get_by_role("link", name="I have them: go on").click()
    expect(page.get_by_role("heading", name="Your writing")).to_be_visible()
    return page, handle, secret


# --- she writes -----------------------------------------------------------------------------------


def she_adds_two_recordings(page: Page) -> None:
    for title, file in {
        VIDEO: a_file("mp4", "video/mp4", a_clip()),
        SOUND: a_file("m4a", "audio/mp4", a_clip("ipod", picture="")),
    }.items():
        page.goto(reverse("recordings:add"))
        write(page.locator("main"), Title=title)
        page.locator("[name=upload]").set_input_files(file)
        says(page, 0, "en", "Nobody asked me.")
        page.get_by_role("button", name="Create").click()
        page.wait_for_url(f"**{reverse('recordings:index')}")


def says(page: Page, number: int, language: str, words: str) -> None:
    """Captions in a language; the transcript is made of them."""
    page.get_by_role("button", name="Add Language").click()
    row = f"[name=words-{number}-"
    page.locator(f"{row}language]").select_option(language)
    page.locator(f"{row}captions]").fill(CAPTIONS.format(words))
    page.locator(f"{row}from_captions]").check()


def she_writes_a_module_of_every_part(page: Page) -> None:
    """Two things are left undone: the advisory, and what the picture shows."""
    page.goto(reverse("wagtailadmin_home"))
    page.get_by_role("link", name="Start your first module").click()
    is_watched(page)
    write(page.locator("main"), Title=TITLE, Summary="What it was like, and what would have helped.")
    page.locator("[name=goals-0-value]").fill("Say what happened")
    write(page.locator("main"), Minutes_of_active_time_needed=5)
    words_of_hers(page)
    what_people_do(page)
    what_is_seen_and_heard(page)
    expect(page).to_have_url(re.compile(r"/pages/\d+/edit/"))  # it was saved by itself


def words_of_hers(page: Page) -> None:
    add(page, "Text").locator("[contenteditable=true]").click()
    page.keyboard.type("/heading 2")
    page.get_by_role("option", name="Heading 2").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("Why I tell it")
    page.keyboard.press("Enter")
    page.keyboard.type("Nobody asked me what I needed. I say it now, so that somebody may ask.")
    write(add(page, "Story"), Byline=BYLINE, Story=STORY)
    write(add(page, "Pull quote"), Words="Harm has an address.")
    write(add(page, "Myth and fact"), What_is_said="It hurts nobody.", What_is_true="It hurts people.")
    write(add(page, "Grounding pause"), Words="Feet on the floor. Breathe out slowly.")
    write(add(page, "Resources"), Name="988 Lifeline", Telephone="988")


def what_people_do(page: Page) -> None:
    check = {"Title": "What stays", "Topic_of_the_question_bank": "harm", "Questions_to_draw": 3}
    write(add(page, "Knowledge check"), **check)
    reflection = {"Prompt": "What stayed with you?", "Words_needed": 20, "Who_reads_it": "Your facilitator"}
    write(add(page, "Reflection"), **reflection)
    scenario = add(page, "Scenario")
    write(scenario, Situation="A friend sends you a link.")
    choices = scenario.locator("[data-contentpath=choices] [data-streamfield-child]")
    expect(choices).to_have_count(2)
    write(choices.nth(0), Choice="I open it", What_follows="Then somebody pays for it.")
    write(choices.nth(1), Choice="I call someone", What_follows="You are not alone with it.")
    box(choices.nth(1), "A better choice").check()
    commitment = add(page, "Commitment")
    write(commitment, Prompt="What will you do?")
    commitment.get_by_role("textbox").last.fill("Call a friend")


def what_is_seen_and_heard(page: Page) -> None:
    picture, handout = add(page, "Picture"), add(page, "Handout")
    upload(picture, "Choose an image", title=PICTURE, file=a_file("jpg", "image/jpeg", a_picture(size=(640, 400))))
    upload(handout, "Choose a document", title=HANDOUT, file=a_file("pdf", "application/pdf", a_pdf()))
    write(handout, What_it_is="A list to keep")
    pick(add(page, "Audio"), "Choose a recording", SOUND)
    pick(add(page, "Video"), "Choose a recording", VIDEO)


def she_mends_what_the_panel_says(page: Page, it: Afternoon) -> None:
    """She never left the page: it was looked at after each save, and each line leads to its part."""
    said = page.locator("#quality-list")
    expect(said).to_contain_text("The content advisory is missing")
    expect(said).to_contain_text("Say what the picture shows")
    assert not it.module().live
    said.locator("li", has_text="The content advisory is missing").get_by_role("link").click()
    write(part(page, "Story"), Content_advisory="Speaks of a cold year and of violence.")
    expect(said).not_to_contain_text("The content advisory is missing")
    said.locator("li", has_text="Say what the picture shows").get_by_role("link").click()
    box(part(page, "Picture"), "What it shows, for those who cannot see it").fill("A street in rain, and nobody in it")
    expect(said).not_to_contain_text("Say what the picture shows")
    expect(said).to_contain_text("This story has no consent")


def she_agrees_to_her_story(page: Page, it: Afternoon, *, languages: list[str]) -> None:
    """What is said of each story is in the ledger; agreeing again is how another language is added."""
    page.goto(reverse("my_consents"))
    page.locator("main .consent-row h2 a").click()
    page.get_by_role("link", name=re.compile("^(Read what you would agree to|Renew)$")).click()
    prove(page, NEW_PASSWORD)
    for language in languages:
        page.get_by_label(language).check()
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".messages")).to_contain_text("Recorded.")


def prove(page: Page, password: str) -> None:
    """Where it is asked again who somebody is."""
    if "reauthenticate" in page.url:
        page.locator("[name=password]").fill(password)
        press(page, "Go on")


def she_hands_it_in(page: Page, it: Afternoon, language: str = "en") -> None:
    it.edit(page, language)
    choose(page, "Hand in for review")
    expect(page.locator(".messages")).to_contain_text("is handed in")
    expect(page.locator("main")).to_contain_text("waits for another author of the program")


# --- three others read it -------------------------------------------------------------------------


def it_comes_back_once(author: Page, it: Afternoon) -> None:
    fellow, clinician = it.desks["fellow"], it.desks["clinician"]
    fellow.goto(reverse("my_reviews"))
    fellow.locator("main").get_by_role("link", name=TITLE).click()
    comment_on(part(fellow, "Pull quote").locator("[data-contentpath=words]"), "I would say it as she does.")
    choose(fellow, "Approve")
    expect(fellow.locator(".messages")).to_be_visible()
    clinician.goto(reverse("my_reviews"))
    clinician.locator("main").get_by_role("link", name=TITLE).click()
    choose(clinician, "Ask for changes")
    clinician.locator(".modal [name=comment]").fill("Say whom to call, too.")
    clinician.locator(".modal").get_by_role("button", name="Ask for changes").click()
    expect(clinician.locator(".messages")).to_be_visible()

    author.goto(reverse("wagtailadmin_home"))
    author.get_by_role("link", name=f"“{TITLE}” came back from review.").click()
    is_watched(author)
    expect(author.locator("body")).to_contain_text("Say whom to call, too.")
    write(part(author, "Resources"), What_it_is_for="Call or text, at any hour")
    choose(author, "Hand in for review")
    expect(author.locator(".messages")).to_contain_text("is handed in")
    it.is_read_by("clinician", "fellow", "administrator", title=TITLE)


def she_comes_back_and_lets_it_be(it: Afternoon, handle: str, secret: str) -> Page:
    """By her handle and her app. Until its time is over she could stop it; then it is published by itself."""
    waits = CoolingOff.objects.get()
    assert cooling.publish_due(now=clock.now()) == 0
    page = at_a_desk(it.open_as)
    page.goto("/authoring/")
    sign_in(page, User.objects.get(username=handle), secret, password=NEW_PASSWORD)
    page.wait_for_url("**/authoring/")
    expect(page.locator("main")).to_contain_text("you can still stop it")
    assert cooling.publish_due(now=waits.ends_at) == 1
    assert it.module().live
    return page


def an_edition_is_published(it: Afternoon, button: str, what: str = "") -> None:
    page = it.desks["administrator"]
    page.goto(reverse("my_courses"))
    page.locator("main").get_by_role("link", name="Publish an edition").click()
    if what:
        page.get_by_label(what).check()
    page.get_by_role("button", name=button).click()
    prove(page, PASSWORD)
    expect(page.locator(".messages")).to_contain_text("in force for everyone")


# --- who reads it ---------------------------------------------------------------------------------


def somebody_begins(it: Afternoon, language: str = "en") -> Page:
    """On a phone."""
    person = an_enrolled_referral(program=it.program, now=clock.now(), language=language).person
    page = it.open_as(person, language=language)
    page.context.set_default_timeout(30_000)
    page.goto(reverse("learn:attest", args=[pinned().pk]))
    confirm_that_it_is_me(page)
    return page


def somebody_takes_the_course(it: Afternoon) -> Page:
    page = somebody_begins(it)
    seen = all_of_it(page)
    for words in (
        "Why I tell it", "Harm has an address.", "Speaks of a cold year", STORY, BYLINE, "It hurts people.", "Breathe out",
        "Call or text, at any hour", "What stays", "What stayed with you?", "A friend sends you a link.", "Call a friend",
        "A street in rain, and nobody in it", "A list to keep (PDF)", VIDEO, SOUND, "Nobody asked me.",
    ):  # fmt: skip
        assert words in seen, words
    for hers in (HERS, *User.objects.filter(kind="author").values_list("username", flat=True)):
        assert hers not in seen
    they_do_what_it_asks(page)
    return page


def they_do_what_it_asks(page: Page) -> None:
    """Look, read what is said, choose, and put down what they will do."""
    turn_to(page, "video")
    recording = page.get_by_role("figure", name=re.compile(VIDEO))
    assert recording.locator("video").evaluate(PLAYS) == [64, 1, "showing"]
    recording.get_by_text("Read what is said").click()
    expect(recording.get_by_text("Nobody asked me.", exact=True)).to_be_visible()
    turn_to(page, "scenario")
    page.get_by_role("button", name="I call someone").click()
    expect(page.get_by_role("status").filter(has_text="You chose")).to_contain_text("You are not alone with it.")
    turn_to(page, "commitment")
    page.locator("[name=words]").fill(PLAN)
    page.locator("form:has([name=words]) button[type=submit]").click()
    expect(page.locator("[name=words]")).to_have_value(PLAN)
    page.locator("main").get_by_role("link", name="Your plan").click()
    expect(page.locator("main")).to_contain_text(PLAN)


def turn_to(page: Page, kind: str) -> None:
    """The page of the module on which a part stands."""
    block = next(str(each.id) for each in body(pinned(), "en") if each.block_type == kind)
    read(page, next(number for number, ids in enumerate(pinned().steps, start=1) if block in ids))


def pinned() -> EditionModule:
    return EditionModule.objects.get(edition=Edition.objects.latest("number"))


def read(page: Page, step: int) -> str:
    """What stands on one page of the module, unfolded or not."""
    assert page.goto(f"{reverse('learn:module', args=[pinned().pk])}?step={step}").ok
    return page.locator("main").inner_html()


def all_of_it(page: Page) -> str:
    return "".join(read(page, step) for step in range(1, len(pinned().steps) + 1))


# --- in Spanish, corrected, retired, taken back ---------------------------------------------------


def she_translates_it(page: Page, it: Afternoon) -> None:
    from_the_courses(page, TITLE, "Translation")
    page.get_by_role("button", name="Begin the translation").click()
    rows = page.locator(".translation-row")
    rows.first.wait_for()
    for number in range(rows.count()):
        there = rows.nth(number).locator("[contenteditable=true], textarea:visible").first
        there.click()
        page.keyboard.type(f"{SPANISH} {number}")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Everything is translated.").first).to_be_visible()
    both_recordings_are_read_in_spanish(page)
    she_agrees_to_her_story(page, it, languages=["English", "Español"])
    she_hands_it_in(page, it, "es")
    it.is_read_by(*THREE, title=f"{SPANISH} 0")
    waits = CoolingOff.objects.get(language="es")
    assert cooling.publish_due(now=waits.ends_at) == 1


def both_recordings_are_read_in_spanish(page: Page) -> None:
    for title in (VIDEO, SOUND):
        page.goto(reverse("recordings:index"))
        page.locator("main").get_by_role("link", name=title).first.click()
        says(page, 1, "es", "Nadie me preguntó.")
        page.get_by_role("button", name="Save").first.click()
        page.wait_for_url(f"**{reverse('recordings:index')}")


def she_mends_a_word_and_it_reaches_those_under_way(author: Page, it: Afternoon, learner: Page) -> Page:
    """And whoever begins after that can begin in Spanish."""
    it.edit(author)
    write(part(author, "Pull quote"), Words="Harm has an address, and a name.")
    choose(author, "Hand in for review")
    expect(author.locator(".messages")).to_contain_text("is handed in")
    it.is_read_by(*THREE, title=TITLE)
    an_edition_is_published(it, "Do it", "A correction")
    assert "Harm has an address, and a name." in all_of_it(learner)
    reader = somebody_begins(it, "es")
    there = all_of_it(reader)
    assert SPANISH in there
    assert "Nadie me preguntó." in there
    return reader


def it_is_retired_and_cannot_be_deleted(author: Page, it: Afternoon) -> None:
    page = it.desks["administrator"]
    from_the_courses(page, TITLE, "Delete")
    expect(page.locator(".messages")).to_contain_text("Somebody may have been shown this")
    from_the_courses(author, TITLE, "Retire this module")
    author.get_by_role("button", name="Retire it").click()
    expect(author.locator(".messages")).to_be_visible()
    assert not it.module().live


def she_takes_her_story_back(author: Page, learner: Page, reader: Page) -> None:
    author.goto(reverse("my_consents"))
    author.get_by_role("link", name="Take it back").click()
    author.get_by_role("button", name="Take it back now").click()
    expect(author.locator(".messages")).to_contain_text("It is gone from every page.")
    for page, notice in ((learner, "A story stood here."), (reader, "Aquí había una historia.")):
        there = all_of_it(page)
        assert notice in there
        assert "Quillwort" not in there
        assert BYLINE not in there
