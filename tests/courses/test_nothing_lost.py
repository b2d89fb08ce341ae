"""Two tabs, a stale press, a page that saves itself: nobody's words are passed over unread, and none are lost."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.actions import authoring, translations
from courses.models import CoursePage, ModulePage, Question, Topic, Translation
from courses.models.bank import Choice
from lms import clock
from lms.journal.models import Event
from tests.builders import a_program, an_author
from tests.conftest import sign_in_session

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def program():
    return a_program(agreements=False)


@pytest.fixture
def author(program, client):
    found = an_author(program)
    sign_in_session(client, found)
    return found


@pytest.fixture
def module(program):
    library = authoring.library("en")
    course = library.add_child(instance=CoursePage(title="Plain", slug="plain", program=program, locale=library.locale))
    course.save_revision()
    body = json.dumps([{"type": "text", "id": str(uuid4()), "value": "<p>Before.</p>"}])
    made = course.add_child(instance=ModulePage(title="How", slug="how", body=body, locale=library.locale, live=False))
    made.save_revision()
    return made


def typed(module: ModulePage, **fields: object) -> dict[str, object]:
    """What the editor sends, as it was opened now."""
    seen = ModulePage.objects.get(pk=module.pk).get_latest_revision()
    return nested_form_data({
        "title": "How", "summary": "", "minimum_minutes": "20", "goals": streamfield([]),
        "body": streamfield([("text", rich_text("<p>Typed.</p>", features=["bold"]))]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
        "loaded_revision_id": str(seen.pk), "loaded_revision_created_at": seen.created_at.isoformat(),
    } | fields)  # fmt: skip


def newest(page: ModulePage) -> ModulePage:
    return ModulePage.objects.get(pk=page.pk).get_latest_revision_as_object()


def elsewhere(module: ModulePage, summary: str) -> None:
    page = newest(module)
    page.summary = summary
    page.save_revision()


# --- the editor -----------------------------------------------------------------------------------


def test_a_press_that_has_seen_the_newest_saves(client, author, module):
    assert (
        client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), typed(module, summary="Mine")).status_code
        == 302
    )
    assert newest(module).summary == "Mine"


@pytest.mark.parametrize("press", [{}, {"action-submit": "1"}], ids=["save", "hand in"])
def test_a_press_that_has_not_seen_the_newest_saves_nothing_and_keeps_what_was_typed(client, author, module, press):
    form = typed(module, summary="Mine <and> no other’s", **press)
    elsewhere(module, "Hers")
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), form)
    assert answer.status_code == 200
    assert newest(module).summary == "Hers"
    page = answer.content.decode()
    assert "Mine &lt;and&gt; no other’s" in page
    assert "Not saved yet: a newer version was saved meanwhile" in page
    assert 'data-w-unsaved-force-value="true"' in page
    assert "w-autosave#save" not in page
    again = typed(module, summary="Mine <and> no other’s")
    assert f'name="loaded_revision_id" value="{again["loaded_revision_id"]}"' in page
    assert client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), again).status_code == 302
    assert newest(module).summary == "Mine <and> no other’s"
    assert [r.content["summary"] for r in module.revisions.order_by("-pk")[:2]] == ["Mine <and> no other’s", "Hers"]


def test_whoever_read_that_something_newer_is_there_may_go_over_it(client, author, module):
    form = typed(module, summary="Mine", overwrite="1")
    elsewhere(module, "Hers")
    assert client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), form).status_code == 302
    assert newest(module).summary == "Mine"


def test_a_title_of_spaces_is_refused_with_everything_else_in_place(client, author, module):
    form = typed(module, title="   ", summary="Typed beside it")
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), form)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"title"}
    assert b"Typed beside it" in answer.content


def test_two_modules_of_one_title_are_two_modules(client, author, module):
    course = module.get_parent()
    form = typed(module, title="How")
    answer = client.post(reverse("wagtailadmin_pages:add", args=["courses", "modulepage", course.pk]), form)
    assert answer.status_code == 302
    assert [(m.title, m.slug) for m in ModulePage.objects.child_of(course)] == [("How", "how"), ("How", "how-2")]


@pytest.mark.parametrize(
    "text", ["😶‍🌫️" * 200, "ولا مرة واحدة " * 20, "word " * 40_000], ids=["emoji", "right to left", "long"]
)
def test_whatever_is_typed_comes_back_as_it_was(client, author, module, text):
    form = typed(
        module, summary=text, body=streamfield([("text", rich_text(f"<p>{text.strip()}</p>", features=["bold"]))])
    )
    assert client.post(reverse("wagtailadmin_pages:edit", args=[module.pk]), form).status_code == 302
    assert newest(module).summary.strip() == text.strip()
    assert text.strip() in newest(module).body[0].value.source


# --- a translation --------------------------------------------------------------------------------


@pytest.fixture
def spanish(author, module):
    translations.begin(page=module, by=author, now=clock.now())
    return ModulePage.objects.get(translation_key=module.translation_key, locale__language_code="es")


def of_the_page(client, module, **fields: object) -> dict[str, object]:
    form = client.get(reverse("translate_page", args=[module.pk])).context["form"]
    return {name: form[name].value() for name in ("source", "seen", "seen_at")} | fields


def test_a_translation_that_saves_itself_is_one_draft_and_one_line_of_the_journal(client, author, module, spanish):
    address, form = reverse("translate_page", args=[module.pk]), of_the_page(client, module, title="Uno")
    first = client.post(address, form, **JSON).json()
    assert first["success"]
    again = form | first["field_updates"] | {"title": "Uno y dos", "overwrite_revision_id": first["revision_id"]}
    second = client.post(address, again, **JSON).json()
    assert (second["revision_id"], second["success"]) == (first["revision_id"], True)
    assert newest(spanish).title == "Uno y dos"
    assert Translation.objects.filter(revision=first["revision_id"]).count() == 1
    assert Event.objects.filter(kind="translation.saved").count() == 1


def test_what_was_written_over_since_is_newer_though_its_number_is_the_same(client, author, module, spanish):
    address, form = reverse("translate_page", args=[module.pk]), of_the_page(client, module, title="Uno")
    first = client.post(address, form, **JSON).json()
    stale = of_the_page(client, module, title="De otra pestaña")
    again = form | first["field_updates"] | {"title": "Uno y dos", "overwrite_revision_id": first["revision_id"]}
    client.post(address, again, **JSON)
    refused = client.post(address, stale, **JSON)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "invalid_revision")
    pressed = client.post(address, stale)
    assert pressed.status_code == 200
    assert "De otra pestaña" in pressed.content.decode()
    assert "w-autosave#save" not in pressed.content.decode()
    assert newest(spanish).title == "Uno y dos"
    assert client.post(address, of_the_page(client, module, title="De otra pestaña")).status_code == 302
    assert newest(spanish).title == "De otra pestaña"


@pytest.mark.parametrize("why", ["published", "somebody else’s"])
def test_a_version_that_others_hold_is_never_written_over(client, author, module, spanish, program, why):
    address, form = reverse("translate_page", args=[module.pk]), of_the_page(client, module, title="Uno")
    first = client.post(address, form, **JSON).json()
    held = Revision.objects.filter(pk=first["revision_id"])
    if why == "published":
        ModulePage.objects.filter(pk=spanish.pk).update(live_revision=held.get())
    else:
        held.update(user=an_author(program))
    again = form | first["field_updates"] | {"title": "Dos", "overwrite_revision_id": first["revision_id"]}
    second = client.post(address, again, **JSON).json()
    assert second["revision_id"] != first["revision_id"]
    assert held.get().content["title"] == "Uno"


def test_a_page_in_review_takes_nothing_by_itself_and_says_so(client, author, module, spanish):
    form = of_the_page(client, module, title="Uno")
    spanish.locked = True
    spanish.save()
    answer = client.post(reverse("translate_page", args=[module.pk]), form, **JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "locked")


# --- a question, and the proof for a form ---------------------------------------------------------


def test_a_question_that_was_saved_meanwhile_is_not_gone_over(client, author, program):
    topic = Topic.objects.create(program=program, slug="t", title="T")
    address = f"/authoring/topic/edit/{topic.pk}/"
    seen = client.get(address).context["form"]["seen"].value()
    Topic.objects.filter(pk=topic.pk).update(title="Hers")
    answer = client.post(address, {"program": program.pk, "slug": "t", "title": "Mine", "seen": seen})
    assert answer.status_code == 200
    assert 'value="Mine"' in answer.content.decode()
    topic.refresh_from_db()
    assert topic.title == "Hers"
    again = answer.context["form"]["seen"].value()
    assert client.post(address, {"program": program.pk, "slug": "t", "title": "Mine", "seen": again}).status_code == 302
    topic.refresh_from_db()
    assert topic.title == "Mine"
    assert Event.objects.get(kind="topic.changed").changed == ["title"]


def test_a_choice_that_changed_is_a_change_of_its_question(client, author, program):
    topic = Topic.objects.create(program=program, slug="t", title="T")
    question = Question(topic=topic, key="q", kind=Question.SINGLE, prompt_en="One?", prompt_es="¿Uno?")
    question.choices = [Choice(key=key, text_en=key, text_es=key, correct=key == "a") for key in "ab"]
    question.save()
    address = f"/authoring/question/edit/{question.pk}/"
    before = client.get(address).context["form"]["seen"].value()
    assert client.get(address).context["form"]["seen"].value() == before
    question.choices.filter(key="a").update(text_en="else")
    assert client.get(address).context["form"]["seen"].value() != before


def test_the_proof_that_the_session_answers_with_opens_a_form(author):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    sign_in_session(client, author)
    answer = client.get("/session/").json()
    assert answer["who"] == str(author.pk)
    assert client.post("/session/").status_code == 403
    assert client.post("/session/", {"csrfmiddlewaretoken": answer["proof"]}).status_code == 200
