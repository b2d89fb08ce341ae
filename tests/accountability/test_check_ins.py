"""What the responsible party does with a check-in: begin, keep a draft, send."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accountability.actions import check_ins, decisions, tracks
from accountability.models import CheckIn, Submission
from accountability.rules.check_in_state import State
from accountability.sample import sample_check_in_form
from lms.journal.models import Event
from lms.outbox.models import Category, Message
from lms.people.models import User
from lms.referrals.models import Referral
from tests.builders import a_program, an_administrator
from tests.court_reports.cases import a_case_in_track, check_ins_of

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def check_in() -> CheckIn:
    return check_ins_of(a_case_in_track())[0]


def send(check_in: CheckIn, now, **more) -> Submission:
    what = {"answers": {"help": "no"}, "form": None, "language": "en", "by": check_in.track.referral.person} | more
    return check_ins.submit(check_in=check_in, now=now, **what)


def state(check_in: CheckIn, now) -> State:
    check_in.refresh_from_db()
    return check_in.state(now)


def test_a_draft_is_kept_the_newest_wins_and_sending_clears_it(check_in):
    now = check_in.opens_at
    for words in ("first", "second, with ñ and 漢"):
        check_ins.save_draft(check_in=check_in, answers={"q": words}, now=now)
    check_in.refresh_from_db()
    assert check_in.read_draft() == {"q": "second, with ñ and 漢"}
    assert b"second" not in bytes(check_in.draft)
    send(check_in, now + HOUR)
    check_in.refresh_from_db()
    assert (check_in.draft, check_in.draft_saved_at, check_in.read_draft()) == (None, None, {})


def test_a_draft_is_taken_only_while_the_check_in_is(check_in):
    for moment in (check_in.opens_at - MINUTE, check_in.cure_until):
        with pytest.raises(check_ins.NotOpen):
            check_ins.save_draft(check_in=check_in, answers={"q": "x"}, now=moment)
    send(check_in, check_in.opens_at)
    check_in.refresh_from_db()
    with pytest.raises(check_ins.NotOpen):
        check_ins.save_draft(check_in=check_in, answers={"q": "x"}, now=check_in.opens_at + HOUR)


def test_sending_gives_a_receipt_and_is_an_event_without_a_word_of_the_answers(check_in):
    now = check_in.opens_at + HOUR
    submission = send(check_in, now, answers={"q": "private", "help": "no"})
    assert len(submission.code) == 8
    assert set(submission.code) <= set(check_ins.CODE_LETTERS)
    assert submission.read() == {"q": "private", "help": "no"}
    event = Event.objects.get(kind="check_in.submitted")
    assert (event.at, event.by) == (now, check_in.track.referral.person)
    assert event.data == {"number": 1, "made_at": now.isoformat(), "route": "online"}
    assert state(check_in, now) is State.ON_TIME


def test_a_double_press_is_taken_once_and_the_first_stands(check_in):
    first = send(check_in, check_in.opens_at, answers={"q": "first", "help": "no"})
    again = send(check_in, check_in.opens_at + MINUTE, answers={"q": "second", "help": "call"})
    assert again == first
    assert first.read()["q"] == "first"
    assert (Submission.objects.count(), Event.objects.filter(kind="check_in.submitted").count()) == (1, 1)
    assert not Message.objects.filter(kind="check_in.help_asked").exists()


@pytest.mark.parametrize(
    "since, after, expected",
    [
        ("opens_at", -MINUTE, None),
        ("opens_at", 0 * MINUTE, State.ON_TIME),
        ("due_at", -MINUTE, State.ON_TIME),
        ("due_at", 0 * MINUTE, State.LATE),
        ("closes_at", -MINUTE, State.LATE),
        ("closes_at", 0 * MINUTE, State.CURED),
        ("cure_until", -MINUTE, State.CURED),
        ("cure_until", 0 * MINUTE, None),
    ],
)
def test_too_early_and_too_late_are_refused_and_nothing_is_written(check_in, since, after, expected):
    moment = getattr(check_in, since) + after
    if expected is None:
        with pytest.raises(check_ins.NotOpen):
            send(check_in, moment)
        assert not Submission.objects.exists()
        assert not Event.objects.filter(kind="check_in.submitted").exists()
    else:
        send(check_in, moment)
        assert state(check_in, moment + 300 * DAY) is expected


@pytest.mark.parametrize("deadline, kept, lost", [
    ("due_at", State.ON_TIME, State.LATE), ("closes_at", State.LATE, State.CURED), ("cure_until", State.CURED, None),
])  # fmt: skip
def test_whoever_began_before_a_deadline_has_an_hour_after_it(check_in, deadline, kept, lost):
    end = getattr(check_in, deadline)
    check_ins.begin(check_in=check_in, now=end - MINUTE)
    check_in.refresh_from_db()
    with transaction.atomic():
        submission = send(check_in, end + HOUR)
        assert (submission.begun_at, submission.made_at) == (end - MINUTE, end + HOUR)
        assert state(check_in, end + DAY) is kept
        transaction.set_rollback(True)
    check_in.refresh_from_db()
    if lost is None:
        with pytest.raises(check_ins.NotOpen):
            send(check_in, end + HOUR + MINUTE)
    else:
        send(check_in, end + HOUR + MINUTE)
        assert state(check_in, end + DAY) is lost


def test_beginning_is_kept_once_and_only_while_it_is_open(check_in):
    for moment in (check_in.opens_at - MINUTE, check_in.opens_at + HOUR, check_in.opens_at + 2 * HOUR):
        check_ins.begin(check_in=check_in, now=moment)
    check_in.refresh_from_db()
    assert check_in.begun_at == check_in.opens_at + HOUR


def test_staff_enter_one_made_by_telephone_at_the_moment_it_was_made(check_in):
    facilitator = check_in.track.referral.facilitator
    made, entered = check_in.due_at - HOUR, check_in.cure_until + DAY
    submission = send(check_in, entered, made_at=made, route="phone", by=facilitator)
    assert (submission.made_at, submission.recorded_at, submission.by) == (made, entered, facilitator)
    assert state(check_in, entered) is State.ON_TIME


def test_none_is_entered_for_a_moment_yet_to_come(check_in):
    now = check_in.opens_at
    with pytest.raises(check_ins.NotOpen):
        send(check_in, now, made_at=now + MINUTE, route="phone")


def test_a_returned_one_is_answered_anew_and_keeps_its_first_moment(check_in):
    first = check_in.opens_at
    send(check_in, first)
    decisions.review(
        check_in=check_in, outcome="returned", note="Say more.", by=check_in.track.referral.facilitator, now=first + DAY
    )
    send(check_in, first + 2 * DAY, answers={"q": "more", "help": "no"})
    check_in.refresh_from_db()
    assert (check_in.submitted_at, check_in.resubmitted_at) == (first, first + 2 * DAY)
    assert [s.made_at for s in check_in.submissions.all()] == [first, first + 2 * DAY]


def test_a_closed_track_takes_nothing(check_in):
    tracks.close_track(referral=check_in.track.referral, by=None, now=check_in.opens_at)
    with pytest.raises(check_ins.NotOpen):
        send(check_in, check_in.opens_at + HOUR)


def test_a_closed_track_keeps_no_draft(check_in):
    tracks.close_track(referral=check_in.track.referral, by=None, now=check_in.opens_at)
    check_in.track.refresh_from_db()
    with pytest.raises(check_ins.NotOpen):
        check_ins.save_draft(check_in=check_in, answers={"q": "x"}, now=check_in.opens_at + HOUR)


@pytest.mark.parametrize("answer", ["call", "risk", "safety"])
def test_asking_for_help_tells_the_facilitator_at_once_and_neutrally(check_in, answer):
    now = check_in.closes_at + HOUR
    send(check_in, now, answers={"q": "private words", "help": answer})
    message = Message.objects.get(kind="check_in.help_asked")
    assert (message.to, message.posted_at, message.not_before) == (check_in.track.referral.facilitator, now, now)
    assert message.category == Category.NOTICE
    assert message.context == {"path": f"/facilitate/track/check-ins/{check_in.pk}/"}
    assert Event.objects.get(kind="check_in.help_asked").data == {}


@pytest.mark.parametrize("facilitator", ["none", "closed account"])
def test_with_no_facilitator_to_tell_a_call_for_help_reaches_every_administrator_of_the_program(check_in, facilitator):
    referral = check_in.track.referral
    administrators = {an_administrator(referral.program) for _ in range(2)}
    an_administrator(referral.program, is_active=False)
    an_administrator(a_program())
    if facilitator == "none":
        Referral.objects.filter(pk=referral.pk).update(facilitator=None)
    else:
        User.objects.filter(pk=referral.facilitator_id).update(is_active=False)
    send(check_in, check_in.opens_at, answers={"help": "safety"})
    assert {m.to for m in Message.objects.filter(kind="check_in.help_asked")} == administrators


def test_what_was_sent_keeps_the_questions_it_answered_and_never_changes(check_in):
    form = sample_check_in_form(program=check_in.track.referral.program, now=check_in.track.opened_at)
    submission = send(check_in, check_in.opens_at, form=form)
    assert Submission.objects.get().form == form
    for change in (lambda: Submission.objects.update(code="X"), submission.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
