"""A learning record to take along: valid for others, whole for the person, and silent about what is nobody else's."""

import csv
import io
import json
import subprocess
from datetime import timedelta
from time import time
from uuid import UUID

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from ralph.models.xapi.base.statements import BaseXapiStatement

from courses.actions import attempts, reflections
from courses.models import Attempt, Enrollment, Reflection
from courses.rules.xapi import duration
from lms.demonstration import steps
from lms.journal.models import Event
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_facilitator,
    a_person,
    a_referral,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.courses import stories
from tests.courses.stories import BYLINE, NEEDLES

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOME = settings.PUBLIC_URL
VOCABULARY = {"registered", "initialized", "experienced", "interacted", "attempted", "failed", "passed", "responded", "completed"}  # fmt: skip
FORMS = ("xapi", "csv", "pdf")


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    """Somebody whose name a spreadsheet would work out, who took two modules; one check failed first."""
    referral = an_enrolled_referral(program=shelf, first_name="=Unmistakable", last_name="Zephyrine")
    found = Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=referral
    )
    first, second = found.edition.modules.all()[:2]
    steps.evidence.open_step(enrollment=found, module=first, step=1, by=referral.person, now=JANUARY)
    what = {"enrollment": found, "module": first, "block_id": first.asked("knowledge_check")[0]["id"]}
    failed = attempts.start(**what, by=referral.person, now=JANUARY)
    attempts.submit(attempt=failed, answers={}, by=referral.person, now=JANUARY + timedelta(seconds=90))
    now = steps.take_module(found, first, now=JANUARY + DAY)
    steps.accept_reflections(found, by=referral.facilitator, now=now + DAY)
    steps.take_module(found, second, now=now + 2 * DAY)
    row = Reflection.objects.filter(module=second).first()
    reflections.review(reflection=row, outcome="returned", note="Say more", by=referral.facilitator, now=now + 4 * DAY)
    found.refresh_from_db()
    return found


@pytest.fixture
def proved(signed_in):
    """Signed in, and shown again who they are, as each of these addresses asks."""

    def make(user):
        client = signed_in(user)
        session = client.session
        session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
        session.save()
        return client

    return make


@pytest.fixture
def client(enrollment, proved):
    return proved(enrollment.referral.person)


def taken(client, form: str) -> bytes:
    answer = client.post(reverse("learn:take_record"), {"form": form})
    assert answer.status_code == 200
    return answer.content


def statements(client) -> list[dict]:
    return json.loads(taken(client, "xapi"))


