"""Taking a story back: the order of its steps (security.md 3.3), also where the server is killed between two, and every
copy of it."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.urls import reverse
from wagtail.admin.models import FormState
from wagtail.models import Revision

from courses.actions import consents
from courses.actions.withdrawal import look_after, take_back, withdraw_module
from courses.facts import course_facts
from courses.models import Consent, EditionModule, Enrollment, ModulePage, TakenBack
from courses.models.consent import Act
from courses.models.pages import ConsentMissing
from courses.rules.copies import Story
from lms import crypto
from lms.demonstration import steps
from lms.journal.models import Event
from lms.outbox.models import Message
from tests.builders import a_program, a_published_course, an_administrator, an_author, an_enrolled_referral
from tests.courses.stories import (
    ADVISORY,
    BEGAN,
    BYLINE,
    NEEDLES,
    add_picture,
    agree,
    copy_story,
    pages,
    publish,
    write_story,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ORDER = [
    "consent.taken_back", "story.taken_back", "story.destroyed", "story.words_out", "story.files_out",
    "story.traces_out", "story.not_owed", "story.told",
]  # fmt: skip


class Scene:
    """A published story with a picture, somebody who reads, her facilitator, an administrator."""

    def __init__(self) -> None:
        self.program = a_program()
        self.author = an_author(self.program, email="author@people.example")
        self.administrator = an_administrator(self.program)
        a_published_course(self.program)
        self.story = write_story(self.program, self.author, number=1)
        self.block, self.picture = add_picture(self.program, number=1)
        agree(self.program, self.story, self.author, number=1, media=[self.block])
        publish(self.program, number=1)
        self.referral = an_enrolled_referral(program=self.program, now=BEGAN)
        self.module = EditionModule.objects.filter(edition=self.referral.enrollment.edition).get(position=1)
        self.files = [self.picture.file.name, *self.picture.renditions.values_list("file", flat=True)]

    def owed(self) -> tuple[int, int]:
        """Seconds of the module now, and as of a moment before."""
        now, before = (
            course_facts(referral_id=self.referral.pk, as_of=when).modules[0].required_seconds
            for when in (BEGAN + 30 * DAY, BEGAN + MINUTE)
        )
        return now, before


def words_in_the_database() -> list[str]:
    wanted = (*NEEDLES.values(), *ADVISORY.values(), BYLINE)
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = str(cursor.fetchall())
            found += [table] if any(word in text for word in wanted) else []
    return found


def kinds() -> list[str]:
    wanted = Event.objects.filter(kind__regex=r"^(story|consent)\.", at__gte=BEGAN + DAY)
    return list(wanted.order_by("pk").values_list("kind", flat=True))


@pytest.mark.django_db
def test_the_steps_come_in_the_order_that_protects_her_first():
    scene = Scene()
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert kinds() == ORDER
    assert set(row.done) == {"key", "words", "files", "traces", "owed", "staff", "author"}
    assert row.finished_at == BEGAN + DAY


@pytest.mark.django_db
def test_what_was_taken_back_before_marks_were_kept_is_looked_at_and_stays_out():
    """By the service as it was: its words gone, no mark of any step. Twice looked at, and pages are saved as ever."""
    scene = Scene()
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    TakenBack.objects.filter(pk=row.pk).update(found=None, done=None, finished_at=None)
    kept = pages(scene.program, 1)["en"]
    kept.save_revision()
    look_after(now=BEGAN + DAY + MINUTE)
    row.refresh_from_db()
    assert row.finished_at and row.looked_at and row.still_there == []
    kept.save_revision()
    assert kinds().count("story.destroyed") == 1


class Killed(BaseException):
    """As a process that is killed: nothing of ours catches it."""


class KilledAt:
    """Lets so many statements through, and no further one."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(self, execute, sql, params, many, context):
        # How a transaction is ended is not asked: a connection that breaks rolls back.
        if not sql.startswith("ROLLBACK"):
            if self.left <= 0:
                raise Killed
            self.left -= 1
        return execute(sql, params, many, context)


