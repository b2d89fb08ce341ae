"""The ledger of consents: what was agreed, until when, and that nothing is shown beyond it."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from courses.actions import consent_lines, consents, withdrawal
from courses.actions.editions import CannotPublish, publish_edition
from courses.consent_words import consent_text
from courses.links import path_of
from courses.models import Consent, CoursePage, ModulePage, StoryLink, TakenBack
from courses.models.consent import Act
from courses.models.pages import ConsentMissing
from courses.rules.consent import is_current, needs_consent, reminder_due, seconds_not_owed
from courses.stories import stories_of
from lms import crypto
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import Kind
from tests.builders import (
    PASSWORD,
    a_program,
    a_published_course,
    a_reviewer,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.courses.stories import BEGAN, BYLINE, NEEDLES, add_picture, agree, pages, publish, set_body, write_story

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def program():
    program = a_program()
    a_published_course(program)
    return program


@pytest.fixture
def author(program):
    return an_author(program)


# --- rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sample", "needed"),
    [
        ("survivor", False, True), ("survivor", True, True), ("family", True, True), ("officer", False, True),
        ("officer", True, False), ("sample", True, False), ("sample", False, False),
    ],
)  # fmt: skip
def test_whose_words_need_a_consent(kind, sample, needed):
    assert needs_consent(kind, sample=sample) is needed


def test_a_consent_holds_from_its_first_moment_to_just_before_its_last():
    end = BEGAN + DAY
    moments = [BEGAN - timedelta(seconds=1), BEGAN, end - timedelta(microseconds=1), end]
    assert [is_current("given", BEGAN, end, now) for now in moments] == [False, True, True, False]
    assert not is_current("taken_back", BEGAN, end, BEGAN)
    assert not is_current("ended", BEGAN, end, BEGAN)


def test_reminders_are_thirty_seven_and_one_days_before_and_only_the_nearest():
    ends = BEGAN + 100 * DAY
    days = [31, 30, 29, 7, 6, 1, 0.5, 0, -1]
    assert [reminder_due(ends, ends - d * DAY) for d in days] == [None, 30, 30, 7, 7, 1, 1, None, None]


def test_what_is_not_owed_is_the_story_s_share_in_whole_minutes():
    assert seconds_not_owed(1200, words_gone=300, words=1000) == 360
    assert seconds_not_owed(1200, words_gone=301, words=1000) == 420
    assert seconds_not_owed(1200, words_gone=1000, words=1000) == 1200
    assert seconds_not_owed(1200, words_gone=0, words=0) == 0


def test_the_text_says_how_long_backups_live_in_both_languages_and_its_digest_tells_versions_apart():
    english, spanish = (consent_text(language=code, backup_days=77) for code in ("en", "es"))
    assert "77 days at most" in english.paragraphs[-1]
    assert "77 días" in spanish.paragraphs[-1]
    assert len(english.paragraphs) == len(spanish.paragraphs)
    assert english.digest != consent_text(language="en", backup_days=78).digest


# --- nothing is published without ------------------------------------------------------------------


def test_no_edition_holds_a_story_without_a_consent(program, author):
    story = write_story(program, author)
    # As if it had come into the database past every door of ours.
    for page in pages(program).values():
        ModulePage.objects.filter(pk=page.pk).update(body=page.body)
        live = ModulePage.objects.get(pk=page.pk)
        Revision.objects.filter(pk=live.live_revision_id).update(content=page.get_latest_revision().content)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    with pytest.raises(CannotPublish) as refused:
        publish_edition(course=course, by=None, now=BEGAN)
    assert len(refused.value.problems) == 2
    agree(program, story, author, languages=["en"])
    with pytest.raises(CannotPublish) as refused:
        publish_edition(course=course, by=None, now=BEGAN)
    assert len(refused.value.problems) == 1
    agree(program, story, author)
    publish_edition(course=course, by=None, now=BEGAN)
    with pytest.raises(CannotPublish):
        publish_edition(course=course, by=None, now=BEGAN + 366 * DAY)


def test_no_road_publishes_a_page_with_a_story_without_a_consent(program, author, signed_in):
    write_story(program, author)
    page = pages(program)["en"]
    revision = page.get_latest_revision()
    with pytest.raises(ConsentMissing):
        revision.publish()
    with pytest.raises(ConsentMissing):
        page.publish(revision, skip_permission_checks=True)
    client = signed_in(an_administrator(program))
    client.post(f"/authoring/bulk/wagtailcore/page/publish/?id={page.pk}")
    assert NEEDLES["en"] not in str(ModulePage.objects.get(pk=page.pk).body.get_prep_value())


def test_a_schedule_that_comes_to_its_hour_without_a_consent_is_dropped_and_stops_no_other(program, author):
    write_story(program, author)
    page, other = pages(program)["en"], pages(program, 1)["en"]
    other.title = "Another title"
    past = timezone.now() - DAY
    for each in (page, other):
        revision = each.save_revision()
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past)
    call_command("publish_scheduled")
    assert NEEDLES["en"] not in str(ModulePage.objects.get(pk=page.pk).body.get_prep_value())
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    assert ModulePage.objects.get(pk=other.pk).title == "Another title"


# --- the ledger ------------------------------------------------------------------------------------


def test_a_line_of_the_ledger_cannot_be_changed_or_deleted(program, author):
    agree(program, write_story(program, author), author)
    for sql in ("UPDATE courses_consent SET paid = paid", "DELETE FROM courses_consent"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_another_author_can_neither_see_nor_agree_to_a_story_that_is_not_hers(program, author):
    other = an_author(program)
    story = write_story(program, author)
    assert [s.key for s in stories_of(author)] == [story]
    assert stories_of(other) == []
    agree(program, story, author)
    with pytest.raises(consents.NotHers):
        agree(program, story, other)


def test_what_staff_typed_in_waits_for_the_author_who_says_that_it_is_hers(program, author):
    story = write_story(program, an_administrator(program))
    assert [s.key for s in stories_of(author)] == [story]
    agree(program, story, author)
    assert stories_of(an_author(program)) == []


def test_nobody_is_bound_for_longer_than_two_years(program, author):
    with pytest.raises(consents.TooLong):
        agree(program, write_story(program, author), author, days=731)


def test_the_name_she_chose_is_shown_and_a_new_one_at_once(program, author, signed_in):
    story = write_story(program, author, number=1)
    consent = agree(program, story, author, number=1)
    publish(program, number=1)
    client, address = a_reader(program, signed_in)
    shown = client.get(address).content.decode()
    assert NEEDLES["en"] in shown
    assert BYLINE in shown
    assert "not this" not in shown
    consents.rename(consent=consent, byline="", by=author, now=timezone.now())
    shown = client.get(address).content.decode()
    assert NEEDLES["en"] in shown
    assert BYLINE not in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT byline FROM courses_consent")
        assert BYLINE not in str(cursor.fetchall())


def a_reader(program, signed_in):
    referral = an_enrolled_referral(program=program, now=timezone.now())
    client = signed_in(referral.person)
    module = referral.enrollment.edition.modules.first()
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    return client, reverse("learn:module", args=[module.pk])


def test_a_story_is_shown_no_longer_than_its_consent_and_again_when_it_is_renewed(program, author, signed_in):
    story = write_story(program, author, number=1)
    block, picture = add_picture(program, number=1)
    agree(program, story, author, number=1, media=[block])
    publish(program, number=1)
    client, address = a_reader(program, signed_in)
    media = reverse("learn:media", args=[picture.key])
    assert (NEEDLES["en"] in client.get(address).content.decode(), client.get(media).status_code) == (True, 200)
    # Renewed for one day, a day ago: it ended a moment ago, and no task has run since.
    agree(program, story, author, now=timezone.now() - DAY, number=1, media=[block], days=1)
    shown = client.get(address).content.decode()
    assert NEEDLES["en"] not in shown
    assert "It is not shown now" in shown
    assert client.get(media).status_code == 404
    consents.keep_in_time(now=timezone.now())
    assert consent_lines.newest(story).act == Act.ENDED
    agree(program, story, author, now=timezone.now(), number=1, media=[block])
    assert NEEDLES["en"] in client.get(address).content.decode()
    assert client.get(media).status_code == 200


def test_she_is_reminded_and_told_once_each(program):
    author = an_author(program, email="a@people.example")
    an_administrator(program)
    agree(program, write_story(program, author), author, days=91)
    for day in (0, 60, 62, 84, 85, 90, 90.5, 91, 92):
        consents.keep_in_time(now=BEGAN + day * DAY)
    kinds = list(
        Message.objects.filter(kind__startswith="co").order_by("posted_at", "kind").values_list("kind", flat=True)
    )
    assert kinds == ["consent.ends_soon"] * 3 + ["consent.ended", "course.part_gone"]
    assert list(Consent.objects.values_list("act", flat=True)) == [Act.GIVEN, Act.ENDED]


# --- her pages -----------------------------------------------------------------------------------------


def post_proved(client, address, data):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.post(address, data)


def test_she_agrees_gets_her_link_once_and_takes_it_back_on_her_own_pages(program, author, signed_in):
    story = write_story(program, author)
    client = signed_in(author)
    assert "Waits for your consent" in client.get(reverse("my_consents")).content.decode()
    assert "waits for your consent" in client.get("/authoring/").content.decode()
    terms = {"byline": BYLINE, "languages": ["en", "es"], "days": "365", "paid": "no", "agree": "on"}
    post_proved(client, reverse("give_consent", args=[story]), terms)
    consent = consent_lines.newest(story)
    assert (consent.byline, consent.languages, consent.paid) == (BYLINE, ["en", "es"], False)
    link = path_of(StoryLink.objects.get())
    page = reverse("my_consent", args=[story])
    assert [link in client.get(page).content.decode() for _ in range(2)] == [True, False]
    client.post(reverse("rename_consent", args=[story]), {"byline": "Another"})
    assert consent_lines.newest(story).byline == "Another"
    client.post(reverse("take_back_story", args=[story]), {"words": "keep"})
    assert "lie sealed until" in client.get(page).content.decode()
    client.post(reverse("destroy_story", args=[story]))
    assert "Its words are destroyed" in client.get(page).content.decode()
    assert "Another" not in client.get(page).content.decode()


def test_nobody_else_opens_her_pages(program, author, signed_in):
    story = write_story(program, author)
    agree(program, story, author)
    for user in (an_author(program), an_administrator(program)):
        client = signed_in(user)
        for name in ("my_consent", "give_consent", "take_back_story"):
            assert client.get(reverse(name, args=[story])).status_code == 404
        for name in ("rename_consent", "take_back_story", "destroy_story", "story_link", "give_consent"):
            assert client.post(reverse(name, args=[story])).status_code == 404
    assert consent_lines.newest(story).act == Act.GIVEN


def test_the_journal_bears_digests_and_no_words(program, author):
    story = write_story(program, author)
    agree(program, story, author)
    withdrawal.take_back(story=story, by=author, now=BEGAN + DAY)
    events = Event.objects.filter(kind__regex=r"^(consent|story)\.")
    assert events.get(kind="consent.given").data["digest"] == consent_text(language="en", backup_days=90).digest
    told = str(list(events.values()))
    assert [w for w in (*NEEDLES.values(), BYLINE, pages(program)["en"].title) if w in told] == []


# --- the link ----------------------------------------------------------------------------------------------


def test_the_link_takes_back_without_signing_in_and_only_on_a_press(program, author, client):
    story = write_story(program, author)
    agree(program, story, author)
    link = path_of(consents.make_link(story=story, mail=False, by=author, now=BEGAN))
    asked = client.get(link)
    shown = asked.content.decode()
    assert asked.status_code == 200
    assert [
        w for w in (NEEDLES["en"], BYLINE, pages(program)["en"].title, program.name, str(story)) if w in shown
    ] == []
    assert consent_lines.newest(story).act == Act.GIVEN
    assert "It is done" in client.post(link).content.decode()
    assert consent_lines.newest(story).act == Act.TAKEN_BACK
    assert TakenBack.objects.get().destroyed_at
    assert "It is done" in client.get(link).content.decode()


def test_a_wrong_a_revoked_and_a_replaced_link_are_one_answer(program, author, client):
    story = write_story(program, author)
    agree(program, story, author)
    old = path_of(consents.make_link(story=story, mail=False, by=author, now=BEGAN))
    new = path_of(consents.make_link(story=story, mail=False, by=author, now=BEGAN))
    wrong = new[:-3] + "xx/"
    consents.revoke_links(story=story, by=author, now=BEGAN)
    answers = {without_address(client.get(a), a) for a in (old, new, wrong, "/mine/x/")}
    assert len(answers) == 1
    assert {client.post(a).status_code for a in (old, new, wrong)} == {404}
    assert consent_lines.newest(story).act == Act.GIVEN


def without_address(response, address):
    """The page without its own address and the token of its form."""
    text = response.content.decode().replace(quote(address), "").replace(address, "")
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_the_link_is_mailed_only_where_she_wishes_and_sealed_meanwhile(program):
    author = an_author(program, email="a@people.example")
    story = write_story(program, author)
    agree(program, story, author)
    consents.make_link(story=story, mail=False, by=author, now=BEGAN)
    assert not Message.objects.filter(kind="consent.link").exists()
    row = consents.make_link(story=story, mail=True, by=author, now=BEGAN)
    message = Message.objects.get(kind="consent.link")
    assert path_of(row) not in str(message.context)
    assert author.kind == Kind.AUTHOR


# --- changing her mind ---------------------------------------------------------------------------------------


def test_words_kept_sealed_come_back_when_she_agrees_again_and_are_destroyed_when_the_days_are_over(program, author):
    story = write_story(program, author)
    agree(program, story, author)
    publish(program)
    before = pages(program)["en"].body.get_prep_value()
    withdrawal.take_back(story=story, keep_days=14, by=author, now=BEGAN + DAY)
    assert NEEDLES["en"] not in str(list(Revision.objects.values_list("content", flat=True)))
    agree(program, story, author, now=BEGAN + 2 * DAY)
    assert pages(program)["en"].body.get_prep_value() == before
    withdrawal.take_back(story=story, keep_days=14, by=author, now=BEGAN + 3 * DAY)
    withdrawal.look_after(now=BEGAN + 16 * DAY)
    assert not crypto.is_put_away(story)
    withdrawal.look_after(now=BEGAN + 17 * DAY)
    assert crypto.is_put_away(story)
    with pytest.raises(consents.Gone):
        agree(program, story, author, now=BEGAN + 18 * DAY)


def test_an_open_form_an_older_version_and_a_copy_do_not_bring_it_back(program, author):
    story = write_story(program, author)
    agree(program, story, author)
    publish(program)
    page = pages(program)["en"]
    held = list(page.body.get_prep_value())
    copied = page.copy(update_attrs={"slug": "a-copy", "title": "A copy"}, keep_live=False)
    withdrawal.take_back(story=story, by=author, now=BEGAN + DAY)
    assert NEEDLES["en"] not in str(ModulePage.objects.get(pk=copied.pk).get_latest_revision_as_object().body)
    # The editor was open meanwhile, and saves and publishes what it still holds.
    open_form = pages(program)["en"]
    set_body(open_form, held)
    open_form.save_revision().publish()
    assert NEEDLES["en"] not in str(ModulePage.objects.get(pk=page.pk).body.get_prep_value())
    # A revision that came past even that is not shown: the ledger wins over content.
    revision = pages(program)["en"].get_latest_revision()
    revision.content["body"] = json.dumps(held)
    revision.save()
    with pytest.raises(ConsentMissing):
        revision.publish()


def test_the_second_look_names_what_is_still_there_and_tells_administrators(program, author):
    administrator = an_administrator(program)
    story = write_story(program, author)
    agree(program, story, author)
    publish(program)
    held = pages(program)["en"].get_latest_revision()
    row = withdrawal.take_back(story=story, by=author, now=BEGAN + DAY)
    Revision.objects.filter(pk=held.pk).update(content=held.content)
    withdrawal.look_after(now=BEGAN + DAY + timedelta(seconds=59))
    assert TakenBack.objects.get().looked_at is None
    withdrawal.look_after(now=BEGAN + DAY + timedelta(seconds=60))
    row.refresh_from_db()
    assert row.still_there == ["revision"]
    assert Message.objects.filter(kind="course.look_now", to=administrator).count() == 1


def test_who_reviews_sees_what_was_agreed_in_her_own_days_and_words(program, author, signed_in):
    """Also of a story whose module is gone. As many queries, however many there are."""
    late = datetime(2026, 3, 8, 5, 30, tzinfo=UTC)  # the evening before, on the coast
    agree(program, write_story(program, author), author, now=late)
    client = signed_in(a_reviewer(program, zone="America/Los_Angeles"))
    shown = client.get(reverse("review_consents")).content.decode()
    assert "Saturday, March 7, 2026, 9:30 p.m. (Pacific)" in shown
    assert "English, Spanish" in shown
    assert BYLINE not in shown
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("review_consents"))
    for _ in range(2):
        agree(program, write_story(program, author), author, now=late)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("review_consents"))
    assert len(one) == len(three)
