"""Waiving a requirement of the course: two people, a coded reason, and every report says so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accountability.models import Track
from courses.actions import completion, waivers
from courses.facts import course_facts
from courses.models import Enrollment, Evidence, Waiver
from courses.records import module_records
from courses.rules.progress import CheckRecord, ModuleRecord, ReflectionRecord, seconds_left, unmet
from courses.rules.waivers import Requirement, Waived, covers
from court_reports import facts as door
from court_reports.content import sections
from court_reports.models import Kind
from court_reports.rules import conditions
from court_reports.snapshot import WHOLE_MODULE, Condition, as_json, digest, from_json
from court_reports.snapshot import ReportFacts as Facts
from lms import clock
from lms.demonstration import steps
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import desk, proposals
from lms.referrals.actions import roles
from lms.referrals.models import ProgramRole, Referral
from tests.builders import JANUARY, a_facilitator, a_program, an_administrator, an_enrolled_referral
from tests.court_reports.cases import a_draft_of
from tests.court_reports.samples import an_issue, facts_of
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def administrator(enrollment):
    return an_administrator(enrollment.referral.program)


def first(enrollment):
    return enrollment.edition.modules.first()


def proposed(enrollment, by, requirement="time", *, module=None, block_id="", now=JANUARY, reason="technical_failure"):
    return waivers.propose(
        enrollment=enrollment, module=module or first(enrollment), requirement=requirement, block_id=block_id,
        reason=reason, by=by, now=now,
    )  # fmt: skip


def waive(enrollment, one, two, requirement, *, module=None, block_id="", now=JANUARY) -> Waiver:
    row = proposed(enrollment, one, requirement, module=module, block_id=block_id, now=now)
    return waivers.confirm(waiver=row, by=two, now=now)


# --- the rule -----------------------------------------------------------------------------------

RECORD = ModuleRecord(
    position=1, title="", required_seconds=600, credited_seconds=0, steps=3, steps_seen=1,
    checks=(CheckRecord("c1", "", None, 0), CheckRecord("c2", "", None, 0)),
    reflections=(ReflectionRecord("r", JANUARY, None, returned=True),), scenarios=(("s", False),),
)  # fmt: skip
EVERYTHING = ["pages", "scenario", "check", "check", "reflection_returned", "time"]


@pytest.mark.parametrize(
    "waived, left",
    [
        (Waived("time"), ["pages", "scenario", "check", "check", "reflection_returned"]),
        (Waived("pages"), ["scenario", "check", "check", "reflection_returned", "time"]),
        (Waived("check", "c2"), ["pages", "scenario", "check", "reflection_returned", "time"]),
        (Waived("reflection", "r"), ["pages", "scenario", "check", "check", "time"]),
        (Waived("scenario", "s"), ["pages", "check", "check", "reflection_returned", "time"]),
        (Waived("scenario", "another"), EVERYTHING),
        (Waived("check"), EVERYTHING),
        (Waived("module"), []),
    ],
)
def test_a_waiver_takes_away_what_it_names_and_nothing_else(waived, left):
    found = unmet(replace(RECORD, waived=frozenset({waived})), reviewed=True)
    assert [one.kind for one in found] == left
    assert [one.kind for one in unmet(RECORD, reviewed=True)] == EVERYTHING


def test_time_that_was_waived_is_not_said_to_be_left():
    assert seconds_left(RECORD) == 600
    assert seconds_left(replace(RECORD, waived=frozenset({Waived("time")}))) == 0
    assert seconds_left(replace(RECORD, waived=frozenset({Waived("module")}))) == 0


def test_a_kind_of_requirement_that_comes_later_can_be_waived_by_its_name():
    assert covers({Waived("video", "v")}, "video", "v")
    assert not covers({Waived("video", "v")}, "video", "w")


# --- two people ---------------------------------------------------------------------------------


def test_until_a_second_person_confirms_it_nothing_changes(enrollment, administrator):
    facilitator = enrollment.referral.facilitator
    row = proposed(enrollment, facilitator)
    assert not Evidence.objects.exists()
    assert module_records(enrollment, "en")[0].waived == frozenset()
    waivers.confirm(waiver=row, by=administrator, now=JANUARY + DAY)
    line = Evidence.objects.get()
    assert (line.kind, line.module, line.at) == ("waived", first(enrollment), JANUARY + DAY)
    assert line.data == {"requirement": "time", "reason": "technical_failure"}
    assert module_records(enrollment, "en")[0].waived == {Waived("time")}
    told = Event.objects.filter(kind__startswith="waiver.").order_by("id").values_list("kind", "by", "data")
    data = {"requirement": "time", "reason": "technical_failure", "position": 1}
    assert list(told) == [
        ("waiver.proposed", facilitator.pk, data), ("waiver.confirmed", administrator.pk, data)
    ]  # fmt: skip


def test_never_the_same_person_twice(enrollment, administrator):
    row = proposed(enrollment, administrator)
    with pytest.raises(proposals.SamePersonTwice):
        waivers.confirm(waiver=row, by=administrator, now=JANUARY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=row.pk).update(confirmed_by=administrator)


def test_nobody_else_proposes_or_confirms(enrollment, administrator):
    program = enrollment.referral.program
    row = proposed(enrollment, administrator)
    for stranger in (a_facilitator(program), an_administrator(a_program()), enrollment.referral.person):
        with pytest.raises(proposals.NotAllowed):
            proposed(enrollment, stranger, "pages")
        with pytest.raises(proposals.NotAllowed):
            waivers.confirm(waiver=row, by=stranger, now=JANUARY)


def test_who_proposed_it_must_still_have_the_right_when_it_is_confirmed(enrollment, administrator):
    program, second = enrollment.referral.program, an_administrator(enrollment.referral.program)
    row = proposed(enrollment, administrator)
    roles.take(program=program, user=administrator, role=ProgramRole.ADMINISTRATOR, by=second, now=JANUARY)
    with pytest.raises(proposals.NotAllowed):
        waivers.confirm(waiver=row, by=second, now=JANUARY)


def test_it_lapses_after_seven_days_and_can_be_withdrawn_by_its_proposer_alone(enrollment, administrator):
    facilitator = enrollment.referral.facilitator
    row = proposed(enrollment, administrator)
    with pytest.raises(proposals.NotAllowed):
        waivers.withdraw(waiver=row, by=facilitator, now=JANUARY)
    [wait] = desk.waits(Referral.objects.filter(pk=enrollment.referral_id), JANUARY + DAY)
    assert (wait.kind, wait.url, wait.late_at) == (
        "proposal", reverse("courses_staff:waiver", args=[row.pk]), JANUARY + 3 * DAY
    )  # fmt: skip
    assert desk.waits(Referral.objects.filter(pk=enrollment.referral_id), JANUARY + 7 * DAY) == []
    with pytest.raises(proposals.NoLongerOpen):
        waivers.confirm(waiver=row, by=facilitator, now=JANUARY + 7 * DAY)
    other = proposed(enrollment, administrator, "pages")
    waivers.withdraw(waiver=other, by=administrator, now=JANUARY)
    with pytest.raises(proposals.NoLongerOpen):
        waivers.confirm(waiver=other, by=facilitator, now=JANUARY)


def test_only_what_is_owed_is_waived_and_once(enrollment, administrator):
    facilitator, module = enrollment.referral.facilitator, first(enrollment)
    proposed(enrollment, administrator)
    with pytest.raises(proposals.AlreadyProposed):
        proposed(enrollment, facilitator)
    with pytest.raises(waivers.NothingToWaive):
        proposed(enrollment, administrator, "check", block_id="no such block")
    with pytest.raises(ValueError):
        proposed(enrollment, administrator, "everything")
    waive(enrollment, administrator, facilitator, "pages")
    with pytest.raises(waivers.NothingToWaive):
        proposed(enrollment, administrator, "pages")
    done = steps.take_module(enrollment, module, now=JANUARY)
    steps.accept_reflections(enrollment, by=facilitator, now=done)
    with pytest.raises(waivers.NothingToWaive):
        proposed(enrollment, facilitator, "module", now=done)


def test_who_is_asked_is_written_to_and_it_waits_on_the_desk(enrollment, administrator, signed_in):
    facilitator = enrollment.referral.facilitator
    mine = proposed(enrollment, facilitator, now=clock.now())
    assert Message.objects.get(kind="waiver.waiting").to == administrator
    page = signed_in(administrator).get(reverse("referrals:case", args=[enrollment.referral_id]))
    assert reverse("courses_staff:waiver", args=[mine.pk]) in page.content.decode()
    proposed(enrollment, administrator, "pages", now=clock.now())
    assert Message.objects.filter(kind="waiver.waiting", to=facilitator).count() == 1


# --- completion follows by the same rule --------------------------------------------------------


def complete_but_for_time(enrollment) -> None:
    """Everything of every module but the minimum time of the last."""
    last = enrollment.edition.modules.last()
    for module in enrollment.edition.modules.exclude(pk=last.pk):
        done = steps.take_module(enrollment, module, now=JANUARY)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done)
    steps.take_module(enrollment, last, now=JANUARY + DAY)
    type(last).objects.filter(pk=last.pk).update(minimum_seconds=10**6)


def test_the_last_waiver_completes_the_course_and_opens_the_track(enrollment, administrator):
    facilitator, last = enrollment.referral.facilitator, enrollment.edition.modules.last()
    complete_but_for_time(enrollment)
    steps.accept_reflections(enrollment, by=facilitator, now=JANUARY + 2 * DAY)
    assert not completion.complete_if_done(enrollment=enrollment, by=None, now=JANUARY + 2 * DAY)
    waive(enrollment, facilitator, administrator, "time", module=last, now=JANUARY + 3 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.completed_at == JANUARY + 3 * DAY
    assert enrollment.progress.get(module=last).completed_at == JANUARY + 3 * DAY
    assert Track.objects.filter(referral=enrollment.referral).count() == 1
    with pytest.raises(waivers.NothingToWaive):
        proposed(enrollment, facilitator, "pages", now=JANUARY + 4 * DAY)


def test_a_module_that_nobody_opened_can_be_waived_as_a_whole(enrollment, administrator, signed_in):
    facilitator, modules = enrollment.referral.facilitator, list(enrollment.edition.modules.all())
    for module in modules[:-1]:
        done = steps.take_module(enrollment, module, now=JANUARY)
        steps.accept_reflections(enrollment, by=facilitator, now=done)
    home = signed_in(enrollment.referral.person)
    waive(enrollment, facilitator, administrator, "module", module=modules[-1], now=JANUARY + 3 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.completed_at == JANUARY + 3 * DAY
    # Nobody says that it was opened or done.
    assert not enrollment.progress.filter(module=modules[-1]).exists()
    page = home.get(reverse("learn:home"))
    assert (page.context["done"], page.context["total"]) == (len(modules), len(modules))
    assert "Not asked of you any more" in page.content.decode()
    facts = course_facts(referral_id=enrollment.referral_id, as_of=JANUARY + 4 * DAY)
    assert facts.modules[-1].completed_at is None
    assert [(w.position, w.requirement) for w in facts.waivers] == [(len(modules), "module")]


def test_what_was_earned_before_stays(enrollment, administrator):
    facilitator = enrollment.referral.facilitator
    done = steps.take_module(enrollment, first(enrollment), now=JANUARY)
    before = module_records(enrollment, "en")[0]
    waive(enrollment, facilitator, administrator, "module", now=done)
    after = module_records(enrollment, "en")[0]
    assert (after.credited_seconds, after.steps_seen, after.checks) == (
        before.credited_seconds, before.steps_seen, before.checks
    )  # fmt: skip
    assert after.completed_at == done


# --- what a court reads -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [k for k in Kind if k != Kind.CORRECTION])
def test_every_kind_of_report_says_what_was_waived_and_why(enrollment, administrator, kind):
    referral = enrollment.referral
    waive(enrollment, referral.facilitator, administrator, "time", now=JANUARY + DAY)
    report = a_draft_of(referral, kind, now=JANUARY + 2 * DAY)
    waived = list(report.facts.course.waivers)
    assert [(w.position, w.requirement, w.reason) for w in waived] == [(1, "time", "technical_failure")]
    section = next(s for s in sections(report.facts, an_issue()) if s.title == "Waived requirements")
    assert section.grid.rows[0][1:3] == ("Active time", "Waived (technical failure)")


def test_a_report_from_before_the_waiver_is_recomputed_to_its_digest(enrollment, administrator):
    referral = enrollment.referral
    report = a_draft_of(referral, Kind.PROGRESS, now=JANUARY + DAY)
    waive(enrollment, referral.facilitator, administrator, "time", now=JANUARY + 2 * DAY)
    assert report.facts.course.waivers == ()
    assert digest(door.recompute(referral, report.facts)) == digest(report.facts)
    after = a_draft_of(referral, Kind.ENROLLMENT, now=JANUARY + 3 * DAY)
    assert digest(door.recompute(referral, after.facts)) == digest(after.facts)


def test_a_report_of_the_first_schema_keeps_its_spelling_and_its_digest(enrollment):
    """As it was written before anything could be waived: no field of a later schema, and the digest of then."""
    told = [("Complete the course.", "met"), ("Complete six months of check-ins.", "not_yet_due")]
    told += [("Pay restitution of $400.", "not_verified_here")]
    ordered = tuple(Condition(number=n, words=words, status=status) for n, (words, status) in enumerate(told, 1))
    facts = replace(facts_of(Kind.PROGRESS), schema=1, conditions=ordered)
    spelled = as_json(facts)
    assert "waivers" not in spelled["course"]
    assert "most_hours_a_day" not in spelled["program"]["terms"]
    first = replace(facts.program.terms, most_hours_a_day=0)  # as it is read again
    policy = dict(said_in("The program", replace(facts, program=replace(facts.program, terms=first))))["Policy"]
    assert "active time" not in policy
    assert digest(facts) == "088fe30f294472c07a4e8d64b1e60f25a1442272ff04edcef46cd052ab7b0ff1"
    assert digest(from_json(Facts, spelled)) == digest(facts)
    assert "waivers" in as_json(facts_of(Kind.PROGRESS))["course"]
    # And recomputed from what is stored it is of that schema again, with its readings of then.
    drafted = a_draft_of(enrollment.referral, Kind.PROGRESS, now=JANUARY + DAY).facts
    then = door.gather(
        referral=enrollment.referral,
        kind=drafted.kind,
        as_of=drafted.as_of,
        period_from=drafted.period_from,
        period_to=drafted.period_to,
        schema=1,
    ).facts
    assert then.schema == 1
    assert then.conditions == conditions.statuses(enrollment.referral.conditions, then.course, then.track, schema=1)
    assert digest(door.recompute(enrollment.referral, from_json(Facts, as_json(then)))) == digest(then)


def test_a_report_says_how_many_hours_of_a_day_count(enrollment):
    facts = a_draft_of(enrollment.referral, Kind.PROGRESS, now=JANUARY + DAY).facts
    assert facts.program.terms.most_hours_a_day == enrollment.policy.most_hours_a_day == 6
    policy = dict(said_in("The program", facts))["Policy"]
    assert policy.endswith("; at most 6 hours of active time counted in one day")


def said_in(title, facts):
    return next(section for section in sections(facts, an_issue()) if section.title == title).pairs


def test_a_whole_module_that_was_waived_is_no_module_that_was_completed(enrollment, administrator):
    referral = enrollment.referral
    waive(enrollment, referral.facilitator, administrator, WHOLE_MODULE, now=JANUARY + DAY)
    report = a_draft_of(referral, Kind.PROGRESS, now=JANUARY + 2 * DAY)
    course = report.facts.course
    assert (course.required, course.completed) == (len(course.modules) - 1, 0)
    rows = next(s for s in sections(report.facts, an_issue()) if s.title == "Course").grid.rows
    assert rows[0][1] == "Waived"


# --- the pages ----------------------------------------------------------------------------------


def test_proposing_and_confirming_ask_again_who_it_is(enrollment, administrator, signed_in):
    case = enrollment.referral_id
    facilitator = signed_in(enrollment.referral.facilitator)
    form = {"what": f"1:{Requirement.TIME}:", "reason": "equivalent"}
    asked = facilitator.post(reverse("courses_staff:waive", args=[case]), form)
    assert asked.status_code == 302 and not Waiver.objects.exists()
    proved(facilitator)  # what was posted goes on by itself
    row = Waiver.objects.get()
    assert (row.requirement, row.reason, row.proposed_by) == ("time", "equivalent", enrollment.referral.facilitator)
    page = facilitator.get(reverse("courses_staff:waiver", args=[row.pk])).content.decode()
    assert reverse("courses_staff:withdraw_waiver", args=[row.pk]) in page
    other = signed_in(administrator)
    other.post(reverse("courses_staff:confirm_waiver", args=[row.pk]))
    row.refresh_from_db()
    assert row.confirmed_at is None
    proved(other)
    row.refresh_from_db()
    assert row.confirmed_by == administrator


def test_the_person_reads_what_is_not_asked_of_them_any_more_and_a_court_page_does_not(
    enrollment, administrator, signed_in
):
    waive(enrollment, enrollment.referral.facilitator, administrator, "time")
    page = signed_in(enrollment.referral.person).get(reverse("home")).content.decode()
    assert "Not asked of you any more" in page and "Technical failure" in page


def test_nobody_else_opens_the_pages(enrollment, administrator, signed_in):
    row = proposed(enrollment, administrator)
    for somebody in (an_administrator(a_program()), a_facilitator(enrollment.referral.program)):
        client = signed_in(somebody)
        for name, pk in (("waive", enrollment.referral_id), ("waiver", row.pk)):
            assert client.get(reverse(f"courses_staff:{name}", args=[pk])).status_code == 404