def killed_after(statements: int, scene: Scene) -> bool:
    """Whether the kill came before everything was done."""
    try:
        with connection.execute_wrapper(KilledAt(statements)):
            take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    except Killed:
        return True
    return False


def statements_of(scene: Scene) -> int:
    counted = KilledAt(10**6)
    with connection.execute_wrapper(counted):
        take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    return 10**6 - counted.left


@pytest.mark.django_db
def test_killed_anywhere_it_is_shown_nowhere_and_the_next_minute_does_the_rest(signed_in):
    """Killed at one statement in every few: either nothing has happened and she presses again, or no reader sees it from
    that moment on, and the task ends with the same as if nothing had happened. Told once, waived once, in order."""
    scene = Scene()
    reader = signed_in(scene.referral.person)
    reader.post(reverse("learn:attest", args=[scene.module.pk]), {"mine": "on"})
    address = reverse("learn:module", args=[scene.module.pk])
    assert NEEDLES["en"] in reader.get(address).content.decode()
    before = transaction.savepoint()
    number = statements_of(scene)
    told = set(Message.objects.values_list("kind", "to"))
    waived = EditionModule.objects.get(pk=scene.module.pk).waivers
    transaction.savepoint_rollback(before)
    assert number > 60
    partly = 0
    for statements in range(1, number, 9):
        before = transaction.savepoint()
        assert killed_after(statements, scene), statements
        row = TakenBack.objects.first()
        if row is None:
            assert Consent.objects.newest().get().act == Act.GIVEN
            transaction.savepoint_rollback(before)
            continue
        partly += row.finished_at is None
        shown = reader.get(address).content.decode()
        assert "It is not shown now" in shown
        assert Consent.objects.taken_back([str(scene.story), scene.block]) == {str(scene.story), scene.block}
        assert not any(word in shown for word in (*NEEDLES.values(), BYLINE)), statements
        # The first thing that can be done for her is done first.
        assert row.words_gone_at is None or crypto.is_put_away(scene.story), statements
        look_after(now=BEGAN + DAY + MINUTE)
        row.refresh_from_db()
        assert row.finished_at and crypto.is_put_away(scene.story), statements
        assert row.still_there == [], statements
        assert kinds() == ORDER, statements
        assert words_in_the_database() == [], statements
        assert set(Message.objects.values_list("kind", "to")) == told, statements
        assert Message.objects.filter(kind="course.part_gone", to=scene.administrator).count() == 1, statements
        now = EditionModule.objects.get(pk=scene.module.pk).waivers
        assert [(w["seconds"], w["steps"]) for w in now] == [(w["seconds"], w["steps"]) for w in waived], statements
        transaction.savepoint_rollback(before)
    assert partly > 15


# --- copies ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("to", [1, 2])
@pytest.mark.parametrize("kind", ["story", "text", "pull_quote"])
def test_a_copied_block_goes_with_the_story_from_every_draft_and_version(to, kind):
    """In the same module or in another, as a story, as running text or as a quotation; in both languages."""
    scene = Scene()
    copy = copy_story(scene.program, scene.story, to=to, kind=kind)
    assert copy != scene.story
    # And a later version without it, as the next save leaves the earlier ones standing.
    for page in pages(scene.program, to).values():
        page.leave_out({str(copy)})
        page.save_revision()
    assert Revision.objects.filter(content__body__icontains=str(copy)).count() == 2
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert row.found["copies"] == [str(copy)]
    assert words_in_the_database() == []
    look_after(now=BEGAN + DAY + MINUTE)
    row.refresh_from_db()
    assert (row.still_there, "digests" in row.found) == ([], False)


