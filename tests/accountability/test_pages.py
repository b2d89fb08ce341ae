"""The pages of the track: the person's and the facilitator's, in both languages.

A page is seen at the real present, so each track here opened as many days ago as the page needs.
"""

from datetime import timedelta
from time import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from accountability.actions import check_ins, tracks
from accountability.models import CheckIn, Review, Track
from accountability.models.forms import form_in_force
from accountability.sample import sample_check_in_form
from courses.models import Enrollment
from lms import clock
from lms.demonstration import steps
from lms.journal.models import Event
from lms.referrals.models import Program, Referral
from tests.accountability.two_steps import confirmed
from tests.builders import JANUARY, an_administrator, an_enrolled_referral

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OPEN, MISSED, OVER = 6, 11, 17  # days since the opening at which check-in 1 is in that state


def a_track(program: Program, days: int) -> Track:
    referral = an_enrolled_referral(program=program)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - days * DAY)


@pytest.fixture
def program(shelf) -> Program:
    sample_check_in_form(program=shelf, now=JANUARY)
    return shelf


@pytest.fixture
def check_in(program) -> CheckIn:
    return a_track(program, OPEN).check_ins.first()


@pytest.fixture
def person(check_in, signed_in) -> Client:
    return signed_in(check_in.track.referral.person)


@pytest.fixture
def facilitator(check_in, signed_in) -> Client:
    """Who has just proved again who they are. Not by asking: all of these are one person, who may try ten a minute."""
    client = signed_in(check_in.track.referral.facilitator)
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    return client


