"""Invariant 10: what was taken back is gone from everywhere at once, and no one's progress is worse for it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from wagtail.admin.models import FormState
from wagtail.models import Comment, Revision

from courses.actions import consents
from courses.actions.withdrawal import NothingToTakeBack, look_after, take_back, withdraw_module
from courses.facts import course_facts
from courses.models import Consent, EditionModule, Enrollment, ModulePage, TakenBack
from lms.demonstration import steps
from lms.outbox.models import Message
from tests.builders import JANUARY, a_program, a_published_course, an_administrator, an_author, an_enrolled_referral
from tests.courses.stories import ADVISORY, BEGAN, BYLINE, NEEDLES, add_picture, agree, pages, publish, write_story

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Words that stand in the third sample module and nowhere else.
THIRD = ("Who is being sold", "A quién se vende")


def database() -> dict[str, str]:
    """Every table as text."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = str(cursor.fetchall())
    return found


def test_the_words_are_gone_and_the_progress_stays(signed_in):
    program = a_program()
    a_published_course(program, modules=4)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=an_enrolled_referral(program=program))
    modules = list(enrollment.edition.modules.all())
    for module in modules[:4]:
        done = steps.take_module(enrollment, module, now=JANUARY + module.position * DAY)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done)
    before = course_facts(referral_id=enrollment.referral_id, as_of=JANUARY + 9 * DAY)
    client = signed_in(enrollment.referral.person)
    third = modules[2]
    client.post(reverse("learn:attest", args=[third.pk]), {"mine": "on"})
    address = reverse("learn:module", args=[third.pk])
    assert THIRD[0] in client.get(address).content.decode()
    assert all(needle in str(database()) for needle in THIRD)

    page = ModulePage.objects.get(translation_key=third.page_key, locale__language_code="en")
    withdraw_module(page=page, by=an_author(program), now=JANUARY + 10 * DAY)

    response = client.get(address)
    assert response.status_code == 410
    assert not any(needle in response.content.decode() for needle in THIRD)
    for table, text in database().items():
        assert [needle for needle in THIRD if needle in text] == [], table
    assert not any(needle in client.get(reverse("learn:home")).content.decode() for needle in THIRD)
    after = course_facts(referral_id=enrollment.referral_id, as_of=JANUARY + 11 * DAY)
    assert [m.completed_at for m in after.modules] == [m.completed_at for m in before.modules]
    assert EditionModule.objects.get(pk=third.pk).digest_en == third.digest_en


