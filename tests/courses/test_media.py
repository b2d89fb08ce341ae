"""Pictures and handouts: cleaned on every way in, shown to those whose page shows them, gone when they are taken back."""

import io
import random
import re
import subprocess
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import UploadedFile

from courses.actions.authoring import open_media
from courses.actions.editions import publish_edition
from courses.actions.withdrawal import withdraw_module
from courses.models import CourseDocument, CoursePage, CoursePicture, Enrollment, ModulePage, PictureRendition
from lms.journal.models import Event
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
from tests.files.corpus import MARKERS, STRANGE_NAMES, a_telling_pdf, a_telling_picture, everything_in, hostile, saved
from tests.files.test_stored_files import a_small_disk

pytestmark = pytest.mark.django_db
NAME = "IMG_Maria-Secretova_home.jpg"


@pytest.fixture(autouse=True)
def _no_renditions_of_other_tests():
    """Wagtail remembers renditions by their picture's number, which the next test uses again."""
    cache.clear()


@pytest.fixture
def program(shelf):
    return shelf


def upload(name: str = NAME, data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or a_telling_picture("JPEG"), "image/jpeg")


def a_course_picture(program, **fields) -> CoursePicture:
    return CoursePicture.objects.create(
        title="A street", file=upload(), collection=open_media(program=program), **fields
    )


def a_course_document(program) -> CourseDocument:
    return CourseDocument.objects.create(
        title="Numbers to call", file=upload("a.pdf", a_telling_pdf()), collection=open_media(program=program)
    )


def everything_on_disk() -> list[Path]:
    return [path for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file()]


def telling() -> list[str]:
    """Names and bytes on disk, and rows in the tables of media, that hold a marker."""
    found = []
    for path in everything_on_disk():
        if any(m in path.name or m.encode() in everything_in(path.read_bytes()) for m in MARKERS):
            found.append(str(path))
    for model in (CoursePicture, PictureRendition, CourseDocument, UploadedFile):
        found += [f"{model.__name__} {row}" for row in model.objects.values() if any(m in str(row) for m in MARKERS)]
    return found


# --- every way in --------------------------------------------------------------------------------------


def by_the_form(client: Client, program, data: SimpleUploadedFile) -> None:
    client.post(
        reverse("wagtailimages:add"), {"title": "A street", "file": data, "collection": open_media(program=program).pk}
    )


def by_many_at_once(client: Client, program, data: SimpleUploadedFile) -> None:
    client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": data.name, "files[]": data, "collection": open_media(program=program).pk},
    )


def by_the_chooser(client: Client, program, data: SimpleUploadedFile) -> None:
    client.post(
        reverse("wagtailimages_chooser:create"),
        {
            "image-chooser-upload-title": data.name.removesuffix(".jpg"),
            "image-chooser-upload-file": data,
            "image-chooser-upload-collection": open_media(program=program).pk,
        },
    )


def by_a_command(client: Client, program, data: SimpleUploadedFile) -> None:
    CoursePicture.objects.create(title=data.name, file=data, collection=open_media(program=program))


def by_the_file_itself(client: Client, program, data: SimpleUploadedFile) -> None:
    picture = CoursePicture(title="A street", collection=open_media(program=program))
    picture.file.save(data.name, ContentFile(data.read()), save=True)


WAYS_IN = [by_the_form, by_many_at_once, by_the_chooser, by_a_command, by_the_file_itself]


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_on_every_way_in_nothing_of_her_is_kept(way_in, program, signed_in):
    way_in(signed_in(an_author(program)), program, upload())
    (picture,) = CoursePicture.objects.all()
    assert telling() == []
    folder, name = picture.file.name.split("/")
    assert folder == "pictures"
    assert uuid.UUID(name.removesuffix(".jpg")).version == 4
    assert "Secretova" not in picture.title
    kept = picture.file.read()
    assert (picture.get_file_size(), picture.width, picture.height) == (len(kept), 64, 40)
    assert Image.open(io.BytesIO(kept)).size == (64, 40)
    for spec in ("max-165x165", "width-30", "original", "width-30|format-jpeg", "width-30|format-webp"):
        picture.get_rendition(spec)
    assert telling() == []
    assert len({rendition.file.name for rendition in picture.renditions.all()}) == 5


