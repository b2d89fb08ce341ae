"""The program in pictures: right against a small world counted by hand, about no fewer than five people, for administrators."""

import csv
import io
from collections.abc import Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accountability.models import CheckIn, Track
from accountability.models.readings import state_at
from accountability.rules.check_in_state import state_of
from lms.casework.figures import waits
from lms.casework.models import ContactAttempt
from lms.people.models import User
from lms.referrals.models import Court, Program, Referral
from lms.referrals.people_figures import STEPS, people
from lms.referrals.program_figures import Asked, Board, Counted, Line, board, counted
from lms.referrals.program_forms import PeriodForm
from lms.referrals.program_pictures import pictures
from lms.referrals.rules.months import Months
from lms.referrals.rules.small_groups import LEAST, Feature, chain, cut, edges, total
from lms.referrals.rules.status import ENDED_EARLY, ENDINGS
from lms.referrals.rules.waits import business_days_between, percentile
from tests.builders import (
    JANUARY,
    a_court,
    a_court_user,
    a_facilitator,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
)
from tests.conftest import sign_in_session

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
PAGE, FILE = "referrals:program", "referrals:program_take"
DAY = timedelta(days=1)
in_database = pytest.mark.django_db


# --- the rules ----------------------------------------------------------------------------------

COUNTS = st.lists(st.integers(0, 7), min_size=12, max_size=12)


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_between_two_edges_every_group_has_nobody_or_five(groups: list[list[int]]) -> None:
    at = edges(groups, range(13))
    for start, stop in combinations(at, 2):
        assert all(n == 0 or n >= LEAST for n in (sum(counts[start:stop]) for counts in groups))


@given(COUNTS, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=8))
def test_no_answer_taken_from_another_leaves_fewer_than_five(counts: list[int], asked: list[tuple[int, int]]) -> None:
    """Whoever shifts the months by one, or asks for a longer and a shorter while, takes one answer from the other."""
    at = edges([counts], range(13))
    answers = [c.of(counts) for start, stop in asked if (c := cut(at, min(start, stop), max(start, stop)))]
    cuts = [c for start, stop in asked if (c := cut(at, min(start, stop), max(start, stop)))]
    for (one, first), (other, second) in combinations(zip(answers, cuts, strict=True), 2):
        if first.start <= second.start and second.stop <= first.stop:
            assert one - other == 0 or one - other >= LEAST


KINDS = ("a", "b", "c", "d")


@given(st.fixed_dictionaries(dict.fromkeys(KINDS, COUNTS)))
def test_features_that_lie_within_each_other_tell_nobody_apart_at_any_edges(people_of: dict[str, list[int]]) -> None:
    """A funnel: received, two steps further, and what is left between two of them, each at edges of its own."""
    whole = edges([total(people_of.values(), 12)], range(13))
    sets = [frozenset("abcd"), frozenset("bcd"), frozenset("d")]
    found = [whole, *chain(people_of, [Feature(kinds, whole) for kinds in sets[1:]])]

    def reached(kinds: frozenset[str], start: int, stop: int) -> int:
        return sum(sum(people_of[kind][start:stop]) for kind in kinds)

    for outer, inner in combinations(range(3), 2):
        if len(found[inner]) == 1:
            continue
        common = sorted(set(found[outer]) & set(found[inner]))
        assert set(found[inner]) <= set(found[outer]) or len(found[outer]) == 1
        if len(found[outer]) > 1:
            for start, stop in combinations(common, 2):
                between = reached(sets[outer], start, stop) - reached(sets[inner], start, stop)
                assert between == 0 or between >= LEAST


