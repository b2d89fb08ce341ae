"""Publishing the questions of a check-in in the Wagtail admin: versions, mistakes, how they will look."""

from time import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accountability.models import CheckInForm
from accountability.models.forms import MOST_QUESTIONS
from accountability.models.question_blocks import ChoiceBlock
from lms import clock
from tests.accountability.checking_in import DAY, KINDS, a_form, a_question
from tests.builders import a_program, an_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def administrator(program, signed_in) -> Client:
    client = signed_in(an_administrator(program))
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    return client


def posted(form: CheckInForm, **more: Any) -> dict[str, Any]:
    """What the editor sends for this form."""
    data = {
        "program": str(form.program_id),
        "part": form.part,
        "in_force_from": "2020-01-01 00:00",
        "questions-count": "0",
    }
    questions = form.questions.get_prep_value()
    data["questions-count"] = str(len(questions))
    for n, block in enumerate(questions):
        data |= {f"questions-{n}-{name}": value for name, value in
                 {"deleted": "", "order": str(n), "type": block["type"], "id": block["id"]}.items()}  # fmt: skip
        for name, value in block["value"].items():
            if isinstance(value, list):
                data[f"questions-{n}-value-{name}-count"] = str(len(value))
                for m, each in enumerate(value):
                    words = each["value"] if isinstance(each, dict) else each
                    data |= {f"questions-{n}-value-{name}-{m}-value": words, f"questions-{n}-value-{name}-{m}-deleted": "",
                             f"questions-{n}-value-{name}-{m}-order": str(m)}  # fmt: skip
            elif value is not False:
                data[f"questions-{n}-value-{name}"] = "on" if value is True else value
    return data | more


def copy(form: CheckInForm) -> str:
    return reverse("checkinform:copy", args=[form.pk])


def test_a_change_is_published_as_the_next_version_and_the_first_stays(program, administrator):
    first = a_form(program)
    was = first.questions.get_prep_value()
    answer = administrator.post(copy(first), posted(first, **{"questions-3-value-label_en": "Said anew"}), follow=True)
    second = CheckInForm.objects.get(number=2)
    assert "See version 2 as people see it" in answer.content.decode()
    first.refresh_from_db()
    assert first.questions.get_prep_value() == was
    assert [q.label for q in second.in_language("en")][3] == "Said anew"
    assert second.in_force_from > first.in_force_from


def test_a_version_that_comes_later_begins_then(program, administrator):
    first = a_form(program)
    when = (clock.now() + 20 * DAY).strftime("%Y-%m-%d %H:%M")
    administrator.post(copy(first), posted(first, in_force_from=when, part="last"))
    second = CheckInForm.objects.get(number=2)
    assert (second.part, second.in_force_from > clock.now() + 18 * DAY) == ("last", True)


def test_a_mistake_in_the_editor_is_said_at_its_question_and_nothing_is_published(program, administrator):
    first = a_form(program)
    typed = posted(first, **{"questions-1-value-choices_es-1-deleted": "1"})
    shown = administrator.post(copy(first), typed).content.decode()
    assert "2 choices in English and 1 in Spanish" in shown
    assert CheckInForm.objects.count() == 1


def test_the_author_sees_it_as_people_will_in_both_languages(program, administrator, signed_in):
    form = a_form(program, in_force_from=clock.now() + DAY)
    address = reverse("track_staff:form_preview", args=[form.pk])
    shown = administrator.get(address).content.decode()
    for kind in KINDS:
        assert f"label {kind} en" in shown
        assert f"label {kind} es" in shown
    assert signed_in(an_administrator(a_program())).get(address).status_code == 404


@pytest.mark.parametrize(
    "kinds, words",
    [
        ((), "at least one question"),
        (("text",) * (MOST_QUESTIONS + 1), "three minutes"),
        (("changed", "changed"), "once only"),
    ],
)
def test_what_would_not_work_is_said_in_words(kinds, words):
    form = CheckInForm(questions=[a_question(kind) for kind in kinds])
    with pytest.raises(ValidationError) as refused:
        form.clean()
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "english, spanish, words",
    [
        (["Yes", "No"], ["Sí"], "2 choices in English and 1 in Spanish"),
        (["Yes"], ["Sí"], "between 2 and 12"),
        (["Yes", "Yes"], ["Sí", "No"], "say the same"),
    ],
)
def test_choices_that_do_not_match_are_told_apart(english, spanish, words):
    block = ChoiceBlock()
    value = block.to_python(a_question("choice", choices_en=english, choices_es=spanish)["value"])
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert words in str(refused.value.block_errors["choices_es"])