@pytest.mark.parametrize("name", [name for name in STRANGE_NAMES if len(name) < 256])
def test_no_name_reaches_the_disk_or_a_title(name, program):
    picture = CoursePicture(title=name, collection=open_media(program=program))
    file = upload()
    file._name = name
    picture.file = file
    picture.save()
    assert uuid.UUID(picture.file.name.removeprefix("pictures/").removesuffix(".jpg"))
    assert picture.title == "Untitled picture"


def test_a_sideways_picture_has_the_size_of_what_is_shown(program):
    picture = a_course_picture(program)
    picture.file = upload(data=a_telling_picture("JPEG", orientation=6))
    picture.save()
    assert (picture.width, picture.height) == (40, 64)


@pytest.mark.parametrize("door", ["wagtailimages:add", "wagtailimages:add_multiple"])
def test_a_picture_added_changed_and_deleted_are_events_without_its_name(door, program, signed_in):
    """By the form and by the upload of many, of which Wagtail's own history knows nothing."""
    author = an_author(program)
    client = signed_in(author)
    data = {"title": "My bedroom", "collection": open_media(program=program).pk}
    files = {"files[]": upload()} if "multiple" in door else {"file": upload()}
    client.post(reverse(door), data | files, headers={"X-Requested-With": "XMLHttpRequest"})
    picture = CoursePicture.objects.get()
    client.post(reverse("wagtailimages:edit", args=[picture.pk]), data | {"title": "Her bedroom"})
    client.post(reverse("wagtailimages:delete", args=[picture.pk]))
    assert not CoursePicture.objects.exists()
    events = Event.objects.filter(kind__startswith="picture.").order_by("pk")
    kinds = list(dict.fromkeys(event.kind for event in events))
    assert kinds == ["picture.added", "picture.changed", "picture.deleted"]
    assert {(event.by, event.on_id, event.origin) for event in events} == {(author, str(picture.pk), "")}
    assert "bedroom" not in str(list(events.values())).lower()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "PDF"])
def test_every_byte_that_is_served_says_nothing_of_her(kind, program, signed_in, exiftool):
    """Each kind, through the form, into a module: to the reader, and to whoever works on it."""
    desk, ending = signed_in(an_author(program)), {"JPEG": "jpg", "HEIF": "heic"}.get(kind, kind.lower())
    data = a_telling_pdf() if kind == "PDF" else a_telling_picture(kind)
    assert MARKERS[0] in str(exiftool(data))
    name = f"IMG_Maria-Secretova_home.{ending}"
    by_the_form(desk, program, upload(name, data) if kind != "PDF" else upload())
    handout = upload(name, data) if kind == "PDF" else upload("a.pdf", a_telling_pdf())
    desk.post(
        reverse("wagtaildocs:add"), {"title": "Numbers", "file": handout, "collection": open_media(program=program).pk}
    )
    picture, document = CoursePicture.objects.get(), CourseDocument.objects.get()
    module = show(program, picture, document)
    pages = [
        "/authoring/images/", "/authoring/images/chooser/", f"/authoring/images/{picture.pk}/", "/authoring/documents/",
        f"/authoring/documents/edit/{document.pk}/", f"/authoring/pages/{module.pk}/edit/preview/",
        f"/authoring/api/main/images/{picture.pk}/", f"/authoring/api/main/documents/{document.pk}/",
    ]  # fmt: skip
    answers = [desk.get(address) for address in pages]
    answers += [desk.get(rendition.url) for rendition in PictureRendition.objects.all()]
    reader = signed_in(an_enrolled_referral(program=program).person)
    answers += [reader.get(picture.address), reader.get(document.url)]
    assert [a.request["PATH_INFO"] for a in answers if a.status_code != 200] == []
    for answer in answers:
        told = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert [m for m in MARKERS if m.encode() in everything_in(told) or m in str(answer.headers)] == []
        if answer.streaming:
            tags = exiftool(told)
            assert [tag for tag in tags if re.search("GPS|Comment|XMP|EXIF|Artist|Author|Creator", tag)] == []
    assert telling() == []