@given(st.fixed_dictionaries(dict.fromkeys(KINDS, COUNTS)))
def test_a_group_is_not_what_is_left_of_all_when_the_others_are_taken_away(people_of: dict[str, list[int]]) -> None:
    """Complementary: the sum stands in one table and the parts in another; the last part is no small one either."""
    whole = edges([total(people_of.values(), 12)], range(13))
    features = [Feature(frozenset(kind), whole) for kind in KINDS]
    found = chain(people_of, features)
    told = [kind for kind, at in zip(KINDS, found, strict=True) if len(at) > 1]
    last = [at for at in found if len(at) > 1]
    for start, stop in combinations(last[-1] if last else (), 2):
        rest = sum(sum(people_of[kind][start:stop]) for kind in KINDS if kind not in told)
        assert rest == 0 or rest >= LEAST


def test_what_is_rare_does_not_hold_up_the_others() -> None:
    people_of = {"often": [9] * 12, "else": [9] * 12, "once": [0] * 11 + [1]}
    whole = tuple(range(13))
    rare, often = chain(people_of, [Feature(frozenset({"once"}), whole), Feature(frozenset({"often"}), whole)])
    assert rare == tuple(range(12)) and often == tuple(range(12))
    people_of["once"] = [1] + [0] * 11
    rare, often = chain(people_of, [Feature(frozenset({"once"}), whole), Feature(frozenset({"often"}), whole)])
    assert rare == (0,) and often == whole


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 40))
def test_business_days_are_mondays_to_fridays(first: date, days: int) -> None:
    last = first + days * DAY
    after = [first + n * DAY for n in range(1, days + 1)]
    assert business_days_between(first, last) == sum(day.weekday() < 5 for day in after)


def test_the_middle_one_and_nine_in_ten() -> None:
    assert percentile({1: 5, 3: 4, 20: 1}, 50) == 1
    assert percentile({1: 5, 3: 4, 20: 1}, 90) == 3
    assert percentile({}, 50) is None


def test_months_are_numbered_over_the_turn_of_a_year() -> None:
    months = Months.between(date(2025, 11, 17), date(2026, 3, 1))
    assert [f"{day:%Y-%m}" for day in months.all()] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months.last(3) == (1, 4) and months.before(2, 4) == (0, 2) and months.place(date(2026, 1, 31)) == 2


# --- the state of a check-in, read by the database ------------------------------------------------

HOURS = st.one_of(st.none(), st.integers(-100, 400))


@in_database
@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("begun_at", "submitted_at", "reviewed_at", "returned_until", "missed_at", "excused_at", "cancelled_at"), HOURS)
    ),
    st.integers(-100, 400),
    st.integers(0, 180),
)  # fmt: skip
def test_the_database_and_the_rule_agree_on_every_state(
    moments: dict[str, int | None], hours: int, leeway: int
) -> None:
    program = a_program(agreements=False, policy={"started_leeway_minutes": leeway})
    referral = a_referral(program=program, court=a_court())
    track = Track.objects.create(
        referral=referral, policy=program.policies.get(), zone="America/New_York", opened_at=JANUARY,
        opened_on=JANUARY.date(), planned_end_on=JANUARY.date() + 180 * DAY, ends_on=JANUARY.date() + 180 * DAY,
        ends_at=JANUARY + 181 * DAY, tzdata="x",
    )  # fmt: skip

    def at(n: int | None) -> datetime | None:
        return None if n is None else JANUARY + timedelta(hours=n)

    given_moments = {name: at(n) for name, n in moments.items()}
    closes = JANUARY + 5 * DAY
    if given_moments["missed_at"]:
        given_moments["missed_at"] = max(given_moments["missed_at"], closes)
    row = CheckIn.objects.create(
        track=track, number=1, due_on=date(2026, 1, 8), opens_at=JANUARY, due_at=JANUARY + 3 * DAY, closes_at=closes,
        cure_until=JANUARY + 10 * DAY, leeway_until=closes + timedelta(minutes=leeway), **given_moments,
    )  # fmt: skip
    now = JANUARY + timedelta(hours=hours)
    # Whatever lies on an edge, and a second beside it.
    for moment in (
        now,
        row.opens_at,
        row.due_at,
        row.closes_at,
        row.leeway_until,
        *filter(None, given_moments.values()),
    ):
        for beside in (moment - timedelta(seconds=1), moment, moment + timedelta(seconds=1)):
            read = CheckIn.objects.annotate(now=state_at(beside)).values_list("now", flat=True).get(pk=row.pk)
            assert read == state_of(row.moments, beside, track.leeway).value
    CheckIn.objects.all().delete()
    Track.objects.all().delete()


