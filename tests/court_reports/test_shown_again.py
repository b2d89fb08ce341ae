"""Nobody is reported for what they never saw: corrections go the way of notices, and what changes is shown anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from court_reports import content
from court_reports.actions import draft, supersede
from court_reports.actions.release import AnswerStillOpen, ChangedSince, release
from court_reports.models import Kind, Report
from court_reports.rules.shown import must_be_shown
from court_reports.snapshot import Determination
from lms.outbox.models import Message
from lms.people.models import User
from tests.builders import an_administrator, at
from tests.court_reports.cases import a_case_in_track, a_draft_of, a_release_of, keep
from tests.court_reports.samples import facts_of

SignIn = Callable[[User], Client]
NOW = at("2026-03-20 12:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        ("in_compliance", "in_compliance", False),
        ("in_compliance", "at_risk", True),
        ("at_risk", "not_in_compliance", True),
        ("not_in_compliance", "at_risk", False),
        ("completed", "not_completed", True),
        (None, "at_risk", True),
        ("at_risk", None, False),
        ("at_risk", "a code of later", True),
    ],
)
def test_a_correction_is_shown_where_it_says_worse(was: str | None, now: str | None, shown: bool) -> None:
    old = replace(facts_of(Kind.PROGRESS), determination=was and Determination(code=was, rule="x"))
    new = replace(old, determination=now and Determination(code=now, rule="x"))
    assert must_be_shown(new, old) is shown
    assert must_be_shown(facts_of(Kind.NON_COMPLIANCE), None)
    assert not must_be_shown(facts_of(Kind.PROGRESS), None)


@pytest.mark.django_db
def test_a_corrected_notice_goes_the_way_of_the_notice(signed_in: SignIn) -> None:
    from lms import clock

    now = clock.now()
    case = a_case_in_track()
    second = an_administrator(case.program)
    notice = a_draft_of(case, Kind.NON_COMPLIANCE, now=now - DAY)
    draft.answer(report=notice, words="I was at work.", by=case.person, now=now - DAY)
    gone = release(report=notice, by=case.facilitator, second=second, now=now - HOUR)
    assert gone is not None
    new = supersede.correct(release=gone, what_changed="One was made.", by=case.facilitator, now=now)
    assert (new.shown_at, new.is_answered, new.answered_before) == (now, False, now - DAY)
    assert Message.objects.filter(key=f"report:{new.pk}:draft-to-answer", to=case.person).exists()
    # They read their own words of then, and say now whether they stand.
    client = signed_in(case.person)
    page = client.get(reverse("my_reports:answer", args=[new.pk])).content.decode()
    assert "I was at work." in page
    assert "are your answer of" in page
    assert reverse("my_reports:answer", args=[new.pk]) in client.get("/").content.decode()
    with pytest.raises(AnswerStillOpen):
        release(report=new, by=case.facilitator, now=now + HOUR)
    # Nothing is said: the words stand with their day, and that they are of before.
    assert new.answer_by is not None
    later = release(report=new, by=case.facilitator, second=second, now=new.answer_by)
    assert later is not None
    printed = str(content.sections(new.facts, later.issue))
    for words in ("was shown this on", "no new answer was given; an earlier one", "gave this answer on", "at work."):
        assert words in printed
    assert "gave this answer on" not in str(content.sections(notice.facts, gone.issue))


@pytest.mark.django_db
def test_a_correction_that_turns_worse_is_shown_and_one_that_does_not_is_not() -> None:
    case = a_case_in_track()
    keep(case, until=NOW)
    gone = a_release_of(case, Kind.PROGRESS, now=NOW)
    same = supersede.correct(release=gone, what_changed="A day.", by=case.facilitator, now=NOW + HOUR)
    assert (same.shown_at, same.is_notice) == (None, False)
    # As its facts are read again, they have become worse than what the court was told.
    worse = at("2026-05-20 12:00")
    fresh = draft.refresh(report=same, by=case.facilitator, now=worse)
    assert fresh.facts.determination is not None
    assert fresh.facts.determination.code != "in_compliance"
    assert (fresh.shown_at, fresh.is_notice) == (worse, True)
    with pytest.raises(AnswerStillOpen):
        release(report=fresh, by=case.facilitator, now=worse)


@pytest.mark.django_db
def test_what_changed_is_shown_again_and_what_did_not_is_not(signed_in: SignIn) -> None:
    case = a_case_in_track()
    shown = at("2026-03-18 12:00")
    report = a_draft_of(case, Kind.NON_COMPLIANCE, now=shown)
    draft.answer(report=report, words="I was ill.", by=case.person, now=shown)
    assert release(report=report, by=case.facilitator, now=shown + HOUR) is None
    # Nothing else is said of them: it was shown, it was answered; the first release lapses as it does.
    same = draft.refresh(report=report, by=case.facilitator, now=shown + 2 * HOUR)
    assert (same.shown_at, same.is_answered, same.first_release_by) == (shown, True, None)
    later = at("2026-04-20 12:00")
    fresh = draft.refresh(report=report, by=case.facilitator, now=later)
    assert (fresh.shown_at, fresh.is_answered, fresh.answered_before) == (later, False, shown)
    assert fresh.answer_by is not None
    assert fresh.answer_by > later
    assert Message.objects.filter(kind="report.draft_to_answer", to=case.person).count() == 2
    with pytest.raises(AnswerStillOpen):
        release(report=fresh, by=case.facilitator, now=later)
    # Who answers after the first release is read by both: it begins again. So is a page that was opened before refused.
    assert release(report=fresh, by=case.facilitator, now=fresh.answer_by) is None
    draft.answer(report=fresh, words="I was ill again.", by=case.person, now=fresh.answer_by + HOUR)
    left = Report.objects.get(pk=fresh.pk)
    with pytest.raises(ChangedSince):
        release(report=left, by=case.facilitator, now=left.answer_by + 2 * HOUR, seen=fresh.printed)
    assert (left.first_release_by, left.first_release_at, left.owed_on) == (None, None, None)
    assert release(report=left, by=an_administrator(case.program), now=left.answer_by + 2 * HOUR) is None
