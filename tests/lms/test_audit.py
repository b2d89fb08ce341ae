"""The auditor's screen, what reaches the journal by itself, and who is told when it does not hold."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from courses.models import Enrollment
from lms import clock
from lms.demonstration import steps
from lms.journal import chain, journal, labels, verification
from lms.journal.models import Event, Link, Verification
from lms.outbox.models import Message
from lms.people.models import Kind, User
from lms.referrals import actions, audit
from lms.referrals.actions import audit as audit_actions
from lms.referrals.actions import upkeep
from lms.referrals.actions.roles import grant_role
from lms.referrals.models import PolicyVersion, ProgramRole
from lms.referrals.rules.weeks import week_before
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_court,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_published_course,
    a_referral,
    a_user,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
    at,
)
from tests.lms.test_journal import lift_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def auditor(program):
    return an_auditor(program)


@pytest.fixture
def referral(program):
    facilitator = a_facilitator(program)
    found = a_referral(program=program, by=None)
    found.facilitator = facilitator
    found.save()
    a_person(found)
    return found


def confirmed(client: Client) -> Client:
    """Has just shown once more who they are."""
    from time import time

    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- who sees what ----------------------------------------------------------------------------------


def test_an_auditor_sees_the_events_of_their_programs_and_no_names(signed_in, auditor, referral):
    stranger = a_referral(first_name="Stranger", last_name="Elsewhere")
    journal.record("reflection.read", about=referral.subject, on=referral, by=referral.facilitator, at=JANUARY)
    journal.record("reflection.submitted", about=referral.subject, on=referral, by=referral.person, at=JANUARY)
    page = signed_in(auditor).get("/audit/")
    words = text(page)
    assert "The court referred the person" in words
    assert "Fay Facilitator" in words
    assert str(referral.subject) in page.content.decode()
    assert str(stranger.subject) not in page.content.decode()
    for secret in (referral.first_name, referral.last_name, referral.email, referral.case_number):
        assert secret not in words


@pytest.mark.parametrize("make", [a_facilitator, an_administrator])
def test_whoever_is_no_auditor_sees_no_rows_and_takes_none(signed_in, program, referral, make):
    client = confirmed(signed_in(make(program)))
    page = client.get("/audit/")
    assert page.status_code == (200 if make is an_administrator else 404)
    assert str(referral.subject) not in page.content.decode()
    assert client.get("/audit/export/").status_code == 404
    assert client.post("/audit/export/", {"format": "csv"}).status_code == 404


def test_an_administrator_counts_and_follows_a_case_but_is_not_shown_their_own_acts(signed_in, program, referral):
    administrator = an_administrator(program)
    journal.record("referral.hearing_added", about=referral.subject, by=administrator, at=JANUARY)
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=JANUARY)
    client = signed_in(administrator)
    found = client.post("/audit/find/", {"case": referral.case_number.lower()})
    assert found["Location"] == f"/audit/cases/{referral.subject}/"
    words = text(client.get(found["Location"]))
    assert labels.label("reflection.read") in words
    assert labels.label("referral.hearing_added") not in words
    assert "Nothing has happened yet" in text(client.get("/audit/")), "January is long ago"
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=clock.now())
    counted = {group.title: group.count for group, _url in client.get("/audit/").context["groups"]}
    assert counted == {"The course": 1, "Reading somebody’s file": 1}


def test_an_auditor_of_another_program_finds_nothing_of_this_one(signed_in, referral):
    client = signed_in(an_auditor(a_program()))
    assert client.get(f"/audit/cases/{referral.subject}/").status_code == 404
    assert client.post("/audit/find/", {"case": referral.case_number})["Location"] == "/audit/"
    assert str(referral.subject) not in client.get("/audit/").content.decode()


@pytest.mark.parametrize("path", ["/audit/", "/audit/export/"])
def test_an_auditor_can_change_nothing(signed_in, auditor, path):
    client = signed_in(auditor)
    for method in (client.put, client.delete, client.patch):
        assert method(path).status_code == 405


def test_the_filters_narrow_by_group_period_person_network_and_refusal(signed_in, auditor, referral):
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=at("2026-02-03 12:00"))
    journal.record("report.drafted", about=referral.subject, by=None, at=at("2026-03-03 12:00"))
    journal.record(
        "access.denied", about=referral.subject, by=referral.person, at=at("2026-03-04 12:00"), outcome="denied"
    )
    client = signed_in(auditor)

    def listed(**query: str) -> set[str]:
        return {row.event.kind for row in client.get("/audit/", query).context["rows"]}

    assert listed(group="reads") == {"reflection.read"}
    assert listed(group="reports") == {"report.drafted"}
    assert listed(since="2026-02-03", until="2026-02-03") == {"reflection.read"}
    assert listed(who=str(referral.facilitator.pk)) == {"reflection.read"}
    assert listed(who="kind:responsible_party") == {"access.denied"}
    assert listed(refused="on") == {"access.denied"}
    assert listed(about=str(referral.pk), group="case") == {"referral.received"}
    assert listed(origin="198.51.100.0/24") == set()
    assert listed(since="nonsense") == set()
    assert client.get("/audit/", {"page": "no number", "group": "reads"}).status_code == 200


def test_pages_keep_the_filter(signed_in, auditor, referral):
    journal.record_all(
        journal.Entry("check_in.missed", JANUARY, about=referral.pk, data={"number": n}) for n in range(120)
    )
    client = signed_in(auditor)
    first = client.get("/audit/", {"group": "track"})
    assert "?group=track&amp;page=2" in first.content.decode()
    assert len(client.get("/audit/", {"group": "track", "page": 3}).context["rows"]) == 20


def test_a_case_reads_from_its_first_day_to_its_last(signed_in, auditor, referral):
    for day in (3, 1, 2):
        journal.record(
            "check_in.missed", about=referral.subject, by=None, at=at(f"2026-04-0{day} 12:00"), data={"number": day}
        )
    rows = signed_in(auditor).get(f"/audit/cases/{referral.subject}/").context["rows"]
    assert [row.event.kind for row in rows] == ["referral.received"] + ["check_in.missed"] * 3
    assert [row.event.data.get("number") for row in rows] == [None, 1, 2, 3]


def test_the_screen_speaks_spanish(auditor, referral):
    from tests.conftest import sign_in_session

    client = Client()
    sign_in_session(client, auditor)
    client.cookies["language"] = "es"
    assert client.get("/audit/").status_code == 200
    assert client.get(f"/audit/cases/{referral.subject}/").status_code == 200


# --- out of the house -------------------------------------------------------------------------------


def test_an_export_asks_once_more_who_you_are(signed_in, auditor):
    client = signed_in(auditor)
    for method in (client.get, client.post):
        response = method("/audit/export/")
        assert response.status_code == 302
        assert "reauthenticate" in response["Location"]


def test_the_exported_lines_prove_themselves_outside(signed_in, auditor, referral):
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=JANUARY, data={"shown": [1]})
    journal.seal_all(now=JANUARY)
    response = confirmed(signed_in(auditor)).post("/audit/export/?group=reads", {"format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert [line["event"]["kind"] for line in lines] == ["reflection.read"]
    for line in lines:
        assert chain.link_hash(line["previous"], line["position"], line["event"]) == line["hash"]
        assert Link.objects.get(position=line["position"]).hash == line["hash"]
    exported = Event.objects.get(kind="journal.exported")
    assert (exported.by, exported.data) == (auditor, {"format": "jsonl", "events": 1})


def test_the_exported_table_holds_no_formula_and_no_name(signed_in, auditor, referral):
    Event.objects.create(kind="=2+5", about=referral.subject, at=JANUARY, changed=["@x"])  # past the product, by SQL
    response = confirmed(signed_in(auditor)).post("/audit/export/", {"format": "csv"})
    body = b"".join(response.streaming_content).decode()
    rows = list(csv.reader(StringIO(body)))
    assert rows[0][:5] == ["position", "hash", "event", "at", "kind"]
    assert "'=2+5" in [row[4] for row in rows]
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")]
    for secret in (referral.last_name, referral.email, referral.case_number, "Facilitator"):
        assert secret not in body
    assert response["Content-Disposition"].endswith('.csv"')


# --- kept outside, and verified ---------------------------------------------------------------------


def test_each_auditor_is_told_the_head_once_a_day_and_the_mail_says_no_more(auditor, referral, mailoutbox):
    from lms.outbox import delivery

    journal.seal_all(now=JANUARY)
    for hour in range(3):
        audit_actions.tell_head(now=JANUARY + timedelta(hours=hour))
    delivery.deliver(now=JANUARY + timedelta(hours=4), limit=10, send=delivery.send_mail)
    mails = [mail for mail in mailoutbox if mail.to == [auditor.email]]
    assert len(mails) == 1
    head = verification.head()
    assert str(head) in mails[0].body
    assert head.hash not in mails[0].subject
    assert verification.verify(heads=[head]) == []
    audit_actions.tell_head(now=JANUARY + timedelta(days=1))
    assert Message.objects.filter(kind="journal.head", to=auditor).count() == 2


def test_a_night_that_finds_a_break_tells_administrators_and_auditors(auditor, program, referral, signed_in):
    administrator = an_administrator(program)
    journal.seal_all(now=JANUARY)
    assert audit_actions.verify_nightly(now=JANUARY).broken == 0
    assert not Message.objects.filter(kind="journal.broken").exists()
    assert "The journal holds" in text(signed_in(auditor).get("/audit/"))
    lift_triggers()
    Event.objects.filter(link__position=1).update(changed=["x"])
    assert audit_actions.verify_nightly(now=JANUARY + timedelta(hours=1)) is None, "it was verified an hour ago"
    assert audit_actions.verify_nightly(now=JANUARY + timedelta(days=1)).broken == 1
    told = Message.objects.filter(kind="journal.broken").values_list("to", flat=True)
    assert set(told) == {auditor.pk, administrator.pk}
    assert "does not hold in 1 place" in text(signed_in(auditor).get("/audit/"))
    assert Verification.objects.count() == 2


def test_the_screen_says_whether_the_register_holds(auditor, signed_in):
    assert "The register of reports: its chain holds over 0 lines" in text(signed_in(auditor).get("/audit/"))


# --- who read my file -------------------------------------------------------------------------------


def test_a_person_sees_who_read_their_words_by_role_and_moment(signed_in, referral):
    other = a_referral(program=referral.program)
    clerk = a_court_user(referral.court)
    for about, kind, by in (
        (referral, "reflection.read", referral.facilitator),
        (referral, "report.opened", clerk),
        (referral, "report.opened", referral.person),
        (referral, "check_in.accepted", referral.facilitator),
        (other, "check_in.read", referral.facilitator),
    ):
        journal.record(kind, about=about.subject, by=by, at=JANUARY)
    response = signed_in(referral.person).get("/my-file/")
    assert [(read.who, read.what) for read in response.context["page"]] == [
        ("The court", labels.YOURS["report.opened"]),
        ("Program staff", labels.YOURS["reflection.read"]),
    ]
    assert "Fay" not in text(response)


def test_whoever_was_not_read_yet_is_told_so(signed_in, referral):
    assert "Nobody has read anything yet" in text(signed_in(referral.person).get("/my-file/"))


# --- sign-ins, refusals, factors ----------------------------------------------------------------------


def sign_in(user: User, password: str = PASSWORD, address: str = "203.0.113.77") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": user.email or user.username, "password": password})
    return client


def test_signing_in_and_out_are_events_with_a_truncated_address_and_the_requests_number():
    person = a_user()
    client = sign_in(person)
    response = client.post("/accounts/logout/")
    signed_in, signed_out = Event.objects.filter(kind__startswith="account.").order_by("pk")
    assert (signed_in.kind, signed_in.by, signed_in.origin) == ("account.signed_in", person, "203.0.113.0/24")
    assert (signed_out.kind, signed_out.request_id) == ("account.signed_out", response["X-Request-ID"])
    assert signed_in.request_id != signed_out.request_id


def test_an_address_of_the_sixth_version_keeps_forty_eight_bits():
    sign_in(a_user(), address="2001:db8:1234:5678:9abc::1")
    assert Event.objects.get(kind="account.signed_in").origin == "2001:db8:1234::/48"


def test_a_forged_forwarding_header_says_nothing(settings):
    client = Client(REMOTE_ADDR="203.0.113.77", headers={"X-Forwarded-For": "198.51.100.9", "X-Request-ID": "mine"})
    person = a_user()
    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    event = Event.objects.get(kind="account.signed_in")
    assert event.origin == "203.0.113.0/24"
    assert response["X-Request-ID"] == event.request_id != "mine"


def test_a_failed_sign_in_names_the_account_that_was_tried_and_keeps_nothing_typed():
    person = a_user()
    sign_in(person, password="not the passphrase at all")
    Client().post("/accounts/login/", {"login": "nobody@people.example", "password": "guessed-secret-word"})
    known, unknown = Event.objects.filter(kind="account.sign_in_failed").order_by("pk")
    assert (known.by, known.outcome, known.data) == (person, "failed", {})
    assert (unknown.by, unknown.on_id, unknown.data) == (None, "", {})
    assert "nobody@people.example" not in str(Event.objects.values_list())
    assert "guessed-secret-word" not in str(list(Event.objects.values()))


def test_nothing_says_where_an_author_signed_in_or_failed_to(program):
    author = an_author(program)
    sign_in(author, password="not the passphrase at all")
    sign_in(author)
    events = Event.objects.filter(kind__startswith="account.", by=author)
    assert {event.kind for event in events} >= {"account.sign_in_failed"}
    assert {event.origin for event in events} == {""}


def test_a_second_factor_set_up_and_a_password_changed_are_events(
    signed_in, referral, django_capture_on_commit_callbacks
):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    person = referral.person
    EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
    client = confirmed(signed_in(person))
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):  # allauth says so when it has committed
        client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Event.objects.filter(kind="account.factor_added", by=person, data={"factor": "totp"}).exists()
    client.post("/accounts/2fa/totp/deactivate/")
    assert Event.objects.filter(kind="account.factor_removed", by=person, data={"factor": "totp"}).exists()
    new = "another long and quiet passphrase"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert Event.objects.filter(kind="account.password_changed", by=person).exists()


def test_an_address_added_shown_to_be_theirs_and_taken_away_are_events(rf):
    """Each of allauth's signals, as its own pages send them; nothing of the address is kept."""
    from allauth.account import signals

    person = a_user()
    address = EmailAddress.objects.create(user=person, email="another@people.example", verified=False)
    more = {"request": rf.get("/"), "user": person, "email_address": address}
    signals.email_added.send(sender=User, **more)
    signals.email_confirmed.send(sender=EmailAddress, request=more["request"], email_address=address)
    signals.email_removed.send(sender=User, **more)
    events = Event.objects.filter(kind__startswith="account.address_", by=person).order_by("pk")
    assert [event.kind.partition("_")[2] for event in events] == ["added", "confirmed", "removed"]
    assert "another@" not in str(list(events.values()))


