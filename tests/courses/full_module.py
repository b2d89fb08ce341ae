"""A module with a block of every kind, on as few pages as its rules allow: ten kinds on one, four alone."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder

from courses.actions.authoring import open_media
from courses.blocks import MODULE_BLOCKS
from courses.models import CourseDocument, CoursePicture, CourseRecording, Edition, EditionModule, Topic
from courses.models.recordings import RecordingWords
from courses.rules.steps import ON_ITS_OWN
from lms.files.models import StoredFile
from lms.people.models import User
from lms.referrals.models import Program
from tests.courses import stories
from tests.files.corpus import a_pdf, a_picture

TOGETHER = tuple(kind for kind, _ in MODULE_BLOCKS if kind not in ON_ITS_OWN)
WORDS = "word " * 80


def publish_full_module(program: Program, author: User, *, times: int, now: datetime, number: int = 2) -> Edition:
    """An edition whose module ``number`` has every kind of block ``times`` times, each with media of its own, and whose
    stories are somebody's, who agrees."""
    kinds = [kind for kind in TOGETHER for _ in range(times)] + [k for k in sorted(ON_ITS_OWN) for _ in range(times)]
    ids = [str(uuid.uuid4()) for _ in kinds]
    topic = Topic.objects.filter(program=program).earliest("pk").slug
    values = [_value(kind, program, topic, now) for kind in kinds]
    # A heading begins a page: the first text alone has one.
    values[0] = "<h2>A heading</h2>" + values[0]
    rows = [{"id": i, "type": k, "value": v} for i, k, v in zip(ids, kinds, values, strict=True)]
    for page in stories.pages(program, number).values():
        stories.set_body(page, rows)
        page.save_revision(user=author)
    for block, kind in zip(ids, kinds, strict=True):
        if kind == "story":
            stories.agree(program, uuid.UUID(block), author, now=now, number=number)
    return stories.publish(program, now=now, number=number)


def more_modules(edition: Edition, *, up_to: int) -> None:
    """The edition pins the versions of its last module again and again, until it has so many."""
    last = edition.modules.latest("position")
    EditionModule.objects.bulk_create(_again(last, position) for position in range(last.position + 1, up_to + 1))


def _again(module: EditionModule, position: int) -> EditionModule:
    fields = {f.attname: getattr(module, f.attname) for f in module._meta.concrete_fields if f.name != "id"}
    return EditionModule(**fields | {"position": position})


def _value(kind: str, program: Program, topic: str, now: datetime) -> Any:
    match kind:
        case "text":
            return f"<p>{WORDS}</p><ul><li>One thing</li><li>Another</li></ul>"
        case "story":
            return {"advisory": "Speaks of it.", "kind": "survivor", "byline": "", "body": f"<p>{WORDS}</p>",
                    "sample": False}  # fmt: skip
        case "picture":
            return {"picture": _picture(program).pk, "alternative": "A street in rain", "caption": "A street"}
        case "handout":
            return {"document": _document(program).pk, "name": "What to keep"}
        case "audio":
            return {"recording": _recording(program, now, CourseRecording.Kind.AUDIO).pk}
        case "video":
            recording = _recording(program, now, CourseRecording.Kind.VIDEO)
            return {"recording": recording.pk, "poster": _picture(program).pk}
        case "knowledge_check":
            return {"title": "Check what you know", "topic": topic, "draw": 1}
        case "scenario":
            choice = {"label": "I wait", "consequence": "<p>Then.</p>", "better": False}
            return {"situation": "<p>A friend calls.</p>", "choices": [choice, choice | {"better": True}]}
        case "reflection":
            return {"prompt": "<p>What stayed with you?</p>", "minimum_words": 5, "who_reads": "Your facilitator"}
    block = dict(MODULE_BLOCKS)[kind]
    # The sample words are translated when they are asked for: as text, once and for all.
    return json.loads(
        json.dumps(block.get_prep_value(block.normalize(block.meta.preview_value)), cls=DjangoJSONEncoder)
    )


def _picture(program: Program) -> CoursePicture:
    upload = SimpleUploadedFile("street.jpg", a_picture(), "image/jpeg")
    return CoursePicture.objects.create(title="A street", file=upload, collection=open_media(program=program))


def _document(program: Program) -> CourseDocument:
    upload = SimpleUploadedFile("keep.pdf", a_pdf(), "application/pdf")
    return CourseDocument.objects.create(title="To keep", file=upload, collection=open_media(program=program))


def _recording(program: Program, now: datetime, kind: str) -> CourseRecording:
    """Its rows alone: a page shows where it is, and who asks there is not these tests' concern."""
    key = uuid.uuid4()
    made = {
        "title": "What was said",
        "milliseconds": 93_000,
        "created_at": now,
        "collection": open_media(program=program),
    }
    shows = kind == CourseRecording.Kind.VIDEO
    recording = CourseRecording.objects.create(
        key=key, kind=kind, file=_stored(key, now), sound=_stored(key, now) if shows else None, **made
    )
    for language in ("en", "es"):
        captions = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nNobody asked me.\n"
        RecordingWords.objects.create(recording=recording, language=language, captions=captions, transcript=WORDS)
    return recording


def _stored(subject: uuid.UUID, now: datetime) -> StoredFile:
    what = {"zone": "narrative", "purpose": "recording", "media_type": "video/mp4", "size": 1_000_000}
    return StoredFile.objects.create(subject=subject, stored_at=now, **what)
