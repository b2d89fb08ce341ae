"""Invariant 15: every rule holds on SQLite and on PostgreSQL.

The suite runs on both (tests/run.py). Here stands what makes that mean something: whatever a model or a
migration asks of the database is really there, no invariant is left out on either, and those who come
at once get the same answers from both.
"""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from django.apps import apps
from django.db import connection, connections, models

from accountability.actions import check_ins, decisions, outages, sweeps
from accountability.models import CheckIn
from court_reports import register, signing
from court_reports.actions import supersede
from court_reports.actions.release import AlreadyReleased, release
from court_reports.models import Kind, RegisterEntry, Release, Report
from lms.journal import journal
from lms.journal.models import Event
from tests.builders import JANUARY, an_administrator
from tests.court_reports.cases import OPENED, a_case_in_track, a_draft_of, an_enrolled_case
from tests.invariants.cuts import at_once

OURS = ("people", "referrals", "journal", "outbox", "courses", "accountability", "casework", "court_reports")
# Everything that is evidence (domain.md): written once, by nobody ever changed.
APPEND_ONLY = {
    "accountability_commitmentchange", "accountability_excusalappeal", "accountability_excusaldecision",
    "accountability_extension", "accountability_helpcall", "accountability_move", "accountability_outage",
    "accountability_progress", "accountability_provideranswer", "accountability_responsereply",
    "accountability_responsestep", "accountability_review", "accountability_submission", "accountability_tolling",
    "accountability_try", "accountability_windowchange", "casework_contactattempt", "casework_note",
    "courses_activetime", "courses_attestation", "courses_consent", "courses_correction", "courses_evidence",
    "courses_identityopening", "courses_reflectionreview", "court_reports_delivery", "court_reports_publishedhead", "court_reports_registerentry",
    "court_reports_registerverification", "court_reports_release", "court_reports_report", "journal_event",
    "journal_link", "journal_verification", "referrals_agreement", "referrals_agreementacceptance",
    "referrals_deadlinemove", "referrals_handover", "referrals_policyversion", "referrals_transfer",
}  # fmt: skip
PAST_THEM = {"sqlite": "replace", "postgresql": "truncate"}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_no_invariant_is_left_out_on_either():
    left_out = [
        path.name
        for path in Path(__file__).parent.glob("test_*.py")
        if path != Path(__file__) and any(word in path.read_text() for word in ("skipif", "pytest.skip", "mark.skip"))
    ]
    assert left_out == []


@pytest.mark.django_db
def test_every_constraint_and_index_that_a_model_declares_is_in_the_database():
    missing = []
    with connection.cursor() as cursor:
        for model in our_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            declared = [thing.name for thing in (*model._meta.constraints, *model._meta.indexes)]
            missing += [f"{model.__name__}: {name}" for name in declared if name not in there]
    assert missing == []


@pytest.mark.django_db
def test_every_table_that_is_append_only_refuses_to_change_and_to_forget():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        there = {name for (name,) in cursor.fetchall()}
    verbs = ("update", "delete", PAST_THEM[connection.vendor])
    assert {name for name in there if "_no_" in name} == {
        f"{table}_no_{verb}" for table in APPEND_ONLY for verb in verbs
    }


