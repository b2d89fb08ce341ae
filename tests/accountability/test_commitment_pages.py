"""The pages of commitments and circles: what the person does, what the facilitator does, and who finds nothing there."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from time import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accountability.actions import circles, commitments, evidence, providers
from accountability.models import Circle, Commitment, Evidence, Meeting, Provider, Track
from lms import clock
from lms.journal.models import Event
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Ground
from lms.people.models import User
from tests.builders import (
    a_court_user,
    a_facilitator,
    an_administrator,
    an_auditor,
    at,
)
from tests.court_reports.cases import a_case_in_track
from tests.files.corpus import a_pdf, a_picture

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def track() -> Track:
    return a_case_in_track(last_name="Unmistakable").track


@pytest.fixture
def facilitator(track, signed_in) -> Client:
    client = signed_in(track.referral.facilitator)
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    return client


@pytest.fixture
def person(track, signed_in) -> Client:
    return signed_in(track.referral.person)


def a_commitment(track: Track, **terms) -> Commitment:
    usual = {"words": "Twenty hours of service", "named_by_order": "", "required": True, "unit": "hours", "proof": "document",
             "units_asked": Decimal(20)}  # fmt: skip
    return commitments.add(track=track, **usual | terms, by=track.referral.facilitator, now=clock.now())


def picture(name: str = "letter.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or a_picture(), "image/jpeg")


def yours(name: str, thing) -> str:
    return reverse(f"commitments:{name}", args=[thing.pk])


def staff(name: str, thing) -> str:
    return reverse(f"track_staff:{name}", args=[thing.pk])


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_plan_goes_from_the_facilitator_to_the_person_and_back(track, facilitator, person):
    typed = {"words": "Help at the shelter", "why": "To give back", "due_on": "2026-12-01", "proof": "document",
             "unit": "hours", "units_asked": "20", "required": "on"}  # fmt: skip
    assert facilitator.post(staff("add_commitment", track), typed).status_code == 302
    row = Commitment.objects.get()
    shown = page(person.get(yours("commitment", row)))
    for words in ("Help at the shelter", "To give back", "0 of 20 hours", "I agree"):
        assert words in shown
    assert "Help at the shelter" not in page(person.get("/"))
    person.post(yours("agree", row))
    person.post(yours("send_evidence", row), {"file": picture(), "words": "From the shelter"})
    piece = Evidence.objects.get()
    assert "From the shelter" in page(facilitator.get(staff("commitment", row)))
    decided = {f"{piece.pk.hex}-{k}": v for k, v in {"outcome": "accepted", "on": "2026-11-01", "units": "6"}.items()}
    facilitator.post(staff("decide_evidence", piece), decided)
    for client, address in ((person, yours("commitment", row)), (facilitator, staff("commitment", row))):
        assert "6 of 20 hours" in page(client.get(address))


def test_the_file_opens_for_both_and_staff_reading_it_is_an_event(track, facilitator, person):
    row = a_commitment(track)
    person.post(yours("send_evidence", row), {"file": picture(), "words": ""})
    piece = Evidence.objects.get()
    for client, address in ((person, yours("evidence", piece)), (facilitator, staff("evidence", piece))):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == 'inline; filename="evidence.jpg"'
        assert answer["Cache-Control"] == "private, no-store"
    read = Event.objects.filter(kind="commitment.evidence_read")
    assert [event.by for event in read] == [track.referral.facilitator]


def test_for_everybody_else_neither_the_file_nor_the_words_are_there(track, signed_in):
    row = a_commitment(track)
    piece = evidence.send(commitment=row, data=a_pdf(), words="x", by=track.referral.person, now=clock.now())
    others = {
        "another person": a_case_in_track().person,
        "another facilitator": a_facilitator(track.referral.program),
        "an administrator": an_administrator(track.referral.program),
        "an auditor": an_auditor(track.referral.program),
        "the court": a_court_user(track.referral.court),
    }
    found = {
        (who, address): signed_in(user).get(address).status_code
        for who, user in others.items()
        for address in (yours("evidence", piece), staff("evidence", piece), yours("commitment", row), staff("commitment", row))
    }  # fmt: skip
    assert set(found.values()) == {404}
    court = signed_in(others["the court"])
    assert "Twenty hours" not in page(court.get(reverse("referrals:court_referral", args=[track.referral_id])))


@pytest.mark.parametrize("data, words", [(b"", "empty"), (b"<html>", "cannot be taken")])
def test_a_wrong_file_is_said_in_words_and_nothing_is_kept(track, person, data, words):
    row = a_commitment(track)
    upload = SimpleUploadedFile("x.pdf", data, "application/pdf")
    assert words in page(person.post(yours("send_evidence", row), {"file": upload, "words": "My words"}))
    assert not Evidence.objects.exists()


def test_changing_and_ending_keep_what_was(track, facilitator):
    row = a_commitment(track, named_by_order="Service")
    typed = {"reason": "Illness", "words": "Ten hours", "unit": "hours", "units_asked": "10", "proof": "facilitator"}
    assert "Twenty hours" in page(facilitator.get(staff("change_commitment", row)))
    facilitator.post(staff("change_commitment", row), typed)
    facilitator.post(staff("end_commitment", row), {"reason": "Done otherwise"})
    shown = page(facilitator.get(staff("commitment", row)))
    for words in ("Illness", "Twenty hours of service", "Done otherwise", "Not asked for any more"):
        assert words in shown
    assert facilitator.get(staff("change_commitment", row)).status_code == 404


def test_the_facilitator_enters_progress_and_a_mistake_is_said(track, facilitator):
    row = a_commitment(track)
    assert "Say how much" in page(facilitator.post(staff("add_progress", row), {"on": "2026-11-01", "units": "0"}))
    facilitator.post(staff("add_progress", row), {"on": "2026-11-01", "units": "4.5"})
    assert "4.5 of 20 hours" in page(facilitator.get(staff("commitment", row)))


def test_a_provider_is_named_agreed_to_by_the_person_and_asked(track, facilitator, person):
    row = a_commitment(track, proof="provider")
    typed = {"name": "Shelter", "email": "s@people.example", "language": "es", "asks": "volunteering"}
    facilitator.post(staff("name_provider", row), typed)
    provider = Provider.objects.get()
    facilitator.post(staff("ask_provider", provider))
    assert not provider.links.exists()
    assert "Shelter can confirm it" in page(person.get(yours("commitment", row)))
    person.post(yours("decide_provider", provider), {"answer": "unnamed"})
    facilitator.post(staff("ask_provider", provider))
    provider.refresh_from_db()
    assert (provider.links.count(), provider.may_name, provider.agreed_by) == (1, False, track.referral.person)
    facilitator.post(staff("revoke_provider", provider))
    assert provider.links.get().ended_at
    person.post(yours("decide_provider", provider), {"answer": "no"})
    facilitator.post(staff("provider_agreed", provider), {"may_name": "yes"})
    provider.refresh_from_db()
    assert provider.agreed_by == track.referral.facilitator


def test_the_case_page_asks_as_much_for_three_as_for_one(track, facilitator, person, django_assert_num_queries):
    row = a_commitment(track)
    case = reverse("referrals:case", args=[track.referral_id])

    def count(client: Client, address: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            page(client.get(address))
        return len(asked)

    one = [count(facilitator, case), count(person, "/"), count(person, reverse("commitments:home"))]
    for _ in range(2):
        a_commitment(track)
    assert row.number == 1
    assert [count(facilitator, case), count(person, "/"), count(person, reverse("commitments:home"))] == one


# --- circles -------------------------------------------------------------------------------------------


def a_circle(facilitator: Client, track: Track, **typed) -> Circle:
    first = clock.now().date() - 3 * DAY
    usual = {
        "program": str(track.referral.program_id), "name": "Tuesdays", "first_on": first.isoformat(),
        "last_on": (first + 21 * DAY).isoformat(), "at": "18:30", "minutes": "60", "zone": "America/New_York",
        "every": "weekly", "on_holiday": "skip", "holidays": "2026-12-25", "place": "Room 4",
    }  # fmt: skip
    answer = facilitator.post(reverse("circles:new"), usual | typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return Circle.objects.get()


def test_a_facilitator_opens_a_circle_and_holds_a_meeting(track, facilitator, person):
    row = a_commitment(track, proof="attendance", unit="sessions", units_asked=Decimal(10))
    circle = a_circle(facilitator, track)
    here = reverse("circles:circle", args=[circle.pk])
    facilitator.post(reverse("circles:add_person", args=[circle.pk]), {"referral": track.referral_id, "counts": "on"})
    helper = {"role": "mentor", "name": "Mo Mentor", "email": "mo@people.example", "language": "en"}
    facilitator.post(reverse("circles:add_helper", args=[circle.pk]), helper)
    shown = page(facilitator.get(here))
    assert "Unmistakable" in shown and "Mo Mentor" in shown
    meeting = circle.meetings.first()
    there = reverse("circles:meeting", args=[meeting.pk])
    member, mentor = circle.people.get(), circle.helpers.get()
    marks = {f"p_{member.pk.hex}": "present", f"h_{mentor.pk.hex}": "excused", "own": "present"}
    facilitator.post(reverse("circles:attendance", args=[meeting.pk]), marks)
    facilitator.post(reverse("circles:minutes", args=[meeting.pk]), {"words": "We agreed on zanahoria."})
    assert "zanahoria" in page(facilitator.get(there))
    assert Event.objects.filter(kind="meeting.minutes_read").count() == 1
    assert "1 of 10 sessions" in page(person.get(yours("commitment", row)))
    hers = page(person.get(reverse("commitments:home")))
    assert "Room 4" in hers
    for word in ("Mo Mentor", "zanahoria", "Tuesdays"):
        assert word not in hers


def test_moving_cancelling_leaving_and_ending(track, facilitator):
    circle = a_circle(facilitator, track)
    ahead = circle.meetings.last()
    later = (clock.now() + 60 * DAY).date()
    facilitator.post(reverse("circles:move", args=[ahead.pk]), {"on": later.isoformat(), "at": "10:00"})
    ahead.refresh_from_db()
    assert (ahead.starts_at, ahead.sequence) == (at(f"{later} 10:00"), 1)
    facilitator.post(reverse("circles:cancel", args=[ahead.pk]))
    facilitator.post(reverse("circles:add_person", args=[circle.pk]), {"referral": track.referral_id})
    facilitator.post(reverse("circles:person_leaves", args=[circle.people.get().pk]))
    facilitator.post(reverse("circles:end", args=[circle.pk]))
    assert not Meeting.objects.filter(starts_at__gt=clock.now(), cancelled_at=None).exists()
    assert circle.people.get().left_at
    assert "ended" in page(facilitator.get(reverse("circles:home")))


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"zone": "Mars/Olympus"}, "no such time zone"),
        ({"holidays": "Christmas"}, "Write each date as"),
        ({"last_on": "2020-01-01"}, "The last day cannot be before the first."),
    ],
)
def test_a_mistake_opens_no_circle(track, facilitator, wrong, words):
    usual = {"program": str(track.referral.program_id), "name": "x", "first_on": "2027-01-05", "last_on": "2027-02-05",
             "at": "18:30", "minutes": "60", "zone": "America/New_York", "every": "weekly", "on_holiday": "skip", "place": "x"}  # fmt: skip
    assert words in page(facilitator.post(reverse("circles:new"), usual | wrong))
    assert not Circle.objects.exists()


def test_another_facilitators_circle_is_not_there(track, facilitator, signed_in):
    circle = a_circle(facilitator, track)
    meeting = circle.meetings.first()
    for user in (
        a_facilitator(track.referral.program),
        an_administrator(track.referral.program),
        track.referral.person,
    ):
        client = signed_in(user)
        assert client.get(reverse("circles:circle", args=[circle.pk])).status_code == 404
        assert client.get(reverse("circles:meeting", args=[meeting.pk])).status_code == 404
        assert client.post(reverse("circles:minutes", args=[meeting.pk]), {"words": "x"}).status_code == 404


def test_of_a_person_who_is_not_in_their_caseload_a_leader_sees_the_first_name(track, facilitator):
    circle = a_circle(facilitator, track)
    facilitator.post(reverse("circles:add_person", args=[circle.pk]), {"referral": track.referral_id})
    track.referral.facilitator = a_facilitator(track.referral.program)
    track.referral.save()
    shown = page(facilitator.get(reverse("circles:circle", args=[circle.pk])))
    assert "Robin" in shown
    assert "Unmistakable" not in shown


def test_with_the_case_go_the_files_the_names_and_the_minutes(track, facilitator):
    now = clock.now()
    row = a_commitment(track, why="zanahoria", proof="provider")
    by = track.referral.facilitator
    piece = evidence.send(commitment=row, data=a_pdf(), words="zanahoria", by=by, now=now)
    provider = providers.name(
        commitment=row, name="Shelter", email="s@people.example", language="en", asks="x", by=by, now=now
    )
    circle = a_circle(facilitator, track)
    circles.add_person(circle=circle, referral=track.referral, commitment=None, by=by, now=now)
    circles.add_helper(
        circle=circle, role="mentor", name="Mo", email="mo@people.example", language="en", by=by, now=now
    )
    circles.write_minutes(meeting=circle.meetings.first(), words="zanahoria", by=by, now=now)
    proposal = forgetting.propose(
        referral=track.referral, act=Act.EXPUNGE, ground=Ground.COURT_ORDER, order=a_pdf(), by=by, now=now
    )
    forgetting.confirm(forgetting=proposal, by=an_administrator(track.referral.program), now=now)
    piece.file.refresh_from_db()
    for thing in (provider, circle, row, piece):
        thing.refresh_from_db()
    assert piece.file.destroyed_at
    assert (provider.name, provider.email, circle.place, row.words, piece.words) == ("", "", "", None, "")
    assert (circle.helpers.get().name, circle.meetings.first().minutes.words) == ("", "")
