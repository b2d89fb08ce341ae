"""Every completion that is stored is told again from the ledger alone: in the sample world, and in the demonstration."""

from datetime import timedelta
from importlib import import_module
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from courses import ledger
from courses.actions import completion, evidence, withdrawal
from courses.actions.completion import answer_for
from courses.models import ActiveTime, Attempt, EditionModule, Enrollment, Evidence, ModulePage, ModuleProgress
from courses.recomputing import Looked, recompute
from courses.records import module_records
from courses.rules.completion import answer
from court_reports.models import Report
from lms.demonstration import demo, steps
from lms.journal.models import Event
from lms.referrals.models import PolicyVersion
from tests.builders import JANUARY, an_administrator, an_enrolled_referral
from tests.courses.test_learning import first
from tests.court_reports import again
from tests.invariants.test_07_released_bytes_never_change import without_triggers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def somebody(program) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=program)
    )


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return somebody(shelf)


def finish(enrollment: Enrollment, modules: int | None = None):
    """Take so many modules that are not done, a day for each, and have the reflections accepted; when the last one was."""
    now = JANUARY
    done = enrollment.progress.filter(completed_at__isnull=False).values("module")
    for module in enrollment.edition.modules.exclude(pk__in=done)[:modules]:
        now = steps.take_module(enrollment, module, now=now + DAY) + timedelta(hours=2)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=now)  # type: ignore[arg-type]
    enrollment.refresh_from_db()
    return now


def told(*words: object) -> str:
    said = StringIO()
    call_command("completion", *[str(word) for word in words], stdout=said)
    return said.getvalue()


@pytest.mark.either
def test_the_whole_demonstration_is_what_its_ledger_gives():
    """Forty people, eight months: who finished, who is under way, who was referred back."""
    demo.load(now=JANUARY, password="a long and quiet passphrase", tell=lambda line: None)
    looked = Looked()
    assert list(recompute(Enrollment.objects.all(), looked)) == []
    assert (looked.enrollments, looked.courses) == (
        Enrollment.objects.count(), Enrollment.objects.filter(completed_at__isnull=False).count(),
    )  # fmt: skip
    assert looked.courses > 5 < looked.enrollments - looked.courses
    assert looked.modules == ModuleProgress.objects.filter(completed_at__isnull=False).count() > 40
    # And every report of it, which is the same whatever happened since (loading it twice would take a minute more).
    assert Report.objects.filter(release__isnull=False).count() > 40
    again.change_everything_that_must_not_matter(JANUARY + timedelta(hours=1))
    assert again.those_that_differ() == []


def test_a_course_is_complete_since_the_line_that_met_it_and_says_so_in_the_ledger(enrollment):
    done = finish(enrollment)
    line = Evidence.objects.get(enrollment=enrollment, kind="course_completed")
    assert (enrollment.completed_at, line.at, line.data) == (done, done, {"met_at": done.isoformat()})
    lines = Evidence.objects.filter(enrollment=enrollment, kind="module_completed").order_by("module__position")
    assert [(one.module.position, one.at) for one in lines if one.module] == [
        (p.module.position, p.completed_at) for p in enrollment.progress.order_by("module__position")
    ]
    assert "each is what the ledger gives" in told("recompute")
    assert "1 enrollments, 3 modules and 1 courses completed" in told("recompute", enrollment.referral_id)


def test_who_is_found_complete_late_is_so_since_the_line_that_met_it(enrollment):
    """As when nothing ran for three days: the completion is of the moment it was found, and says since when it was met."""
    module = first(enrollment)
    for other in list(enrollment.edition.modules.exclude(pk=module.pk)):
        EditionModule.objects.filter(pk=other.pk).update(withdrawn_at=JANUARY)
    steps.take_module(enrollment, module, now=JANUARY + DAY)
    for block in enrollment.reflections.all():
        accepted = JANUARY + 2 * DAY
        evidence.record(enrollment, module, "reflection_accepted", accepted, block_id=block.block_id)
    assert completion.complete_if_done(enrollment=enrollment, by=None, now=JANUARY + 5 * DAY)
    line = Evidence.objects.get(kind="course_completed")
    assert (line.at, line.data["met_at"]) == (JANUARY + 5 * DAY, accepted.isoformat())
    assert "each is what the ledger gives" in told("recompute")


def test_what_is_withdrawn_corrected_or_changed_later_changes_nothing_of_what_was_completed(enrollment):
    done = finish(enrollment, modules=1)
    one = first(enrollment)
    before = answer_for(enrollment, [one]).modules[0]
    page = ModulePage.objects.get(translation_key=one.page_key, locale__language_code="en")
    withdrawal.withdraw_module(page=page, by=an_administrator(enrollment.edition.program), now=done + DAY)
    PolicyVersion.objects.create(
        program=enrollment.edition.program, number=9, in_force_from=done, reflection_min_words=9
    )
    one.refresh_from_db()
    after = answer_for(enrollment, [one]).modules[0]
    assert (after.met_at, after.completed_at, after.met) == (before.met_at, before.completed_at, before.met)
    assert module_records(enrollment, "en")[0].completed_at == done
    assert "each is what the ledger gives" in told("recompute")