def words_of(pdf: bytes) -> str:
    """Its text, as another program reads it."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def check(statement: dict) -> BaseXapiStatement:
    """By Ralph's models (Open edX, France Université Numérique), which know xAPI up to 1.0.3. For statements without
    ``contextAgents`` and ``contextGroups`` 2.0 changed nothing but the version, which is looked at beside."""
    assert statement["version"] == "2.0.0"
    assert not {"contextAgents", "contextGroups"} & statement["context"].keys()
    return BaseXapiStatement.model_validate_json(json.dumps(statement | {"version": "1.0.3"}))


def test_every_statement_is_valid(client):
    found = statements(client)
    assert len(found) > 20
    for statement in found:
        read = check(statement)
        assert str(read.verb.id).startswith("http://adlnet.gov/expapi/verbs/")
        assert read.timestamp.utcoffset() == timedelta(0)
        assert UUID(statement["id"]).version == 5
    assert {s["verb"]["id"].rpartition("/")[2] for s in found} == VOCABULARY
    assert [s["timestamp"] for s in found] == sorted(s["timestamp"] for s in found)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"verb": {"id": "passed"}},
        {"actor": {"objectType": "Agent", "account": {"name": "x"}}},
        {"result": {"score": {"scaled": 1.5}}},
        {"result": {"duration": "90 s"}},
        {"context": {"registration": "somebody"}},
        {"surprise": 1},
    ],
)
def test_the_validator_refuses_what_is_no_statement(client, spoiled):
    statement = statements(client)[0] | {"version": "1.0.3"}
    BaseXapiStatement.model_validate_json(json.dumps(statement))
    with pytest.raises(ValueError):
        BaseXapiStatement.model_validate_json(json.dumps(statement | spoiled))


def test_statements_say_what_was_done_and_how_well(enrollment, client):
    found = statements(client)
    module = enrollment.edition.modules.first()
    block = module.asked("knowledge_check")[0]["id"]
    graded = [s for s in found if s["object"]["id"] == f"{HOME}/xapi/blocks/{block}" and "result" in s]
    assert [s["verb"]["id"].rpartition("/")[2] for s in graded] == ["failed", "passed"]
    failed, passed = (s["result"] for s in graded)
    assert failed == {"score": {"scaled": 0.0}, "success": False, "completion": True, "duration": "PT90S"}
    assert passed == {"score": {"scaled": 1.0}, "success": True, "completion": True, "duration": "PT240S"}
    for statement in found:
        assert statement["actor"] == found[0]["actor"]
        assert statement["actor"]["account"]["homePage"] == f"{HOME}/"
        assert statement["context"]["registration"] == str(enrollment.pk)
        assert statement["context"]["revision"]
    assert graded[0]["context"]["revision"] == module.digest_en
    done = [s for s in found if s["object"]["id"] == f"{HOME}/xapi/modules/{module.page_key}" and "result" in s]
    assert [s["result"]["completion"] for s in done] == [True]


def test_a_second_export_has_the_same_ids_and_no_more(client):
    first, second = statements(client), statements(client)
    assert first == second
    assert len({statement["id"] for statement in first}) == len(first)


def test_another_enrollment_shares_no_id_with_it(shelf, client, proved):
    other = an_enrolled_referral(program=shelf)
    ours, theirs = statements(client), statements(proved(other.person))
    assert not {s["id"] for s in ours} & {s["id"] for s in theirs}
    assert ours[0]["actor"] != theirs[0]["actor"]
    assert ours[0]["object"] == theirs[0]["object"]


def test_the_table_has_a_line_for_each_statement_and_the_pdf_says_what_it_is(enrollment, client):
    lines = list(csv.DictReader(io.StringIO(taken(client, "csv").decode())))
    assert len(lines) == len(statements(client))
    assert [line["Score"] for line in lines if line["Passed"]][:2] == ["0.0", "1.0"]
    assert {line["Edition"] for line in lines} == {str(enrollment.edition.number)}
    file = taken(client, "pdf")
    words = words_of(file)
    assert "This is not a court report." in words
    assert "Zephyrine" in words
    assert "Why you are here" in words
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert (str(pdf.Root.Lang), str(pdf.docinfo["/Title"])) == ("en", "Learning record")
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("/FontFile2" in _descriptor(font) for font in fonts)


def _descriptor(font):
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return inner.FontDescriptor


def test_in_spanish_the_table_and_the_pdf_speak_spanish(client):
    client.post(reverse("set_language"), {"language": "es"})
    assert taken(client, "csv").decode().startswith('"Cuándo (UTC)"')
    file = taken(client, "pdf")
    assert "no es un informe para el tribunal" in words_of(file)
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert str(pdf.Root.Lang) == "es"


def test_a_name_that_the_fonts_cannot_print_is_still_printed(enrollment, client):
    enrollment.referral.first_name = "李 <b>Ana</b>"
    enrollment.referral.save(update_fields=["first_name"])
    assert "? <b>Ana</b> Zephyrine" in words_of(taken(client, "pdf"))


@pytest.mark.parametrize("form", FORMS)
def test_what_is_nobody_elses_is_in_none_of_them(shelf, form, enrollment, client):
    told = taken(client, form)
    text = words_of(told) if form == "pdf" else told.decode()
    asked = [question for attempt in Attempt.objects.all() for question in attempt.questions]
    written = [row.read() for row in Reflection.objects.all() if row.text]
    assert asked
    assert written
    needles = [
        *(part for words in written for part in words.split(". ") if part.strip()),
        "Say more",
        *(text for question in asked for text in (*question["prompt"].values(), *question["explanation"].values())),
        enrollment.referral.person.email, str(enrollment.referral.person.pk), str(enrollment.referral.pk),
        enrollment.referral.case_number, enrollment.referral.court.name,
        enrollment.referral.facilitator.last_name, str(enrollment.referral.facilitator.pk),
    ]  # fmt: skip
    if form != "pdf":  # the transcript is the person's own paper
        needles += ["Zephyrine", "Unmistakable"]
    assert [needle for needle in needles if needle and needle in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_no_author_is_in_any_of_them(shelf, form, proved):
    author = an_author(shelf, username="quiet-heron-7", email="real.name@authors.example")
    story = stories.write_story(shelf, author)
    stories.agree(shelf, story, author, now=stories.BEGAN)
    edition = stories.publish(shelf, now=stories.BEGAN)
    referral = an_enrolled_referral(program=shelf, now=edition.published_at)
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)
    assert enrollment.edition == edition
    now = steps.take_module(enrollment, edition.modules.first(), now=edition.published_at)
    steps.take_module(enrollment, edition.modules.get(position=2), now=now)
    told = taken(proved(referral.person), form)
    text = words_of(told) if form == "pdf" else told.decode()
    needles = ["quiet-heron-7", "authors.example", str(author.pk), BYLINE, *NEEDLES.values()]
    assert [needle for needle in needles if needle in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_taking_it_is_journaled_and_the_file_is_called_by_an_opaque_id(form, enrollment, client):
    answer = client.post(reverse("learn:take_record"), {"form": form})
    ending = {"xapi": "json"}.get(form, form)
    assert answer["Content-Disposition"] == f'attachment; filename="{enrollment.pk}.{ending}"'
    event = Event.objects.get(kind="record.taken")
    assert (event.by, event.about, event.data) == (enrollment.referral.person, enrollment.referral_id, {"form": form})


def test_staff_of_the_case_takes_it_and_the_person_sees_that_they_did(enrollment, client, proved):
    for who in (enrollment.referral.facilitator, an_administrator(enrollment.referral.program)):
        staff = proved(who)
        assert staff.get(reverse("roster:record", args=[enrollment.pk])).status_code == 200
        answer = staff.post(reverse("roster:take_record", args=[enrollment.pk]), {"form": "xapi"})
        assert json.loads(answer.content) == statements(client)
        assert Event.objects.filter(kind="record.handed_out", by=who, about=enrollment.referral_id).count() == 1
    assert "Your learning record was taken along" in client.get(reverse("referrals:my_file")).content.decode()


def test_for_anybody_else_it_is_not_there(enrollment, shelf, proved):
    other = an_enrolled_referral(program=shelf)
    for who in (a_facilitator(shelf), other.person):
        them = proved(who)
        assert them.get(reverse("roster:record", args=[enrollment.pk])).status_code == 404
        for form in FORMS:
            assert them.post(reverse("roster:take_record", args=[enrollment.pk]), {"form": form}).status_code == 404


def test_a_form_that_there_is_not_is_not_there(enrollment, client):
    assert client.post(reverse("learn:take_record"), {"form": "badge"}).status_code == 404
    assert client.get(reverse("learn:take_record")).status_code == 405


def test_it_waits_until_they_show_again_who_they_are(enrollment, signed_in):
    client = signed_in(enrollment.referral.person)
    for answer in (client.get(reverse("learn:record")), client.post(reverse("learn:take_record"), {"form": "pdf"})):
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    assert not Event.objects.filter(kind="record.taken").exists()
    client.post(answer["Location"], {"password": PASSWORD})
    assert client.post(reverse("learn:take_record"), {"form": "pdf"}).content.startswith(b"%PDF")


def test_before_there_is_a_course_the_page_says_when_there_is_one(shelf, signed_in):
    client = signed_in(a_person(a_referral(program=shelf)))
    assert "your record begins here" in client.get(reverse("learn:record")).content.decode()
    assert client.post(reverse("learn:take_record"), {"form": "pdf"}).status_code == 404


def test_as_many_queries_for_much_as_for_little(shelf, enrollment, client, proved, django_assert_num_queries):
    beginner = proved(an_enrolled_referral(program=shelf).person)
    for each in (client, beginner):
        taken(each, "xapi")
        with django_assert_num_queries(ONE_RECORD):
            taken(each, "xapi")


# Session, account, the person's second factors asked for; the enrollment; five reads of the record; BEGIN, the event,
# COMMIT and what goes with it.
ONE_RECORD = 16


@pytest.mark.parametrize("seconds, said", [(0, "PT0S"), (12.345, "PT12.35S"), (90, "PT90S"), (12345.6, "PT12346S")])
def test_durations_are_iso_8601(seconds, said):
    assert duration(seconds) == said
