"""Recordings: cleaned as they come, readable before they are shown, played to those whose page shows them."""

import datetime
import io
import itertools
import os
import tracemalloc
from functools import cache
from pathlib import Path

import av
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Revision

from courses.actions.editions import CannotPublish, publish_edition
from courses.actions.withdrawal import withdraw_module
from courses.models import CoursePage, CourseRecording, Enrollment, ModulePage
from courses.models.pages import NotReady
from courses.rules import captions
from lms.files import held
from lms.files.models import StoredFile
from lms.files.tasks import sweep
from lms.journal.models import Event
from lms.people.models import SubjectKey
from tests.builders import (
    JANUARY,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_published_course,
    a_referral,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.files.corpus import HTML, MARKERS, a_zip, markers_in
from tests.files.recordings import a_clip, a_telling

pytestmark = pytest.mark.django_db
ADD = "/authoring/recordings/new/"
CAPTIONS = """WEBVTT - by Maria-Secretova

NOTE Maria-Secretova wrote this

STYLE
::cue { color: red }

1
00:00:00.000 --> 00:00:00.400 line:0
<v Ana>Nobody asked me.

00:00:00.400 --> 00:00:00.900
<v Ana>So I say it <i>here</i>.
"""


@cache
def telling(kind: str) -> bytes:
    return a_telling(kind)


@cache
def clip() -> bytes:
    return a_clip()


@pytest.fixture
def program(shelf):
    return shelf


def posted(client: Client, data: bytes | None, name: str, *, language: str = "en", text: str = CAPTIONS, **fields: str):
    """What the browser sends from the form of a recording."""
    return client.post(
        ADD,
        {
            "title": "What nobody asked",
            "upload": "" if data is None else SimpleUploadedFile(name, data, "application/octet-stream"),
            "words-TOTAL_FORMS": "1", "words-INITIAL_FORMS": "0", "words-MIN_NUM_FORMS": "0", "words-MAX_NUM_FORMS": "2",
            "words-0-language": language, "words-0-captions": text, "words-0-from_captions": "on",
            "words-0-transcript": "", "words-0-id": "", **fields,
        },
    )  # fmt: skip


def a_recording(program, signed_in, kind: str = "MP4", **fields) -> CourseRecording:
    data = clip() if kind == "clip" else telling(kind)
    name = "clip.mp4" if kind == "clip" else f"Maria-Secretova.{kind.lower()}"
    response = posted(signed_in(an_author(program)), data, name, **fields)
    assert response.status_code == 302, errors(response)
    return CourseRecording.objects.order_by("-pk").first()


def errors(response) -> str:
    form = response.context["form"]
    return f"{form.errors.as_json()} {[f.errors for f in form.formsets['words'].forms]}"


def everything_on_disk() -> set[Path]:
    return {path for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file()}


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- the way in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, media_type", [
    ("MP4", "video/mp4"), ("MOV", "video/mp4"), ("M4A", "audio/mp4"), ("MP3", "audio/mpeg"), ("WAV", "audio/wav"),
])  # fmt: skip
def test_every_byte_that_is_served_says_nothing_of_her(kind, media_type, program, signed_in, exiftool):
    before = everything_on_disk()
    recording = a_recording(program, signed_in, kind)
    client = signed_in(an_author(program))
    shows = kind in ("MP4", "MOV")
    assert recording.kind == ("video" if shows else "audio")
    served = client.get(recording.address)
    assert served["Content-Type"] == media_type
    whole = body_of(served)
    assert len(whole) == recording.file.size
    assert markers_in(whole) == []
    assert not any(marker in str(exiftool(whole)) for marker in MARKERS)
    assert not any("GPS" in tag for tag in exiftool(whole))
    sound = client.get(recording.sound_address)
    assert sound.status_code == (200 if shows else 404)
    if shows:
        assert markers_in(body_of(sound)) == []
    assert markers_in(body_of(client.get(recording.words.get().address))) == []
    # On disk: one sealed file for each, under a name that says nothing, and nothing else.
    new = everything_on_disk() - before
    assert {path.name for path in new} == {str(f.pk) for f in (recording.file, recording.sound) if f}
    assert all(path.read_bytes().startswith(b"AMENDSF1") and whole[64:128] not in path.read_bytes() for path in new)
    for row in itertools.chain(CourseRecording.objects.values(), StoredFile.objects.values(), Event.objects.values()):
        assert not any(marker in str(row) for marker in MARKERS)


