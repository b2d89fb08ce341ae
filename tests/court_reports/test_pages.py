"""The pages: who sees what, what leaves, what is written on the ledger."""

import hashlib
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from court_reports import storage
from court_reports.actions import draft, due, supersede
from court_reports.actions.release import PreflightRefused, release
from court_reports.models import Delivery, Kind, Release, Report, Step
from court_reports.snapshot import new_code, spell_code
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.models import Referral
from tests.builders import PASSWORD, a_court, a_court_user, a_facilitator, an_administrator, at
from tests.court_reports.cases import (
    a_case_in_track,
    a_draft_of,
    a_release_of,
    an_enrolled_case,
    check_ins_of,
    keep,
    make,
)

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def test_a_facilitator_sees_drafts_preflight_and_the_pdf(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    make(referral, check_ins_of(referral)[0], reviewed=False)
    report = a_draft_of(referral, now=NOW)
    client = signed_in(referral.facilitator)
    assert referral.name in client.get(reverse("reports_staff:list")).content.decode()
    page = client.get(reverse("reports_staff:report", args=[report.pk])).content.decode()
    assert "Check-in 1 in this period has not been reviewed." in page
    file = client.get(reverse("reports_staff:file", args=[report.pk]))
    assert file.content.startswith(b"%PDF-1.7")
    assert file["Cache-Control"] == "private, no-store"
    assert client.get(reverse("referrals:case", args=[referral.pk])).status_code == 200


def test_an_unreviewed_check_in_refuses_the_release() -> None:
    referral = a_case_in_track()
    make(referral, check_ins_of(referral)[0], reviewed=False)
    report = a_draft_of(referral, now=NOW)
    with pytest.raises(PreflightRefused) as refused:
        release(report=report, by=referral.facilitator, now=NOW)
    assert [(p.code, p.what) for p in refused.value.problems] == [("unreviewed", "1")]


def test_releasing_asks_who_you_are_again(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    report = a_draft_of(referral, now=NOW)
    client = signed_in(referral.facilitator)
    answer = client.post(reverse("reports_staff:release", args=[report.pk]))
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Release.objects.exists()


def test_released_in_the_browser_it_reaches_the_court_and_the_person(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    clerk = a_court_user(referral.court)
    report = a_draft_of(referral, now=NOW)
    client = signed_in(referral.facilitator)
    asked = client.get(reverse("reports_staff:release", args=[report.pk]))
    again = client.post(asked["Location"], {"password": PASSWORD})
    assert again["Location"] == reverse("reports_staff:release", args=[report.pk])
    assert client.get(again["Location"]).status_code == 200
    client.post(reverse("reports_staff:release", args=[report.pk]))
    gone = Release.objects.get()
    kinds = set(Message.objects.filter(kind__startswith="report.").values_list("kind", "to"))
    assert kinds == {("report.waiting", clerk.pk), ("report.released", referral.person_id)}

    court = signed_in(clerk)
    assert "New" in court.get(reverse("reports_court:list")).content.decode()
    file = court.get(reverse("reports_court:download", args=[gone.pk]))
    assert hashlib.sha256(file.content).hexdigest() == gone.file_digest
    assert file["Cache-Control"] == "private, no-store"
    court.post(reverse("reports_court:acknowledge", args=[gone.pk]))
    court.post(reverse("reports_court:acknowledge", args=[gone.pk]))
    steps = list(Delivery.objects.filter(by=clerk).values_list("step", flat=True))
    assert steps == [Step.NOTIFIED, Step.OPENED, Step.ACKNOWLEDGED]

    person = signed_in(referral.person)
    assert gone.number in person.get(reverse("my_reports:list")).content.decode()
    assert person.get(reverse("my_reports:download", args=[gone.pk])).content == file.content
    for who, address in ((court, "referrals:court_referral"), (client, "referrals:case")):
        assert gone.number in who.get(reverse(address, args=[referral.pk])).content.decode()


def test_nobody_else_reaches_a_report(signed_in: SignIn) -> None:
    gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    report = a_draft_of(gone.report.referral, Kind.NON_COMPLIANCE, now=NOW)
    others = [
        a_court_user(a_court("Another Court")),
        a_facilitator(gone.program),
        an_enrolled_case().person,
    ]
    addresses = [
        reverse("reports_court:download", args=[gone.pk]),
        reverse("reports_court:filing_copy", args=[gone.pk]),
        reverse("my_reports:download", args=[gone.pk]),
        reverse("my_reports:answer", args=[report.pk]),
        reverse("my_reports:draft_file", args=[report.pk]),
        reverse("reports_staff:report", args=[report.pk]),
        reverse("reports_staff:file", args=[gone.report_id]),
        reverse("reports_staff:release", args=[report.pk]),
    ]
    for user in others:
        client = signed_in(user)
        assert {client.get(address).status_code for address in addresses} == {404}
    clerk = signed_in(a_court_user(gone.report.referral.court))
    assert clerk.get(reverse("reports_staff:file", args=[report.pk])).status_code == 404
    assert str(report.pk) not in clerk.get(reverse("reports_court:list")).content.decode()
    assert Client().get(addresses[0]).status_code == 302


def test_a_person_reads_a_notice_first_and_answers(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    from lms import clock

    report = a_draft_of(referral, Kind.NON_COMPLIANCE, now=clock.now())
    client = signed_in(referral.person)
    page = client.get(reverse("my_reports:answer", args=[report.pk]))
    assert "Before it goes to the court" in page.content.decode()
    held = client.post(reverse("my_reports:answer", args=[report.pk]), {"words": "Write to a@b.example."})
    assert "Please take out an e-mail address" in held.content.decode() and "a@b.example" in held.content.decode()
    client.post(reverse("my_reports:answer", args=[report.pk]), {"words": "I was <b>ill</b>."})
    report.refresh_from_db()
    assert report.answer == "I was <b>ill</b>."
    assert b"ill" not in bytes(report.sealed_answer)
    assert client.get(reverse("my_reports:draft_file", args=[report.pk])).content.startswith(b"%PDF")


def test_reading_what_a_person_answered_is_an_event_that_they_are_told_of(signed_in: SignIn) -> None:
    """On the page, in the file and where it is released; and not before there is an answer."""
    from lms import clock
    from lms.journal.models import Event

    referral = a_case_in_track()
    report = a_draft_of(referral, Kind.NON_COMPLIANCE, now=clock.now())
    facilitator = signed_in(referral.facilitator)
    pages = [reverse(f"reports_staff:{name}", args=[report.pk]) for name in ("report", "file")]
    for page in pages:
        facilitator.get(page)
    reads = Event.objects.filter(kind="report.answer_read", about=referral.subject, by=referral.facilitator)
    assert not reads.exists()
    draft.answer(report=report, words="I was ill.", by=referral.person, now=clock.now())
    for number, page in enumerate(pages, 1):
        assert facilitator.get(page).status_code == 200
        assert reads.count() == number
    assert "Your answer to a notice was read" in signed_in(referral.person).get("/my-file/").content.decode()


class TestVerify:
    @pytest.fixture
    def gone(self) -> Release:
        return a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)

    def ask(self, **data: object) -> str:
        return Client().post(reverse("verify:check"), data).content.decode()

    def test_a_code_says_genuine_and_nothing_about_a_person(self, gone: Release) -> None:
        page = self.ask(code=spell_code(gone.issue.code).lower())
        assert "Genuine and current" in page
        assert gone.number in page
        for secret in (
            gone.report.referral.last_name,
            gone.report.referral.case_number,
            gone.report.referral.court.name,
        ):
            assert secret not in page

    def test_with_the_case_number_every_fact_is_restated(self, gone: Release) -> None:
        page = self.ask(code=gone.issue.code, case_number=gone.report.referral.case_number.lower().replace("-", " "))
        assert gone.report.referral.name in page
        assert "In brief" in page
        wrong = self.ask(code=gone.issue.code, case_number="CR-1999-1")
        assert gone.report.referral.name not in wrong
        assert "does not belong to this report" in wrong

    def test_a_file_is_hashed_and_forgotten(self, gone: Release) -> None:
        data = storage.read(gone.file_digest, subject=gone.report.referral_id)
        assert "Genuine and current" in self.ask(file=SimpleUploadedFile("x.pdf", data))
        assert "Genuine and current" in self.ask(digest=gone.file_digest)
        changed = data[:-100] + b"x" + data[-99:]
        assert "Unknown" in self.ask(file=SimpleUploadedFile("x.pdf", changed))
        assert ">Altered<" in self.ask(code=gone.issue.code, file=SimpleUploadedFile("x.pdf", changed))

    def test_unknown_and_mistyped_codes_say_so(self, gone: Release) -> None:
        assert ">Unknown<" in self.ask(code=new_code())
        assert "This is not a complete code" in self.ask(code="7K3Q")

    def test_a_sealed_report_answers_as_an_unknown_one(self, gone: Release) -> None:
        from lms.people.models import SubjectKey

        code, digest = gone.issue.code, gone.file_digest
        unknown = self.ask(code=new_code())
        SubjectKey.objects.filter(subject=gone.report.referral_id, zone="compliance").delete()
        assert answer_part(self.ask(code=code)) == answer_part(unknown)
        assert answer_part(self.ask(digest=digest)) == answer_part(unknown)

    def test_superseded_and_revoked_are_said(self, gone: Release) -> None:
        report = supersede.correct(release=gone, what_changed="A date was wrong.", by=gone.released_by, now=NOW)
        second = an_administrator(gone.program)
        new = release(report=report, by=gone.released_by, second=second, now=NOW)
        assert new is not None
        page = self.ask(code=gone.issue.code)
        assert "Genuine, but replaced" in page
        assert new.number in page
        supersede.revoke(release=new, by=gone.released_by, now=NOW)
        assert ">Revoked<" in self.ask(code=new.issue.code)

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("x.pdf", b"hello", "This file is not a PDF"),
            ("x.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024), "larger than 5 MB"),
        ],
    )
    def test_a_wrong_file_gets_a_clear_word(self, name: str, data: bytes, words: str) -> None:
        assert words in self.ask(file=SimpleUploadedFile(name, data))

    def test_nothing_given_asks_for_something(self) -> None:
        assert "Give the code on the report, or the file." in self.ask()

    def test_guessing_is_slowed_down(self) -> None:
        client = Client()
        answers = {client.post(reverse("verify:check"), {"code": new_code()}).status_code for _ in range(40)}
        assert answers == {200, 429}


def answer_part(page: str) -> str:
    return page.split('<section aria-labelledby="answer-heading">')[1].split("</section>")[0]


def test_the_schedule_drafts_once_and_catches_up_the_same() -> None:
    steady, asleep = a_case_in_track(), a_case_in_track()
    for day in ("2026-01-06", "2026-02-01", "2026-02-15", "2026-03-01", "2026-03-01", "2026-04-02"):
        due.draft_due_of(referral_id=steady.pk, now=at(f"{day} 09:00"))
    due.draft_due_of(referral_id=asleep.pk, now=at("2026-04-02 09:00"))
    assert rows(steady) == rows(asleep)
    assert [row[0] for row in rows(steady)] == ["enrollment_notice", "progress", "progress", "progress"]
    assert rows(steady)[1:] == [
        # The 1st of February and of March are Sundays: the court is to have them on the Friday before.
        ("progress", "2026-01-05", "2026-01-29"),
        ("progress", "2026-01-30", "2026-02-26"),
        ("progress", "2026-02-27", "2026-03-31"),
    ]


def rows(referral: Referral) -> list[tuple[str, str, str]]:
    reports = Report.objects.filter(referral=referral).order_by("as_of")
    return [(r.kind, str(r.period_from), str(r.period_to)) for r in reports]


def test_the_final_report_closes_the_case() -> None:
    referral = a_case_in_track()
    keep(referral, until=at("2026-08-30 12:00"))
    after = at("2026-08-20 09:00")
    due.draft_due_of(referral_id=referral.pk, now=after)
    report = Report.objects.get(referral=referral, kind=Kind.FINAL)
    assert report.facts.determination is not None
    assert report.facts.determination.code == "completed"
    release(report=report, by=referral.facilitator, now=after)
    referral.refresh_from_db()
    assert referral.completed_at == after


def test_who_releases_reads_why_nothing_can_be_signed(signed_in, settings, tmp_path):
    """Before they try, and when they try all the same; the draft stays one."""
    report = a_draft_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    client = signed_in(report.referral.facilitator)
    settings.DEVELOPMENT, settings.SIGNING_CERTIFICATE_FILE = False, tmp_path / "reports.cert.pem"
    why = "There is no file reports.cert.pem."
    assert why in client.get(f"/facilitate/reports/{report.pk}/").content.decode()
    asked = client.get(reverse("reports_staff:release", args=[report.pk]))
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.post(reverse("reports_staff:release", args=[report.pk]), follow=True).content.decode()
    assert "Nothing was released" in page
    assert page.count(why) == 2
    report.refresh_from_db()
    assert not report.is_released