@pytest.mark.django_db
def test_a_copied_page_goes_with_the_story():
    """Wagtail's copy of a page keeps the ids of its blocks; of such a page a block is copied once more."""
    scene = Scene()
    for page in pages(scene.program, 1).values():
        page.copy(update_attrs={"slug": f"copy-{page.pk}", "title": "A copy"}, keep_live=False, copy_revisions=True)
    copied = ModulePage.objects.get(slug=f"copy-{pages(scene.program, 1)['en'].pk}").get_latest_revision_as_object()
    rows = list(copied.body.get_prep_value())
    again = next(row for row in rows if row["id"] == str(scene.story))
    copied.body = copied._meta.get_field("body").to_python(
        json.dumps([*rows, {**again, "id": "a2b9c0de-0000-4000-8000-000000000001"}])
    )
    copied.save_revision()
    take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert words_in_the_database() == []


@pytest.mark.django_db
def test_a_copy_needs_a_consent_of_its_own_and_where_she_gave_it_goes_too(signed_in):
    scene = Scene()
    copy = copy_story(scene.program, scene.story, to=2)
    with pytest.raises(ConsentMissing):
        pages(scene.program, 2)["en"].get_latest_revision().publish()
    agree(scene.program, copy, scene.author, number=2)
    publish(scene.program, number=2)
    asked = signed_in(scene.author).get(reverse("take_back_story", args=[scene.story])).content.decode()
    assert f"These words also stand in: {pages(scene.program, 2)['en'].title}" in asked
    take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert set(Consent.objects.newest().values_list("story", "act")) == {
        (scene.story, Act.TAKEN_BACK), (copy, Act.TAKEN_BACK)
    }  # fmt: skip
    assert words_in_the_database() == []
    assert Message.objects.filter(kind="consent.done", to=scene.author).count() == 2


@pytest.mark.django_db
def test_a_copy_that_another_author_calls_hers_is_looked_at_by_people():
    """Whose words they are is not for a program to decide: hers are gone, and administrators learn where others stand."""
    scene = Scene()
    other = an_author(scene.program)
    copy = copy_story(scene.program, scene.story, to=2)
    agree(scene.program, copy, other, number=2)
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert Consent.objects.newest().get(story=copy).act == Act.GIVEN
    look_after(now=BEGAN + DAY + MINUTE)
    row.refresh_from_db()
    assert row.still_there == ["copy"]
    assert Message.objects.filter(kind="course.look_now", to=scene.administrator).count() == 1


@pytest.mark.django_db
def test_a_form_that_was_open_cannot_save_a_copy_again_and_what_else_repeats_her_words_is_told():
    scene = Scene()
    copy = copy_story(scene.program, scene.story, to=2)
    held = pages(scene.program, 2)["en"]
    also = pages(scene.program, 1)["en"]
    words = next(row for row in held.body.get_prep_value() if row["id"] == str(copy))["value"]["body"]
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    held.save_revision()
    assert words_in_the_database() == []
    also = ModulePage.objects.get(pk=also.pk)
    rows = [*also.body.get_prep_value(), {"id": "a2b9c0de-0000-4000-8000-000000000002", "type": "text", "value": words}]
    also.body = also._meta.get_field("body").to_python(json.dumps(rows))
    also.save_revision()
    look_after(now=BEGAN + DAY + MINUTE)
    row.refresh_from_db()
    assert row.still_there == ["copy"]


@pytest.mark.django_db
def test_a_preview_of_another_page_into_which_her_words_were_pasted_is_forgotten():
    scene = Scene()
    words = next(r for r in pages(scene.program, 1)["en"].body.get_prep_value() if r["id"] == str(scene.story))[
        "value"
    ]["body"]
    about = {
        "user": scene.administrator, "parent_object_id": "", "last_updated_at": BEGAN,
        "content_type": ContentType.objects.get_for_model(ModulePage),
    }  # fmt: skip
    FormState.objects.create(data=urlencode({"body-0-value": words}), object_id="", **about)
    mine = FormState.objects.create(
        data=urlencode({"body-0-value": "Other words, of somebody else, about her own day"}),
        object_id="900913",
        **about,
    )
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert list(FormState.objects.all()) == [mine]
    late = FormState.objects.create(data=urlencode({"body-0-value": words}), object_id="900914", **about)
    look_after(now=BEGAN + DAY + MINUTE)
    row.refresh_from_db()
    assert (late.pk is not None, row.still_there) == (True, ["form"])