def test_showing_once_more_who_you_are_is_an_event(signed_in, auditor):
    client = signed_in(auditor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert Event.objects.get(kind="account.reauthenticated").data == {"method": "password"}


def test_ending_another_session_is_an_event():
    person = a_user()
    sign_in(person)
    client = sign_in(person)
    client.post("/accounts/sessions/")
    assert Event.objects.filter(kind="account.session_ended", by=person).count() >= 1


def like_any_other(response, pk: object) -> str:
    """The page without what differs between any two: its own address, the form's token, the session's seconds."""
    page = response.content.decode().replace(str(pk), "")
    return re.sub(r'csrfmiddlewaretoken" value="\w+|data-left="\d+', "", page)


def test_asking_for_somebody_elses_case_is_noted_once_an_hour_and_answered_like_a_missing_one(signed_in, referral):
    stranger = a_facilitator(a_program())
    client = signed_in(stranger)
    foreign = client.get(f"/facilitate/cases/{referral.pk}/")
    for _ in range(5):
        client.get(f"/facilitate/cases/{referral.pk}/")
    missing = client.get("/facilitate/cases/00000000-0000-4000-8000-000000000007/")
    assert foreign.status_code == missing.status_code == 404
    assert like_any_other(foreign, referral.pk) == like_any_other(missing, "00000000-0000-4000-8000-000000000007")
    event = Event.objects.get(kind="access.denied")
    assert (event.by, event.about, event.on_label, event.outcome) == (
        stranger,
        referral.pk,
        "referrals.referral",
        "denied",
    )


def test_the_wrong_kind_of_account_at_a_case_is_noted_too(signed_in, referral):
    stranger = a_person(a_referral())
    assert signed_in(stranger).get(f"/facilitate/cases/{referral.pk}/").status_code == 404
    assert Event.objects.get(kind="access.denied").by == stranger


def test_a_thing_of_ones_own_that_is_not_there_yet_is_no_refusal(signed_in, program):
    from accountability.actions.tracks import open_track
    from tests.builders import an_enrolled_referral

    referral = an_enrolled_referral(program=program)
    check_in = open_track(referral=referral, by=None, now=JANUARY).check_ins.first()
    path = f"/check-ins/{check_in.pk}/receipt/"
    assert signed_in(referral.person).get(path).status_code == 404
    assert not Event.objects.filter(kind="access.denied").exists()
    assert signed_in(a_person(a_referral(program=program))).get(path).status_code == 404
    event = Event.objects.get(kind="access.denied")
    assert (event.about, event.on_label) == (referral.pk, "accountability.checkin")


def test_nobody_fills_the_journal_by_guessing(signed_in, program):
    from lms.journal import denials

    cases = [a_referral(program=program) for _ in range(denials.AT_MOST + 3)]
    client = signed_in(a_facilitator(a_program()))
    for referral in cases:
        client.get(f"/facilitate/cases/{referral.pk}/")
    assert Event.objects.filter(kind="access.denied").count() == denials.AT_MOST


# --- upkeep ---------------------------------------------------------------------------------------------


def saved(form, by: User) -> Event:
    assert form.is_valid(), form.errors
    upkeep.save(form=form, by=by, now=JANUARY)
    return Event.objects.order_by("-pk").first()


def test_a_changed_program_says_old_and_new_name_but_not_whom_to_call(program):
    from django.forms import modelform_factory

    administrator = an_administrator(program)
    fields = ("name", "slug", "organization", "contact_name", "contact_phone", "contact_email")
    data = {"name": "New name", "slug": program.slug, "contact_name": "Nadia Named", "contact_phone": "555 0100"}
    event = saved(modelform_factory(type(program), fields=fields)(data, instance=program), administrator)
    assert event.kind == "program.changed"
    assert event.changed == ["contact_name", "contact_phone", "name"]
    assert event.data["is"] == {"name": "New name"}
    assert event.data["was"]["name"].startswith("Program ")
    assert "Nadia" not in str(event.data) and "0100" not in str(event.data)


def test_a_changed_court_says_its_rules_old_and_new_but_not_who_accepted_them(program):
    from lms.referrals.viewsets import CourtForm

    court = a_court(profile={"accepted_by": "Judge Judith", "hearing_lead_days": 7})
    form = CourtForm(
        {
            "name": court.name, "jurisdiction": court.jurisdiction, "county": court.county, "state": court.state,
            "zone": court.zone, "accepted_by": "Judge Jonah", "hearing_lead_days": 10, "paper": "letter",
            "tolling_allowed": "on", "holidays_text": "2027-01-01", "route": "portal_notice", "link_days": 14,
        },
        instance=court,
    )  # fmt: skip
    event = saved(form, an_administrator(program))
    assert event.changed == ["accepted_by", "hearing_lead_days", "holidays_text"]
    assert event.data == {
        "was": {"hearing_lead_days": 7, "holidays_text": ""},
        "is": {"hearing_lead_days": 10, "holidays_text": ["2027-01-01"]},
    }


def test_a_new_policy_says_each_of_its_values(program, signed_in):
    from django.forms import modelform_factory

    policy = program.policies.get()
    form_class = modelform_factory(PolicyVersion, exclude=("number",))
    data = {f.name: f.value_from_object(policy) for f in PolicyVersion._meta.fields if f.name in form_class.base_fields}
    event = saved(form_class(data | {"cure_days": 9, "cadence": "week x 8, month"}), an_administrator(program))
    assert event.kind == "policyversion.added"
    assert event.data["is"]["cure_days"] == 9
    assert event.data["is"]["cadence"] == "week x 8, month"
    assert "was" not in event.data
    auditor = an_auditor(program)
    assert "Cure until, days after due: 9" in text(signed_in(auditor).get("/audit/", {"group": "upkeep"}))


def test_saving_and_deleting_a_question_and_publishing_a_page_are_events(shelf, signed_in):
    from courses.models import CoursePage, ModulePage, Topic

    administrator = an_administrator(shelf)
    client = signed_in(administrator)
    made = client.post("/authoring/topic/new/", {"program": shelf.pk, "slug": "fresh", "title": "Fresh"})
    assert made.status_code == 302
    topic = Topic.objects.get(slug="fresh")
    event = Event.objects.get(kind="topic.added")
    assert (event.by, event.on_id, event.data["is"]) == (administrator, str(topic.pk), {"slug": "fresh"})
    client.post(f"/authoring/topic/edit/{topic.pk}/", {"program": shelf.pk, "slug": "fresher", "title": "Fresh"})
    assert Event.objects.get(kind="topic.changed").data == {"was": {"slug": "fresh"}, "is": {"slug": "fresher"}}
    client.post(f"/authoring/topic/delete/{topic.pk}/")
    assert not Topic.objects.filter(pk=topic.pk).exists()
    assert Event.objects.get(kind="topic.deleted").by == administrator
    course = CoursePage.objects.get(locale__language_code="en")
    page = course.add_child(instance=ModulePage(title="Shown to nobody"))
    client.post(f"/authoring/pages/{page.pk}/unpublish/")
    event = Event.objects.get(kind="page.unpublished")
    assert (event.by, event.on_label, event.on_id) == (administrator, "wagtailcore.page", str(page.pk))


# --- one life, read by an auditor -------------------------------------------------------------------------


def test_a_case_that_ended_tells_its_end_and_that_its_track_was_closed(signed_in, program, auditor):
    from accountability.actions.tracks import open_track
    from tests.builders import an_enrolled_referral

    referral = an_enrolled_referral(program=program)
    open_track(referral=referral, by=None, now=JANUARY + timedelta(days=1))
    actions.withdraw(referral=referral, by=a_court_user(referral.court), now=JANUARY + timedelta(days=2))
    words = text(signed_in(auditor).get(f"/audit/cases/{referral.subject}/"))
    for kind in (
        "referral.received",
        "referral.invited",
        "referral.enrolled",
        "course.enrolled",
        "track.opened",
        "track.closed",
    ):
        assert labels.label(kind) in words
    assert labels.label("referral.withdrawn") in words


def test_somebody_who_only_audits_begins_at_the_journal(signed_in, program, auditor):
    assert signed_in(auditor).get("/")["Location"] == "/audit/"
    grant_role(program=program, user=auditor, role=ProgramRole.FACILITATOR)
    assert signed_in(auditor).get("/")["Location"] == "/facilitate/"
    assert User.objects.get(pk=auditor.pk).kind == Kind.STAFF


# --- a week of reading ------------------------------------------------------------------------------


def days_ago(days: int):
    return clock.now() - timedelta(days=days)


def test_an_administrator_sees_how_often_each_of_the_others_read_and_nothing_of_themselves(
    signed_in, program, referral
):
    administrator, other = an_administrator(program), a_referral(program=program)
    for about, kind, by, days in (
        (referral, "reflection.read", referral.facilitator, 0),
        (referral, "check_in.read", referral.facilitator, 0),
        (other, "sign_ins.read", referral.facilitator, 3),
        (referral, "check_in.accepted", referral.facilitator, 0),  # done, not read
        (referral, "check_in.read", referral.facilitator, 8),  # the week before
        (referral, "report.opened", administrator, 1),
        (referral, "report.opened", referral.person, 1),
    ):
        journal.record(kind, about=about.subject, by=by, at=days_ago(days))
    response = signed_in(administrator).get("/audit/reads/")
    [reader] = response.context["readers"]
    assert (reader.name, reader.total, reader.cases) == ("Fay Facilitator", 3, 2)
    assert [count for _day, count in reader.days] == [0, 0, 0, 1, 0, 0, 2]
    assert "?group=reads" not in response.content.decode(), "rows are the auditor's to read"
    # Their own reading stands where they look at themselves, and is not among those they judge.
    assert [read.what for read in response.context["own"]] == [labels.label("report.opened")]
    [before] = signed_in(administrator).get("/audit/reads/?back=1").context["readers"]
    assert before.total == 1


def test_a_facilitator_looks_through_their_own_reading_and_sees_nobody_elses(signed_in, program, referral):
    colleague, gone = a_facilitator(program), a_referral(program=program)
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=days_ago(1))
    journal.record("check_in.read", about=gone.subject, by=referral.facilitator, at=days_ago(2))
    journal.record("check_in.read", about=referral.subject, by=colleague, at=days_ago(1))
    gone.facilitator = colleague
    gone.save()
    response = signed_in(referral.facilitator).get("/audit/reads/")
    assert response.context["readers"] == []
    assert [(read.what, read.referral) for read in response.context["own"]] == [
        (labels.label("reflection.read"), referral),
        (labels.label("check_in.read"), None),
    ]
    words = text(response)
    assert referral.last_name in words
    assert gone.case_number not in words
    assert "Each of the staff" not in words