REFUSED = {
    "program renamed": (b"MZ" + bytes(4000), "a.mp4", "cannot be taken here"),
    "html as mp3": (HTML, "a.mp3", "cannot be taken here"),
    "zip bomb as mp4": (a_zip(zeros=bytes(9_000_000)), "a.mp4", "cannot be taken here"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "Save it as PNG"),
    "slides": (a_zip(ppt__presentation=b"<x/>"), "a.pptx", "Save it as PDF"),
    "two endings": (b"", "a.mp4.exe", "name ends differently"),
    "cut off": (None, "a.mp4", "This file is incomplete"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_nothing_and_says_what_to_do(what, program, signed_in):
    data, name, said = REFUSED[what]
    data = clip()[:1500] if data is None else data or clip()
    before = everything_on_disk()
    response = posted(signed_in(an_author(program)), data, name)
    assert response.status_code == 200
    assert said in str(response.context["form"].errors["upload"])
    assert not CourseRecording.objects.exists()
    assert not StoredFile.objects.exists()
    assert everything_on_disk() == before


# --- what was chosen once -------------------------------------------------------------------------------------


WRONG = {"captions": {"text": "no captions"}, "title": {"title": ""}}
KEPT = {"en": "you need not choose it again", "es": "no tiene que elegirlo otra vez"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("what", WRONG)
def test_a_file_is_chosen_once_whatever_else_was_wrong(
    what, language, program, signed_in, django_capture_on_commit_callbacks
):
    client, before = signed_in(an_author(program)), everything_on_disk()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    again = posted(client, telling("MP4"), "Quillwort at home.mp4", **WRONG[what])
    assert again.status_code == 200
    page = again.content.decode()
    assert KEPT[language] in page
    assert "Quillwort" not in page
    aside = everything_on_disk() - before
    assert len(aside) == 2  # and its sound alone
    # In no backup, and in no name whose it is.
    assert all(path.name.startswith(".") for path in aside)
    token = again.context["form"]["kept"].value()
    once_more = posted(client, None, "", kept=token, text="still none")
    assert KEPT[language] in once_more.content.decode()
    assert once_more.context["form"]["kept"].value() == token
    with django_capture_on_commit_callbacks(execute=True):
        assert posted(client, None, "", kept=token).status_code == 302
    recording = CourseRecording.objects.get()
    assert (recording.kind, bool(recording.sound)) == ("video", True)
    served = body_of(client.get(recording.address))
    assert len(served) == recording.file.size
    assert markers_in(served) == []
    with av.open(io.BytesIO(served)) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]
    assert {path.name for path in everything_on_disk() - before} == {str(recording.file_id), str(recording.sound_id)}


def test_another_file_may_be_chosen_instead(program, signed_in, django_capture_on_commit_callbacks):
    client, before = signed_in(an_author(program)), everything_on_disk()
    token = posted(client, clip(), "a.mp4", title="").context["form"]["kept"].value()
    with django_capture_on_commit_callbacks(execute=True):
        assert posted(client, telling("MP3"), "b.mp3", kept=token).status_code == 302
    assert CourseRecording.objects.get().kind == "audio"
    # What was not wanted after all is gone at the latest when the cleaner comes.
    for path in everything_on_disk() - before:
        os.utime(path, (1, 1))
    sweep()
    assert {path.name for path in everything_on_disk() - before} == {str(CourseRecording.objects.get().file_id)}


def test_what_is_kept_is_for_her_alone_and_for_a_day(program, signed_in):
    author, before = an_author(program), everything_on_disk()
    token = posted(signed_in(author), clip(), "a.mp4", title="").context["form"]["kept"].value()
    other = posted(signed_in(an_author(program)), None, "", kept=token)
    assert "is not here any more" in str(other.context["form"].errors["upload"])
    assert held.find(token, by=author.pk, now=timezone.now() + datetime.timedelta(hours=23))
    assert held.find(token, by=author.pk, now=timezone.now() + datetime.timedelta(hours=24)) is None
    assert held.find(token + "x", by=author.pk, now=timezone.now()) is None
    assert sweep() == 0
    for path in everything_on_disk() - before:
        os.utime(path, (1, 1))
    assert sweep() == 2
    assert everything_on_disk() == before
    gone = posted(signed_in(author), None, "", kept=token)
    assert "Choose it again" in str(gone.context["form"].errors["upload"])
    assert not CourseRecording.objects.exists()


def test_only_the_newest_two_of_hers_are_kept(program, signed_in):
    client, before = signed_in(an_author(program)), everything_on_disk()
    tokens = [posted(client, clip(), "a.mp4", title="").context["form"]["kept"].value() for _n in range(3)]
    assert len(everything_on_disk() - before) == 4
    assert posted(client, None, "", kept=tokens[0]).status_code == 200
    assert posted(client, None, "", kept=tokens[2]).status_code == 302


def test_two_gigabytes_are_refused_before_they_are_read(program, signed_in):
    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError("it was read")

    client = signed_in(an_author(program))
    response = client.generic(
        "POST", ADD, b"", content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(2 * 1024**3)},
    )  # fmt: skip
    assert response.status_code == 413
    assert "up to 510 MB" in response.content.decode()


def test_others_may_send_no_more_there_than_anywhere(program, signed_in):
    person = an_enrolled_referral(program=program).person
    for client in (signed_in(person), Client()):
        response = client.generic(
            "POST", ADD, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(40 * 1024**2)
        )
        assert response.status_code == 413


def test_what_is_larger_than_memory_would_hold_is_put_aside_and_taken(program, signed_in, tmp_path):
    """More than every other form takes; and of it never more than a few chunks in memory."""
    big = a_clip("wav", picture="", sound="pcm_s16le", seconds=1)
    seconds = 240
    pcm = bytes(44100 * 2 * seconds)
    header = big[: big.find(b"data")] + b"data" + len(pcm).to_bytes(4, "little")
    wav = b"RIFF" + (len(header) + len(pcm) - 8).to_bytes(4, "little") + header[8:] + pcm
    assert len(wav) > 20_000_000
    response = posted(signed_in(an_author(program)), wav, "long.wav")
    assert response.status_code == 302, errors(response)
    recording = CourseRecording.objects.get()
    assert recording.seconds == seconds
    client = signed_in(an_author(program))
    tracemalloc.start()
    served = client.get(recording.address)
    length = sum(len(chunk) for chunk in served.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == recording.file.size
    assert peak < 3_000_000


def test_an_author_changes_her_own_and_never_its_file(program, signed_in):
    author = an_author(program)
    client = signed_in(author)
    posted(client, clip(), "a.mp4")
    recording = CourseRecording.objects.get()
    address = f"/authoring/recordings/edit/{recording.pk}/"
    words = recording.words.get()
    assert 'name="upload"' not in client.get(address).content.decode()
    fields = {
        "title": "Another title", "words-TOTAL_FORMS": "1", "words-INITIAL_FORMS": "1", "words-MIN_NUM_FORMS": "0",
        "words-MAX_NUM_FORMS": "2", "words-0-id": words.pk, "words-0-language": "es", "words-0-captions": words.captions,
        "words-0-transcript": "Lo que dijo.", "upload": SimpleUploadedFile("b.mp4", clip()),
    }  # fmt: skip
    assert client.post(address, fields).status_code == 302
    changed = CourseRecording.objects.get()
    assert (changed.title, changed.file, changed.words.get().language) == ("Another title", recording.file, "es")
    assert changed.words.get().transcript == "Lo que dijo."
    kinds = list(Event.objects.filter(kind__startswith="courserecording.").values_list("kind", flat=True))
    assert kinds == ["courserecording.added", "courserecording.changed"]
    other = signed_in(an_author(program))
    assert other.get(address).status_code == 404
    assert other.get(recording.address).status_code == 200


def test_each_language_stands_once(program, signed_in):
    double = {
        "words-TOTAL_FORMS": "2", "words-1-language": "en", "words-1-captions": "", "words-1-transcript": "x",
        "words-1-id": "",
    }  # fmt: skip
    response = posted(signed_in(an_author(program)), clip(), "a.mp4", **double)
    assert response.status_code == 200
    assert "duplicate" in str(response.context["form"].formsets["words"].non_form_errors())
    assert not CourseRecording.objects.exists()


def test_another_programs_recording_cannot_be_reached_through_any_authoring_address(program, signed_in):
    recording = a_recording(program, signed_in, "clip")
    other = a_program()
    a_published_course(other, modules=1)
    addresses = [
        f"/authoring/recordings/{each}"
        for each in ("", f"edit/{recording.pk}/", f"delete/{recording.pk}/", f"usage/{recording.pk}/",
                     f"history/{recording.pk}/", "choose/", "choose/results/", f"choose/chosen/{recording.pk}/",
                     f"choose/chosen-multiple/?id={recording.pk}", "choose/?kind=video")
    ]  # fmt: skip
    own = signed_in(an_administrator(program))
    assert any(recording.title in own.get(address).content.decode() for address in addresses)
    for user in (an_author(other), an_administrator(other), a_facilitator(program)):
        client = signed_in(user)
        told = [a for a in addresses if recording.title in client.get(a).content.decode()]
        assert told == []
        assert client.get(recording.address).status_code == 404


def test_an_address_that_names_nothing_is_answered_calmly(program, signed_in):
    for user in (an_author(program), an_administrator(program)):
        client = signed_in(user)
        for each in (
            "choose/chosen/x/",
            "choose/chosen/9/",
            "choose/chosen-multiple/?id=x",
            "choose/create/",
            "edit/9/",
        ):
            for answer in (client.get(f"/authoring/recordings/{each}"), client.post(f"/authoring/recordings/{each}")):
                assert answer.status_code in (200, 403, 404, 405), each


def test_deleting_one_destroys_its_bytes_and_its_key(program, signed_in, django_capture_on_commit_callbacks):
    recording = a_recording(program, signed_in, "clip")
    paths = [recording.file.path, recording.sound.path]
    assert all(path.exists() for path in paths)
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(an_administrator(program)).post(f"/authoring/recordings/delete/{recording.pk}/")
    assert response.status_code == 302
    assert not any(path.exists() for path in paths)
    assert SubjectKey.objects.get(subject=recording.key).destroyed_at
    assert Event.objects.filter(kind="courserecording.deleted").exists()


# --- captions and transcripts ---------------------------------------------------------------------------------


def test_captions_are_kept_without_what_is_no_caption_and_made_into_a_transcript(program, signed_in):
    words = a_recording(program, signed_in, "clip").words.get()
    assert words.captions == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.400 line:0\n<v Ana>Nobody asked me.\n\n"
        "00:00:00.400 --> 00:00:00.900\n<v Ana>So I say it <i>here</i>.\n"
    )
    assert words.transcript == "Ana: Nobody asked me. So I say it here."


BAD = {
    "no beginning": ("00:00.000 --> 00:01.000\nx", 1, captions.Why.NO_BEGINNING),
    "nothing": ("WEBVTT\n\nNOTE x\n", 1, captions.Why.NO_CUE),
    "times of another format": ("WEBVTT\n\n00:00:00,000 --> 00:00:01,000\nx", 3, captions.Why.MALFORMED),
    "words without times": ("WEBVTT\n\n00:00.000 --> 00:01.000\nx\n\nand here", 6, captions.Why.MALFORMED),
    "no words": ("WEBVTT\n\n00:00.000 --> 00:01.000\n<i></i>", 3, captions.Why.EMPTY),
    "backward": ("WEBVTT\n\n00:01.000 --> 00:00.500\nx", 3, captions.Why.BACKWARD),
    "out of order": (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n00:00.000 --> 00:01.000\ny", 6, captions.Why.OUT_OF_ORDER,
    ),
    "after the end": ("WEBVTT\r\n\r\n00:01.000 --> 00:09.000\r\nx", 3, captions.Why.TOO_LATE),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_captions_that_cannot_be_shown_are_refused_by_their_line(what):
    text, line, why = BAD[what]
    with pytest.raises(captions.BadCaptions) as bad:
        captions.read(text, milliseconds=3000)
    assert (bad.value.line, bad.value.why) == (line, why)


def test_the_form_names_the_line(program, signed_in):
    late = "WEBVTT\n\n00:00.000 --> 00:20.000\nx"
    response = posted(signed_in(an_author(program)), clip(), "a.mp4", text=late)
    assert "Line 3: this caption ends after the recording." in response.content.decode()


@pytest.mark.parametrize(
    "text", ["", "\0", "WEBVTT", "WEBVTT\n\n-->\n", "﻿WEBVTT\n\n00:00.000 --> 00:01.000\n&lt;b>&amp;"]
)
def test_strange_captions_are_read_or_refused_never_worse(text):
    try:
        cues = captions.read(text)
    except captions.BadCaptions:
        return
    assert captions.read(captions.written(cues)) == cues


# --- nobody is left out ------------------------------------------------------------------------------------------


def module_with(program, recording, block: str = "video") -> ModulePage:
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    module = ModulePage.objects.child_of(course).first()
    module.body.append((block, {"recording": recording} | ({"poster": None} if block == "video" else {})))
    return module


@pytest.fixture
def untold(program, signed_in) -> CourseRecording:
    """A recording with words in Spanish only, for an English page."""
    return a_recording(program, signed_in, "clip", language="es")


def test_by_the_button_it_cannot_be_published_unreadable_but_kept_as_a_draft(untold, program, signed_in):
    module = module_with(program, untold)
    client = signed_in(an_administrator(program))
    address = reverse("wagtailadmin_pages:edit", args=[module.pk])
    fields = {
        "title": module.title, "summary": module.summary, "goals": "[]", "minimum_minutes": "5",
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "video",
        "body-0-id": "3f0d9f6e-6d9f-4a39-9d5e-0b6d4a2f3c11", "body-0-value-recording": untold.pk,
        "body-0-value-poster": "", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    refused = client.post(address, fields | {"action-publish": "1"})
    assert refused.status_code == 200
    assert "has no captions in English" in refused.content.decode()
    assert "has no transcript in English" in refused.content.decode()
    assert client.post(address, fields).status_code == 302
    assert "video" in str(ModulePage.objects.get(pk=module.pk).get_latest_revision().content["body"])


def test_by_code_a_schedule_and_a_command_neither(untold, program):
    module = module_with(program, untold)
    revision = module.save_revision()
    with pytest.raises(NotReady, match="no captions in English"):
        revision.publish()
    with pytest.raises(ValidationError, match="no captions in English"):
        module.save()
    revision.approved_go_live_at = timezone.now() - datetime.timedelta(hours=1)
    revision.save()
    call_command("publish_scheduled")
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    assert module.live_revision_id != revision.pk
    assert "video" not in [b.block_type for b in ModulePage.objects.get(pk=module.pk).body]


def test_an_edition_neither_in_any_of_its_languages(program, signed_in):
    told = a_recording(program, signed_in, "clip")
    module = module_with(program, told)
    module.save_revision().publish()
    course = module.get_parent().specific
    publish_edition(course=course, by=None, now=JANUARY)
    told.words.all().delete()
    with pytest.raises(CannotPublish) as cannot:
        publish_edition(course=course, by=None, now=JANUARY)
    assert any("no captions in English" in problem for problem in cannot.value.problems)


def test_a_spanish_page_needs_spanish_words(untold, program):
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    english = ModulePage.objects.child_of(course).first()
    spanish = english.get_translation_or_none(Locale.objects.get(language_code="es"))
    spanish.body.append(("video", {"recording": untold, "poster": None}))
    spanish.save_revision().publish()
    assert ModulePage.objects.get(pk=spanish.pk).problems() == []
    english.body.append(("audio", {"recording": untold}))
    assert len(english.problems()) == 2


# --- to those whose page plays it -----------------------------------------------------------------------------------


@pytest.fixture
def shown(program, signed_in):
    """A module with a video, in an edition, and a person enrolled in it."""
    recording = a_recording(program, signed_in, "clip")
    module = module_with(program, recording)
    module.save_revision().publish()
    publish_edition(course=module.get_parent().specific, by=None, now=JANUARY)
    return recording, module, an_enrolled_referral(program=program).person


def addresses_of(recording: CourseRecording) -> list[str]:
    return [recording.address, recording.sound_address, recording.words.get().address]


def test_any_part_of_it_is_served_and_no_copy_is_kept(shown, signed_in):
    recording, _, person = shown
    client = signed_in(person)
    whole = body_of(client.get(recording.address))
    with av.open(io.BytesIO(whole)) as file:
        assert len(list(file.decode(video=0))) == 10
    size = len(whole)
    for asked, start, end in (
        ("bytes=0-", 0, size), ("bytes=0-1", 0, 2), (f"bytes={size - 1}-", size - 1, size), ("bytes=-5", size - 5, size),
    ):  # fmt: skip
        part = client.get(recording.address, headers={"Range": asked})
        assert (part.status_code, body_of(part)) == (206, whole[start:end])
        assert part["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    beyond = client.get(recording.address, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")
    unsure = client.get(recording.address, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (unsure.status_code, len(body_of(unsure))) == (200, size)
    head = client.head(recording.address)
    assert (head.status_code, head["Content-Length"], body_of(head)) == (200, str(size), b"")
    for address, media_type in zip(
        addresses_of(recording), ("video/mp4", "audio/mp4", "text/vtt; charset=utf-8"), strict=True
    ):
        answer = client.get(address)
        body_of(answer)
        assert answer["Content-Type"] == media_type
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Accept-Ranges"] == "bytes"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Content-Disposition"].startswith("inline; filename=")
        assert client.post(address).status_code == 405


def test_whoever_is_not_in_that_course_gets_nothing(shown, signed_in, program):
    recording, *_ = shown
    strangers = [
        an_enrolled_referral().person, a_person(a_referral(program=program)), a_facilitator(program),
        a_court_user(a_referral().court),
    ]  # fmt: skip
    for user in strangers:
        assert {signed_in(user).get(address).status_code for address in addresses_of(recording)} == {404}
    assert {Client().get(address).status_code for address in addresses_of(recording)} == {302}
    assert signed_in(shown[2]).get(addresses_of(recording)[2].replace("/en/", "/es/")).status_code == 404


def test_the_page_plays_it_with_its_captions_its_sound_and_its_words(shown, signed_in):
    recording, module, person = shown
    client = signed_in(person)
    enrolled = Enrollment.objects.get(referral__person=person)
    first = enrolled.edition.modules.get(page_key=module.translation_key)
    client.post(reverse("learn:attest", args=[first.pk]), {"mine": "on"})
    whole = "".join(
        client.get(reverse("learn:module", args=[first.pk]), {"step": step}).content.decode()
        for step in range(1, len(first.steps) + 1)
    )
    assert f'src="{recording.address}"' in whole
    assert 'preload="none"' in whole
    assert "autoplay" not in whole
    assert (
        f'<track kind="captions" src="{recording.words.get().address}" srclang="en" label="English" default>' in whole
    )
    assert (
        f'<audio controls preload="none" controlslist="nodownload" aria-label="What nobody asked" src="{recording.sound_address}">'
        in whole
    )
    assert "Ana: Nobody asked me. So I say it here." in whole
    assert "1 second" in whole


def test_what_is_taken_back_is_gone_at_once_with_its_key(shown, signed_in, django_capture_on_commit_callbacks):
    recording, module, person = shown
    client = signed_in(person)
    addresses = addresses_of(recording)
    paths = [recording.file.path, recording.sound.path]
    assert {client.get(address).status_code for address in addresses} == {200}
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_module(page=module, by=None, now=JANUARY)
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.get(addresses[0], headers={"Range": "bytes=0-1"}).status_code == 404
    assert not any(path.exists() for path in paths)
    assert not CourseRecording.objects.exists()
    assert SubjectKey.objects.get(subject=recording.key).destroyed_at
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == {""}


def test_what_another_module_plays_too_stays(shown, django_capture_on_commit_callbacks):
    recording, module, _ = shown
    other = ModulePage.objects.child_of(module.get_parent()).exclude(pk=module.pk).first()
    other.body.append(("video", {"recording": recording, "poster": None}))
    other.save_revision()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_module(page=module, by=None, now=JANUARY)
    assert CourseRecording.objects.get().file.path.exists()