# --- a small world, counted by hand ---------------------------------------------------------------


def received(
    program: Program,
    court: Court,
    count: int,
    month: int,
    upto: str = "received_at",
    ending: str = "",
    reason: str = "",
    **fields: Any,
) -> list[Referral]:
    """``count`` people of a month of 2026 who came as far as ``upto``, two days after the referral for each step."""
    at = datetime(2026, month, 10, 12, tzinfo=UTC)
    first = a_referral(program=program, court=court, now=at, **fields)
    made = [first, *(copy(first) for _ in range(count - 1))]
    for number, referral in enumerate(made[1:]):
        referral.pk, referral.case_number = uuid4(), f"{first.case_number}-{number}"
    Referral.objects.bulk_create(made[1:])
    steps = STEPS[1 : STEPS.index(upto) + 1]
    moments = {step: at + 2 * DAY * n for n, step in enumerate(steps, 1)}
    if "course_completed_at" in moments:
        moments["track_opened_at"] = moments["course_completed_at"]
    if ending:
        moments[ending] = at + 20 * DAY
    why = {"end_reason": reason, "end_reason_at": at + 20 * DAY} if reason and ending in ENDED_EARLY else {}
    Referral.objects.filter(pk__in=[referral.pk for referral in made]).update(**moments, **why)
    return made


def a_world() -> tuple[Program, Court, Court]:
    program, court, other = a_program(agreements=False), a_court(), a_court("Harbor Court")
    for month in (8, 9, 10):
        received(program, court, 10, month, "course_completed_at", language="en")
        received(program, court, 6, month, "enrolled_at", language="es")
        received(program, other, 8, month, "enrolled_at", language="en")
        received(program, other, 6, month, "completed_at", language="es")
        received(program, court, 6, month, "enrolled_at", "withdrawn_at", "court" if month > 8 else "", language="en")
    return program, court, other


def the_board(program: Program, first: int = 0, stop: int | None = None) -> tuple[Counted, Board]:
    read = counted(program, NOW)
    stop = read.months.count if stop is None else stop
    return read, board(read, Asked(first, stop, read.months.before(first, stop)))


def numbers(lines: Sequence[Line]) -> dict[str, tuple[int, int] | None]:
    return {line.label: (line.now.part, line.now.of) if line.now else None for line in lines}


@in_database
def test_the_funnel_is_what_was_counted_by_hand() -> None:
    program, _court, _other = a_world()
    read, shown = the_board(program)
    assert read.months == Months(date(2026, 8, 1), 3)
    assert numbers(shown.funnel) == {
        "Received": (108, 108), "Invited": (108, 108), "Enrolled": (108, 108), "Began the course": (48, 108),
        "Completed the course, track opened": (48, 108), "Completed the track": (18, 108),
    }  # fmt: skip
    assert numbers(shown.endings) == {
        "Completed": (18, 108), "Not completed": (0, 108), "Referred back to the court": (0, 108),
        "Withdrawn": (18, 108), "Transferred": (0, 108),
    }  # fmt: skip
    assert {reason: n for reason, n in numbers(shown.reasons).items() if n != (0, 108)} == {
        "The court’s order": (12, 108), "Not said": (6, 108),
    }  # fmt: skip
    # Said after the month was over: known next month.
    Referral.objects.filter(end_reason="court").update(end_reason_at=NOW)
    assert numbers(the_board(program)[1].reasons)["Not said"] == (18, 108)
    _read, one = the_board(program, 2, 3)
    assert numbers(one.funnel)["Completed the track"] == (6, 36)
    assert one.funnel[5].before.part == 6


