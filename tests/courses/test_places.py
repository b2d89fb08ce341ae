"""Where somebody reads and how: the same block again, on one page, on paper, in the other language; a form sent twice."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from courses.actions import attempts, evidence
from courses.models import ActiveTime, Attempt, Enrollment, Evidence, ModuleProgress, Reflection
from courses.shown import body
from lms import clock
from lms.people.http import IN_PLACE
from lms.people.models import KeptWords
from lms.people.sessions import BEGAN
from tests.builders import JANUARY, an_enrolled_referral

pytestmark = pytest.mark.django_db
IN_ITS_PLACE = {"headers": {IN_PLACE: "1"}}


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def module(enrollment):
    return enrollment.edition.modules.first()


@pytest.fixture
def client(enrollment, module, signed_in):
    client = signed_in(enrollment.referral.person)
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    client.get(url(module, "module"))
    return client


def url(module, name, *more):
    return reverse(f"learn:{name}", args=[module.pk, *more])


def last_block(module) -> tuple[int, str]:
    """The page with the most blocks, and the last of them."""
    step = max(range(1, len(module.steps) + 1), key=lambda number: len(module.steps[number - 1]))
    return step, module.steps[step - 1][-1]


def test_somebody_comes_back_to_the_block_they_read_on_whichever_device(enrollment, module, client, signed_in):
    step, block = last_block(module)
    assert len(module.steps[step - 1]) > 1
    client.get(f"{url(module, 'module')}?step={step}")
    assert client.post(url(module, "place"), {"block": block}).json() == {"kept": True}
    elsewhere = signed_in(enrollment.referral.person)
    elsewhere.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    assert elsewhere.get(url(module, "module")).url == f"{url(module, 'module')}?step={step}#block-{block}"
    progress = enrollment.progress.get(module=module)
    assert (progress.seen, ActiveTime.objects.count()) == ([], 0), "a place proves nothing"


def test_a_block_of_no_page_of_the_module_is_no_place(module, client):
    step, block = last_block(module)
    client.get(f"{url(module, 'module')}?step={step}")
    client.post(url(module, "place"), {"block": block})
    before = ModuleProgress.objects.values().get()
    for nothing in ("", "no-such-block", "' or 1=1 --"):
        assert client.post(url(module, "place"), {"block": nothing}).json() == {"kept": False}
    assert ModuleProgress.objects.values().get() == before


def test_turning_a_page_leaves_an_older_block_behind(module, client):
    step, block = last_block(module)
    client.get(f"{url(module, 'module')}?step={step}")
    client.post(url(module, "place"), {"block": block})
    other = next(number for number in range(1, len(module.steps) + 1) if number != step)
    client.get(f"{url(module, 'module')}?step={other}")
    # The page before says so late, on a slow line.
    assert client.post(url(module, "place"), {"block": block}).json() == {"kept": False}
    assert client.get(url(module, "module")).context["step"] == other


def test_the_way_of_reading_is_kept_for_every_module_and_leads_to_the_same_block(enrollment, module, client):
    step, block = last_block(module)
    led = client.post(url(module, "way"), {"one_page": "1", "block": block}).url
    assert led == f"{url(module, 'module')}?step={step}#block-{block}"
    page = client.get(led)
    assert [row["id"] for row in page.context["blocks"]] == [one for page in module.steps for one in page]
    client.post(url(module, "way"), {"one_page": "0", "block": block})
    assert [row["id"] for row in client.get(led).context["blocks"]] == module.steps[step - 1]


def read_part(client, module, viewing, step, **how):
    return client.post(url(module, "turn_page"), {"viewing": viewing, "step": step}, **how)


def test_on_one_page_each_part_is_read_by_its_own_button_and_its_own_token(enrollment, module, client):
    client.post(url(module, "way"), {"one_page": "1"})
    viewing = client.get(f"{url(module, 'module')}?step=1").context["viewing"].pk
    progress = enrollment.progress.get(module=module)
    read_part(client, module, viewing, 2)
    progress.refresh_from_db()
    assert progress.seen == [], "a token is of one part alone"
    answer = read_part(client, module, viewing, 1, **IN_ITS_PLACE).json()
    assert answer["step"] == 2
    for _ in range(2):
        read_part(client, module, viewing, 1, **IN_ITS_PLACE)
    progress.refresh_from_db()
    assert progress.seen == [1]
    assert Evidence.objects.filter(kind="page_read").count() == 1, "sent twice, it is read once"
    assert read_part(client, module, answer["viewing"], 2).url == f"{url(module, 'module')}?step=3#page-3"
    progress.refresh_from_db()
    assert progress.seen == [1, 2]


def test_on_one_page_without_scripts_one_button_stands_at_the_first_part_that_was_not_read(module, client):
    client.post(url(module, "way"), {"one_page": "1"})
    page = client.get(f"{url(module, 'module')}?step=1")
    read_part(client, module, page.context["viewing"].pk, 1)
    text = client.get(f"{url(module, 'module')}?step=2").content.decode()
    forms = re.findall(r'<form[^>]*data-part="(\d+)"([^>]*)>', text)
    assert [number for number, rest in forms if "hidden" not in rest] == ["2"]


def test_on_paper_stands_all_text_of_a_module_and_nothing_of_the_person(enrollment, module, client):
    wanted = [each for each in body(module, "en") if each.block_type == "text"]
    client.post(url(module, "reflection_draft", module.asked("reflection")[0]["id"]), {"text": "mine alone"})
    text = client.get(url(module, "paper")).content.decode()
    assert wanted
    assert all(str(each.value) in text for each in wanted)
    assert "mine alone" not in text
    assert "<form" not in text.split("<article")[1].split("</article>")[0]
    assert ActiveTime.objects.count() == 0


def test_what_is_chosen_in_a_check_comes_along_into_the_other_language_and_nothing_is_graded(module, client):
    check = url(module, "check", module.asked("knowledge_check")[0]["id"])
    client.post(check, {"start": "1"})
    attempt = Attempt.objects.get()
    names = [f"q{number}" for number, q in enumerate(attempt.questions, start=1) if q["kind"] == "single"]
    assert names
    page = client.post(check, dict.fromkeys(names, "2") | {"attempt": attempt.pk, "language": "es"})
    assert page.status_code == 200
    text = page.content.decode()
    assert '<html lang="es"' in text
    assert text.count(" checked") == len(names)
    assert "usa-error-message" not in text
    attempt.refresh_from_db()
    assert attempt.graded_at is None
    assert client.get(check).content.decode().count('<html lang="es"') == 1, "and it stays so"


def test_a_reflection_comes_along_into_the_other_language(module, client):
    place = url(module, "reflection", module.asked("reflection")[0]["id"])
    led = client.post(place, {"text": "half a thought", "language": "es"})
    page = client.get(led.url).content.decode()
    assert '<html lang="es"' in page
    assert "half a thought" in page
    assert Reflection.objects.get().submitted_at is None


def test_a_language_that_is_none_changes_nothing(module, client):
    check = url(module, "check", module.asked("knowledge_check")[0]["id"])
    client.post(check, {"start": "1"})
    page = client.post(check, {"language": "tlh"})
    assert settings.LANGUAGE_COOKIE_NAME not in page.cookies
    assert page.context["form"].errors, "it is the form that was sent, with nothing answered"


def test_answers_that_come_late_or_twice_are_of_their_own_attempt_alone(enrollment, module, client):
    block = module.asked("knowledge_check")[0]["id"]
    check = url(module, "check", block)
    client.post(check, {"start": "1"})
    first = Attempt.objects.get()
    attempts.submit(attempt=first, answers={}, by=enrollment.referral.person, now=JANUARY)
    mine = {"attempt": first.pk} | {f"q{number}": "1" for number in range(1, 20)}
    assert client.post(check, mine).status_code == 302
    client.post(check, {"start": "1"})
    assert client.post(check, mine, **IN_ITS_PLACE).json() == {"to": check}
    assert [a.graded_at is None for a in Attempt.objects.order_by("number")] == [False, True]
    assert Attempt.objects.get(number=1).answers == {}


def test_the_same_choice_sent_twice_is_one_and_another_is_another(enrollment, module):
    block = module.asked("scenario")[0]["id"]
    for minute, choice in enumerate((0, 0, 1, 0)):
        now = JANUARY + timedelta(minutes=minute)
        evidence.choose(enrollment=enrollment, module=module, block_id=block, choice=choice, now=now)
    assert Evidence.objects.filter(kind="scenario_chosen").count() == 3


def test_a_form_that_is_sent_in_place_hears_where_it_leads(module, client):
    viewing = client.get(f"{url(module, 'module')}?step=1").context["viewing"].pk
    answer = read_part(client, module, viewing, 1, **IN_ITS_PLACE)
    assert (answer.status_code, answer.json()) == (200, {"to": f"{url(module, 'module')}?step=2"})
    assert answer["Cache-Control"] == "private, no-store"


def test_what_was_sent_in_place_after_the_session_ended_is_kept_too(module, client):
    session = client.session
    session[BEGAN] = (clock.now() - timedelta(days=9)).timestamp()
    session.save()
    place = url(module, "reflection", module.asked("reflection")[0]["id"])
    # A browser says so of every fetch.
    sent = client.post(place, {"text": "a long thought"}, headers={IN_PLACE: "1", "Sec-Fetch-Mode": "cors"})
    assert "/accounts/login/" in sent.json()["to"]
    assert str(KeptWords.objects.get().pk) in sent.json()["to"]