def test_an_auditor_gets_from_a_count_to_its_rows_and_to_no_name_of_a_person(signed_in, auditor, referral):
    elsewhere = a_referral()
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=days_ago(1))
    journal.record("reflection.read", about=elsewhere.subject, by=a_facilitator(elsewhere.program), at=days_ago(1))
    client = signed_in(auditor)
    response = client.get("/audit/reads/")
    assert len(response.context["readers"]) == 1
    assert referral.last_name not in text(response)
    [link] = re.findall(r'href="(/audit/\?group=reads[^"]*)"', response.content.decode())
    assert [row.event.about for row in client.get(link.replace("&amp;", "&")).context["rows"]] == [referral.subject]


@pytest.mark.parametrize("back", ["-1", "nonsense", "", "99999999999"])
def test_a_week_that_is_none_is_the_nearest_that_is(signed_in, auditor, back):
    assert signed_in(auditor).get("/audit/reads/", {"back": back}).status_code == 200


def test_the_days_of_the_filter_are_those_of_the_reader(signed_in, auditor, referral):
    """A quarter past eight in the evening in New York is the day after in UTC."""
    auditor.zone = "America/New_York"
    auditor.save()
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=at("2026-02-03 20:15"))
    client = signed_in(auditor)
    day = {"group": "reads", "since": "2026-02-03", "until": "2026-02-03"}
    [row] = client.get("/audit/", day).context["rows"]
    assert f"{row.day}" == "2026-02-03"
    assert client.get("/audit/", day | {"since": "2026-02-04", "until": "2026-02-04"}).context["rows"] == []