@in_database
def test_the_same_shares_stand_side_by_side_by_language_and_by_court() -> None:
    program, _court, _other = a_world()
    _read, shown = the_board(program)
    by_language = {(line.group, line.label): (line.now.part, line.now.of) for line in shown.languages}
    assert by_language == {
        ("Enrolled", "English"): (72, 72), ("Enrolled", "Spanish"): (36, 36),
        ("Completed the course, track opened", "English"): (30, 72),
        ("Completed the course, track opened", "Spanish"): (18, 36),
        ("Completed the track", "English"): (0, 72), ("Completed the track", "Spanish"): (18, 36),
    }  # fmt: skip
    assert {line.label for line in shown.courts} == {"Harbor Court", "Lantern County Court"}


@in_database
def test_how_long_a_first_contact_took() -> None:
    program, _court, _other = a_world()
    _read, shown = the_board(program)
    assert [(line.label, line.now.middle, line.now.most) for line in shown.waits if line.now] == [
        ("From referral to invitation", 2, 2), ("From referral to enrollment", 4, 4),
    ]  # fmt: skip


@in_database
def test_how_long_it_took_until_somebody_was_tried_and_reached(django_assert_num_queries: Any) -> None:
    """The earliest attempt of each case and the earliest that reached somebody; what is too few, or known only now, is
    not said."""
    program, court = a_program(agreements=False), a_court()
    facilitator, everyone = a_facilitator(program), received(program, court, 12, 9)

    def tried(referral: Referral, days: int, outcome: str, recorded: datetime | None = None) -> ContactAttempt:
        at = referral.received_at + days * DAY
        return ContactAttempt(
            referral=referral, made_at=at, way="call", outcome=outcome, note="", recorded_at=recorded or at,
            recorded_by=facilitator,
        )  # fmt: skip

    def told() -> list[tuple[str, Any]]:
        _read, shown = the_board(program)
        return [(line.label, line.now and (line.now.middle, line.now.most)) for line in shown.waits][1:3]

    made = [tried(one, 3, "no_answer") for one in everyone] + [tried(one, 1, "left_message") for one in everyone[:6]]
    made += [tried(one, 5, "reached") for one in everyone[:9]]
    # Said after the month was over: last month's file does not change.
    late = [tried(one, 0, "reached", NOW) for one in everyone]
    ContactAttempt.objects.bulk_create([*made, *late])
    first, reached = "From referral to the first attempt", "From referral until somebody was reached"
    assert told() == [(first, (1, 3)), (reached, None)]
    ContactAttempt.objects.bulk_create([tried(everyone[10], 9, "reached")])
    assert told() == [(first, (1, 3)), (reached, (5, 5))]
    with django_assert_num_queries(1):
        waits(program, NOW)
    answer = as_user(an_administrator(program)).get(reverse(FILE), {"picture": "waits", "period": "all"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row[:3] for row in rows[2:4]] == [[first, "1", "3"], [reached, "5", "5"]]


@in_database
def test_a_small_group_is_not_told_and_not_left_over(django_assert_num_queries: Any) -> None:
    """Three Spanish speakers among many: neither they stand there, nor what would give them away."""
    program, court = a_program(agreements=False), a_court()
    for month in (8, 9, 10):
        received(program, court, 20, month, "enrolled_at", language="en")
    received(program, court, 3, 9, "enrolled_at", language="es")
    for start, stop in combinations(range(4), 2):
        _read, shown = the_board(program, start, stop)
        told = [line.now for line in shown.languages if line.now]
        # English speakers of August alone: nobody of the others was there.
        assert all((share.at.start, share.at.stop) == (0, 1) for share in told)
    _read, shown = the_board(program)
    assert "3" not in {cell for row in _cells(shown) for cell in row}


@in_database
@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(7, 10), st.sampled_from(STEPS), st.sampled_from(["en", "es"]),
                          st.sampled_from(["", *ENDINGS[1:]]), st.integers(1, 9),
                          st.sampled_from(["", "health", "moved"])), min_size=1, max_size=10))  # fmt: skip