@pytest.mark.django_db
def test_another_story_is_no_copy():
    scene = Scene()
    other = write_story(scene.program, scene.author, number=2)
    agree(scene.program, other, scene.author, number=2)
    row = take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert row.found["copies"] == []
    assert Consent.objects.newest().get(story=other).act == Act.GIVEN
    assert Revision.objects.filter(content__body__icontains=str(other)).exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I walked home along the river that night, and nobody asked me where I had been.", True),
        ("As she says: I walked home along the river that night, and nobody asked me", True),
        ("Along the river that night", True),
        ("the river", False),
        ("Nobody asked where the river goes, and I never walked there at night.", False),
        ("", False),
    ],
)
def test_half_of_a_text_in_her_words_is_a_copy(text, found):
    story = Story(["I walked home, along the river, that night; and nobody asked me where I had been. It was cold."])
    assert (story.holds(text) or story.is_in(text)) is found


# --- a consent that runs out --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_when_a_consent_runs_out_nobody_owes_the_story_and_who_must_know_is_told_and_a_renewal_makes_nobody_worse_off(
    signed_in,
):
    program = a_program()
    author = an_author(program)
    administrator = an_administrator(program)
    a_published_course(program)
    story = write_story(program, author)
    agree(program, story, author, now=BEGAN - 90 * DAY, days=91)
    publish(program, now=BEGAN - 80 * DAY)
    referral = an_enrolled_referral(program=program, now=BEGAN - 30 * DAY)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=referral)
    first, second = enrollment.edition.modules.all()
    done = steps.take_module(enrollment, first, now=BEGAN - 20 * DAY)
    steps.accept_reflections(enrollment, by=referral.facilitator, now=done)

    def owed(when):
        return course_facts(referral_id=referral.pk, as_of=when).modules[1].required_seconds

    consents.keep_in_time(now=BEGAN + DAY - MINUTE)
    assert not Message.objects.filter(kind="course.part_gone").exists()
    whole = owed(BEGAN + DAY - MINUTE)
    consents.keep_in_time(now=BEGAN + DAY)
    told = Message.objects.filter(kind="course.part_gone")
    assert set(told.values_list("to", flat=True)) == {administrator.pk, referral.facilitator.pk}
    assert "expired" not in str(list(told.values_list("context", flat=True)))
    less = owed(BEGAN + 2 * DAY)
    assert less < whole
    assert owed(BEGAN + DAY - MINUTE) == whole == second.minimum_seconds

    # Again is harmless; and when she renews, what was waived stays waived, and her words stand where they stood.
    consents.keep_in_time(now=BEGAN + 2 * DAY)
    agree(program, story, author, now=BEGAN + 3 * DAY, days=91)
    assert owed(BEGAN + 4 * DAY) == less
    assert NEEDLES["en"] in str(pages(program)["en"].body.get_prep_value())
    consents.keep_in_time(now=BEGAN + 3 * DAY + 91 * DAY)
    assert owed(BEGAN + 200 * DAY) == less
    assert told.count() == 4


@pytest.mark.django_db
def test_whoever_had_only_that_left_is_done_when_the_consent_runs_out():
    """All they were short of was the time that the story asked for."""
    program = a_program()
    author = an_author(program)
    a_published_course(program)
    story = write_story(program, author)
    agree(program, story, author, now=BEGAN - 90 * DAY, days=91)
    publish(program, now=BEGAN - 80 * DAY)
    referral = an_enrolled_referral(program=program, now=BEGAN - 30 * DAY)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=referral)
    for module in enrollment.edition.modules.all():
        done = steps.take_module(enrollment, module, now=BEGAN - (20 - module.position) * DAY)
    # As if its author had asked for a minute more: that minute is all they are short of.
    read = course_facts(referral_id=referral.pk, as_of=done).modules[1].credited_seconds
    EditionModule.objects.filter(edition=enrollment.edition, position=2).update(minimum_seconds=read + 60)
    steps.accept_reflections(enrollment, by=referral.facilitator, now=done)
    enrollment.refresh_from_db()
    assert enrollment.completed_at is None
    consents.keep_in_time(now=BEGAN + DAY)
    enrollment.refresh_from_db()
    assert enrollment.completed_at == BEGAN + DAY


