"""What was agreed to make taking part easier: applied quietly, seen by two sides, and by no court."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accountability.actions import check_ins, decisions, tracks
from courses.actions import attempts
from courses.models import Enrollment
from court_reports.content import caption, sections
from court_reports.models import Kind as ReportKind
from court_reports.pdf.layout import attachment
from court_reports.snapshot import canonical
from lms import clock
from lms.journal.models import Event
from lms.referrals.actions import accommodations
from lms.referrals.easing import easing_of
from lms.referrals.models import Accommodation
from lms.referrals.rules.accommodations import BY_KIND, NONE, Kind, easing, in_force
from tests.builders import (
    JANUARY,
    a_court_user,
    a_facilitator,
    a_program,
    an_administrator,
    an_auditor,
    an_enrolled_referral,
)
from tests.court_reports.cases import a_draft_of
from tests.court_reports.samples import an_issue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
MARK = "Quillfeather"


@pytest.fixture
def referral(shelf):
    return an_enrolled_referral(program=shelf)


def agreed(referral, kind="more_time", *, from_on=FIRST, until_on=None, note="", now=JANUARY) -> Accommodation:
    return accommodations.agree(
        referral=referral, kind=kind, from_on=from_on, until_on=until_on, note=note, by=referral.facilitator, now=now
    )


# --- the rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, cap, attempts_more, pause, returned",
    [
        (Kind.MORE_TIME, False, 2, Fraction(1, 2), 2),
        (Kind.OTHER_FORMAT, False, 0, Fraction(1), 2),
        (Kind.READER, False, 0, Fraction(1, 2), 2),
        (Kind.INTERPRETER, False, 0, Fraction(1, 2), 2),
    ],
)
def test_what_each_kind_does(kind, cap, attempts_more, pause, returned):
    found = easing([kind])
    assert (found.daily_cap, found.more_attempts, found.pause, found.returned) == (cap, attempts_more, pause, returned)
    assert found.cool_down(timedelta(hours=24)) == timedelta(hours=24) * pause.numerator / pause.denominator
    assert found.reopened(timedelta(hours=72)) == timedelta(hours=144)


def test_without_any_nothing_is_changed():
    assert easing([]) == NONE
    assert (NONE.daily_cap, NONE.cool_down(DAY), NONE.reopened(DAY), NONE.more_attempts) == (True, DAY, DAY, 0)


@given(st.lists(st.sampled_from(list(Kind))))
def test_more_agreed_is_never_harder(kinds):
    together = easing(kinds)
    for alone in (BY_KIND[kind] for kind in kinds):
        assert together.daily_cap <= alone.daily_cap
        assert together.more_attempts >= alone.more_attempts and together.pause <= alone.pause
        assert together.returned >= alone.returned and together.muted >= alone.muted


@pytest.mark.parametrize(
    "first, last, ended, holds",
    [
        (FIRST, None, None, True),
        (FIRST + DAY, None, None, False),
        (FIRST - DAY, FIRST, None, True),
        (FIRST - 2 * DAY, FIRST - DAY, None, False),
        (FIRST, None, JANUARY, False),
    ],
)
def test_it_holds_from_its_first_to_its_last_day(first, last, ended, holds):
    assert in_force(first, last, ended, on=FIRST) is holds


# --- it is applied ------------------------------------------------------------------------------


def test_more_tries_before_a_pause_and_half_the_pause(referral):
    enrollment = Enrollment.objects.select_related("referral__court", "policy", "edition").get(referral=referral)
    module = enrollment.edition.modules.first()
    block = module.asked("knowledge_check")[0]["id"]
    agreed(referral)

    def fail(now):
        made = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=now)
        attempts.submit(attempt=made, answers={}, by=None, now=now)

    for _ in range(5):
        fail(JANUARY)
    with pytest.raises(attempts.CoolDown):
        fail(JANUARY + timedelta(hours=12) - timedelta(seconds=1))
    fail(JANUARY + timedelta(hours=12))


@pytest.mark.parametrize("kind, hours", [(None, 72), ("interpreter", 144)])
def test_a_check_in_that_comes_back_stays_open_twice_as_long(referral, kind, hours):
    track = tracks.open_track(referral=referral, by=None, now=JANUARY)
    row = track.check_ins.first()
    check_ins.submit(check_in=row, answers={}, form=None, language="en", by=referral.person, now=row.due_at - DAY)
    if kind:
        agreed(referral, kind)
    made = decisions.review(check_in=row, outcome="returned", note="More", by=referral.facilitator, now=row.due_at)
    assert made.returned_until == row.due_at + timedelta(hours=hours)


def test_it_ends_on_its_last_day_and_when_it_is_ended(referral):
    row = agreed(referral, until_on=date(2026, 1, 31))
    zone = referral.time_zone
    last = JANUARY.astimezone(zone).replace(month=1, day=31, hour=23, minute=59)
    assert not easing_of(referral, now=last).daily_cap
    assert easing_of(referral, now=last + timedelta(minutes=1)) == NONE
    accommodations.end(accommodation=row, by=referral.facilitator, now=JANUARY)
    assert easing_of(referral, now=JANUARY) == NONE
    with pytest.raises(accommodations.NotOpen):
        accommodations.end(accommodation=row, by=referral.facilitator, now=JANUARY)


def test_nothing_is_asked_of_a_key_where_nothing_was_agreed(referral, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert easing_of(referral, now=JANUARY) == NONE


def test_the_last_day_is_not_before_the_first(referral):
    with pytest.raises(IntegrityError), transaction.atomic():
        agreed(referral, until_on=FIRST - DAY)
    with pytest.raises(ValueError):
        agreed(referral, "a pony")


# --- who sees it --------------------------------------------------------------------------------


def test_staff_record_it_on_the_case_page_and_the_person_reads_what_it_does(referral, signed_in):
    client = signed_in(referral.facilitator)
    case = reverse("referrals:case", args=[referral.pk])
    assert "Nothing was agreed." in client.get(case).content.decode()
    url = reverse("referrals:agree_accommodation", args=[referral.pk])
    today = clock.now().date() - DAY
    wrong = client.post(url, {"kind": "reader", "from_on": today, "until_on": today - DAY})
    assert wrong.context["form"].errors["until_on"]
    client.post(url, {"kind": "reader", "from_on": today, "until_on": "", "note": MARK})
    row = Accommodation.objects.get()
    assert (row.kind, row.note, row.recorded_by) == ("reader", MARK, referral.facilitator)
    assert MARK in client.get(case).content.decode()
    home = signed_in(referral.person).get(reverse("home")).content.decode()
    assert "What we agreed to make this easier" in home and "Somebody who reads aloud" in home and MARK not in home
    client.post(reverse("referrals:end_accommodation", args=[row.pk]))
    assert "What we agreed to make this easier" not in signed_in(referral.person).get(reverse("home")).content.decode()


def test_it_is_sealed_in_the_database(referral):
    agreed(referral, "interpreter", note=MARK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM referrals_accommodation")
        held = str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
    assert MARK not in held and "interpreter" not in held


def test_the_journal_says_that_something_was_agreed_and_never_what(referral, signed_in):
    row = agreed(referral, "interpreter", note=MARK)
    accommodations.end(accommodation=row, by=referral.facilitator, now=JANUARY)
    events = Event.objects.filter(kind__startswith="referral.ease").order_by("id")
    assert [(e.kind, e.by, e.data, e.on_label) for e in events] == [
        ("referral.eased", referral.facilitator, {}, "referrals.referral"),
        ("referral.ease_ended", referral.facilitator, {}, "referrals.referral"),
    ]
    client = signed_in(an_auditor(referral.program))
    for name in ("audit", "audit_export"):
        told = b"".join(client.get(reverse(f"referrals:{name}"))).decode()
        assert MARK not in told and "nterpreter" not in told


@pytest.mark.parametrize("report", [k for k in ReportKind if k != ReportKind.CORRECTION])
def test_no_report_of_any_kind_holds_anything_of_it(referral, report):
    for kind in Kind:
        agreed(referral, kind, note=MARK)
    facts = a_draft_of(referral, report, now=JANUARY + DAY).facts
    words = f"{caption(facts)} {sections(facts, an_issue())}".lower()
    told = (canonical(facts) + attachment(facts, an_issue())).decode().lower() + words
    assert told_of(told) == []


def test_no_page_of_a_court_holds_anything_of_it(referral, signed_in):
    for kind in Kind:
        agreed(referral, kind, note=MARK)
    client = signed_in(a_court_user(referral.court))
    for url in (reverse("referrals:court_home"), reverse("referrals:court_referral", args=[referral.pk])):
        page = client.get(url)
        assert page.status_code == 200
        assert told_of(page.content.decode().lower()) == []
    for name in ("agree_accommodation", "case"):
        assert client.get(reverse(f"referrals:{name}", args=[referral.pk])).status_code == 404


def told_of(text: str) -> list[str]:
    """Which words of it stand there."""
    return [word for word in (MARK.lower(), "interpreter", "more_time", "more time", "other_format", "reads aloud",
                              "easier", "accommodation") if word in text]  # fmt: skip


def test_nobody_elses_case_can_be_eased_or_looked_at(referral, signed_in):
    row = agreed(referral)
    for somebody in (a_facilitator(referral.program), an_administrator(a_program())):
        client = signed_in(somebody)
        assert client.get(reverse("referrals:agree_accommodation", args=[referral.pk])).status_code == 404
        assert client.post(reverse("referrals:end_accommodation", args=[row.pk])).status_code == 404