@pytest.mark.django_db
def test_an_instant_is_kept_to_the_microsecond_and_compared_as_one():
    moment = JANUARY + timedelta(microseconds=1)
    journal.record("x.happened", about=None, by=None, at=moment)
    kept = Event.objects.get().at
    assert (kept, kept.tzinfo) == (moment, UTC)
    assert Event.objects.filter(at__lte=JANUARY).count() == 0
    assert Event.objects.filter(at__lte=moment, at__gt=JANUARY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_and_excused_at_once_exactly_one_of_them_happens():
    referral = a_case_in_track()
    told = []
    for check_in in referral.track.check_ins.filter(number__lte=6):
        now = check_in.opens_at

        def send(row: CheckIn = check_in, now=now) -> object:
            return check_ins.submit(
                check_in=row, answers={}, form=None, language="en", by=referral.person, now=now
            ).check_in_id

        def excuse(row: CheckIn = check_in, now=now) -> object:
            return decisions.excuse(check_in=row, reason="work", by=referral.facilitator, now=now).pk

        told.append(at_once(send, excuse, send))
    rows = referral.track.check_ins.filter(number__lte=6)
    assert all((c.submitted_at is None) != (c.excused_at is None) for c in rows)
    assert all(c.submissions.count() == (c.submitted_at is not None) for c in rows)
    refused = {type(result) for results in told for result in results if isinstance(result, Exception)}
    assert refused <= {check_ins.NotOpen, decisions.AlreadySettled}


@pytest.mark.django_db(transaction=True)
def test_sent_while_an_outage_lengthens_its_window_what_was_sent_stays():
    referral = a_case_in_track()
    for check_in in referral.track.check_ins.filter(number__lte=6):
        now = check_in.opens_at

        def send(row: CheckIn = check_in, now=now) -> object:
            return check_ins.submit(
                check_in=row, answers={}, form=None, language="en", by=referral.person, now=now
            ).check_in_id

        def lengthen(now=now) -> object:
            back = now + timedelta(hours=2)
            return outages.record_outage(from_at=now, to_at=back, now=back).pk

        told = at_once(send, lengthen)
        assert [result for result in told if isinstance(result, Exception)] == []
        check_in.refresh_from_db()
        assert (check_in.submitted_at, check_in.submissions.count()) == (now, 1)


@pytest.mark.django_db(transaction=True)
def test_swept_by_three_at_once_everything_is_marked_and_told_once():
    people = [a_case_in_track() for _ in range(3)]
    now = OPENED + timedelta(days=24)

    def work() -> object:
        return sweeps.run_until_quiet(now=now)

    told = at_once(work, work, work)
    assert [result for result in told if isinstance(result, Exception)] == []
    sweeps.run_until_quiet(now=now)  # what one left because another held it
    missed = CheckIn.objects.filter(missed_at__isnull=False)
    assert missed.count() == 3 * len(people)
    assert Event.objects.filter(kind="check_in.missed").count() == 3 * len(people)


@pytest.mark.django_db(transaction=True)
def test_released_at_once_each_report_leaves_once_and_the_numbers_have_no_gap():
    first = an_enrolled_case()
    second = an_enrolled_case(program=first.program)
    reports = [a_draft_of(referral, Kind.ENROLLMENT, now=OPENED) for referral in (first, second)]

    def letting_go(report, by):
        return lambda: release(report=report, by=by, now=OPENED).number

    told = at_once(*(letting_go(r, r.referral.facilitator) for r in (*reports, *reports)))
    assert sorted(Release.objects.values_list("number", flat=True)) == ["2026-00001", "2026-00002"]
    assert {type(result) for result in told} == {str, AlreadyReleased}
    assert register.verify_chain() == []


@pytest.mark.django_db(transaction=True)
def test_processes_that_release_and_correct_at_once_leave_one_chain_without_gaps():
    """Four processes, two cases each; one of every two is corrected at once: its line stands right after the new one's."""
    first = an_enrolled_case()
    cases = [first, *(an_enrolled_case(program=first.program) for _ in range(7))]
    second = an_administrator(first.program)
    reports = [a_draft_of(case, Kind.ENROLLMENT, now=OPENED) for case in cases]
    release(report=reports[0], by=first.facilitator, now=OPENED)  # its key is there: not what this is about
    connections.close_all()

    def work(part: list[Report]) -> None:
        for report in part:
            by = report.referral.facilitator
            gone = report.release if report.is_released else release(report=report, by=by, now=OPENED)
            new = supersede.correct(release=gone, what_changed="A word.", by=by, now=OPENED)
            release(report=new, by=by, second=second, now=OPENED)

    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=work, args=(reports[n::4],)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * 4
    numbers = Release.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, 17))
    assert register.verify_chain() == []
    kinds = list(RegisterEntry.objects.order_by("position").values_list("kind", flat=True))
    assert (kinds.count("issued"), kinds.count("replaced")) == (16, 8)


def test_two_who_make_the_first_signing_key_at_once_make_one(settings, tmp_path):
    for name, file in (("KEY", "key"), ("CERTIFICATE", "cert"), ("AUTHORITY", "ca")):
        setattr(settings, f"SIGNING_{name}_FILE", tmp_path / f"{file}.pem")
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: signing.make_demonstration_key(now=OPENED), range(4)))
    assert sorted(made) == [False, False, False, True]
    key = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    certificate = load_pem_x509_certificate((tmp_path / "cert.pem").read_bytes())
    assert key.public_key() == certificate.public_key()
