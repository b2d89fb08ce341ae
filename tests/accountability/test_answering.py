"""The person's page: kinds of questions, one at a time or all at once, drafts of two devices, files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accountability.actions import check_ins, commitments, tracks
from accountability.models import Answering, Attachment, CheckInForm, Try
from accountability.models.forms import form_in_force
from accountability.rules.phases import Part
from lms import clock
from lms.files.models import StoredFile
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import QuestionsShown, User
from lms.referrals import recall
from lms.referrals.actions import accommodations
from lms.referrals.recall import Recall
from tests.accountability.checking_in import DAY, a_form, a_question, an_open_check_in, answers, key
from tests.builders import an_administrator, at
from tests.files.corpus import a_picture
from tests.files.recordings import a_clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def check_in(shelf):
    a_form(shelf)
    return an_open_check_in(shelf)


@pytest.fixture
def person(check_in, signed_in) -> Client:
    return signed_in(check_in.track.referral.person)


@pytest.fixture
def facilitator(check_in, signed_in) -> Client:
    return signed_in(check_in.track.referral.facilitator)


def address(check_in, name: str = "answer") -> str:
    return reverse(f"check_ins:{name}", args=[check_in.pk])


def page(response, status: int = 200) -> str:
    assert response.status_code == status, response.get("Location")
    return response.content.decode()


def one_at_a_time(check_in) -> None:
    User.objects.filter(pk=check_in.track.referral.person_id).update(questions_shown=QuestionsShown.ONE)


def draft(check_in) -> dict:
    check_in.refresh_from_db()
    return check_in.read_draft()


def a_commitment(check_in, words: str = "Go to the group"):
    return commitments.add(
        track=check_in.track, words=words, named_by_order="", required=False,
        by=check_in.track.referral.facilitator, now=clock.now(),
    )  # fmt: skip


def test_every_kind_is_asked_answered_kept_and_read_in_words(check_in, person, facilitator):
    a_commitment(check_in)
    shown = page(person.get(address(check_in)))
    assert "label commitments en Commitment 1: Go to the group" in shown
    typed = answers(**{f"{key('commitments')}_c1": "stuck", "sure": "1"})
    assert person.post(address(check_in), typed)["Location"] == address(check_in, "receipt")
    read = page(facilitator.get(reverse("track_staff:check_in", args=[check_in.pk])))
    for words in (
        "4",
        "Elsewhere",
        "At home; Elsewhere",
        "Words of a week",
        "I am stuck",
        "I was there",
        "Nothing has changed",
    ):
        assert words in read


def test_who_has_no_commitment_is_not_asked_about_any(check_in, person):
    assert "label commitments en" not in page(person.get(address(check_in)))


def test_what_was_verified_or_ended_before_it_was_opened_is_not_asked_about_again(check_in, person):
    rows = [a_commitment(check_in, words) for words in ("Done already", "Not asked for", "Done meanwhile", "Go on")]
    by, now = check_in.track.referral.facilitator, clock.now()
    commitments.verify(commitment=rows[0], on=now.date(), by=by, now=now)
    commitments.end(commitment=rows[1], reason="Moved.", by=by, now=now)
    person.get(address(check_in))
    commitments.verify(commitment=rows[2], on=now.date(), by=by, now=clock.now())
    shown = page(person.get(address(check_in)))
    asked = [row.number for row in rows if f"Commitment {row.number}:" in shown]
    assert asked == [rows[2].number, rows[3].number]


def test_the_middle_of_a_track_has_its_own_questions_where_the_program_wrote_some(shelf):
    whole, middle = a_form(shelf, ("text",)), a_form(shelf, ("scale",), part=Part.MIDDLE)
    now = clock.now()
    assert form_in_force(shelf, now, Part.EARLY) == whole
    assert form_in_force(shelf, now, Part.MIDDLE) == middle


def test_a_check_in_keeps_the_questions_it_was_opened_with_though_newer_ones_are_published(check_in, person, shelf):
    person.get(address(check_in))
    first = CheckInForm.objects.get()
    a_form(shelf, (a_question("text", label_en="Asked later"),), in_force_from=clock.now())
    assert "Asked later" not in page(person.get(address(check_in)))
    person.post(address(check_in), answers(sure="1"))
    submission = check_in.submissions.get()
    assert (submission.form, submission.read()[key("text")]) == (first, "Words of a week")


def test_what_is_optional_and_empty_is_said_once_before_it_is_sent(check_in, person):
    shown = page(person.post(address(check_in), answers()))
    assert "Not answered yet" in shown
    assert "label upload en" in shown.split("Not answered yet")[1].split("</ul>")[0]
    assert not check_in.submissions.exists()
    assert person.post(address(check_in), answers(sure="1")).status_code == 302


def test_one_at_a_time_leads_through_all_questions_keeps_each_and_comes_back_to_the_same(check_in, person):
    one_at_a_time(check_in)
    shown = page(person.get(address(check_in)))
    assert ("Question 1 of 8" in shown, "label text en" in shown) == (True, False)
    for place, (kind, typed) in enumerate(
        [("scale", "4"), ("choice", "1"), ("choices", ["1"]), ("text", "One by one")], start=1
    ):
        answer = person.post(address(check_in), {"on": key(kind), key(kind): typed, "next": "1"})
        assert answer["Location"] == f"{address(check_in)}?q={place + 1}"
    assert draft(check_in)[key("text")] == "One by one"
    other = Client()
    other.force_login(check_in.track.referral.person)
    assert "Question 5 of 8" in page(other.get(address(check_in)))
    back = person.post(address(check_in), {"on": key("attendance"), key("attendance"): "not", "back": "1"})
    assert back["Location"] == f"{address(check_in)}?q=4"
    assert "One by one" in page(person.get(back["Location"]))
    assert draft(check_in)[key("attendance")] == "not"


def test_one_at_a_time_says_before_sending_what_is_needed_and_what_is_empty_and_sends_the_rest(check_in, person):
    one_at_a_time(check_in)
    everything = answers()
    for kind in ("scale", "choice", "choices", "text", "attendance"):
        person.post(address(check_in), {"on": key(kind), key(kind): everything[key(kind)], "next": "1"})
    last = person.post(address(check_in), {"on": "help", "next": "1"})
    assert last["Location"] == f"{address(check_in)}?q=send"
    assert "this one is needed" in page(person.get(last["Location"]))
    assert "this one is needed" in page(person.post(last["Location"], {"on": "send", "sure": "1"}))
    person.post(address(check_in), {"on": key("changed"), key("changed"): "none", "next": "1"})
    assert "not answered" in page(person.get(last["Location"]))
    sent = person.post(last["Location"], {"on": "send", "sure": "1"})
    assert sent["Location"] == address(check_in, "receipt")
    assert check_in.submissions.get().read()[key("choices")] == ["0", "1"]


def test_the_way_is_chosen_on_the_page_and_nothing_typed_is_lost(check_in, person):
    person.post(address(check_in), {key("text"): "Half a thought", "way": "one"})
    assert User.objects.get(pk=check_in.track.referral.person_id).questions_shown == "one"
    assert draft(check_in)[key("text")] == "Half a thought"
    assert 'value="one" id="id_questions_shown_1" checked' in page(person.get(reverse("people:look")))


def test_the_language_is_changed_in_the_middle_and_nothing_is_lost(check_in, person):
    answer = person.post(address(check_in), {key("text"): "Media idea", "language": "es"})
    shown = page(person.get(answer["Location"]))
    assert ("label text es" in shown, "Media idea" in shown) == (True, True)


def test_what_another_device_typed_is_shown_before_it_is_written_over(check_in, person):
    phone, seen = person, "0"
    phone.get(address(check_in))
    tablet = Client()
    tablet.force_login(check_in.track.referral.person)
    assert tablet.post(address(check_in, "draft"), {key("text"): "From the tablet", "seen": seen}).json()["saved"]
    refused = phone.post(address(check_in, "draft"), {key("text"): "From the phone", "seen": seen})
    assert (refused.status_code, refused.json()) == (409, {"saved": False, "newer": True})
    assert draft(check_in)[key("text")] == "From the tablet"
    shown = page(phone.post(address(check_in), answers(**{key("text"): "From the phone", "seen": seen, "sure": "1"})))
    assert ("From the tablet" in shown, "From the phone" in shown) == (True, True)
    assert not check_in.submissions.exists()
    newest = Answering.objects.get().version
    assert (
        phone.post(address(check_in), answers(**{key("text"): "Both", "seen": str(newest), "sure": "1"})).status_code
        == 302
    )


def test_two_devices_at_two_questions_do_not_disturb_each_other(check_in, person):
    one_at_a_time(check_in)
    tablet = Client()
    tablet.force_login(check_in.track.referral.person)
    tablet.post(address(check_in), {"on": key("scale"), key("scale"): "2", "seen": "0", "next": "1"})
    assert (
        person.post(address(check_in), {"on": key("text"), key("text"): "Mine", "seen": "0", "next": "1"}).status_code
        == 302
    )
    assert (draft(check_in)[key("scale")], draft(check_in)[key("text")]) == ("2", "Mine")


def test_a_picture_is_kept_clean_once_shown_and_taken_away_again(check_in, person):
    photo = a_picture()
    for _ in range(2):
        upload = SimpleUploadedFile("me.jpg", photo, "image/jpeg")
        person.post(address(check_in), {key("upload"): upload, "later": "1"})
    row = Attachment.objects.get()
    assert StoredFile.objects.filter(purpose="check_in_file", destroyed_at=None).count() == 1
    assert "A file is here" in page(person.get(address(check_in)))
    person.post(address(check_in), {"remove": str(row.pk), "later": "1"})
    row.refresh_from_db()
    assert row.removed_at
    assert not StoredFile.objects.filter(purpose="check_in_file", destroyed_at=None).exists()


def test_a_file_that_is_none_is_refused_in_words_and_the_rest_is_kept(check_in, person):
    bad = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    shown = page(person.post(address(check_in), answers(**{key("upload"): bad})))
    assert "Words of a week" in shown
    assert "cannot be taken here" in shown
    assert draft(check_in)[key("text")] == "Words of a week"
    assert not check_in.submissions.exists()


def test_whom_it_was_agreed_with_may_speak_and_only_the_facilitator_hears_it(check_in, person, facilitator, signed_in):
    assert "voice note" not in page(person.get(address(check_in)))
    now, case = clock.now(), check_in.track.referral
    accommodations.agree(
        referral=case,
        kind="other_format",
        from_on=(now - DAY).date(),
        until_on=None,
        note="",
        by=case.facilitator,
        now=now,
    )
    shown = page(person.get(address(check_in)))
    assert 'accept="audio/*"' in shown
    assert "capture" in shown
    note = SimpleUploadedFile("note.m4a", a_clip("ipod", picture=""), "audio/mp4")
    typed = {k: v for k, v in answers().items() if k != key("text")}
    assert person.post(address(check_in), typed | {"instead_voice": note, "sure": "1"}).status_code == 302
    row = Attachment.objects.get()
    assert (row.is_sound, row.submission) == (True, check_in.submissions.get())
    heard = reverse("track_staff:file", args=[row.pk])
    answer = facilitator.get(heard)
    assert (answer.status_code, answer["Content-Type"]) == (200, row.file.media_type)
    assert b"".join(answer.streaming_content)
    assert Event.objects.filter(kind="check_in.read").exists()
    for stranger in (an_administrator(case.program), case.person):
        assert signed_in(stranger).get(heard).status_code == 404


def test_what_failed_on_our_side_is_kept_and_seen_where_it_is_excused(check_in, person, facilitator, monkeypatch):
    monkeypatch.setattr(check_ins, "submit", None)  # a fault of ours, of whatever kind
    person.raise_request_exception = False
    assert person.post(address(check_in), answers(sure="1")).status_code == 500
    row = Try.objects.get()
    assert (row.why, row.code) == (Try.TROUBLE, Answering.objects.get().code)
    shown = page(facilitator.get(reverse("track_staff:check_in", args=[check_in.pk])))
    assert ("Something failed on our side." in shown, row.code in shown) == (True, True)
    assert draft(check_in)[key("text")] == "Words of a week"


def test_a_line_that_failed_first_is_told_by_the_phone_and_taken_for_what_it_is(check_in, person):
    said = clock.now() - DAY / 24
    person.post(address(check_in), answers(sure="1", tried_at=said.isoformat()))
    row = Try.objects.get()
    assert (row.why, row.said_at) == (Try.LINE, said)
    assert check_in.submissions.get().made_at > said


@pytest.mark.parametrize("said", ["2199-01-01T00:00:00Z", "yesterday", "2026-99-99T00:00:00Z"])
def test_a_phone_that_says_nonsense_is_not_believed(check_in, person, said):
    assert person.post(address(check_in), answers(sure="1", tried_at=said)).status_code == 302
    assert not Try.objects.filter(said_at__isnull=False).exists()


def test_too_late_it_is_not_taken_and_that_they_tried_is_kept_with_a_code(shelf, signed_in):
    a_form(shelf)
    check_in = an_open_check_in(shelf, days=17)
    person = signed_in(check_in.track.referral.person)
    assert "I tried" in page(person.get(address(check_in)))
    shown = page(person.post(address(check_in), answers()))
    row = Try.objects.get()
    assert ("You tried" in shown, row.code in shown) == (True, True)
    person.post(address(check_in, "tried"))
    assert Try.objects.count() == 1
    assert Event.objects.filter(kind="check_in.tried").count() == 1


def test_staff_find_a_check_in_by_the_code_that_is_read_to_them(check_in, person, facilitator):
    person.get(address(check_in))
    code = Answering.objects.get().code
    found = facilitator.post(reverse("track_staff:by_code"), {"code": f" {code[:4].lower()}-{code[4:]} "})
    assert found["Location"] == reverse("track_staff:check_in", args=[check_in.pk])
    assert "No check-in of your cases" in page(facilitator.post(reverse("track_staff:by_code"), {"code": "22222222"}))


def test_a_change_that_was_told_is_something_to_look_at_for_the_facilitator_and_nobody_else(
    check_in, person, facilitator
):
    person.post(
        address(check_in), answers(**{key("changed"): ["arrest"], f"{key('changed')}_words": "Tuesday", "sure": "1"})
    )
    assert "says that something has changed" in page(facilitator.get("/facilitate/"))
    assert "Read it below" in page(facilitator.get(reverse("track_staff:check_in", args=[check_in.pk])))
    assert not Message.objects.filter(audience__isnull=False).exists()
    assert not Message.objects.filter(to__kind="court").exists()


def test_the_course_brings_one_question_back_which_counts_for_nothing_and_is_explained_to_them_alone(
    shelf, signed_in, monkeypatch
):
    question = Recall(
        "k", False, {"en": "What is harm?", "es": "¿Qué es el daño?"}, {"a": {"en": "A thing", "es": "Una cosa"}, "b": {"en": "Nothing", "es": "Nada"}},
        ("a",), {"en": "Because it is.", "es": "Porque lo es."},
    )  # fmt: skip
    monkeypatch.setitem(recall._providers, "courses", lambda referral, turn: question)
    a_form(shelf, ("text",), recall=True)
    check_in = an_open_check_in(shelf)
    person = signed_in(check_in.track.referral.person)
    shown = page(person.get(address(check_in)))
    assert ("What is harm?" in shown, "Because it is." in shown) == (True, False)
    receipt = page(person.post(address(check_in), {key("text"): "x", "recall": "2"}, follow=True))
    assert ("A thing" in receipt, "Because it is." in receipt) == (True, True)
    read = page(signed_in(check_in.track.referral.facilitator).get(reverse("track_staff:check_in", args=[check_in.pk])))
    assert "What is harm?" not in read


def test_the_printed_form_has_every_question_in_its_language_room_and_the_code(check_in, facilitator):
    a_commitment(check_in)
    shown = page(facilitator.get(reverse("track_staff:paper", args=[check_in.pk]), {"language": "es"}))
    for words in ("label text es", "label commitments es", "En casa", Answering.objects.get().code, 'lang="es"'):
        assert words in shown


def test_a_closed_track_still_lets_nobody_answer_but_shows_what_was_sent(check_in, person):
    person.post(address(check_in), answers(sure="1"))
    tracks.close_track(referral=check_in.track.referral, by=None, now=clock.now())
    assert "It is received" in page(person.get(address(check_in), follow=True))


def test_where_no_part_has_questions_of_its_own_those_in_force_then_are_asked(shelf):
    old, new = a_form(shelf, ("text",)), a_form(shelf, ("scale",), in_force_from=at("2026-06-01 00:00"))
    assert form_in_force(shelf, at("2026-05-31 23:00"), Part.LAST) == old
    assert form_in_force(shelf, at("2026-06-01 01:00"), Part.LAST) == new
