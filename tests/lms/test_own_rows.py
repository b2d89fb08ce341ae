"""What a form of the Wagtail admin may name: one's own, whatever is posted. And who may let somebody into a court."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms import modelform_factory
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accountability.sample import sample_check_in_form
from courses.models import Question, Topic
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.access import courts_offered, courts_served
from lms.referrals.actions import invitations, upkeep
from lms.referrals.actions.roles import NotAllowed
from lms.referrals.models import Agreement, CourtMembership, Invitation, PolicyVersion, Program, ProgramRole
from lms.referrals.own import OwnViewSet
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_court,
    a_court_lead,
    a_court_user,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
)

pytestmark = pytest.mark.django_db
NEW = {"email": "new@people.example", "first_name": "Nell", "last_name": "Newcomer"}


def a_side() -> SimpleNamespace:
    """A program with one of everything that a form may name, and who administers it."""
    program = a_program()
    topic = Topic.objects.create(program=program, slug="first", title="First")
    court = a_court()
    a_referral(program=program, court=court)
    return SimpleNamespace(
        program=program,
        topic=topic,
        court=court,
        administrator=an_administrator(program),
        form=sample_check_in_form(program=program, now=JANUARY),
        question=Question.objects.create(topic=topic, key="q", kind="single", prompt_en="x", prompt_es="x"),
    )  # fmt: skip


@pytest.fixture
def mine() -> SimpleNamespace:
    return a_side()


@pytest.fixture
def theirs() -> SimpleNamespace:
    return a_side()


@pytest.fixture
def client(mine, signed_in) -> Client:
    """An administrator who has just proved again who they are."""
    found = signed_in(mine.administrator)
    found.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return found


def a_policy(side: SimpleNamespace) -> dict[str, Any]:
    values = forms.model_to_dict(side.program.policies.get(), exclude=["id", "number", "copy_needs_release"])
    return values | {"in_force_from": "2027-01-01 00:00"}


def a_court_form(side: SimpleNamespace) -> dict[str, Any]:
    return {
        "name": "New court", "jurisdiction": "x", "county": "x", "state": "NY", "zone": "America/New_York",
        "hearing_lead_days": 7, "paper": "letter", "route": "portal", "link_days": 30,
    }  # fmt: skip


def a_check_in_form(side: SimpleNamespace) -> dict[str, Any]:
    words = {"label_en": "x", "label_es": "x", "hint_en": "", "hint_es": ""}
    questions = nested_form_data({"questions": streamfield([("text", words)])})
    return {"program": side.program.pk, "number": 2, "in_force_from": "2027-01-01 00:00"} | questions


def a_question(side: SimpleNamespace) -> dict[str, Any]:
    choices = [
        {"key": "a", "text_en": "a", "text_es": "a", "correct": "on"},
        {"key": "b", "text_en": "b", "text_es": "b"},
    ]
    values = {"topic": side.topic.pk, "key": "new", "prompt_en": "x", "prompt_es": "x", "difficulty": "easy"}
    return values | nested_form_data({"choices": inline_formset(choices)})


# Each viewset that is registered → a whole body for one's own, the row of a side, and the foreign value of each choice.
Body = Callable[[SimpleNamespace], dict[str, Any]]
BODIES: dict[str, Body] = {
    "court": a_court_form,
    "program": lambda side: {"name": "New", "slug": "new", "cooling_hours": 24},
    "policyversion": a_policy,
    "agreement": lambda side: {
        "program": side.program.pk, "kind": "release", "version": 9, "language": "en", "title": "x", "body": "x",
    },
    "invitation": lambda side: {"what": "facilitator", "program": side.program.pk, "language": "en"} | NEW,
    "checkinform": a_check_in_form,
    "topic": lambda side: {"program": side.program.pk, "slug": "new", "title": "New"},
    "question": a_question,
}  # fmt: skip
# Which form is meant, where there are several.
KIND = {"question": "?kind=single"}
# Kept by collections, not by a choice of program: tests/courses/test_recordings.py goes through their addresses.
BY_COLLECTION = {"recordings"}
# Bodies in which a choice that another kind of body leaves empty is the one that counts.
BESIDES = {("invitation", "court"): {"what": "court", "program": ""}}
ROWS: dict[str, Callable[[SimpleNamespace], Any]] = {
    "court": lambda side: side.court,
    "program": lambda side: side.program,
    "policyversion": lambda side: side.program.policies.get(),
    "agreement": lambda side: side.program.agreements.first(),
    "invitation": lambda side: None,
    "checkinform": lambda side: side.form,
    "topic": lambda side: side.topic,
    "question": lambda side: side.question,
}


def registered() -> dict[str, ModelViewSet]:
    return {found.url_namespace: found for found in viewsets.viewsets if isinstance(found, OwnViewSet)}


def foreign(field: forms.ModelChoiceField, theirs: SimpleNamespace) -> str:
    return str({"program": theirs.program, "topic": theirs.topic, "court": theirs.court}[field.queryset.model._meta.model_name].pk)  # fmt: skip


def choices_of(form: forms.BaseForm) -> dict[str, forms.ModelChoiceField]:
    return {name: field for name, field in form.fields.items() if isinstance(field, forms.ModelChoiceField)}


def test_every_viewset_of_ours_guards_its_rows_and_stands_in_the_table(client):
    client.get(reverse("wagtailadmin_home"))
    assert set(registered()) - BY_COLLECTION == set(BODIES) == set(ROWS)
    # Wagtail's own of users, groups and sites lead nowhere (lms/urls.py).
    ours = [found for found in viewsets.viewsets if not type(found).__module__.startswith("wagtail.")]
    assert [found for found in ours if isinstance(found, ModelViewSet) and not isinstance(found, OwnViewSet)] == []


@pytest.mark.parametrize("name", BODIES)
def test_ones_own_is_saved(client, mine, name):
    model = registered()[name].model
    before = model.objects.count()
    answer = client.post(reverse(f"{name}:add") + KIND.get(name, ""), BODIES[name](mine))
    assert answer.status_code == 302, answer.context["form"].errors
    assert model.objects.count() == before + 1


@pytest.mark.parametrize("way", ["add", "copy", "edit"])
@pytest.mark.parametrize("name", BODIES)
def test_somebody_elses_is_not_offered_and_saves_nothing(client, mine, theirs, name, way):
    viewset, row = registered()[name], ROWS[name](mine)
    if way != "add" and (row is None or (way == "copy" and not viewset.copy_view_enabled)):
        return
    address = reverse(f"{name}:{way}", args=[row.pk]) if way != "add" else reverse(f"{name}:add") + KIND.get(name, "")
    shown = client.get(address)
    if way == "edit" and shown.status_code in (302, 404):
        return  # never edited: a change is a new version
    before = list(viewset.model.objects.order_by("pk").values())
    for choice, field in choices_of(shown.context["form"]).items():
        value = foreign(field, theirs)
        assert value not in {str(pk) for pk in field.queryset.values_list("pk", flat=True)}
        body = BODIES[name](mine) | BESIDES.get((name, choice), {}) | {choice: value}
        answer = client.post(address, body)
        assert answer.status_code in (200, 400)
        assert choice in answer.context["form"].errors
    assert list(viewset.model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"invitation"}))
def test_the_action_refuses_it_once_more(mine, theirs, name):
    row = ROWS[name](theirs)
    form = modelform_factory(type(row), fields=[])(QueryDict(), instance=row)
    assert form.is_valid()
    for act in (
        lambda: upkeep.save(form=form, by=mine.administrator, now=JANUARY),
        lambda: upkeep.delete(instance=row, by=mine.administrator, now=JANUARY),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_action_adds_nothing_to_another_program(mine, theirs):
    values = {"kind": "release", "version": 9, "language": "en", "title": "x", "body": "x"}
    agreement = Agreement(program=theirs.program)
    form = modelform_factory(Agreement, fields=list(values))(values, instance=agreement)
    assert form.is_valid()
    with pytest.raises(NotAllowed):
        upkeep.save(form=form, by=mine.administrator, now=JANUARY)
    assert not Agreement.objects.filter(version=9).exists()


def test_nothing_is_moved_out_of_another_program(mine, theirs):
    form = modelform_factory(Topic, fields=["program"])({"program": mine.program.pk}, instance=theirs.topic)
    assert form.is_valid()
    with pytest.raises(NotAllowed):
        upkeep.save(form=form, by=mine.administrator, now=JANUARY)


def test_a_list_is_filtered_by_what_is_ones_own_alone(client, mine, theirs):
    Topic.objects.filter(pk=theirs.topic.pk).update(title="Unmistakably elsewhere")
    assert "Unmistakably elsewhere" not in client.get(reverse("question:index")).content.decode()


def test_a_case_is_kept_for_a_year_at_least(client, mine):
    answer = client.post(reverse("policyversion:add"), a_policy(mine) | {"retention_years": 0})
    assert "retention_years" in answer.context["form"].errors
    assert mine.program.policies.count() == 1


@pytest.mark.parametrize("name", ["court", "policyversion", "agreement", "checkinform", "program"])
def test_what_was_typed_waits_for_the_proof_and_is_saved_after_it(mine, signed_in, name):
    client = signed_in(mine.administrator)
    model = registered()[name].model
    before = model.objects.count()
    asked = client.post(reverse(f"{name}:add"), BODIES[name](mine))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert model.objects.count() == before
    client.post(asked.url, {"password": PASSWORD})
    assert model.objects.count() == before + 1


# --- courts -------------------------------------------------------------------------------------------


def test_a_court_is_offered_to_whom_it_refers_and_while_nobody_serves_it(mine, theirs):
    nobodys = a_court()
    assert set(courts_offered(mine.administrator)) == {mine.court, nobodys}
    invitations.invite_to_court(court=nobodys, **NEW, lead=True, by=mine.administrator, now=JANUARY)
    assert nobodys in courts_served(mine.administrator)
    assert nobodys not in courts_offered(theirs.administrator)


def test_whoever_began_with_a_court_no_longer_serves_one_that_refers_to_others_alone(mine, theirs):
    court = a_court()
    token = invitations.invite_to_court(court=court, **NEW, lead=True, by=mine.administrator, now=clock.now())
    invitations.accept(token=token, email="", password=PASSWORD, now=clock.now())
    assert court in courts_served(mine.administrator)
    a_referral(program=theirs.program, court=court)
    assert court not in courts_offered(mine.administrator)
    assert court in courts_served(theirs.administrator)


@pytest.mark.parametrize("lead", [True, False])
def test_nobody_invites_to_a_court_of_another_program(mine, theirs, lead):
    with pytest.raises(NotAllowed):
        invitations.invite_to_court(court=theirs.court, **NEW, lead=lead, by=mine.administrator, now=JANUARY)
    with pytest.raises(NotAllowed):
        invitations.invite_to_court(court=theirs.court, **NEW, lead=lead, by=a_court_lead(mine.court), now=JANUARY)
    assert not Invitation.objects.filter(court=theirs.court).exists()


def test_a_court_of_another_program_is_not_there(client, mine, theirs):
    assert client.get(reverse("court:edit", args=[mine.court.pk])).status_code == 200
    for way in ("edit", "history", "usage"):
        assert client.get(reverse(f"court:{way}", args=[theirs.court.pk])).status_code == 404


def test_whoever_joins_a_court_is_told_to_its_leads_and_to_the_other_programs_it_refers_to(mine, theirs, signed_in):
    a_referral(program=theirs.program, court=mine.court)
    lead, colleague, clerk = a_court_lead(mine.court), an_administrator(mine.program), a_court_user(mine.court)
    auditors = an_auditor(mine.program), an_auditor(theirs.program)
    token = invitations.invite_to_court(court=mine.court, **NEW, lead=False, by=mine.administrator, now=clock.now())
    user = invitations.accept(token=token, email="", password=PASSWORD, now=clock.now())
    assert CourtMembership.objects.filter(court=mine.court, user=user).exists()
    told = Message.objects.filter(kind="court.member_joined")
    assert {message.to for message in told} == {lead, theirs.administrator}
    assert not {colleague, clerk, user} & {message.to for message in told}
    for auditor in auditors:
        listed = {row.event.kind for row in signed_in(auditor).get("/audit/").context["rows"]}
        assert {"court.member_invited", "account.opened"} <= listed


# --- whose events -------------------------------------------------------------------------------------


def listed(auditor, signed_in) -> set[str]:
    """On the screen and in the export, which say the same."""
    client = signed_in(auditor)
    shown = {row.event.kind for row in client.get("/audit/").context["rows"]}
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    table = b"".join(client.post("/audit/export/", {"format": "csv"}).streaming_content).decode()
    assert all(kind in table for kind in shown)
    return shown


def test_what_a_rogue_administrator_did_stays_listed_when_they_are_gone(mine, theirs, signed_in):
    from lms.referrals.actions import roles

    rogue, auditor = an_administrator(mine.program), an_auditor(mine.program)
    agreement = Agreement(program=mine.program)
    values = {"kind": "release", "version": 9, "language": "en", "title": "x", "body": "x"}
    upkeep.save(
        form=modelform_factory(Agreement, fields=list(values))(values, instance=agreement), by=rogue, now=JANUARY
    )
    roles.disable(user=rogue, by=mine.administrator, now=JANUARY)
    roles.take(program=mine.program, user=rogue, role=ProgramRole.ADMINISTRATOR, by=mine.administrator, now=JANUARY)
    assert {"agreement.added", "role.taken", "account.disabled"} <= listed(auditor, signed_in)
    assert not {"agreement.added", "role.taken", "account.disabled"} & listed(an_auditor(theirs.program), signed_in)


def test_what_a_member_of_a_court_did_stays_listed_when_the_membership_ended(mine, theirs, signed_in):
    from lms.journal import journal
    from lms.referrals.actions import court_members

    clerk = a_court_user(mine.court)
    journal.record("account.signed_in", about=None, on=clerk, by=clerk, at=JANUARY)
    membership = CourtMembership.objects.get(user=clerk)
    court_members.end(membership=membership, by=a_court_lead(mine.court), now=JANUARY)
    gone = {"account.signed_in", "court.member_ended", "account.disabled"}
    stranger = an_auditor(theirs.program)
    assert gone <= listed(an_auditor(mine.program), signed_in)
    seen = Event.objects.filter(kind__in=gone - {"account.signed_in"})
    assert not {event.kind for event in seen} & listed(stranger, signed_in)


def test_an_older_event_is_found_by_who_was_there_and_by_whose_row_it_is_on(mine, theirs, signed_in):
    """As the version before wrote them: no programs beside the event."""
    from lms.referrals.actions import roles

    left = an_administrator(mine.program)
    policy = PolicyVersion.objects.get(program=mine.program)
    roles.take(program=mine.program, user=left, role=ProgramRole.ADMINISTRATOR, by=mine.administrator, now=JANUARY)
    Event.objects.create(kind="topic.deleted", at=JANUARY, by=left)
    Event.objects.create(
        kind="policyversion.added", at=JANUARY, by=theirs.administrator, on_label="referrals.policyversion",
        on_id=str(policy.pk),
    )  # fmt: skip
    assert {"topic.deleted", "policyversion.added"} <= listed(an_auditor(mine.program), signed_in)
    assert "topic.deleted" not in listed(an_auditor(theirs.program), signed_in)
    assert "policyversion.added" not in listed(an_auditor(Program.objects.create(name="z", slug="z")), signed_in)