def test_whatever_months_are_asked_for_no_difference_is_of_fewer_than_five(
    rows: list[tuple[int, str, str, str, int, str]],
) -> None:
    """Every period there is, in the funnel, the endings and by language: each answer, and each taken from each."""
    program, court = a_program(agreements=False), a_court()
    for month, step, language, ending, count, reason in rows:
        end = "" if step == "completed_at" else ending
        received(program, court, count, month, step, end, reason, language=language)
    read = counted(program, NOW)
    told: dict[tuple[str, str, str], dict[tuple[int, int], int]] = {}
    for start, stop in combinations(range(read.months.count + 1), 2):
        shown = board(read, Asked(start, stop))
        for name in ("funnel", "endings", "reasons", "languages"):
            for line in getattr(shown, name):
                if line.now:
                    cuts = told.setdefault((name, line.group, line.label), {})
                    cuts[line.now.at.start, line.now.at.stop] = line.now.part
    for cuts in told.values():
        for (start, stop), part in cuts.items():
            assert part == 0 or part >= LEAST
            for (other_start, other_stop), other in cuts.items():
                if start <= other_start and other_stop <= stop:
                    assert part - other == 0 or part - other >= LEAST
    _no_step_leaves_a_few(told)
    _no_split_leaves_a_few(told)
    _no_reason_leaves_a_few(told)


def _no_reason_leaves_a_few(told: dict[Any, dict[tuple[int, int], int]]) -> None:
    """Who was referred back or withdrawn, less those whose reason is told."""
    ends = [told.get(("endings", "", label), {}) for label in ("Referred back to the court", "Withdrawn")]
    reasons = [cuts for (name, _group, _label), cuts in told.items() if name == "reasons"]
    for at in ends[0].keys() & ends[1].keys():
        parts = [cuts[at] for cuts in reasons if at in cuts]
        rest = ends[0][at] + ends[1][at] - sum(parts)
        assert rest == 0 or rest >= LEAST


def _no_step_leaves_a_few(told: dict[Any, dict[tuple[int, int], int]]) -> None:
    """Who came so far, and not one step further."""
    from lms.referrals.program_figures import STEP_WORDS

    steps = [told.get(("funnel", "", str(STEP_WORDS[step])), {}) for step in STEPS]
    for outer, inner in combinations(steps, 2):
        for at in outer.keys() & inner.keys():
            assert outer[at] - inner[at] == 0 or outer[at] - inner[at] >= LEAST


def _no_split_leaves_a_few(told: dict[Any, dict[tuple[int, int], int]]) -> None:
    """All, less those of one language."""
    for (name, group, _label), cuts in told.items():
        if name == "languages":
            whole = told.get(("funnel", "", group), {})
            for at in cuts.keys() & whole.keys():
                assert whole[at] - cuts[at] == 0 or whole[at] - cuts[at] >= LEAST


@in_database
def test_the_counts_of_people_agree_with_the_rule_of_a_status() -> None:
    program, court, _other = a_world()
    a_referral(program=program, court=court, now=NOW)  # this month is not over
    by_rule = [
        r.status_at(datetime(2026, 11, 1, tzinfo=UTC))
        for r in Referral.objects.filter(received_at__lt=datetime(2026, 11, 1, tzinfo=UTC))
    ]
    rows = people(program, datetime(2026, 11, 1, tzinfo=UTC))
    assert sum(row.n for row in rows) == len(by_rule)
    assert sum(row.n for row in rows if row.ending == "withdrawn_at") == by_rule.count("withdrawn")
    assert sum(row.n for row in rows if row.ending == "open" and row.step == "enrolled_at") == by_rule.count("enrolled")