def _a_later_moment(enrollment):
    enrollment.progress.filter(module=first(enrollment)).update(completed_at=JANUARY + 99 * DAY)


def _an_earlier_course(enrollment):
    Enrollment.objects.filter(pk=enrollment.pk).update(completed_at=JANUARY)


def _a_row_taken_away(enrollment):
    enrollment.progress.filter(module=first(enrollment)).update(completed_at=None)


def _made_up(enrollment):
    """A completion with its line, and nothing that was done."""
    other = somebody(enrollment.edition.program)
    ModuleProgress.objects.create(enrollment=other, module=first(other), opened_at=JANUARY, completed_at=JANUARY)
    evidence.record(other, first(other), "module_completed", JANUARY, data={"met_at": JANUARY.isoformat()})


def _time_put_in_later(enrollment):
    """The seconds were given afterwards: by the moment of the completion they had not been spent."""
    other = somebody(enrollment.edition.program)
    module = first(other)
    steps.take_module(other, module, now=JANUARY)
    evidence.record(other, module, "module_completed", JANUARY + timedelta(minutes=1))
    ModuleProgress.objects.filter(enrollment=other).update(completed_at=JANUARY + timedelta(minutes=1))


@pytest.mark.parametrize(
    "tampered", [_a_later_moment, _an_earlier_course, _a_row_taken_away, _made_up, _time_put_in_later]
)
def test_a_completion_that_the_ledger_does_not_give_is_named(enrollment, tampered):
    finish(enrollment)
    tampered(enrollment)
    said = StringIO()
    with pytest.raises(CommandError, match="not what the ledger gives: 1"):
        call_command("completion", "recompute", stdout=said)
    named = Enrollment.objects.order_by("enrolled_at", "pk")
    assert any(str(one.referral_id) in said.getvalue() for one in named)


def test_many_are_recomputed_with_the_queries_of_one(shelf):
    counted = []
    for _ in range(2):
        finish(somebody(shelf), modules=1)
        with CaptureQueriesContext(connection) as captured:
            assert list(recompute(Enrollment.objects.all())) == []
        counted.append(len(captured))
    assert counted == [6, 6]


def test_why_somebody_is_complete_or_not_is_told_line_by_line_without_a_name(enrollment):
    begun = told("explain", enrollment.referral_id)
    assert "module 1: not opened" in begun and "course: not complete; open: 1, 2, 3" in begun
    done = finish(enrollment, modules=1)
    part = told("explain", enrollment.referral_id)
    assert f"module 1: complete; the ledger says so at {done.isoformat()}" in part
    assert "met: every page was read, since" in part and "not met: pages are still to be read:" in part
    assert "(waits for the person)" in part and "course: not complete; open: 2, 3" in part
    finish(enrollment)
    whole = told("explain", enrollment.referral_id)
    assert "course: complete at" in whole and "not met" not in whole
    referral = enrollment.referral
    for name in (referral.first_name, referral.last_name, referral.case_number, referral.person.email):
        assert name not in begun + part + whole
    with pytest.raises(CommandError, match="nobody is enrolled"):
        told("explain", uuid4())


def test_what_waits_for_a_reader_is_told_as_that(enrollment):
    steps.take_module(enrollment, first(enrollment), now=JANUARY)
    assert "nobody has accepted it yet (waits for the reviewer)" in told("explain", enrollment.referral_id)


def test_completions_of_before_are_brought_into_the_ledger_once(enrollment):
    ModuleProgress.objects.create(
        enrollment=enrollment, module=first(enrollment), opened_at=JANUARY, completed_at=JANUARY + DAY
    )
    Enrollment.objects.filter(pk=enrollment.pk).update(completed_at=JANUARY + DAY)
    migration = import_module("courses.migrations.0023_completions_in_the_ledger")
    for _ in range(2):
        migration.into_the_ledger(apps, None)
        lines = Evidence.objects.order_by("kind").values_list("kind", "at", "module", "digest")
        assert list(lines) == [
            ("course_completed", JANUARY + DAY, None, ""),
            ("module_completed", JANUARY + DAY, first(enrollment).pk, first(enrollment).digest_en),
        ]
    assert module_records(enrollment, "en")[0].completed_at == JANUARY + DAY


# --- the lines themselves -----------------------------------------------------------------------


