"""Modules by the title of the edition, and the day their checks were passed: from the database to the paper."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from accountability.models import Commitment
from courses.actions.withdrawal.module import withdraw_module
from courses.facts import course_facts
from courses.models import EditionModule, Enrollment, ModulePage
from court_reports import facts as door
from court_reports.pdf.profile import FILING
from court_reports.snapshot import Kind, ReportFacts, digest
from lms.demonstration import steps
from tests.builders import JANUARY, an_administrator, an_author, an_enrolled_referral, at
from tests.courses.stories import agree, write_story
from tests.court_reports.cases import OPENED, a_case_in_track, a_draft_of
from tests.court_reports.drawing import drawn, text_of

DAY = timedelta(days=1)


@pytest.mark.django_db
def test_a_report_names_each_module_and_says_when_its_check_was_passed(shelf, tmp_path: Path) -> None:
    referral = an_enrolled_referral(program=shelf)
    enrollment = Enrollment.objects.get(referral=referral)
    first, second = enrollment.edition.modules.all()[:2]
    done = steps.take_module(enrollment, first, now=JANUARY)
    report = a_draft_of(referral, Kind.PROGRESS, now=done + DAY)
    told = report.facts.course.modules
    assert (told[0].title, told[1].title) == (first.title_en, second.title_en)
    assert first.title_en not in ("", "Module 1")
    assert (told[0].checks, told[1].check_passed_at) == (1, None)
    passed = told[0].check_passed_at
    assert JANUARY < passed <= done
    for language, head, options in (("en", "Check passed", {}), ("es", "Prueba aprobada", {"profile": FILING})):
        printed = read(replace(report.facts, language=language), tmp_path, **options)
        for said in (head, f"1. {first.title_en}", f"2. {second.title_en}"):
            assert said in printed, said

    # What is taken back later, or called by somebody's name, changes no report that there is; and no later one says it.
    second_key, before = second.page_key, digest(report.facts)
    author = an_author(shelf)
    line = agree(shelf, write_story(shelf, author), author)
    assert line.page_key == second_key
    EditionModule.objects.filter(pk=second.pk).update(title_en=f"What {line.byline} says")
    page = ModulePage.objects.filter(translation_key=first.page_key).first()
    withdraw_module(page=page, by=an_administrator(shelf), now=done + 2 * DAY)
    assert digest(door.recompute(referral, report.facts)) == before
    later = a_draft_of(referral, Kind.REFERRAL_BACK, now=done + 3 * DAY).facts
    assert [m.title for m in later.course.modules][:2] == ["", ""]
    printed = read(later, tmp_path)
    assert "Module 1" in printed and "Module 2" in printed
    assert "Marrowby" not in printed


def read(facts: ReportFacts, folder: Path, **options: object) -> str:
    return " ".join(text_of(drawn(facts, **options), folder).split())


@pytest.mark.django_db
def test_the_course_waits_for_us_when_all_that_is_left_is_to_be_looked_at(shelf) -> None:
    """The court's day is over all the while: a delay of ours is not said to be a risk of theirs."""
    day = (JANUARY - DAY).date()
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf, complete_by=day))
    now, waits, rules = JANUARY, [], []

    def look() -> None:
        facts = course_facts(referral_id=enrollment.referral_id, as_of=now)
        waits.append(facts.waits_for_program)
        told = door.gather(
            referral=enrollment.referral, kind=Kind.PROGRESS, as_of=now, period_from=day, period_to=now.date()
        ).facts
        assert told.determination
        rules.append(told.determination.rule)

    for module in enrollment.edition.modules.all():
        now = steps.take_module(enrollment, module, now=now)
        look()
    now += DAY
    steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=now)
    look()
    assert waits == [False, False, True, False]
    assert rules[:3] == ["complete_by_passed", "complete_by_passed", "program_reviews"]
    assert rules[3] not in rules[:3]


@pytest.mark.django_db
def test_what_the_order_names_is_not_met_only_when_the_track_is_over() -> None:
    referral = a_case_in_track(conditions=["Pay $400", "Serve 20 hours"])
    terms = {"track": referral.track, "made_at": OPENED, "due_on": date(2026, 3, 1)}
    Commitment.objects.create(number=1, named_by_order="Pay $400", **terms)
    Commitment.objects.create(
        number=2, named_by_order="Serve 20 hours", required=False, ended_at=OPENED + 9 * DAY, **terms
    )
    said = []
    for moment in (OPENED + DAY, at("2026-03-20 10:00"), at("2026-09-20 10:00")):
        facts = door.gather(
            referral=referral, kind=Kind.PROGRESS, as_of=moment, period_from=date(2026, 1, 5), period_to=moment.date()
        ).facts
        assert digest(door.recompute(referral, facts)) == digest(facts)
        said.append([[c.status for c in facts.conditions[2:]], [c.status for c in facts.track.commitments]])
    assert said == [
        [["not_yet_due", "not_yet_due"], ["open", "open"]],
        [["not_verified_here", "not_verified_here"], ["open", "withdrawn"]],
        [["not_met", "not_verified_here"], ["not_met", "withdrawn"]],
    ]