def answers(check_in: CheckIn, **more: str) -> dict[str, str]:
    """An answer to every question of the sample check-in."""
    form = form_in_force(check_in.track.referral.program, clock.now())
    typed = {
        q.key: {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(q.kind, "Words I typed.")
        for q in form.in_language("en")
    }
    return typed | {"help": "no"} | more


def text_key(check_in: CheckIn) -> str:
    form = form_in_force(check_in.track.referral.program, clock.now())
    return next(q.key for q in form.in_language("en") if q.kind == "text" and q.required)


def url(name: str, check_in: CheckIn) -> str:
    return reverse(f"check_ins:{name}", args=[check_in.pk])


def staff(name: str, row: object) -> str:
    return reverse(f"track_staff:{name}", args=[row.pk])


def page(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def send(check_in: CheckIn, **typed: str) -> None:
    check_ins.submit(
        check_in=check_in, answers=answers(check_in, **typed), language="en", by=check_in.track.referral.person,
        form=form_in_force(check_in.track.referral.program, clock.now()), now=clock.now(),
    )  # fmt: skip


WORDS = [
    ("home", "Your check-ins"),
    ("answer", "Save and come back later"),
    ("receipt", "Thank you. It is received."),
    ("not open", "All your check-ins"),
    ("queue", "Check-ins to read"),
    ("check_in", "Your decision"),
    ("record", "Enter a check-in"),
    ("toll", "Stop the clock"),
    ("extend", "Extend the track"),
]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_speaks_both_languages(check_in, person, facilitator, language):
    second, third = check_in.track.check_ins.all()[1:3]
    addresses = {
        "home": (person, reverse("check_ins:home")),
        "answer": (person, url("answer", check_in)),
        "receipt": (person, url("receipt", check_in)),
        "not open": (person, url("answer", second)),
        "queue": (facilitator, reverse("track_staff:queue")),
        "check_in": (facilitator, staff("check_in", check_in)),
        "record": (facilitator, staff("record", third)),
        "toll": (facilitator, staff("toll", check_in.track)),
        "extend": (facilitator, staff("extend", check_in.track)),
    }
    for name, words in WORDS:
        if name == "receipt":
            send(check_in)
        client, address = addresses[name]
        shown = page(client.get(address, headers={"accept-language": language}))
        with translation.override(language):
            expected = gettext(words)
        assert (expected == words) is (language == "en"), words
        assert expected in shown, name
        assert f'lang="{language}"' in shown


def test_the_questions_are_asked_in_the_persons_language(check_in, person):
    english = page(person.get(url("answer", check_in)))
    spanish = page(person.get(url("answer", check_in), headers={"accept-language": "es"}))
    assert ("How steady was this week" in english, "How steady was this week" in spanish) == (True, False)
    assert "¿Qué tan estable fue esta semana para usted?" in spanish


def test_the_schedule_shows_every_date_from_the_first_day_and_what_is_open(check_in, person):
    shown = person.get(reverse("check_ins:home"))
    assert page(shown).count('<th scope="row"') == check_in.track.check_ins.count()
    assert [line["check_in"] for line in shown.context["now"]] == [check_in]
    assert url("answer", check_in) in page(shown)
    assert shown["Cache-Control"] == "private, no-store"


def test_before_the_course_is_done_it_says_when_they_begin(program, signed_in):
    client = signed_in(an_enrolled_referral(program=program).person)
    assert "They begin when the course is done" in page(client.get(reverse("check_ins:home")))


def test_opening_the_page_in_time_is_beginning(check_in, person):
    person.get(url("answer", check_in))
    check_in.refresh_from_db()
    assert check_in.begun_at is not None


def test_sending_leads_to_a_receipt_with_its_code(check_in, person):
    answer = person.post(url("answer", check_in), answers(check_in))
    assert (answer.status_code, answer["Location"]) == (302, url("receipt", check_in))
    shown = page(person.get(answer["Location"]))
    assert check_in.submissions.get().code in shown
    assert "You asked for someone" not in shown


def test_asking_for_help_shows_whom_to_call_at_once(check_in, person):
    shown = page(person.post(url("answer", check_in), answers(check_in, help="safety"), follow=True))
    for number in ("988", "911", "18007997233", "18006624357"):
        assert f'href="tel:{number}"' in shown.split("<h1")[0]  # before anything else
    assert "Your facilitator has been told." in shown


def test_a_mistake_keeps_every_word_and_says_what_is_missing(check_in, person):
    key = text_key(check_in)
    typed = answers(check_in, **{key: "A long thought that must not be lost & <b>stays</b>."})
    typed.pop(next(name for name, value in typed.items() if value == "4"))
    shown = page(person.post(url("answer", check_in), typed))
    kept = "A long thought that must not be lost &amp; &lt;b&gt;stays&lt;/b&gt;."
    assert kept in shown
    assert "This field is required" in shown
    assert not check_in.submissions.exists()
    # Also on another device.
    again = Client()
    again.force_login(check_in.track.referral.person)
    assert kept in page(again.get(url("answer", check_in)))


def test_saved_for_later_it_is_there_again(check_in, person):
    answer = person.post(url("answer", check_in), {text_key(check_in): "Half a sent", "later": "1"})
    assert answer["Location"] == reverse("home")
    assert "Half a sent" in page(person.get(url("answer", check_in)))


def test_what_is_typed_is_saved_as_it_is_typed_until_it_is_sent(check_in, person):
    assert person.post(url("draft", check_in), {text_key(check_in): "Ha"}).json() == {"saved": True, "seen": 1}
    send(check_in)
    refused = person.post(url("draft", check_in), {text_key(check_in): "Ha"})
    assert (refused.status_code, refused.json()) == (409, {"saved": False})
    assert page(person.get(url("answer", check_in), follow=True)).count("Thank you. It is received.") == 1


def test_sent_twice_by_a_double_press_it_is_received_once(check_in, person):
    for _ in range(2):
        answer = person.post(url("answer", check_in), answers(check_in))
        assert (answer.status_code, answer["Location"]) == (302, url("receipt", check_in))
    assert check_in.submissions.count() == 1


def test_too_early_it_says_when_it_opens(check_in, person):
    second = check_in.track.check_ins.get(number=2)
    for response in (person.get(url("answer", second)), person.post(url("answer", second), answers(second))):
        shown = page(response)
        assert "It opens" in shown
        assert "is due" in shown
    assert not second.submissions.exists()
    assert person.get(url("receipt", second)).status_code == 404


def test_past_its_grace_it_can_be_made_up_and_is_called_so(program, signed_in):
    check_in = a_track(program, MISSED).check_ins.first()
    client = signed_in(check_in.track.referral.person)
    assert "sent now, it counts as made up" in page(client.get(url("answer", check_in)))
    client.post(url("answer", check_in), answers(check_in))
    assert "Made up" in page(client.get(reverse("check_ins:home")))


def test_when_it_is_too_late_the_page_says_what_can_still_be_done(program, signed_in):
    check_in = a_track(program, OVER).check_ins.first()
    client = signed_in(check_in.track.referral.person)
    for response in (client.get(url("answer", check_in)), client.post(url("answer", check_in), answers(check_in))):
        assert "tell your facilitator" in page(response)
    assert not check_in.submissions.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_of_a_case_that_ended_an_open_check_in_says_so_and_asks_for_nothing(check_in, person, method):
    referral = check_in.track.referral
    tracks.close_track(referral=referral, by=None, now=clock.now())
    shown = page(getattr(person, method)(url("answer", check_in), answers(check_in), follow=True))
    assert ("This case has ended." in shown, "made up" in shown) == (True, False)
    assert url("answer", check_in) not in shown
    assert not check_in.submissions.exists()


def test_the_person_renews_the_address_of_their_calendar(check_in, person):
    old = check_in.track.feed_key
    assert person.post(reverse("check_ins:renew_feed")).status_code == 302
    assert Track.objects.get().feed_key != old


def test_the_facilitator_reads_and_reading_is_an_event(check_in, facilitator):
    send(check_in, **{text_key(check_in): "Only for Fay"})
    assert check_in.track.referral.name in page(facilitator.get(reverse("track_staff:queue")))
    shown = page(facilitator.get(staff("check_in", check_in)))
    assert "Only for Fay" in shown
    assert "How steady was this week" in shown
    assert Event.objects.get(kind="check_in.read").by == check_in.track.referral.facilitator


def test_an_administrator_sees_that_it_was_sent_and_not_what(check_in, signed_in):
    send(check_in, **{text_key(check_in): "Only for Fay"})
    client = signed_in(an_administrator(check_in.track.referral.program))
    shown = page(client.get(staff("check_in", check_in)))
    assert ("Only for Fay" in shown, "Your decision" in shown) == (False, False)
    assert client.post(staff("review", check_in), {"outcome": "accepted"}).status_code == 404
    assert not Event.objects.filter(kind="check_in.read").exists()


def test_accepting_and_deciding_twice(check_in, facilitator):
    send(check_in)
    for words in ("Recorded.", "already been decided"):
        shown = page(facilitator.post(staff("review", check_in), {"outcome": "accepted", "note": ""}, follow=True))
        assert words in shown
    assert Review.objects.count() == 1


def test_a_return_needs_a_note_and_the_person_reads_it(check_in, facilitator, person):
    send(check_in)
    shown = page(facilitator.post(staff("review", check_in), {"outcome": "returned", "note": ""}))
    assert "Say what you would like to know." in shown
    assert not Review.objects.exists()
    facilitator.post(staff("review", check_in), {"outcome": "returned", "note": "Which day was it?"})
    assert "Which day was it?" in page(person.get(url("answer", check_in)))


def test_excusing_and_being_in_touch(check_in, facilitator):
    second = check_in.track.check_ins.get(number=2)
    shown = page(facilitator.post(staff("excuse", second), {"reason": "care"}, follow=True))
    assert "Excused" in shown
    send(check_in, help="call")
    assert "I have been in touch" in page(facilitator.get(staff("check_in", check_in)))
    shown = page(facilitator.post(staff("helped", check_in), follow=True))
    assert "I have been in touch" not in shown and "somebody was in touch" in shown


def test_two_answers_that_do_not_go_together_excuse_nobody_and_say_so(check_in, facilitator):
    wrong = {"reason": "care", "attended": "no", "complied": "yes"}
    shown = page(facilitator.post(staff("excuse", check_in), wrong))
    assert "Somebody who did what was asked was there by some road." in shown and "<details open>" in shown
    check_in.refresh_from_db()
    assert check_in.excused_at is None


def test_what_was_asked_is_read_again_by_whoever_reads_the_answer_and_by_no_administrator(
    check_in, facilitator, signed_in
):
    send(check_in)
    facilitator.post(staff("review", check_in), {"outcome": "returned", "note": "Which day was it?"})
    assert "Which day was it?" in page(facilitator.get(staff("check_in", check_in)))
    administrator = signed_in(an_administrator(check_in.track.referral.program))
    assert "Which day was it?" not in page(administrator.get(staff("check_in", check_in)))


def an_old_track_of(check_in: CheckIn, days: int) -> Track:
    """Another person's, whom the same facilitator looks after."""
    track = a_track(check_in.track.referral.program, days)
    Referral.objects.filter(pk=track.referral_id).update(facilitator=check_in.track.referral.facilitator)
    return track


def test_one_made_by_telephone_is_entered_also_later_and_for_what_was_returned(check_in, facilitator):
    send(check_in)
    assert staff("record", check_in) not in page(facilitator.get(staff("check_in", check_in)))
    facilitator.post(staff("review", check_in), {"outcome": "returned", "note": "Which day?"})
    assert staff("record", check_in) in page(facilitator.get(staff("check_in", check_in)))
    long_ago = an_old_track_of(check_in, 60).check_ins.first()
    assert long_ago.cure_until < clock.now()
    assert staff("record", long_ago) in page(facilitator.get(staff("check_in", long_ago)))


def test_nothing_is_returned_that_nobody_could_answer(check_in, facilitator):
    track = an_old_track_of(check_in, 250)
    row, person = track.check_ins.last(), track.referral.person
    said = {"answers": {"help": "no"}, "form": None, "language": "en"}
    check_ins.submit(check_in=row, **said, by=person, now=row.due_at - DAY)
    assert track.ends_at < clock.now()
    shown = page(facilitator.post(staff("review", row), {"outcome": "returned", "note": "Which day was it?"}))
    assert "The track is over" in shown and "Which day was it?" in shown
    assert not Review.objects.exists()


def test_entering_one_made_by_telephone_keeps_what_was_typed_when_it_is_refused(check_in, facilitator):
    made = (clock.now() - MINUTE).astimezone(check_in.track.time_zone)
    typed = answers(check_in, **{text_key(check_in): "Said on the telephone"}) | {"route": "phone"}
    early = typed | {"day": check_in.track.opened_on.isoformat(), "time": "10:00"}
    shown = page(facilitator.post(staff("record", check_in), early))
    assert "would not have been accepted" in shown
    assert "Said on the telephone" in shown
    taken = typed | {"day": made.date().isoformat(), "time": made.strftime("%H:%M")}
    assert facilitator.post(staff("record", check_in), taken).status_code == 302
    submission = check_in.submissions.get()
    assert (submission.route, submission.by) == ("phone", check_in.track.referral.facilitator)


def test_entering_one_that_was_sent_meanwhile_enters_nothing_and_says_so(check_in, facilitator):
    send(check_in)
    made = (clock.now() - MINUTE).astimezone(check_in.track.time_zone)
    typed = answers(check_in) | {"route": "phone", "day": made.date().isoformat(), "time": made.strftime("%H:%M")}
    shown = page(facilitator.post(staff("record", check_in), typed, follow=True))
    assert ("was already sent" in shown, "Entered for the person." in shown) == (True, False)
    assert check_in.submissions.get().route == "online"


def test_days_on_which_the_clock_stands_already_are_refused_and_what_was_typed_is_kept(check_in, facilitator):
    track = check_in.track
    day = track.ends_on.isoformat()
    typed = {"from_on": day, "to_on": day, "reason": "custody", "authority": "Dr. Lin’s letter"}
    assert confirmed(facilitator, staff("toll", track), typed).status_code == 302
    shown = page(facilitator.post(staff("toll", track), typed))
    assert "The clock is already stopped on some of these days." in shown
    for kept in (day, "Dr. Lin’s letter", '<option value="custody" selected>'):
        assert kept in shown
    assert track.tollings.count() == 1


@pytest.mark.parametrize(
    "name, typed, error",
    [
        ("toll", {"from_on": "2026-12-09", "to_on": "2026-12-01", "reason": "hospital", "authority": "Dr. Lin’s letter"},
         "The last day cannot be before the first."),
        ("extend", {"days": "0", "reason": "Dr. Lin’s letter", "ordered_by": "Judge"}, "greater than or equal to 1"),
        ("add_commitment", {"words": "", "named_by_order": "Dr. Lin’s letter"}, "This field is required"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_staff_form_moves_nothing_and_keeps_what_was_typed(check_in, facilitator, name, typed, error):
    shown = page(facilitator.post(staff(name, check_in.track), typed))
    assert error in shown
    assert "Dr. Lin’s letter" in shown
    track = Track.objects.get()
    assert (track.ends_on, track.commitments.count()) == (track.planned_end_on, 0)


def test_stopping_extending_and_verifying_lead_back_to_the_case(check_in, facilitator):
    track = check_in.track
    case = reverse("referrals:case", args=[track.referral_id])
    day = track.ends_on.isoformat()
    commitment = {"words": "Restitution", "named_by_order": "Restitution", "required": "on"}
    for name, typed in (
        ("toll", {"from_on": day, "to_on": day, "reason": "order", "authority": "Order"}),
        ("extend", {"days": "7", "reason": "Order", "ordered_by": "Judge"}),
        ("add_commitment", commitment),
    ):
        send = Client.post if name == "add_commitment" else confirmed
        assert send(facilitator, staff(name, track), typed)["Location"] == case
    made = track.commitments.get()
    assert facilitator.post(staff("verify_commitment", made), {"on": day})["Location"] == case
    shown = page(facilitator.get(case))
    for words in ("Clock stopped", "Extended by 7 days", "Commitment 1"):
        assert words in shown


def test_after_the_track_has_ended_the_home_page_promises_nothing_that_does_not_come(program, signed_in):
    referral = an_enrolled_referral(program=program)
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)
    now = JANUARY
    for module in enrollment.edition.modules.all():
        now = steps.take_module(enrollment, module, now=now)
        steps.accept_reflections(enrollment, by=referral.facilitator, now=now)
    assert Track.objects.get(referral=referral).ends_at < clock.now()
    page = signed_in(referral.person).get("/").content.decode()
    assert "Nothing is waiting for you today" in page
    assert "If there is more for you to do" in page
    assert "before the next" not in page