def test_a_handout_is_cleaned_too(program, signed_in):
    client = signed_in(an_author(program))
    client.post(
        reverse("wagtaildocs:add"),
        {
            "title": "Maria-Secretova",
            "file": upload("Maria-Secretova.pdf", a_telling_pdf()),
            "collection": open_media(program=program).pk,
        },
    )
    (document,) = CourseDocument.objects.all()
    assert document.title == "Untitled document"
    assert telling() == []


# One of each sort; the whole corpus is tried against the rules themselves in tests/files.
SORTS = ("html as jpg", "svg as png", "pdf with javascript", "png of 9000 × 9000", "webp that moves", "png as jpg")
HOSTILE = {name: case for name, case in hostile().items() if name in SORTS}


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_hostile_is_kept_whichever_door_it_tries(what, program, signed_in):
    before = everything_on_disk()
    client = signed_in(an_author(program))
    name, data, _ = HOSTILE[what]
    for way_in in (by_the_form, by_many_at_once, by_the_chooser):
        way_in(client, program, upload(name, data))
    for address, field in (("wagtaildocs:add", "file"), ("wagtaildocs:add_multiple", "files[]")):
        response = client.post(
            reverse(address), {"title": "x", field: upload(name, data), "collection": open_media(program=program).pk}
        )
        assert response.status_code < 500
    with pytest.raises(ValidationError):
        by_a_command(client, program, upload(name, data))
    assert not CoursePicture.objects.exists()
    assert not CourseDocument.objects.exists()
    assert not UploadedFile.objects.exists()
    assert everything_on_disk() == before


def test_what_is_missing_beside_the_file_does_not_put_it_aside_uncleaned(program, signed_in):
    """Wagtail puts a file away as it came when another field is wrong."""
    client = signed_in(an_author(program))
    before = everything_on_disk()
    client.post(reverse("wagtailimages:add_multiple"), {"title": "x" * 300, "files[]": upload()})
    (waiting,) = UploadedFile.objects.all()
    assert telling() == []
    client.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[waiting.pk]),
        {f"uploaded-image-{waiting.pk}-title": "A street", f"uploaded-image-{waiting.pk}-collection": "1"},
    )
    assert telling() == []
    assert len(everything_on_disk()) > len(before)


# --- authors see what they work with -------------------------------------------------------------------


def test_an_author_sees_her_pictures_in_every_list(program, signed_in):
    client = signed_in(an_author(program))
    by_the_form(client, program, upload())
    picture = CoursePicture.objects.get()
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages:edit", args=[picture.pk]),
        reverse("wagtailimages:add"),
        reverse("wagtailimages:add_multiple"),
    ):
        assert client.get(address).status_code == 200, address
    page = client.get(reverse("wagtailimages:index")).content.decode()
    thumbnails = [r.url for r in PictureRendition.objects.all() if r.url in page]
    assert thumbnails
    shown = client.get(thumbnails[0])
    assert shown.status_code == 200
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).format in ("JPEG", "WEBP")
    assert "look for faces" in client.get(reverse("wagtailimages:add")).content.decode()
    assert 'data-action="input->w-sync#apply"' not in client.get(reverse("wagtailimages:add")).content.decode()


def test_an_author_sees_her_handouts_in_every_list(program, signed_in):
    document = a_course_document(program)
    client = signed_in(an_administrator(program))
    for address in (
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs_chooser:choose"),
        reverse("wagtaildocs:edit", args=[document.pk]),
        reverse("wagtaildocs:add"),
    ):
        assert client.get(address).status_code == 200, address
    file = client.get(document.url)
    assert file["Content-Disposition"] == 'attachment; filename="document.pdf"'


def test_another_programs_people_do_not(program, signed_in):
    picture = a_course_picture(program)
    thumbnail = picture.get_rendition("max-165x165").url
    assert signed_in(an_author(program)).get(thumbnail).status_code == 200
    other = a_program()
    a_published_course(other, modules=1)
    strangers = [an_author(other), an_administrator(other), a_facilitator(program), a_person(a_referral())]
    for user in (*strangers, a_court_user(a_referral().court)):
        client = signed_in(user)
        assert client.get(thumbnail).status_code == 404
        assert client.get(picture.address).status_code == 404
    assert Client().get(thumbnail).status_code == 302
    listed = signed_in(strangers[0]).get(reverse("wagtailimages:index"))
    assert thumbnail not in listed.content.decode()


