"""What anyone was shown is retired or taken back, never deleted: every one of Wagtail's roads says so politely."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Revision

from courses.actions.authoring import _group, open_media
from courses.actions.editions import publish_edition
from courses.actions.withdrawal import withdraw_module
from courses.models import CourseDocument, CoursePage, CoursePicture, EditionModule, ModulePage
from courses.retiring import WasShown
from lms import clock
from lms.journal.models import Event
from lms.referrals.models import ProgramRole
from tests.builders import JANUARY, a_program, a_published_course, an_administrator, an_author, an_enrolled_referral
from tests.courses.stories import add_picture, pages, publish, set_body
from tests.courses.test_recordings import a_recording
from tests.files.corpus import a_pdf, a_picture

pytestmark = [pytest.mark.django_db, pytest.mark.either]
API = "/authoring/api/main/pages/{}/action/{}/"
SAID = "cannot be deleted. Retire it"


class World:
    """Two courses in which the administrator may do all that Wagtail lets anyone do."""

    def __init__(self) -> None:
        self.program, self.other = a_program(), a_program()
        for program in (self.program, self.other):
            a_published_course(program)
        self.administrator, self.author = an_administrator(self.program), an_author(self.program)
        from lms.referrals.actions.invitations import grant_role

        grant_role(program=self.other, user=self.administrator, role=ProgramRole.ADMINISTRATOR)
        may = Permission.objects.get(content_type__app_label="wagtailcore", codename="bulk_delete_page")
        for course in CoursePage.objects.all():
            group = _group(course.program, ProgramRole.ADMINISTRATOR)
            GroupPagePermission.objects.get_or_create(group=group, page=course.page_ptr, permission=may)

    def course(self, program=None) -> CoursePage:
        return CoursePage.objects.get(program=program or self.program, locale__language_code="en")

    @property
    def module(self) -> ModulePage:
        return ModulePage.objects.child_of(self.course()).order_by("path").first()

    def draft(self) -> ModulePage:
        page = ModulePage(title="Never shown", slug="never-shown", owner=self.author, live=False)
        self.course().add_child(instance=page)
        page.save_revision(user=self.author)
        return page


@pytest.fixture
def world():
    return World()


@pytest.fixture
def client(world, signed_in):
    return signed_in(world.administrator)


def test_the_delete_button_says_what_can_be_done_instead(world, client):
    for page in (world.module, world.course()):
        answer = client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
        assert SAID in answer.content.decode()
        assert Page.objects.filter(pk=page.pk).exists()


def test_so_does_deleting_many(world, client):
    draft = world.draft()
    answer = client.post(f"/authoring/bulk/wagtailcore/page/delete/?id={draft.pk}&id={world.module.pk}", follow=True)
    assert SAID in answer.content.decode()
    assert ModulePage.objects.filter(pk__in=[draft.pk, world.module.pk]).count() == 2


@pytest.mark.parametrize(
    ("action", "words"), [("delete", "cannot be deleted"), ("unpublish", "takes nothing away from anyone")]
)
def test_so_does_the_api(world, client, action, words):
    answer = client.post(API.format(world.module.pk, action))
    assert (answer.status_code, words in answer.json()["detail"]) == (403, True)
    assert world.module.live


def test_so_does_moving_it_away_by_whichever_road(world, client):
    there = world.course(world.other)
    Page.objects.filter(pk=world.module.pk).update(slug="of-its-own")
    address = reverse("wagtailadmin_pages:move_confirm", args=[world.module.pk, there.pk])
    assert "it stays there" in client.post(address, follow=True).content.decode()
    bulk = client.post(
        f"/authoring/bulk/wagtailcore/page/move/?id={world.module.pk}", {"chooser": there.pk}, follow=True
    )
    assert bulk.status_code == 200
    api = client.post(API.format(world.module.pk, "move"), {"destination_page_id": there.pk, "position": "last-child"})
    assert (api.status_code, "it stays there" in api.json()["detail"]) == (403, True)
    assert world.module.get_parent().pk == world.course().pk


def test_within_its_course_it_may_be_moved(world):
    first, last = ModulePage.objects.child_of(world.course()).order_by("path")
    first.move(last, pos="right", user=world.administrator)
    assert ModulePage.objects.child_of(world.course()).order_by("path").last() == first


def test_unpublishing_a_module_leads_to_retiring_it_and_a_course_cannot_be(world, client):
    answer = client.post(reverse("wagtailadmin_pages:unpublish", args=[world.module.pk]))
    assert answer.url == reverse("retire_module", args=[world.module.pk])
    answer = client.post(reverse("wagtailadmin_pages:unpublish", args=[world.course().pk]), follow=True)
    assert "stops nobody who takes it" in answer.content.decode()
    bulk = client.post(f"/authoring/bulk/wagtailcore/page/unpublish/?id={world.module.pk}", follow=True)
    assert "takes nothing away from anyone" in bulk.content.decode()
    assert world.module.live
    assert world.course().live


def test_an_alias_of_what_was_shown_is_made_a_page_without_a_fault_and_nothing_is_shown_by_it(world, client):
    alias = world.module.create_alias(parent=world.course(), update_slug="an-alias")
    pinned = set(EditionModule.objects.values_list("revision_en", flat=True))
    answer = client.post(reverse("wagtailadmin_pages:convert_alias", args=[alias.pk]), follow=True)
    assert answer.status_code == 200
    assert ModulePage.objects.get(pk=alias.pk).alias_of_id is None
    assert set(EditionModule.objects.values_list("revision_en", flat=True)) == pinned


def test_code_is_refused_too(world):
    with pytest.raises(WasShown):
        world.module.delete()
    with pytest.raises(WasShown):
        world.course().delete()


def test_no_version_that_anyone_was_shown_is_purged(world):
    shown = world.module.live_revision_id
    for n in range(3):
        page = world.module
        page.title = f"Draft {n}"
        page.save_revision()
    before = Revision.objects.for_instance(world.module).count()
    call_command("purge_revisions")
    left = set(Revision.objects.for_instance(world.module).values_list("pk", flat=True))
    assert shown in left
    assert len(left) == 2 < before


def test_a_page_that_nobody_was_shown_is_deleted_like_any_other(world, client):
    draft = world.draft()
    client.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))
    assert not ModulePage.objects.filter(pk=draft.pk).exists()


def test_a_retired_module_goes_out_of_the_next_edition_and_stays_with_those_under_way(world, client):
    referral = an_enrolled_referral(program=world.program)
    key = world.module.translation_key
    address = reverse("retire_module", args=[world.module.pk])
    assert "One person is under way with it, and keeps it." in client.get(address).content.decode()
    client.post(address, follow=True)
    assert not ModulePage.objects.filter(translation_key=key, live=True).exists()
    publish_edition(course=world.course(), by=None, now=JANUARY)
    assert referral.enrollment.edition.modules.filter(page_key=key).exists()
    assert not EditionModule.objects.filter(page_key=key, edition__number=2).exists()
    assert Event.objects.get(kind="module.retired").by == world.administrator


# --- the roads that lead there by themselves, or sideways ------------------------------------------


def shown_versions() -> set[int]:
    rows = EditionModule.objects.values_list("revision_en", "revision_es")
    return {pk for pair in rows for pk in pair if pk}


def test_no_purge_takes_a_version_that_stands_in_an_edition_however_it_is_called(world):
    shown = shown_versions()
    for _n in range(2):
        world.module.save_revision()
    for arguments in ([], ["--pages"], ["--days=0"], ["--pages", "--days=0"]):
        call_command("purge_revisions", *arguments)
        assert set(Revision.objects.filter(pk__in=shown).values_list("pk", flat=True)) == shown


def test_a_scheduled_end_is_retiring_and_takes_nothing_from_those_under_way(world):
    referral = an_enrolled_referral(program=world.program)
    module = world.module
    edition = list(referral.enrollment.edition.modules.values_list("revision_en", "revision_es"))
    ModulePage.objects.filter(pk=module.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert not ModulePage.objects.get(pk=module.pk).live
    assert list(referral.enrollment.edition.modules.values_list("revision_en", "revision_es")) == edition
    assert set(Revision.objects.filter(pk__in=shown_versions()).values_list("pk", flat=True)) == shown_versions()
    publish_edition(course=world.course(), by=None, now=JANUARY)
    assert not EditionModule.objects.filter(page_key=module.translation_key, edition__number=2).exists()


def test_unpublishing_many_with_what_is_below_them_is_refused_too(world, client):
    course = world.course()
    address = f"/authoring/bulk/wagtailcore/page/unpublish/?id={course.pk}"
    answer = client.post(address, {"include_descendants": "on"}, follow=True)
    assert "stops nobody who takes it" in answer.content.decode()
    assert world.module.live
    assert world.course().live


def test_copying_many_by_the_api_or_as_an_alias_publishes_nothing_of_its_own(world, client):
    before = ModulePage.objects.live().count()
    api = client.post(
        API.format(world.module.pk, "copy"),
        {"destination_page_id": world.course().pk, "slug": "another-copy", "keep_live": True},
    )
    assert (api.status_code, "A copy is made as a draft" in api.json()["detail"]) == (403, True)
    alias = client.post(API.format(world.module.pk, "create_alias"), {"destination_page_id": world.course().pk})
    assert (alias.status_code, "A copy is made as a draft" in alias.json()["detail"]) == (403, True)
    assert ModulePage.objects.live().count() == before


def test_an_alias_that_code_made_is_in_no_edition(world):
    world.module.create_alias(parent=world.course(), update_slug="an-alias")
    edition = publish_edition(course=world.course(), by=None, now=JANUARY)
    assert edition.modules.count() == 2


def test_going_back_to_an_older_version_takes_nothing_that_anyone_was_shown(world, client):
    shown = shown_versions()
    client.post(reverse("wagtailadmin_pages:revisions_revert", args=[world.module.pk, world.module.live_revision_id]))
    assert set(Revision.objects.filter(pk__in=shown).values_list("pk", flat=True)) == shown


# --- what a module shows beside its words ---------------------------------------------------------


@pytest.fixture
def picture(world):
    """Shown by a module of an edition."""
    found = add_picture(world.program)[1]
    assert found.file.storage.exists(found.file.name)
    publish(world.program)
    return found


def test_a_picture_that_was_shown_is_not_deleted_by_any_road(world, client, picture):
    said = "A module that somebody may have been shown holds this, so it cannot be deleted."
    for address in (
        reverse("wagtailimages:delete", args=[picture.pk]),
        f"/authoring/bulk/courses/coursepicture/delete/?id={picture.pk}",
    ):
        assert said in client.post(address, follow=True).content.decode()
    with pytest.raises(WasShown), transaction.atomic():
        picture.delete()
    with pytest.raises(WasShown), transaction.atomic():
        CoursePicture.objects.filter(pk=picture.pk).delete()
    assert CoursePicture.objects.filter(pk=picture.pk).exists()
    assert picture.file.storage.exists(picture.file.name)
    assert not Event.objects.filter(kind="picture.deleted").exists()


def test_a_picture_in_a_draft_alone_is_deleted_like_any_other(world, client):
    picture = add_picture(world.program)[1]
    client.post(reverse("wagtailimages:delete", args=[picture.pk]))
    assert not CoursePicture.objects.filter(pk=picture.pk).exists()


def test_taking_the_module_back_takes_its_picture_too(world, picture):
    withdraw_module(page=pages(world.program)["en"], by=world.administrator, now=clock.now())
    assert not CoursePicture.objects.filter(pk=picture.pk).exists()


def test_a_handout_and_a_recording_that_were_shown_are_not_deleted(world, signed_in):
    upload = SimpleUploadedFile("plan.pdf", a_pdf(), "application/pdf")
    handout = CourseDocument.objects.create(title="Plan", file=upload, collection=open_media(program=world.program))
    recording = a_recording(world.program, signed_in)
    page = pages(world.program)["en"]
    rows = list(page.body.get_prep_value())
    rows.append({"id": str(uuid4()), "type": "handout", "value": {"document": handout.pk, "name": "A plan"}})
    rows.append({"id": str(uuid4()), "type": "video", "value": {"recording": recording.pk, "poster": None}})
    set_body(page, rows)
    page.save_revision()
    publish(world.program)
    with pytest.raises(WasShown), transaction.atomic():
        handout.delete()
    answer = signed_in(world.administrator).post(f"/authoring/recordings/delete/{recording.pk}/", follow=True)
    assert "so it cannot be deleted" in answer.content.decode()
    assert CourseDocument.objects.filter(pk=handout.pk).exists()
    assert recording.file.path.is_file()
    assert not Event.objects.filter(kind="courserecording.deleted").exists()


def test_an_author_retires_her_own_and_no_other(world, signed_in):
    address = reverse("retire_module", args=[world.module.pk])
    fellow = an_author(world.program)
    ModulePage.objects.filter(translation_key=world.module.translation_key).update(owner=world.author)
    assert signed_in(fellow).post(address).status_code == 404
    assert signed_in(world.author).post(address).status_code == 302
    assert not world.module.live


# --- another file under the same number -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["picture", "document"])
def test_the_file_of_what_was_shown_stays_and_its_title_may_change(kind, signed_in):
    program = a_program()
    author = an_author(program)
    a_published_course(program)
    collection = open_media(program=program)
    if kind == "picture":
        upload, other = (SimpleUploadedFile(f"{n}.jpg", a_picture(), "image/jpeg") for n in (1, 2))
        media = CoursePicture.objects.create(
            title="A street", file=upload, collection=collection, uploaded_by_user=author
        )
        block = {
            "id": str(uuid4()),
            "type": "picture",
            "value": {"picture": media.pk, "alternative": "A street", "caption": ""},
        }
        address = f"/authoring/images/{media.pk}/"
    else:
        upload, other = (SimpleUploadedFile(f"{n}.pdf", a_pdf(), "application/pdf") for n in (1, 2))
        media = CourseDocument.objects.create(
            title="A sheet", file=upload, collection=collection, uploaded_by_user=author
        )
        block = {"id": str(uuid4()), "type": "handout", "value": {"document": media.pk, "name": "A sheet"}}
        address = f"/authoring/documents/edit/{media.pk}/"
    client = signed_in(author)
    # Nobody was shown it yet: a slip is mended here.
    assert (
        client.post(address, {"title": "Another", "file": other, "tags": "", "collection": collection.pk}).status_code
        == 302
    )
    media.refresh_from_db()
    before = media.file.name
    for page in pages(program).values():
        set_body(page, [*page.body.get_prep_value(), block])
        page.save_revision()
    publish(program)

    other.seek(0)
    refused = client.post(address, {"title": "A third", "file": other, "tags": "", "collection": collection.pk})
    assert refused.status_code == 200
    assert "so it stays as it is" in refused.content.decode()
    media.refresh_from_db()
    assert (media.title, media.file.name) == ("Another", before)
    assert client.post(address, {"title": "A third", "tags": "", "collection": collection.pk}).status_code == 302
    media.refresh_from_db()
    assert (media.title, media.file.name) == ("A third", before)
    # Nor by code.
    other.seek(0)
    media.file = other
    with pytest.raises(WasShown):
        media.save()