@in_database
def test_a_file_of_today_and_one_of_tomorrow_say_the_same() -> None:
    program, court, _other = a_world()
    today = counted(program, NOW)
    received(program, court, 1, 11, "enrolled_at")
    Referral.objects.filter(withdrawn_at=None, completed_at=None).update(withdrawn_at=NOW)
    assert board(counted(program, NOW + DAY), Asked(0, 3)) == board(today, Asked(0, 3))


# --- the page ---------------------------------------------------------------------------------------


def as_user(user: User) -> Client:
    client = Client()
    sign_in_session(client, user)
    return client


@in_database
def test_only_who_administers_the_program_sees_it() -> None:
    program, court, _other = a_world()
    mine, elsewhere = an_administrator(program), an_administrator(a_program(name="Elsewhere"))
    assert as_user(mine).get(reverse(PAGE)).status_code == 200
    assert (
        "108"
        not in as_user(elsewhere).get(reverse(PAGE), {"program": str(program.pk), "period": "all"}).content.decode()
    )
    for user in (a_facilitator(program), an_auditor(program), a_court_user(court)):
        for name in (PAGE, FILE):
            assert as_user(user).get(reverse(name), {"picture": "funnel"}).status_code == 404


@in_database
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_picture_has_a_sentence_a_drawing_that_is_told_and_a_table(language: str) -> None:
    program, _court, _other = a_world()
    client = as_user(an_administrator(program))
    client.cookies["django_language"] = language
    page = client.get(reverse(PAGE), {"period": "all"}, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert page.count('role="img"') == page.count("<desc ") == page.count("<title ") >= 4
    assert page.count('class="picture__sentence"') == 9 and page.count("<table") >= 6
    assert "style=" not in page  # the policy of the page forbids it
    assert ("18 of 108 people" in page) == (language == "en")


@in_database
def test_a_file_says_what_the_page_says_and_opens_as_text() -> None:
    program, court, _other = a_world()
    Court.objects.filter(pk=court.pk).update(name="=cmd|' /C calc'!A0")
    client = as_user(an_administrator(program))
    answer = client.get(reverse(FILE), {"picture": "courts", "period": "all"})
    assert answer["Content-Disposition"] == 'attachment; filename="courts.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    picture = next(p for p in pictures(the_board(program)[1]) if p.name == "courts")
    assert len(rows) == len(picture.rows) + 1 and all(not cell.startswith("=") for row in rows for cell in row)
    assert client.get(reverse(FILE), {"picture": "nothing"}).status_code == 404


@in_database
def test_as_many_queries_for_few_as_for_many() -> None:
    program, court = a_program(agreements=False), a_court()
    client = as_user(an_administrator(program))
    counts = []
    for more in (1, 30):
        received(program, court, more, 9, "enrolled_at")
        client.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(PAGE)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


@in_database
@pytest.mark.parametrize(
    "asked", [{"period": "x"}, {"period": "chosen", "first": "1999-01", "last": "no"}, {"program": "7"}]
)
def test_what_makes_no_sense_is_the_usual_page(asked: dict[str, str]) -> None:
    program, _court, _other = a_world()
    assert as_user(an_administrator(program)).get(reverse(PAGE), asked).status_code == 200


def test_months_are_chosen_and_those_before_them_follow() -> None:
    months = Months(date(2026, 1, 1), 10)
    chosen = PeriodForm({"period": "chosen", "first": "2026-08", "last": "2026-06"}, months=months).asked()
    assert (chosen.start, chosen.stop, chosen.before) == (5, 8, (2, 5))
    assert PeriodForm({"period": "all"}, months=months).asked() == Asked(0, 10)
    assert PeriodForm({}, months=months).asked() == Asked(4, 10, (0, 4))


def _cells(shown: Board) -> list[Sequence[str]]:
    return [row for picture in pictures(shown) for row in picture.rows]