@pytest.mark.django_db
def test_a_language_that_a_renewal_leaves_out_is_owed_by_nobody():
    scene = Scene()
    whole = scene.owed()[0]
    agree(scene.program, scene.story, scene.author, now=BEGAN + DAY, number=1, languages=["en"])
    now, before = scene.owed()
    assert (now < whole, before) == (True, whole)
    assert Message.objects.filter(kind="course.part_gone", to=scene.administrator).count() == 1


# --- before she agreed ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_she_wrote_down_and_never_agreed_to_is_hers_to_take_back_too(signed_in):
    program = a_program()
    author, administrator = an_author(program), an_administrator(program)
    a_published_course(program)
    story, typed_by_staff = write_story(program, author), write_story(program, administrator, number=1)
    client, colleague = signed_in(author), signed_in(an_author(program))
    assert client.get(reverse("take_back_story", args=[story])).status_code == 200
    assert client.get(reverse("take_back_story", args=[typed_by_staff])).status_code == 404
    assert colleague.post(reverse("take_back_story", args=[story]), {"words": "destroy"}).status_code == 404
    assert client.post(reverse("take_back_story", args=[story]), {"words": "destroy"}).status_code == 302
    assert not Revision.objects.filter(content__body__icontains=str(story)).exists()
    assert Revision.objects.filter(content__body__icontains=str(typed_by_staff)).exists()
    assert crypto.is_put_away(story)
    assert not Message.objects.filter(kind="course.part_gone").exists()
    row = TakenBack.objects.get()
    look_after(now=row.at + MINUTE)
    row.refresh_from_db()
    assert row.still_there == []
    with pytest.raises(consents.Gone):
        agree(program, story, author)
    assert "Its words are destroyed" in client.get(reverse("my_consents")).content.decode()


# --- pages that were open meanwhile ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_page_that_is_open_learns_that_it_may_not_show_the_story(signed_in):
    scene = Scene()
    reader = signed_in(scene.referral.person)
    reader.post(reverse("learn:attest", args=[scene.module.pk]), {"mine": "on"})
    page = reader.get(reverse("learn:module", args=[scene.module.pk])).content.decode()
    (address,) = re.findall(r'data-still-shown="([^"]+)"', page)
    blocks = re.findall(r'data-shown="([^"]+)"', page)
    assert {str(scene.story), scene.block} <= set(blocks)

    def shown(wanted=blocks):
        return reader.get(address, {"b": wanted}).json()["shown"]

    assert shown()
    assert signed_in(an_enrolled_referral(program=scene.program).person).get(address).status_code == 404
    take_back(story=scene.story, by=scene.author, now=BEGAN + DAY)
    assert [shown(), shown([str(scene.story)]), shown([scene.block])] == [False] * 3
    # What it shows once it was fetched anew stays.
    page = reader.get(reverse("learn:module", args=[scene.module.pk])).content.decode()
    assert shown(re.findall(r'data-shown="([^"]+)"', page))
    withdraw_module(page=pages(scene.program, 1)["en"], by=scene.author, now=BEGAN + DAY)
    assert not shown([])


@pytest.mark.django_db
def test_asking_whether_it_is_shown_is_no_sign_that_anyone_is_there(signed_in):
    scene = Scene()
    reader = signed_in(scene.referral.person)
    reader.post(reverse("learn:attest", args=[scene.module.pk]), {"mine": "on"})
    page = reader.get(reverse("learn:module", args=[scene.module.pk])).content.decode()
    session = reader.session
    session["session_seen"] = before = session["session_seen"] - 300
    session.save()
    (address,) = re.findall(r'data-still-shown="([^"]+)"', page)
    assert reader.get(address).status_code == 200
    assert reader.session["session_seen"] == before
