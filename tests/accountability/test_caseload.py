"""The facilitator's day: today's order, the caseload at a glance, and reviewing one after another.

Pages are seen at the real present, so every track here opened as many days ago as the page needs.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accountability import reviewing
from accountability.actions import check_ins, decisions
from accountability.ladder import ladder
from accountability.models import CheckIn
from accountability.needs import past_promise
from accountability.rules.check_in_state import State
from accountability.strip import MARKS, strip
from accountability.waiting import steps_due
from lms import clock
from lms.casework.actions import contacts
from lms.casework.models import ContactAttempt, SavedView
from lms.referrals import desk, search, today
from lms.referrals.actions import referrals as cases
from lms.referrals.models import CourtProfile, Referral
from tests.accountability.caseloads import WEEKS, a_track_of, many_on_track
from tests.builders import a_court, a_facilitator, an_administrator, an_enrolled_referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PEOPLE = 15  # queries of the caseload, for one person and for five hundred


@pytest.fixture
def mine(shelf) -> Referral:
    return an_enrolled_referral(program=shelf)


def everyone(referral: Referral):
    return Referral.objects.filter(facilitator=referral.facilitator)


def reasons(referral: Referral) -> list[str]:
    return [need.why for need in desk.needs(Referral.objects.filter(pk=referral.pk), clock.now())]


def send(check_in: CheckIn, **answers: str) -> None:
    now = check_in.due_at - DAY
    by = check_in.track.referral.person
    check_ins.submit(check_in=check_in, answers={"help": "no"} | answers, form=None, language="en", by=by, now=now)


def tried(referral: Referral, now=None) -> ContactAttempt:
    now = now or clock.now()
    return contacts.record(
        referral=referral, way="call", outcome="no_answer", note="", made_at=now, by=referral.facilitator, now=now
    )


# --- the strip ------------------------------------------------------------------------------------


def test_every_mark_has_a_shape_of_its_own_and_stands_in_the_legend():
    shapes = [mark for mark, _words in MARKS.values()]
    assert len(set(shapes)) == len(shapes)
    legend = Path("templates/components/strip_legend.html").read_text()
    for mark, words in MARKS.values():
        assert f'<span class="strip__marks">{mark}</span> {{% translate "{words}" %}}' in legend


def test_a_strip_is_in_order_of_dates_with_stops_between_and_in_words():
    first = date(2026, 1, 5)
    states = [State.ON_TIME, State.LATE, State.CANCELLED, State.MISSED, State.SCHEDULED]
    days = [first + n * timedelta(days=7) for n in range(len(states))]
    made = strip(zip(days, states, strict=True), [first + timedelta(days=10)])
    assert made.marks == "✓◐‖✕."
    assert made.words == "1 on time, 1 late, accepted, 1 missed, 1 clock stopped, 1 ahead"


# --- today ----------------------------------------------------------------------------------------


def test_a_miss_asks_how_somebody_tried_until_it_is_said(mine):
    a_track_of(mine, clock.now())
    CheckIn.objects.filter(track__referral=mine, number__lt=WEEKS).update(
        submitted_at=clock.now(), reviewed_at=clock.now()
    )
    assert reasons(mine) == [f"did not make check-in {WEEKS}"]
    tried(mine)
    assert reasons(mine) == []


def test_an_attempt_before_the_miss_is_no_answer_to_it(mine):
    track = a_track_of(mine, clock.now())
    CheckIn.objects.filter(track=track, number__lt=WEEKS).update(submitted_at=clock.now(), reviewed_at=clock.now())
    tried(mine, track.check_ins.get(number=WEEKS).closes_at - DAY)
    assert reasons(mine) == [f"did not make check-in {WEEKS}"]


def test_missed_twice_comes_back_a_week_after_it_was_tried(mine):
    now = clock.now()
    a_track_of(mine, now)
    assert reasons(mine) == [f"missed {WEEKS} check-ins in a row"]
    tried(mine, now)
    assert reasons(mine) == []
    later = desk.needs(Referral.objects.filter(pk=mine.pk), now + 8 * DAY)
    assert [need.why for need in later] == [f"missed {WEEKS + 1} check-ins in a row", "a written warning is next"]


def test_the_order_is_safety_twice_missed_returned_late_release_hearing(mine):
    """One person with every reason: they stand in one line, the heaviest first, each with its next step."""
    now = clock.now()
    track = a_track_of(mine, now)
    first, second, third = track.check_ins.order_by("number")[:3]
    send(first, help="yes")
    send(second)
    send(third)
    decisions.review(check_in=third, outcome="accepted", note="", by=mine.facilitator, now=now)
    CheckIn.objects.filter(pk=first.pk).update(
        help_asked_at=now - DAY, reviewed_at=now - 3 * DAY, returned_until=now - DAY
    )
    cases.add_hearing(referral=mine, at=now + 5 * DAY, kind="", by=None, now=now)
    [line] = today.lines(everyone(mine), now)
    weights = [need.weight for need in line.needs]
    assert weights == [100, 90, 80, 65, 50]
    assert line.urgent and all(need.why and need.step and need.url and need.since <= now for need in line.needs)


def test_people_are_put_in_order_by_their_heaviest_reason(mine):
    many_on_track(mine, 6, clock.now())
    lines = today.lines(everyone(mine), clock.now())
    heaviest = [line.needs[0].weight for line in lines]
    assert heaviest == sorted(heaviest, reverse=True)
    assert len({line.referral.pk for line in lines}) == len(lines)
    # six in a row, two in a row, one long ago that nobody said anything about, one lately, one sent and not read in time
    names = ["Sample", "Sample003", "Sample005", "Sample002", "Sample006"]
    assert [line.referral.last_name for line in lines] == names


def test_an_empty_day_is_kind_and_says_what_comes_next(mine, signed_in):
    page = signed_in(mine.facilitator).get(reverse("referrals:caseload"))
    assert "Nobody is waiting for you" in page.content.decode()
    track = a_track_of(mine, clock.now())
    CheckIn.objects.filter(track=track, number__lte=WEEKS).update(submitted_at=clock.now(), reviewed_at=clock.now())
    page = signed_in(mine.facilitator).get(reverse("referrals:caseload"))
    assert [one.ahead.what for one in page.context["coming"]][:1] == [f"check-in {WEEKS + 1} is due"]
    assert "What comes next" in page.content.decode()


# --- at a glance ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 200])
def test_the_caseload_asks_as_much_for_two_hundred_as_for_one(mine, signed_in, django_assert_num_queries, count):
    many_on_track(mine, count - 1, clock.now())
    client = signed_in(mine.facilitator)
    client.get(reverse("casework:people"))
    with django_assert_num_queries(PEOPLE):
        page = client.get(reverse("casework:people"))
    assert len(page.context["rows"]) == count


def test_today_asks_as_much_for_a_hundred_as_for_twelve(shelf, signed_in):
    asked, needed = [], []
    for people in (12, 100):
        like = an_enrolled_referral(program=shelf, court=a_court())
        many_on_track(like, people - 1, clock.now())
        client, address = signed_in(like.facilitator), reverse("referrals:caseload")
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        asked.append(len(captured))
        needed.append(len(desk.needs(everyone(like), clock.now())))
    assert asked[0] == asked[1] and needed[1] > 5 * needed[0] > 0


@pytest.fixture
def many(mine):
    many_on_track(mine, 6, clock.now())
    return mine


def listed(client, **asked: str) -> list[str]:
    page = client.get(reverse("casework:people"), asked)
    return [row.referral.last_name for row in page.context["rows"]]


def test_a_row_says_the_strip_the_standing_with_its_rule_and_the_last_contact(many, signed_in):
    tried(Referral.objects.get(last_name="Sample003"))
    page = signed_in(many.facilitator).get(reverse("casework:people"))
    rows = {row.referral.last_name: row.glance for row in page.context["rows"]}
    glance = rows["Sample003"]
    assert glance["strip"].marks.startswith("✓✓✓✓✕✕..")
    assert glance["strip"].words.startswith("4 on time, 2 missed, 20 ahead")
    assert (glance["standing_code"], glance["rule"]) == (
        "not_in_compliance", "Missed in a row: 2. The policy’s limit is 2."
    )  # fmt: skip
    assert (glance["phase"], glance["contact"].outcome, glance["next_on"] is None) == ("week", "no_answer", False)
    shown = page.content.decode()
    assert "4 on time, 2 missed" in shown and "No answer" in shown


def test_it_is_filtered_and_sorted(many, signed_in):
    client = signed_in(many.facilitator)
    assert listed(client, standing="at_risk") == ["Sample002"]
    assert listed(client, standing="not_in_compliance") == ["Sample", "Sample003"]
    assert listed(client, language="es") == ["Sample003", "Sample006"]
    assert listed(client, status="in_track") == sorted(listed(client))
    assert listed(client, status="invited") == []
    assert listed(client, needs="none") == ["Sample001", "Sample004"]
    assert listed(client, phase="month") == []
    assert listed(client, standing="nonsense", sort="nonsense") == listed(client)
    tried(Referral.objects.get(last_name="Sample004"))
    assert listed(client, sort="contact")[-1] == "Sample004"


def test_somebody_is_found_by_number_and_by_name_and_neither_stands_in_an_address(many, signed_in):
    client, address = signed_in(many.facilitator), reverse("casework:people")
    found = client.post(address, {"q": "MANY-0004"})
    opened = reverse("referrals:case", args=[Referral.objects.get(case_number="MANY-0004").pk])
    assert (found.status_code, found["Location"]) == (302, opened)
    assert client.post(address, {"q": "alex sample002"}).status_code == 302
    several = client.post(address, {"q": "alex"})
    assert len(several.context["rows"]) == 6
    assert "Nobody was found" in client.post(address, {"q": "nobody at all"}).content.decode()
    # An address is not looked into: what stands there is not a question.
    assert listed(client, q="MANY-0004") == listed(client)


def test_accents_capitals_and_punctuation_are_not_asked_for(mine, signed_in):
    """Whatever the database: SQLite knows no capital of “ñ”."""
    Referral.objects.filter(pk=mine.pk).update(first_name="José", last_name="Peña-O’Neil", case_number="24-CR-00042")
    search.index([Referral.objects.get(pk=mine.pk)])
    client, address = signed_in(mine.facilitator), reverse("casework:people")
    for typed in (
        "Pena",
        "PEÑA",
        "peña",
        "jose PENA",
        "oneil",
        "24CR00042",
        "24 cr 00042",
        "00042",
        "josé 00042",
    ):
        found = client.post(address, {"q": typed})
        assert (found.status_code, found.headers.get("Location")) == (302, reverse("referrals:case", args=[mine.pk])), (
            typed
        )
    for typed in ("Penado", "jose nobody", "-", "’ ."):
        assert "Nobody was found" in client.post(address, {"q": typed}).content.decode(), typed


def test_views_are_their_owners_alone_and_sealed(many, signed_in):
    client = signed_in(many.facilitator)
    client.post(reverse("casework:save_view"), {"name": "Robin and the like", "standing": "at_risk", "q": "Robin"})
    view = SavedView.objects.get()
    assert (view.name, view.asked) == ("Robin and the like", {"standing": "at_risk"})
    assert b"Robin" not in bytes(SavedView.objects.values_list("name", flat=True).get())
    assert "Robin and the like" in client.get(reverse("casework:people")).content.decode()
    other = signed_in(an_administrator(many.program))
    assert "Robin and the like" not in other.get(reverse("casework:people")).content.decode()
    assert other.post(reverse("casework:forget_view", args=[view.pk])).status_code == 404
    client.post(reverse("casework:forget_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_nobody_lists_or_finds_another_facilitators_people(many, signed_in):
    stranger = signed_in(a_facilitator(many.program, first_name="Olga"))
    assert listed(stranger) == []
    assert "Nobody was found" in stranger.post(reverse("casework:people"), {"q": "MANY-0004"}).content.decode()
    assert len(listed(signed_in(an_administrator(many.program)))) == 7


# --- reviewing ------------------------------------------------------------------------------------


def sent(many: Referral) -> list[CheckIn]:
    """Three check-ins of one person that wait, in the order in which they were sent."""
    found = list(CheckIn.objects.filter(track__referral=many).order_by("number")[:3])
    for row in found:
        send(row)
    return found


def test_the_next_one_opens_by_itself_with_what_is_left_and_a_way_out(mine, signed_in):
    a_track_of(mine, clock.now())
    first, second, third = sent(mine)
    client = signed_in(mine.facilitator)
    page = client.get(reverse("track_staff:check_in", args=[first.pk])).content.decode()
    assert "After this one 2 more wait." in page and f'href="{reverse("referrals:caseload")}"' in page
    answer = client.post(reverse("track_staff:review", args=[first.pk]), {"outcome": "accepted"})
    assert answer["Location"] == reverse("track_staff:check_in", args=[second.pk])
    answer = client.post(reverse("track_staff:review", args=[second.pk]), {"outcome": "returned", "note": "Which day?"})
    assert answer["Location"] == reverse("track_staff:check_in", args=[third.pk])
    answer = client.post(reverse("track_staff:review", args=[third.pk]), {"outcome": "accepted"})
    assert answer["Location"] == reverse("track_staff:queue")
    assert [review.outcome for row in (first, second, third) for review in row.reviews.all()] == [
        "accepted", "returned", "accepted"
    ]  # fmt: skip


def test_whoever_leaves_each_for_later_sees_all_of_them(mine):
    a_track_of(mine, clock.now())
    first, second, third = sent(mine)
    seen, row = [], first
    for _ in range(4):
        row = reviewing.rest(mine.facilitator, row, clock.now()).next
        seen.append(row)
    assert seen == [second, third, first, second]


def test_nobody_acts_on_what_was_missed_before_its_person_was_told(mine):
    """The window ends with the day, the message goes after the quiet hours: until then it is on nobody's list."""
    track = a_track_of(mine, clock.now())
    row = track.check_ins.filter(submitted_at=None).first()
    told = row.closes_at.astimezone(track.time_zone).replace(hour=8)
    cases = Referral.objects.filter(pk=mine.pk)
    for moment, known in ((row.closes_at, False), (told - timedelta(seconds=1), False), (told, True)):
        assert CheckIn.objects.in_state_missed(moment).filter(pk=row.pk).exists()
        assert [str(row.number) in need.why for need in desk.needs(cases, moment)] == [True] * known
        assert ladder(mine, moment).misses == (row.number,) * known
        assert bool(steps_due([track], moment)) is known