def test_a_case_says_of_each_event_whether_it_was_verified(signed_in, auditor, referral):
    journal.seal_all(now=JANUARY)
    audit_actions.verify_nightly(now=JANUARY)
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=JANUARY + timedelta(hours=1))
    journal.seal_all(now=JANUARY)
    rows = signed_in(auditor).get(f"/audit/cases/{referral.subject}/").context["rows"]
    assert [row.verified for row in rows] == [True, False]


def test_a_list_of_times_says_whose_they_are(signed_in, referral):
    journal.record("reflection.read", about=referral.subject, by=referral.facilitator, at=JANUARY)
    assert "Times: Eastern" in text(signed_in(referral.person).get("/my-file/"))


def test_a_lived_case_leaves_its_reads_for_the_weekly_look(auditor, program):
    """As the demonstration lives it: nobody decides on words without having opened them."""
    a_published_course(program, modules=1)
    referral = an_enrolled_referral(program=program)
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)
    done = steps.take_module(enrollment, enrollment.edition.modules.get(), now=JANUARY)
    steps.accept_reflections(enrollment, by=referral.facilitator, now=done)
    read = Event.objects.get(kind="reflection.read")
    assert (read.about, read.by) == (referral.pk, referral.facilitator)
    assert [row.total for row in audit.readers_of(auditor, week_before(done, ZoneInfo("UTC"), 0))] == [1]