# --- learners see what their page shows ------------------------------------------------------------------


@pytest.fixture
def shown(program):
    """A module with a picture and a handout, in an edition, and a person enrolled in it."""
    picture, document = a_course_picture(program), a_course_document(program)
    module = show(program, picture, document)
    return picture, document, module, an_enrolled_referral(program=program).person


def show(program, picture, document) -> ModulePage:
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    module = ModulePage.objects.child_of(course).first()
    module.body.append(("picture", {"picture": picture, "alternative": "A street in rain", "caption": ""}))
    module.body.append(("handout", {"document": document, "name": "Numbers to call"}))
    module.save_revision().publish()
    publish_edition(course=course, by=None, now=JANUARY)
    return module


def test_a_learner_gets_the_picture_of_her_page_and_nothing_that_could_run(shown, signed_in):
    picture, document, _, person = shown
    client = signed_in(person)
    response = client.get(picture.address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'inline; filename="picture.jpg"'
    assert response["Cache-Control"] == "private, no-store"
    assert {"default-src 'none'", "sandbox"} <= set(response["Content-Security-Policy"].split("; "))
    assert response["X-Content-Type-Options"] == "nosniff"
    handout = client.get(document.url)
    whole = b"".join(handout.streaming_content)
    assert whole.startswith(b"%PDF")
    part = client.get(document.url, headers={"Range": "bytes=5-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[5:10])
    beyond = client.get(document.url, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert client.post(picture.address).status_code == 405


def test_the_page_shows_the_picture_with_its_words(shown, signed_in, program):
    picture, document, module, person = shown
    client = signed_in(person)
    enrolled = Enrollment.objects.get(referral__person=person)
    first = enrolled.edition.modules.get(page_key=module.translation_key)
    client.post(reverse("learn:attest", args=[first.pk]), {"mine": "on"})
    pages = [
        client.get(reverse("learn:module", args=[first.pk]), {"step": step}).content.decode()
        for step in range(1, len(first.steps) + 1)
    ]
    whole = "".join(pages)
    assert f'<img src="{picture.address}" alt="A street in rain" loading="lazy">' in whole
    assert f'href="{document.url}"' in whole


def test_whoever_is_not_in_that_course_gets_nothing(shown, signed_in, program):
    picture, document, *_ = shown
    stranger = an_enrolled_referral().person
    not_enrolled = a_person(a_referral(program=program))
    clients = [signed_in(user) for user in (stranger, not_enrolled, a_facilitator(program))]
    for client in clients:
        assert {client.get(address).status_code for address in (picture.address, document.url)} == {404}
    assert Client().get(picture.address).status_code == 302


def test_a_picture_that_no_page_shows_is_nobodys(program, signed_in):
    picture = a_course_picture(program)
    person = an_enrolled_referral(program=program).person
    assert signed_in(person).get(picture.address).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("mode, dest, refusal", [
    ("no-cors", "image", 403),  # put into its page: refused for every address of ours (lms/middleware.py)
    ("navigate", "iframe", 403),
    ("navigate", "document", 404),  # a followed link, which other pages of ours answer: not a file of the course
])  # fmt: skip
def test_another_sites_page_cannot_show_it(site, mode, dest, refusal, shown, signed_in):
    client = signed_in(shown[3])
    asks = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    assert client.get(shown[0].address, headers=asks).status_code == refusal


def test_what_is_taken_back_takes_its_files_along(shown, signed_in, program, django_capture_on_commit_callbacks):
    picture, document, module, person = shown
    client = signed_in(person)
    assert client.get(picture.address).status_code == 200
    files = [Path(picture.file.path), Path(document.file.path)] + [Path(r.file.path) for r in picture.renditions.all()]
    assert all(path.exists() for path in files)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_module(page=module, by=None, now=JANUARY)
    assert {client.get(address).status_code for address in (picture.address, document.url)} == {404}
    part = client.get(document.url, headers={"Range": "bytes=0-4", "If-None-Match": "*"})
    assert part.status_code == 404
    assert [path for path in files if path.exists()] == []


def test_what_another_module_shows_too_stays(shown, program, signed_in, django_capture_on_commit_callbacks):
    picture, document, module, _ = shown
    other = ModulePage.objects.child_of(module.get_parent()).exclude(pk=module.pk).first()
    other.body.append(("picture", {"picture": picture, "alternative": "", "caption": ""}))
    other.save_revision()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_module(page=module, by=None, now=JANUARY)
    assert Path(picture.file.path).exists()
    assert not CourseDocument.objects.filter(pk=document.pk).exists()


def test_wagtail_uses_our_models_and_mounts_no_door_of_its_own_to_files():
    from django.urls import NoReverseMatch

    assert get_image_model() is CoursePicture
    for name, arguments in (("wagtailimages_serve", ["a", 1, "b"]), ("wagtaildocs_serve", [1, "b"])):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=arguments)


def test_an_author_whose_picture_finds_no_room_is_told_calmly_and_nothing_stays(program, signed_in, tmp_path):
    """A real small disk where we may mount one."""
    if not a_small_disk(tmp_path, "64k"):
        pytest.skip("a small disk may not be mounted here")
    try:
        with override_settings(
            STORAGES=settings.STORAGES
            | {
                "default": {
                    "BACKEND": "lms.files.storage.WholeFiles",
                    "OPTIONS": {"location": str(tmp_path), "base_url": None},
                }
            }
        ):
            client = signed_in(an_author(program))
            noise = Image.frombytes("RGB", (300, 300), random.Random(7).randbytes(270_000))
            page = client.post(
                reverse("wagtailimages:add"),
                {
                    "title": "Rain",
                    "file": upload(data=saved(noise, "JPEG")),
                    "collection": open_media(program=program).pk,
                },
            )
            assert page.status_code == 507
            assert "could not be kept" in page.content.decode()
            assert not CoursePicture.objects.exists()
            assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
            by_the_form(client, program, upload())
            with CoursePicture.objects.get().file.open() as kept:
                assert kept.read()
    finally:
        # Lazily: a client may still hold a file of the page open.
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_another_programs_picture_cannot_be_reached_through_any_authoring_address(program, signed_in):
    picture, document = a_course_picture(program), a_course_document(program)
    other = a_program()
    a_published_course(other, modules=1)
    for client in (signed_in(an_author(other)), signed_in(an_administrator(other))):
        told = []
        for name, pk in (
            ("wagtailimages:edit", picture.pk),
            ("wagtailimages:delete", picture.pk),
            ("wagtailimages:image_usage", picture.pk),
            ("wagtailimages_chooser:chosen", picture.pk),
            ("wagtailimages_chooser:select_format", picture.pk),
            ("wagtaildocs:edit", document.pk),
            ("wagtaildocs:delete", document.pk),
            ("wagtaildocs:document_usage", document.pk),
            ("wagtaildocs_chooser:chosen", document.pk),
        ):
            response = client.get(reverse(name, args=[pk]))
            if response.status_code == 200 or picture.title in response.content.decode():
                told.append(name)
        for path in ("images", "documents"):
            for address in (f"/authoring/api/main/{path}/", f"/authoring/api/main/{path}/{picture.pk}/"):
                response = client.get(address)
                if response.status_code == 200 and (
                    "A street" in str(response.content) or "Numbers" in str(response.content)
                ):
                    told.append(address)
        preview = client.get(reverse("wagtailimages:preview", args=[picture.pk, "max-100x100"]))
        if preview.status_code == 200:
            told.append("preview")
        assert told == []


@pytest.mark.parametrize("language, said", [("en", "up to 10 MB."), ("es", "hasta 10 MB.")])
def test_what_is_asked_of_a_picture_or_a_handout_is_in_plain_words(language, said, shelf, signed_in):
    client = signed_in(an_author(shelf))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("wagtailimages:add")).content.decode()
    assert said in page
    assert "Supported formats" not in page
    for model in (CoursePicture, CourseDocument):
        assert {"tags", "description"}.isdisjoint(model.admin_form_fields)
    assert 'name="tags"' not in page
    assert 'id="id_description"' not in page
