"""A story in the sample course, and an author who agreed to have it shown."""

import json
import uuid
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from courses import consents as consents_of
from courses import reviews
from courses.actions import consents, cooling
from courses.actions.authoring import open_media
from courses.actions.editions import publish_edition
from courses.consent_words import consent_text
from courses.models import Consent, CoolingOff, CoursePage, CoursePicture, Edition, ModulePage
from lms import clock
from lms.people.models import User
from lms.referrals.models import Program
from tests.files.corpus import a_picture

# Wagtail publishes by the real clock: consents of tests hold around it.
BEGAN = clock.now()
# Words that stand in the story and nowhere else.
NEEDLES = {"en": "Quillwort by the river", "es": "Helecho junto al arroyo"}
ADVISORY = {"en": "Speaks of brambleberry nights.", "es": "Habla de noches de zarzamora."}
BYLINE = "Marrowby T."


def pages(program: Program, number: int = 2) -> dict[str, ModulePage]:
    """The module of a program in both languages."""
    found = {}
    for course in CoursePage.objects.filter(program=program):
        page = ModulePage.objects.child_of(course).order_by("path")[number - 1]
        found[page.locale.language_code] = page.get_latest_revision_as_object()
    return found


def write_story(program: Program, author: User | None, *, number: int = 2) -> uuid.UUID:
    """The author writes it into both languages of a module, as drafts, at the end of the module's first page."""
    story = uuid.uuid4()
    for language, page in pages(program, number).items():
        rows = list(page.body.get_prep_value())
        rows.insert(1, {"id": str(story), "type": "story", "value": {
            "advisory": ADVISORY[language], "kind": "survivor", "byline": "not this", "sample": False,
            "body": f"<p>{NEEDLES[language]}. {told(story)}</p>",
        }})  # fmt: skip
        set_body(page, rows)
        page.save_revision(user=author)
    return story


def told(story: uuid.UUID) -> str:
    """Three hundred words that no other story says."""
    letters = story.hex.translate(str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst"))
    return " ".join("w" + letters[n % 29 : n % 29 + 3] for n in range(300))


def copy_story(program: Program, story: uuid.UUID, *, to: int, kind: str = "story") -> uuid.UUID:
    """As the editor copies a block: the same words in both languages of a module, under an id of its own."""
    copy = uuid.uuid4()
    for language, page in pages(program, to).items():
        drafts = [draft for number in (1, 2) for draft in pages(program, number)[language].body.get_prep_value()]
        value = next(row["value"] for row in drafts if row["id"] == str(story))
        value = {
            "story": value,
            "text": value["body"],
            "pull_quote": {"words": " ".join(value["body"][3:].split()[:30])},
        }[kind]
        rows = list(page.body.get_prep_value())
        rows.append({"id": str(copy), "type": kind, "value": value})
        set_body(page, rows)
        page.save_revision()
    return copy


def set_body(page: ModulePage, rows: list) -> None:
    page.body = page._meta.get_field("body").to_python(json.dumps(rows))


def add_picture(program: Program, *, number: int = 2) -> tuple[str, CoursePicture]:
    """A picture beside the story, in both languages: its block's id, and the picture."""
    upload = SimpleUploadedFile("street.jpg", a_picture(), "image/jpeg")
    picture = CoursePicture.objects.create(title="A street", file=upload, collection=open_media(program=program))
    block = str(uuid.uuid4())
    for page in pages(program, number).values():
        rows = list(page.body.get_prep_value())
        value = {"picture": picture.pk, "alternative": "A street in rain", "caption": ""}
        rows.insert(2, {"id": block, "type": "picture", "value": value})
        set_body(page, rows)
        page.save_revision()
    picture.get_rendition("max-1600x1600")
    return block, picture


def let_cool_off(page: ModulePage) -> None:
    """As if it had waited its time before it is first published."""
    if stories := reviews.first_time(page, consents_of.unconsented(page.body)):
        row = cooling.begin(
            page=page, revision=page.get_latest_revision(), stories=stories, by=None, now=BEGAN - timedelta(days=50)
        )
        CoolingOff.objects.filter(pk=row.pk).update(let_go_at=row.ends_at)


def agree(
    program: Program, story: uuid.UUID, author: User, *, now: datetime = BEGAN, number: int = 2, **terms: object
) -> Consent:
    chosen = {"byline": BYLINE, "languages": ["en", "es"], "media": [], "days": 365, "paid": False} | terms
    return consents.give(
        story=story, page=pages(program, number)["en"], program=program, terms=consents.Terms(**chosen),
        text=consent_text(language="en", backup_days=90), by=author, now=now,
    )  # fmt: skip


def publish(program: Program, *, now: datetime = BEGAN, number: int = 2) -> Edition:
    """Published by nobody, as a schedule does it, after its author had her time to stop it."""
    for page in pages(program, number).values():
        let_cool_off(page)
        page.get_latest_revision().publish()
    return publish_edition(course=CoursePage.objects.get(program=program, locale__language_code="en"), by=None, now=now)
