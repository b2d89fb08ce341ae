"""The graduated response: contact, written warning, drafted notice; nothing skips a step but by a named word."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accountability.actions import decisions, responses, tracks
from accountability.ladder import ladder
from accountability.models import ResponseStep, Track
from accountability.rules import responses as rules
from accountability.rules.check_in_state import ANSWERED, State
from accountability.rules.responses import Line, Step, Taken
from accountability.waiting import steps_due
from court_reports.actions.draft import StepMissing, draft
from court_reports.models import Kind, Report
from lms import clock
from lms.casework.actions import contacts
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import desk
from lms.referrals.models import Referral
from tests.builders import a_court_user, a_facilitator, an_administrator, an_enrolled_referral
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
SETTLED = st.sampled_from([State.MISSED, State.EXCUSED, State.ON_TIME, State.LATE, State.CURED])
LINES = st.lists(SETTLED, max_size=20).map(
    lambda states: [Line(n, START + n * 7 * DAY, state) for n, state in enumerate(states, 1)]
)
TERMS = {"after": st.integers(1, 6), "begin_at": st.sampled_from([Step.CONTACT, Step.WARNING])}


# --- the rules ----------------------------------------------------------------------------------


@given(
    LINES,
    st.lists(st.tuples(st.sampled_from([Step.CONTACT, Step.WARNING]), st.integers(0, 150), st.booleans()), max_size=8),
    st.fixed_dictionaries(TERMS),
)
def test_in_any_order_no_notice_comes_without_each_step_taken_or_named(lines, tries, terms):
    """A walk: whoever tries a step is let only where it is next or earlier. Then a notice has both behind it."""
    taken: list[Taken] = []
    for step, day, skipped in sorted(tries, key=lambda one: one[1]):
        upcoming = rules.next_step(taken, lines, **terms)
        try:
            rules.guard_next(step, upcoming)
        except rules.OutOfOrder:
            assert upcoming is Step.CONTACT and step is Step.WARNING
            continue
        taken.append(Taken(step, START + day * DAY, frozenset(rules.open_misses(lines)), skipped))
    if rules.missing_before_notice(taken, lines, **terms) == ():
        assert any(one.step is Step.WARNING for one in rules.in_force(taken, lines, after=terms["after"]))
        assert any(one.step is Step.CONTACT for one in taken)
    else:
        assert rules.next_step(taken, lines, **terms) is not Step.NOTICE


@given(LINES, st.integers(1, 6))
def test_a_step_is_over_when_all_it_was_taken_for_is_made_up_or_excused(lines, after):
    taken = Taken(Step.CONTACT, START + 1000 * DAY, frozenset(rules.open_misses(lines)))
    healed = [Line(one.number, one.closes_at, State.CURED if one.state is State.MISSED else one.state) for one in lines]
    assert not rules.has_lapsed(taken, lines, after=after)
    assert rules.has_lapsed(taken, healed, after=after) == bool(taken.misses)


@given(LINES, st.integers(1, 6))
def test_a_step_is_over_after_so_many_kept_in_a_row_and_not_before(lines, after):
    taken = Taken(Step.WARNING, START, frozenset())
    best = run = 0
    for line in lines:
        run = run + 1 if line.state in ANSWERED else 0 if line.state is State.MISSED else run
        best = max(best, run)
    assert rules.has_lapsed(taken, lines, after=after) == (best >= after)


def test_after_a_lapse_it_begins_where_the_policy_says():
    lines = [Line(1, START, State.CURED), Line(2, START + 7 * DAY, State.MISSED)]
    old = [Taken(Step.CONTACT, START + DAY, frozenset({1})), Taken(Step.WARNING, START + DAY, frozenset({1}))]
    assert rules.next_step(old, lines, after=4, begin_at=Step.CONTACT) is Step.CONTACT
    assert rules.next_step(old, lines, after=4, begin_at=Step.WARNING) is Step.WARNING
    assert rules.next_step([], lines, after=4, begin_at=Step.WARNING) is Step.CONTACT


# --- the acts -----------------------------------------------------------------------------------


@pytest.fixture
def track(shelf) -> Track:
    """Check-in 1 was missed, and can no longer be made up."""
    referral = an_enrolled_referral(program=shelf)
    return tracks.open_track(referral=referral, by=None, now=clock.now() - 15 * DAY)


@pytest.fixture
def referral(track) -> Referral:
    return track.referral


def contacted(referral: Referral, **said) -> ResponseStep:
    terms = {"outcome": "spoke", "words": "We spoke."} | said
    return responses.contact(referral=referral, **terms, by=referral.facilitator, now=clock.now())


def warned(referral: Referral) -> ResponseStep:
    return responses.warn(referral=referral, words="A warning.", by=referral.facilitator, now=clock.now())


def test_contact_then_warning_then_a_notice_can_be_drafted(referral):
    for missing in (("contact", "warning"), ("warning",)):
        with pytest.raises(StepMissing) as refused:
            draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=referral.facilitator, now=clock.now())
        assert refused.value.steps == missing
        (contacted if missing[0] == "contact" else warned)(referral)
    report = draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=referral.facilitator, now=clock.now())
    assert report.answer_by and not report.is_released
    assert [tuple(row.misses) for row in ResponseStep.objects.all()] == [(1,), (1,)]


def test_a_warning_before_its_contact_is_refused_by_name(referral):
    with pytest.raises(rules.OutOfOrder) as refused:
        warned(referral)
    assert refused.value.missing is Step.CONTACT


def test_only_an_administrator_lets_a_step_be_skipped_and_says_why(referral):
    administrator, now = an_administrator(referral.program), clock.now()
    with pytest.raises(responses.NotAllowed):
        responses.skip(referral=referral, step="contact", why="No", by=referral.facilitator, now=now)
    with pytest.raises(ValueError, match="reason"):
        responses.skip(referral=referral, step="contact", why=" ", by=administrator, now=now)
    with pytest.raises(rules.OutOfOrder):
        responses.skip(referral=referral, step="warning", why="At once", by=administrator, now=now)
    made = responses.skip(referral=referral, step="contact", why="He is abroad.", by=administrator, now=now)
    assert Event.objects.get(kind="response.skipped").by == administrator
    assert Message.objects.get(kind="response.taken").context["path"] == reverse("check_ins:response", args=[made.pk])
    assert ladder(referral, now).upcoming is Step.WARNING


def test_nobody_else_takes_a_step_and_none_is_taken_where_nothing_is_missed(referral, track):
    for stranger in (an_administrator(referral.program), a_facilitator(referral.program), referral.person):
        with pytest.raises(responses.NotAllowed):
            responses.contact(referral=referral, outcome="spoke", words="x", by=stranger, now=clock.now())
    decisions.excuse(check_in=track.check_ins.first(), reason="work", by=referral.facilitator, now=clock.now())
    with pytest.raises(responses.NothingMissed):
        contacted(referral)


def test_steps_lapse_when_what_was_missed_is_excused(referral, track):
    contacted(referral)
    warned(referral)
    decisions.excuse(check_in=track.check_ins.first(), reason="work", by=referral.facilitator, now=clock.now())
    stands = ladder(referral, clock.now())
    assert (stands.misses, stands.taken, stands.upcoming) == ((), (), Step.CONTACT)
    with pytest.raises(StepMissing):
        draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=referral.facilitator, now=clock.now())


def test_a_miss_without_an_answer_asks_for_its_step_until_it_is_taken(referral, track):
    now = clock.now()
    cases = Referral.objects.filter(pk=referral.pk)
    # One line: the miss itself asks for the contact.
    assert [need.why for need in desk.needs(cases, now)] == ["did not make check-in 1"]
    assert [wait.kind for wait in desk.waits(cases, now)] == ["step"]
    contacted(referral)
    assert steps_due([track], clock.now()) == {}
    assert desk.needs(cases, clock.now()) == []


def test_an_attempt_to_reach_them_is_the_contact(referral, track):
    now = clock.now()
    contacts.record(
        referral=referral, way="call", outcome="no_answer", note="", made_at=now, by=referral.facilitator, now=now
    )
    assert (ladder(referral, now).upcoming, steps_due([track], now)) == (Step.WARNING, {})


def test_an_attempt_before_it_was_missed_is_none(referral, track):
    now, first = clock.now(), track.check_ins.first()
    early = first.closes_at - DAY
    contacts.record(
        referral=referral, way="call", outcome="reached", note="", made_at=early, by=referral.facilitator, now=now
    )
    assert ladder(referral, now).upcoming is Step.CONTACT


def test_the_queries_of_what_waits_do_not_grow_with_the_cases(shelf, django_assert_num_queries):
    for count in (1, 3):
        while Track.objects.count() < count:
            referral = an_enrolled_referral(program=shelf, case_number=f"n{Track.objects.count()}")
            tracks.open_track(referral=referral, by=None, now=clock.now() - 15 * DAY)
        with django_assert_num_queries(15):
            assert len(desk.waits(Referral.objects.filter(program=shelf), clock.now())) == count


# --- the pages ----------------------------------------------------------------------------------


def test_the_facilitator_takes_each_step_on_its_page_and_the_person_reads_and_answers(referral, signed_in):
    desk_client = proved(signed_in(referral.facilitator))
    address = reverse("track_staff:responses", args=[referral.pk])
    page = desk_client.get(address).content.decode()
    assert "Missed now: check-in 1." in page and "We did not get check-in 1." in page
    desk_client.post(address, {"outcome": "no_answer", "words": "We tried to call you."})
    desk_client.post(address, {"words": "This is a written warning."})
    first, second = ResponseStep.objects.all()
    person = signed_in(referral.person)
    assert "Read a message from your facilitator" in person.get("/").content.decode()
    mine = reverse("check_ins:response", args=[second.pk])
    assert "This is a written warning." in person.get(mine).content.decode()
    person.post(mine, {"words": "I was ill."})
    assert "I was ill." in desk_client.get(address).content.decode()
    assert Event.objects.filter(kind="response.read").count() == 1
    kept = Event.objects.filter(kind__startswith="response.").order_by("id").values_list("kind", flat=True)
    assert list(kept)[:4] == ["response.taken", "response.taken", "response.acknowledged", "response.answered"]
    admin = signed_in(an_administrator(referral.program)).get(address).content.decode()
    assert "I was ill." not in admin and "This is a written warning." in admin
    assert first.replies.count() == 0


def test_a_draft_without_its_steps_leads_to_the_step_that_is_missing(referral, signed_in):
    client = proved(signed_in(referral.facilitator))
    answer = client.post(reverse("reports_staff:start", args=[referral.pk]), {"kind": Kind.NON_COMPLIANCE})
    assert answer.url == reverse("track_staff:responses", args=[referral.pk])
    assert "Before this notice can be drafted: a contact, a written warning." in client.get(answer.url).content.decode()
    assert not Report.objects.exists()


def test_an_administrator_skips_on_the_page_and_a_facilitator_cannot(referral, signed_in):
    address = reverse("track_staff:skip_step", args=[referral.pk])
    typed = {"step": "contact", "why": "He is abroad.", "reason": "no_way_to_reach"}
    assert proved(signed_in(referral.facilitator)).post(address, typed).status_code == 404
    admin = proved(signed_in(an_administrator(referral.program)))
    admin.post(address, typed)
    step = ResponseStep.objects.get()
    assert (step.skipped, step.reason) == (True, "no_way_to_reach")
    page = signed_in(referral.person).get(reverse("check_ins:response", args=[step.pk])).content.decode()
    assert "He is abroad." in page and "A step was left out" in page


def test_a_court_and_a_stranger_find_no_step(referral, signed_in):
    step = contacted(referral)
    for stranger in (a_court_user(referral.court), a_facilitator(referral.program)):
        assert signed_in(stranger).get(reverse("track_staff:responses", args=[referral.pk])).status_code == 404
        assert signed_in(stranger).get(reverse("check_ins:response", args=[step.pk])).status_code == 404