def test_every_line_has_the_digest_of_what_was_shown_and_stands_in_the_journal(enrollment):
    finish(enrollment)
    lines = list(Evidence.objects.select_related("module"))
    assert {line.kind for line in lines} == {
        "module_opened", "page_read", "attested", "scenario_chosen", "attempt_started", "attempt_graded",
        "reflection_submitted", "reflection_accepted", "module_completed", "course_completed",
    }  # fmt: skip
    assert {line.digest == line.module.digest("en") for line in lines if line.module} == {True}
    [course] = [line for line in lines if not line.module]
    assert len(course.digest) == 64
    asked = {"scenario_chosen", "attempt_started", "attempt_graded", "reflection_submitted", "reflection_accepted"}
    assert {line.kind for line in lines if line.block_id} == asked
    # Line for line: an event of its own, at its moment.
    events = {
        "module_opened": "module.opened", "page_read": "module.page_read", "attested": "course.attested",
        "scenario_chosen": "scenario.chosen", "attempt_started": "check.begun", "attempt_graded": "check.graded",
        "reflection_submitted": "reflection.submitted", "reflection_accepted": "reflection.accepted",
        "module_completed": "module.completed", "course_completed": "course.completed",
    }  # fmt: skip
    for kind, event in events.items():
        stood = sorted(Event.objects.filter(kind=event, about=enrollment.referral_id).values_list("at", flat=True))
        assert stood == sorted(line.at for line in lines if line.kind == kind)


def test_a_line_of_somebody_who_reads_spanish_has_the_digest_of_the_spanish_words(enrollment):
    module = first(enrollment)
    module.digest_es, module.revision_es = "5" * 64, module.revision_es or module.revision_en
    enrollment.language = "es"
    line = evidence.record(enrollment, module, "scenario_chosen", JANUARY, data={"choice": 0})
    assert line.digest == "5" * 64


def test_nobody_changes_or_removes_a_line(enrollment):
    line = evidence.record(enrollment, first(enrollment), "scenario_chosen", JANUARY)
    for act in (lambda: Evidence.objects.update(kind="module_completed"), line.delete):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            act()


def test_records_are_of_the_moment_they_are_asked_for(enrollment):
    done = finish(enrollment, modules=1)
    now, before = module_records(enrollment, "en"), module_records(enrollment, "en", as_of=JANUARY)
    assert (now[0].completed_at, now[0].steps_seen) == (done, now[0].steps)
    assert (before[0].completed_at, before[0].steps_seen, before[0].opened, before[0].credited_seconds) == (
        None, 0, False, 0,
    )  # fmt: skip


def test_a_forgotten_case_still_tells_that_and_when_it_was_complete(enrollment):
    """Its places and answers are gone; the ledger is not."""
    done = finish(enrollment)
    Attempt.objects.all().delete()
    ModuleProgress.objects.all().delete()
    assert module_records(enrollment, "en")[-1].completed_at == done
    assert "each is what the ledger gives" in told("recompute")


def test_where_enough_was_spent_is_told_by_the_database_as_by_the_rule(enrollment):
    """Two lines for a module say the same as one for every stretch: short of it by a microsecond, to the point, beyond,
    several that end at once, and where part of what was asked is waived in between."""
    modules = list(enrollment.edition.modules.all())
    positions = {module.pk: module.position for module in modules}
    EditionModule.objects.filter(pk=modules[2].pk).update(
        waivers=[{"at": (JANUARY + timedelta(seconds=70)).isoformat(), "seconds": 60, "steps": []}]
    )
    for needed, lengths in (
        (60, [20, 20, 20, 20]), (60, [20, 20, 19.9994]), (60, [20, 20, 19.9995, 0.000499]), (60, [30, 29.999]),
        (120, [50, 50]), (90, [40, 40, 40]), (3000, [1000, 1000, 999.999501]), (0, [10]),
    ):  # fmt: skip
        EditionModule.objects.filter(edition=enrollment.edition).update(minimum_seconds=needed)
        modules = list(enrollment.edition.modules.all())
        someone = somebody(enrollment.edition.program)
        for module in modules:
            end = JANUARY
            for number, seconds in enumerate(lengths):
                end += timedelta(seconds=0 if number == 2 else seconds)
                ActiveTime.objects.create(
                    enrollment=someone,
                    module=module,
                    since=end - timedelta(seconds=seconds),
                    until=end,
                    seconds=seconds,
                )
        requirements = ledger.requirements_of(modules, reviewed=True)
        told = [
            answer(requirements, [], spent[someone.pk])
            for spent in (ledger.time_of([someone.pk], positions), ledger.time_crossed([someone.pk], modules))
        ]
        assert told[0] == told[1], (needed, lengths)
        assert len(ledger.time_crossed([someone.pk], modules[:2])[someone.pk]) <= 4


def test_a_stretch_that_was_changed_behind_the_database_ends_with_one_and_names_its_module(enrollment):
    finish(enrollment)
    assert "each is what the ledger gives" in told("recompute")
    row = ActiveTime.objects.filter(module__position=2).order_by("since").first()
    pk = row._meta.pk.get_db_prep_value(row.pk, connection)
    without_triggers("courses_activetime", "UPDATE courses_activetime SET block_id = 'another' WHERE id = %s", [pk])
    said = StringIO()
    with pytest.raises(CommandError, match=r"ledger gives: 1$"):
        call_command("completion", "recompute", stdout=said)
    assert said.getvalue() == f"{enrollment.referral_id} module 2: its time is not what the journal sealed\n"
    explained = told("explain", enrollment.referral_id)
    assert "module 2: its time is not what the journal sealed" in explained
    assert "module 1: its time" not in explained