def test_whoever_had_only_that_module_left_is_done():
    program = a_program()
    a_published_course(program)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=an_enrolled_referral(program=program))
    modules = list(enrollment.edition.modules.all())
    for module in modules[:-1]:
        done = steps.take_module(enrollment, module, now=JANUARY + module.position * DAY)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done)
    page = ModulePage.objects.get(translation_key=modules[-1].page_key, locale__language_code="en")
    withdraw_module(page=page, by=an_author(program), now=JANUARY + 20 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.completed_at == JANUARY + 20 * DAY


# --- one story, in the middle of forty people ------------------------------------------------------------------


class Reader:
    """One of the forty: an enrollment, and what it was shown."""

    def __init__(self, program, signed_in):
        referral = an_enrolled_referral(program=program, now=BEGAN - 20 * DAY)
        self.enrollment = Enrollment.objects.select_related(
            "referral__person", "referral__facilitator", "edition", "policy"
        ).get(referral=referral)
        self.client = signed_in(referral.person)
        self.modules = list(self.enrollment.edition.modules.all())
        self.served: set[str] = set()

    def take(self, number: int) -> None:
        done = steps.take_module(self.enrollment, self.modules[number - 1], now=BEGAN - (12 - number) * DAY)
        steps.accept_reflections(self.enrollment, by=self.enrollment.referral.facilitator, now=done)

    def open(self, number: int) -> str:
        module = self.modules[number - 1]
        self.client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
        address = reverse("learn:module", args=[module.pk])
        whole = ""
        for language in ("en", "es"):
            self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            for step in range(1, len(module.steps) + 1):
                whole += self.get(f"{address}?step={step}")
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return whole

    def get(self, address: str) -> str:
        self.served.add(address)
        return self.client.get(address).content.decode()

    def facts(self):
        return course_facts(referral_id=self.enrollment.referral_id, as_of=BEGAN + 30 * DAY)


def standing(facts) -> list[tuple]:
    return [(m.credited_seconds, m.completed_at, m.check_passed_at, m.reflection_accepted_at) for m in facts.modules]


def test_a_story_is_taken_back_in_the_middle_of_forty_people(signed_in, django_capture_on_commit_callbacks):
    program = a_program()
    author, reviewer = an_author(program), an_administrator(program)
    a_published_course(program)
    story = write_story(program, author)
    block, picture = add_picture(program)
    agree(program, story, author, now=BEGAN - 40 * DAY, media=[block])
    publish(program, now=BEGAN - 30 * DAY)
    page = pages(program)["en"]
    Comment.objects.create(page=page, user=reviewer, text=f"On {NEEDLES['en']}", contentpath=f"body.{story}.body")
    ModulePage.objects.get(pk=page.pk).save_revision(user=reviewer)
    FormState.objects.create(
        data=f"body-0-id={story}&x={NEEDLES['en']}", user=reviewer, object_id=str(page.pk), parent_object_id="",
        content_type=ContentType.objects.get_for_model(ModulePage), last_updated_at=BEGAN,
    )  # fmt: skip
    later = pages(program)["es"]
    later.go_live_at = BEGAN + DAY
    later.save_revision().publish()
    media = reverse("learn:media", args=[picture.key])

    readers = [Reader(program, signed_in) for _ in range(40)]
    done, under_way, just_opened = readers[:10], readers[10:25], readers[25:]
    walkers = [*done[:2], *just_opened[:6]]
    for reader in readers:
        reader.take(1)
    for reader in done:
        reader.take(2)
    for reader in walkers:
        shown = reader.open(2)
        assert all(needle in shown for needle in NEEDLES.values())
        assert reader.client.get(media).status_code == 200
    assert all(needle in str(database()) for needle in (*NEEDLES.values(), *ADVISORY.values()))
    files = [picture.file.name, *picture.renditions.values_list("file", flat=True)]
    before = [standing(r.facts()) for r in readers]

    # It happens; and in that same moment somebody sends the reflection of this very module.
    with django_capture_on_commit_callbacks(execute=True):
        row = take_back(story=story, by=author, now=BEGAN)
    writer, second = just_opened[0], just_opened[0].modules[1]
    for ask in second.asked("reflection"):
        address = reverse("learn:reflection", args=[second.pk, ask["id"]])
        assert writer.client.post(address, {"text": "word " * 400}).status_code == 302
        assert writer.enrollment.reflections.get(block_id=ask["id"]).submitted_at
    assert row.destroyed_at

    # Gone: from every address once served, from every table, from the storage.
    for reader in walkers:
        for address in sorted(reader.served):
            shown = reader.get(address)
            assert not [w for w in (*NEEDLES.values(), *ADVISORY.values(), BYLINE) if w in shown]
        assert "It is not shown now" in reader.open(2)
        for headers in ({}, {"If-None-Match": "*"}, {"Range": "bytes=0-10"}):
            assert reader.client.get(media, headers=headers).status_code == 404
    for table, text in database().items():
        assert [w for w in (*NEEDLES.values(), *ADVISORY.values(), BYLINE) if w in text] == [], table
    assert [name for name in files if default_storage.exists(name)] == []
    desk = signed_in(reviewer)
    revisions = [r.pk for r in page.revisions.order_by("pk")]
    opened = [
        f"/authoring/pages/{page.pk}/edit/",
        f"/authoring/pages/{page.pk}/edit/preview/",
        f"/authoring/pages/{page.pk}/history/",
        f"/authoring/pages/{page.pk}/revisions/compare/{revisions[0]}...{revisions[-1]}/",
        f"/authoring/pages/{page.pk}/revisions/{revisions[-1]}/view/",
        f"/authoring/pages/{page.pk}/revisions/{revisions[-1]}/revert/",
        f"/authoring/api/main/pages/{page.pk}/",
        "/authoring/pages/search/?q=Quillwort",
    ]
    for address in opened:
        shown = desk.get(address, follow=True).content.decode()
        assert [
            w for w in (*NEEDLES.values(), *ADVISORY.values(), BYLINE) if w in shown.replace("q=Quillwort", "")
        ] == []
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()

    # No one is worse off: what was credited and completed stands, and what the story asked for is waived.
    assert [standing(r.facts())[0] for r in readers] == [b[0] for b in before]
    assert [standing(r.facts()) for r in done] == before[:10]
    for reader in under_way:
        was, now = reader.modules[1], EditionModule.objects.get(pk=reader.modules[1].pk)
        assert now.waived_by(None)[0] > 0
        assert (
            course_facts(referral_id=reader.enrollment.referral_id, as_of=BEGAN - DAY).modules[1].required_seconds
            == was.minimum_seconds
        )
        assert reader.facts().modules[1].required_seconds < was.minimum_seconds
    # The second look, a minute later, finds nothing.
    assert look_after(now=BEGAN + timedelta(seconds=61)) == 1
    row.refresh_from_db()
    assert (row.looked_at, row.still_there) == (BEGAN + timedelta(seconds=61), [])
    assert Message.objects.filter(kind="course.part_gone", to=reviewer).count() == 1


def test_a_whole_module_leaves_no_comment_and_no_half_typed_form_behind():
    program = a_program()
    a_published_course(program)
    administrator = an_administrator(program)
    page = pages(program)["en"]
    Comment.objects.create(page=page, user=administrator, text=NEEDLES["en"], contentpath="body")
    page.save_revision(user=administrator)
    FormState.objects.create(
        data=NEEDLES["en"], user=administrator, object_id=str(page.pk), parent_object_id="",
        content_type=ContentType.objects.get_for_model(ModulePage), last_updated_at=BEGAN,
    )  # fmt: skip
    assert NEEDLES["en"] in str(database())
    withdraw_module(page=ModulePage.objects.get(pk=page.pk), by=administrator, now=BEGAN)
    assert [t for t, text in database().items() if NEEDLES["en"] in text] == []


def test_a_whole_module_takes_its_stories_and_their_ledgers_along(django_capture_on_commit_callbacks):
    """The story's link, a renewal and what lies sealed bring nothing back; a copy of it elsewhere is gone too."""
    program = a_program()
    author, administrator = an_author(program, email="author@people.example"), an_administrator(program)
    a_published_course(program)
    open_one = write_story(program, author)
    block, picture = add_picture(program)
    agree(program, open_one, author, media=[block])
    sealed_one = write_story(program, author)
    agree(program, sealed_one, author)
    elsewhere = write_story(program, author, number=1)
    agree(program, elsewhere, author, number=1)
    publish(program, number=1)
    publish(program)
    file = picture.file.name
    take_back(story=sealed_one, keep_days=14, by=author, now=BEGAN)
    later = BEGAN + timedelta(hours=1)
    before = Message.objects.filter(kind="course.part_gone").count()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_module(page=ModulePage.objects.get(pk=pages(program)["en"].pk), by=administrator, now=later)

    lines = Consent.objects.newest().filter(story__in=[open_one, sealed_one, elsewhere])
    assert {line.story: (line.act, line.shown_byline) for line in lines} == {
        open_one: ("taken_back", ""), sealed_one: ("taken_back", ""), elsewhere: ("given", BYLINE),
    }  # fmt: skip
    rows = TakenBack.objects.all()
    assert {row.consent.story: (row.destroyed_at, row.kept) for row in rows} == {
        open_one: (later, None), sealed_one: (later, None),
    }  # fmt: skip
    assert not default_storage.exists(file)
    with pytest.raises(consents.Gone):
        agree(program, open_one, author)
    with pytest.raises(NothingToTakeBack):
        take_back(story=open_one, by=author, now=later)
    # One word to whoever administers, one to her whose story it was, and none of them says what.
    assert Message.objects.filter(kind="course.part_gone").count() - before == 1
    assert Message.objects.filter(kind="consent.done", to=author).count() == 2
    # The second look passes over both, and finds nothing.
    assert look_after(now=later + timedelta(seconds=61)) == 2
    assert [row.still_there for row in TakenBack.objects.all()] == [[], []]