def test_the_supervisors_limit_and_the_promise_count_the_same_holidays(mine):
    a_track_of(mine, clock.now())
    row, _second, _third = sent(mine)
    row.refresh_from_db()
    when = row.submitted_at.astimezone(row.track.time_zone).date()
    profile, _made = CourtProfile.objects.get_or_create(court=mine.court)
    profile.holidays = [(when + n * DAY).isoformat() for n in range(1, 10)]
    profile.save()
    waits = desk.waits(Referral.objects.filter(pk=mine.pk), clock.now())
    late = next(wait.late_at for wait in waits if str(row.pk) in wait.url)
    row = CheckIn.objects.select_related("track__policy", "track__referral__court__profile").get(pk=row.pk)
    assert past_promise(row, row.submitted_at, late) and not past_promise(
        row, row.submitted_at, late - timedelta(seconds=1)
    )


def test_a_call_is_an_attempt_and_leaves_it_waiting_with_the_reason(mine, signed_in):
    a_track_of(mine, clock.now())
    first, second, third = sent(mine)
    client, address = signed_in(mine.facilitator), reverse("track_staff:review", args=[first.pk])
    assert "Say why it stays waiting." in client.post(address, {"outcome": "called"}).content.decode()
    called = {"outcome": "called", "reached": "left_message", "reason": "They said something about moving."}
    client.post(address, called)
    attempt = ContactAttempt.objects.get()
    assert (attempt.way, attempt.outcome, attempt.note) == ("call", "left_message", called["reason"])
    assert not first.reviews.exists()
    assert called["reason"] in client.get(reverse("track_staff:check_in", args=[first.pk])).content.decode()
    assert set(client.get(reverse("track_staff:queue")).context["waiting"]) == {first, second, third}


def test_an_administrator_decides_on_no_check_in_of_somebody_elses(mine, signed_in):
    a_track_of(mine, clock.now())
    first = sent(mine)[0]
    answer = signed_in(an_administrator(mine.program)).post(
        reverse("track_staff:review", args=[first.pk]), {"outcome": "called", "reached": "reached", "reason": "x"}
    )
    assert (answer.status_code, ContactAttempt.objects.exists()) == (404, False)
