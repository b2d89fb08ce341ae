"""The authoring place: a short menu, what waits, starting a course, the form of a module, the preview."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.admin.menu import admin_menu
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, streamfield

from courses import waiting
from courses.actions import authoring, editions
from courses.models import CoursePage, EditionModule, Evidence, ModulePage, Question, Viewing
from courses.models.forms import GoalsField
from lms import clock
from lms.journal.models import Event
from lms.people.models import User
from lms.referrals.models import Program
from tests.builders import (
    JANUARY,
    a_facilitator,
    a_program,
    a_published_course,
    a_reviewer,
    a_user,
    an_administrator,
    an_author,
)
from tests.courses.stories import BYLINE, agree, pages, write_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return a_program()


def menu_of(user: User, client: Client) -> list[str]:
    request = client.get(reverse("my_courses")).wsgi_request
    return [item.name for item in sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)]


def lines_of(user: User) -> list[str]:
    return [line.words for line in waiting.waiting_for(user, clock.now())]


def a_form(*, goals: list[str], title: str = "Half a thought") -> dict[str, str]:
    """What the editor of a module sends."""
    blocks = {"goals": streamfield([("goal", goal) for goal in goals]), "body": streamfield([])}
    comments = {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    return {"title": title, "minimum_minutes": "20", "summary": ""} | nested_form_data(blocks) | comments


# --- the menu ------------------------------------------------------------------------------------


def test_an_authors_menu_is_short_and_in_plain_words(program, signed_in):
    a_published_course(program, modules=1)
    author = an_author(program)
    assert menu_of(author, signed_in(author)) == [
        "courses",
        "my-reviews",
        "my-consents",
        "question-bank",
        "media",
        "guide",
    ]


def test_an_administrator_keeps_what_the_work_needs(program, signed_in):
    a_published_course(program, modules=1)
    administrator = an_administrator(program)
    found = menu_of(administrator, signed_in(administrator))
    assert found == [
        "courses", "courts-and-programs", "my-reviews", "check-in-questions", "question-bank", "media", "reports", "guide",
    ]  # fmt: skip


def test_what_she_can_show_stands_under_one_heading(program, signed_in):
    author = an_author(program)
    a_published_course(program, modules=1)
    request = signed_in(author).get(reverse("my_courses")).wsgi_request
    media = next(item for item in admin_menu.menu_items_for_request(request) if item.name == "media")
    assert [str(item.label) for item in media.menu.menu_items_for_request(request)] == [
        "Pictures", "Recordings", "Handouts"
    ]  # fmt: skip


def test_her_home_page_leads_to_no_other_site_and_counts_nothing(program, signed_in):
    a_published_course(program, modules=1)
    page = signed_in(an_author(program)).get(reverse("wagtailadmin_home")).content.decode()
    assert "guide.wagtail.org" not in page
    assert "Search all pages" not in page
    assert "What waits for you" in page


# --- what waits ------------------------------------------------------------------------------------


def test_an_author_without_a_course_is_told_who_starts_one(program):
    assert lines_of(an_author(program)) == []
    step = waiting.next_step(an_author(program))
    assert "An administrator starts it" in step.words
    assert step.url == ""


def test_an_administrator_without_a_course_starts_the_first(program):
    assert waiting.next_step(an_administrator(program)) == waiting.Waiting(
        "Start your first course", reverse("start_course")
    )


def test_an_author_starts_her_first_module_in_the_course_of_her_language(program):
    a_published_course(program, modules=1)
    author = an_author(program, language="es")
    spanish = CoursePage.objects.get(program=program, locale__language_code="es")
    assert waiting.next_step(author) == waiting.Waiting(
        "Start your first module", waiting.address_of_new_module(spanish)
    )


def test_a_reviewer_is_not_asked_to_write(program):
    a_published_course(program, modules=1)
    assert waiting.next_step(a_reviewer(program)).url == reverse("my_courses")


def a_draft_by(author: User, program: Program, title: str = "Half a thought") -> ModulePage:
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    page = ModulePage(title=title, slug=f"draft-{author.pk}", owner=author, live=False, has_unpublished_changes=True)
    course.add_child(instance=page)
    page.save_revision(user=author)
    return page


def test_her_draft_waits_for_her_and_for_nobody_else(program):
    a_published_course(program, modules=1)
    author, other = an_author(program), an_author(program)
    page = a_draft_by(author, program)
    assert waiting.waiting_for(author, JANUARY) == [
        waiting.Waiting(
            "“Half a thought” is a draft. Nobody but your program sees it.",
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
        )
    ]
    assert lines_of(other) == []


def test_a_draft_does_not_wait_any_more_when_she_left_the_program(program):
    a_published_course(program, modules=1)
    author = an_author(program)
    a_draft_by(author, program)
    author.program_memberships.all().delete()
    assert lines_of(User.objects.get(pk=author.pk)) == []


def test_what_a_reviewer_sent_back_waits_in_place_of_the_draft(program):
    a_published_course(program, modules=1)
    author, peer = an_author(program), an_author(program)
    page = a_draft_by(author, program)
    state = page.get_workflow().start(page, author)
    assert lines_of(author) == []
    assert lines_of(peer) == ["“Half a thought” waits for your review."]
    state.current_task_state.task.specific.on_action(state.current_task_state, peer, "reject")
    assert lines_of(author) == ["“Half a thought” came back from review."]


def test_a_story_waits_for_consent_and_then_only_near_its_end(program):
    a_published_course(program)
    author = an_author(program)
    story = write_story(program, author)
    title = pages(program)["en"].title
    assert lines_of(author) == [f"Your story in “{title}” waits for your consent."]
    consent = agree(program, story, author)
    assert lines_of(author) == []
    near = waiting.waiting_for(author, consent.ends_at - timedelta(days=5))
    assert [line.words for line in near] == [f"The consent for your story in “{title}” ends soon, or has ended."]


def test_questions_that_are_not_in_use_wait_for_those_who_keep_the_bank(program):
    a_published_course(program, modules=1)
    author = an_author(program)
    some = Question.objects.filter(topic__program=program)[:2]
    Question.objects.filter(pk__in=[question.pk for question in some]).update(active=False)
    assert lines_of(author) == ["2 questions of the bank are not in use yet."]
    assert lines_of(an_author(a_program())) == []
    assert lines_of(a_reviewer(program)) == []


def test_another_part_of_authoring_can_say_what_waits(program):
    author = an_author(program)
    before = dict(waiting._providers)
    try:
        waiting.register("test", lambda user, now: [waiting.Waiting(f"{user.pk} at {now:%H}")])
        assert lines_of(author) == [f"{author.pk} at {clock.now():%H}"]
    finally:
        waiting._providers.clear()
        waiting._providers.update(before)


def test_what_waits_costs_the_same_for_one_module_as_for_five(program, django_assert_num_queries):
    a_published_course(program, modules=1)
    author = an_author(program)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    for number in range(5):
        course.refresh_from_db()
        course.add_child(instance=ModulePage(title=f"M{number}", slug=f"m{number}", owner=author, live=False))
        if number == 0:
            with django_assert_num_queries(3):
                waiting.drafts(author, JANUARY)
    with django_assert_num_queries(3):
        waiting.drafts(author, JANUARY)


# --- courses ---------------------------------------------------------------------------------------


def test_the_courses_are_those_of_her_programs_and_say_how_far_each_module_is(program, signed_in):
    a_published_course(program, modules=1)
    theirs = a_program()
    a_published_course(theirs, modules=1)
    author = an_author(program)
    a_draft_by(author, program)
    response = signed_in(author).get(reverse("my_courses"))
    (course,) = response.context["courses"]
    assert course["program"] == program
    english = next(version for version in course["versions"] if version["code"] == "en")
    assert [module["state"] for module in english["modules"]] == ["Published", "Draft"]
    assert (bool(english["new_module"]), english["new_edition"]) == (True, "")
    assert b"Start a course" not in response.content


def test_a_reviewer_reads_the_list_and_starts_nothing(program, signed_in):
    a_published_course(program, modules=1)
    (course,) = signed_in(a_reviewer(program)).get(reverse("my_courses")).context["courses"]
    assert [version["new_module"] for version in course["versions"]] == ["", ""]


def test_an_administrator_starts_a_course_and_an_author_a_module_in_it(program, signed_in):
    administrator, author = an_administrator(program), an_author(program)
    titles = {"title_en": "Repair", "title_es": "Reparar"}
    assert signed_in(administrator).post(reverse("start_course"), titles).status_code == 302
    english, spanish = CoursePage.objects.filter(program=program).order_by("locale__language_code")
    assert (english.title, spanish.title) == ("Repair", "Reparar")
    assert english.translation_key == spanish.translation_key
    made = Event.objects.filter(kind="page.created", on_id__in=[english.pk, spanish.pk])
    assert [event.by for event in made] == [administrator, administrator]
    started = Event.objects.get(kind="program.course_started")
    assert (started.by, started.on_id) == (administrator, str(program.pk))
    form = a_form(title="First", goals=["Say what happened"])
    assert signed_in(author).post(waiting.address_of_new_module(english), form).status_code == 302
    module = ModulePage.objects.child_of(english).get()
    assert (module.title, module.goals, module.live, module.owner) == ("First", ["Say what happened"], False, author)


def test_a_new_course_is_worked_on_by_its_own_program_alone(program):
    administrator = an_administrator(program)
    course = authoring.start_course(program=program, titles={"en": "Repair"}, by=administrator, now=JANUARY)
    mine, theirs = an_author(program), an_author(a_program())
    assert course.permissions_for_user(mine).can_add_subpage()
    assert course.permissions_for_user(administrator).can_publish()
    assert not course.permissions_for_user(theirs).can_edit()
    assert not Page.objects.get(pk=course.get_parent().pk).permissions_for_user(administrator).can_add_subpage()


def test_nobody_is_shown_a_course_that_was_only_started(program):
    a_published_course(program, modules=1)
    before = editions.current_edition(program.pk)
    authoring.start_course(program=program, titles={"en": "Repair"}, by=an_administrator(program), now=JANUARY)
    assert editions.current_edition(program.pk) == before


def test_a_course_is_started_in_ones_own_program_alone(program, signed_in):
    theirs = a_program()
    second = a_program()
    administrator = an_administrator(program)
    with pytest.raises(authoring.NotTheirProgram):
        authoring.start_course(program=theirs, titles={"en": "Repair"}, by=administrator, now=JANUARY)
    client = signed_in(administrator)
    client.post(reverse("start_course"), {"program": theirs.pk, "title_en": "Posted"})
    assert CoursePage.objects.filter(title="Posted").get().program == program  # there was nothing to choose
    from lms.referrals.actions.invitations import grant_role
    from lms.referrals.models import ProgramRole

    grant_role(program=second, user=administrator, role=ProgramRole.ADMINISTRATOR)
    answer = client.post(reverse("start_course"), {"program": theirs.pk, "title_en": "Again"})
    assert answer.context["form"].errors.keys() == {"program"}
    assert not CoursePage.objects.filter(program=theirs).exists()


@pytest.mark.parametrize("who", [an_author, a_reviewer, a_facilitator])
def test_nobody_but_an_administrator_starts_a_course(program, signed_in, who):
    client = signed_in(who(program))
    assert client.get(reverse("start_course")).status_code == 404
    assert client.post(reverse("start_course"), {"title_en": "Repair"}).status_code == 404
    assert not CoursePage.objects.exists()


# --- goals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (["Say it", "Find help"], ["Say it", "Find help"]),
        ([], [""]),
        ("Say it", ["Say it"]),
        ({"a": 1}, [""]),
        (None, [""]),
        ([1, None, "x"], ["1", "x"]),
    ],
)
def test_whatever_was_kept_as_goals_can_be_edited(kept, shown):
    assert [goal.value for goal in GoalsField().prepare_value(kept)] == shown


def test_goals_stay_a_plain_list_and_empty_boxes_are_left_out(program, signed_in):
    a_published_course(program, modules=1)
    author = an_author(program)
    page = a_draft_by(author, program)
    form = a_form(goals=[" Say it ", "", "Find help"])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client = signed_in(author)
    assert client.post(edit, form).status_code == 302
    page = ModulePage.objects.get(pk=page.pk)
    assert page.get_latest_revision().content["goals"] == ["Say it", "Find help"]
    assert [goal.value for goal in client.get(edit).context["form"]["goals"].value()] == ["Say it", "Find help"]


def test_the_form_leaves_editions_and_their_digests_alone(program, signed_in):
    a_published_course(program, modules=1)
    before = list(EditionModule.objects.values())
    page = pages(program, 1)["en"]
    page.goals = ["Another"]
    page.save_revision(user=an_author(program))
    assert list(EditionModule.objects.values()) == before


# --- the preview -----------------------------------------------------------------------------------


def preview(client: Client, page: ModulePage, mode: str = "") -> str:
    query = f"?mode={mode}" if mode else ""
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_preview_shows_every_page_as_a_new_reader_sees_it(program, signed_in):
    a_published_course(program, modules=1)
    page, edition = pages(program, 1)["en"], editions.current_edition(program.pk)
    shown = preview(signed_in(an_author(program)), page)
    steps = edition.modules.get().steps
    assert shown.count('class="preview-page"') == len(steps)
    assert [f'id="block-{key}"' in shown for step in steps for key in step] == [True] * sum(map(len, steps))
    assert 'lang="en"' in shown
    assert "Take the check" in shown
    assert "See the result" not in shown


def test_the_preview_shows_what_a_reader_sees_who_has_finished(program, signed_in):
    a_published_course(program, modules=1)
    page = pages(program, 1)["en"]
    shown = preview(signed_in(an_author(program)), page, "en-finished")
    assert "See the result" in shown
    assert "Read it again" in shown
    assert "You chose" in shown
    assert "Take the check" not in shown


def test_the_preview_in_the_other_language_shows_its_newest_words(program, signed_in):
    a_published_course(program, modules=1)
    both = pages(program, 1)
    both["es"].title = "Recién escrito"
    both["es"].save_revision()
    shown = preview(signed_in(an_author(program)), both["en"], "es-new")
    assert "<h1>Recién escrito</h1>" in shown
    assert '<html lang="es"' in shown
    assert '<article lang="es">' in shown


def test_where_there_is_no_spanish_the_reader_is_shown_the_english(program, signed_in):
    a_published_course(program, modules=1)
    author = an_author(program)
    page = a_draft_by(author, program)
    shown = preview(signed_in(author), page, "es-new")
    assert '<html lang="es"' in shown
    assert '<article lang="en">' in shown


def test_an_unknown_mode_is_the_usual_one(program, signed_in):
    a_published_course(program, modules=1)
    client, page = signed_in(an_author(program)), pages(program, 1)["es"]
    assert preview(client, page, "fr-nobody") == preview(client, page, "es-new")


@pytest.mark.parametrize("mode", ["en-new", "en-finished", "es-new", "es-finished"])
def test_the_preview_writes_nothing(program, signed_in, mode):
    a_published_course(program, modules=1)
    client, page = signed_in(an_author(program)), pages(program, 1)["en"]
    preview(client, page, mode)
    counted = [model.objects.count() for model in (Event, Evidence, Viewing)]
    preview(client, page, mode)
    assert [model.objects.count() for model in (Event, Evidence, Viewing)] == counted


def test_the_preview_names_her_by_the_byline_she_agreed_to_and_by_nothing_else(program, signed_in):
    a_published_course(program)
    author = an_author(program, email="quillwort.author@people.example")
    story = write_story(program, author)
    agree(program, story, author)
    shown = preview(signed_in(author), pages(program)["en"])
    assert f"— {BYLINE}" in shown
    assert "not this" not in shown
    assert [name in shown for name in (author.username, str(author.pk), author.email)] == [False] * 3
    assert "Sign out" not in shown


def test_a_message_that_waits_for_her_is_not_spent_by_the_preview(program, signed_in):
    a_published_course(program, modules=1)
    administrator = an_administrator(program)
    client = signed_in(administrator)
    page = pages(program, 1)["en"]
    client.post(reverse("start_course"), {"title_en": "Repair"})
    preview(client, page)
    assert "The course is there." in client.get(reverse("my_courses")).content.decode()


def test_the_preview_may_stand_in_the_editors_frame_and_runs_no_foreign_script(program, signed_in):
    a_published_course(program, modules=1)
    page = pages(program, 1)["en"]
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    client = signed_in(an_author(program))
    client.post(address, a_form(goals=["Say it"]))
    response = client.get(f"{address}?mode=en-new&in_preview_panel=true")
    policy = response["Content-Security-Policy"]
    assert (response["X-Frame-Options"], "frame-ancestors 'self'" in policy) == ("SAMEORIGIN", True)
    assert "unsafe-inline" not in policy
    assert "Say it" in response.content.decode()
    assert "learn-beat" not in response.content.decode()


def test_what_was_taken_back_is_in_no_preview(program, signed_in):
    from courses.actions.withdrawal import take_back

    a_published_course(program)
    author = an_author(program)
    story = write_story(program, author)
    agree(program, story, author)
    take_back(story=story, keep_days=0, by=author, now=clock.now())
    client = signed_in(author)
    page = ModulePage.objects.get(pk=pages(program)["en"].pk)
    assert ["Quillwort" in preview(client, page, mode) for mode in ("en-new", "es-new")] == [False, False]


def test_a_module_that_is_being_started_is_shown_in_the_language_of_its_course(program, signed_in):
    a_published_course(program, modules=1)
    course = CoursePage.objects.get(program=program, locale__language_code="es")
    address = reverse("wagtailadmin_pages:preview_on_add", args=["courses", "modulepage", course.pk])
    form = a_form(title="Primero", goals=["Decirlo"])
    client = signed_in(an_author(program))
    assert json.loads(client.post(address, form).content) == {"is_valid": True, "is_available": True}
    shown = client.get(address).content.decode()
    assert '<article lang="es">' in shown
    assert "Decirlo" in shown


def test_a_stranger_to_the_program_previews_nothing(program, signed_in):
    a_published_course(program, modules=1)
    page = pages(program, 1)["en"]
    for stranger in (an_author(a_program()), a_user()):
        address = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
        assert signed_in(stranger).get(address).status_code == 404


def test_the_guide_is_there_for_whoever_writes(program, signed_in):
    assert signed_in(an_author(program)).get(reverse("authoring_help")).status_code == 200


def test_what_is_not_there_is_said_in_our_words(program, signed_in):
    answer = signed_in(an_author(program)).get("/authoring/pages/999999/edit/")
    assert answer.status_code == 404
    assert "Wagtail" not in answer.content.decode()
    assert "Sign out" in answer.content.decode()  # the page that is everybody's


# --- the preview of a course -----------------------------------------------------------------------


def test_a_course_is_previewed_as_somebody_new_and_as_somebody_who_finished_in_both_languages(program, signed_in):
    a_published_course(program, modules=2)
    client = signed_in(an_author(program))
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    titles = [
        [page.title for page in ModulePage.objects.live().child_of(each).order_by("path")]
        for each in (course, course.get_translations().get())
    ]
    for each, words in (
        (course, "<p>For whoever begins.</p>"),
        (course.get_translations().get(), "<p>Para quien empieza.</p>"),
    ):
        each.introduction = words
        each.save_revision()
    before = (Viewing.objects.count(), Evidence.objects.count())
    for language, (said_new, said_done) in {
        "en": ("0 of 2 modules completed", "You can reread every module."),
        "es": ("0 de 2 módulos completados", "Puede releer todos los módulos."),
    }.items():
        new, done = (preview(client, course, f"{language}-{who}") for who in ("new", "finished"))
        named = titles[language == "es"]
        assert [[title in shown for title in named] for shown in (new, done)] == [[True] * 2] * 2
        assert (said_new in new, said_done in new) == (True, False)
        assert (said_new in done, said_done in done) == (False, True)
        introduced = "Para quien empieza." if language == "es" else "For whoever begins."
        assert all(introduced in shown for shown in (new, done))
        assert ("<details" in new, "<details" in done) == (False, True)
        assert new.count('href="#main"') < done.count('href="#main"')
    assert (Viewing.objects.count(), Evidence.objects.count()) == before


def test_a_course_is_previewed_as_on_a_telephone_first_and_a_new_one_shows_its_drafts(program, signed_in):
    administrator = an_administrator(program)
    course = authoring.start_course(program=program, titles={"en": "New course"}, by=administrator, now=JANUARY)
    draft = ModulePage(title="Only a draft", slug="only-a-draft", live=False)
    course.add_child(instance=draft)
    assert course.preview_sizes[0]["name"] == "phone"
    assert [mode for mode, _words in course.preview_modes] == ["en-new", "en-finished", "es-new", "es-finished"]
    shown = preview(signed_in(administrator), course, "es-new")
    assert "New course" in shown
    assert "Only a draft" in shown
