"""The court's portal: what is heard this month, what is new, one person's reports, many at once, a calendar, tokens."""

import csv
import hashlib
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from court_reports import heads as published
from court_reports import hearings, packing
from court_reports.actions import desk, due, heads, supersede
from court_reports.actions.release import release
from court_reports.court_side import CourtDesk, CourtToken
from court_reports.models import Delivery, Kind, Release, Report, Step
from court_reports.standalone import amends_verify
from lms import clock
from lms.journal.models import Event
from lms.referrals import actions
from lms.referrals.models import CourtProfile, Referral
from tests.builders import (
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    a_referral,
    an_administrator,
    at,
)
from tests.court_reports.cases import (
    a_case_in_track,
    a_correction_of,
    a_draft_of,
    a_program_with_a_course,
    a_release_of,
    an_enrolled_case,
)
from tests.court_reports.drawing import text_of
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = at("2026-03-02 12:00")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def a_hearing(referral: Referral, moment: str, kind: str = "Review"):
    return actions.add_hearing(referral=referral, at=at(moment), kind=kind, by=None, now=NOW - 20 * DAY)


def unzipped(response) -> ZipFile:
    assert response["Content-Type"] == "application/zip"
    return ZipFile(io.BytesIO(b"".join(response.streaming_content)))


# Hearings.


def test_a_hearing_stands_under_the_courts_own_day_and_says_whether_its_report_is_in():
    court = a_court(zone="America/Los_Angeles")
    case = an_enrolled_case(court=court)
    clerk = a_court_user(court)
    a_hearing(case, "2026-03-04 23:30")  # 20:30 on the fourth in Los Angeles
    near = a_hearing(case, "2026-03-19 12:00")
    a_hearing(case, "2026-03-24 12:00")
    a_hearing(case, "2026-03-31 23:59")
    a_hearing(case, "2026-04-01 03:30")  # April 1 in New York, half past midnight in Los Angeles
    gone = a_hearing(case, "2026-03-10 12:00")
    actions.cancel_hearing(hearing=gone, by=None, now=NOW)
    a_hearing(an_enrolled_case(court=a_court("Another")), "2026-03-12 12:00")
    first, last = at("2026-03-01 12:00").date(), at("2026-03-31 12:00").date()

    def shown(now: str) -> list[tuple[int, str | None, bool]]:
        lines = hearings.between(clerk, first, last, now=at(now)).lines
        return [(line.day.day, line.release and line.release.number, line.late) for line in lines]

    assert shown("2026-03-03 12:00") == [(4, None, True), (19, None, False), (24, None, False), (31, None, False)]
    line = hearings.between(clerk, first, last, now=NOW).lines[1]
    assert line.due_on.isoformat() == "2026-03-12"
    # The schedule makes one report for the first of two that lie close together: it speaks for both, never for a third.
    for moment in ("2026-03-12 09:00", "2026-03-16 09:00", "2026-03-23 09:00"):
        due.draft_due(now=at(moment))
    (report,) = Report.objects.filter(referral=case, hearing__at__gt=at("2026-03-05 12:00"))
    assert (report.hearing, report.as_of) == (near, at("2026-03-12 03:00"))
    made = release(report=report, by=case.facilitator, now=at("2026-03-12 10:00"))
    assert shown("2026-03-23 23:00")[1:] == [(19, made.number, False), (24, made.number, False), (31, None, False)]
    # A correction takes its place; a report that was revoked is none.
    report = supersede.correct(release=made, what_changed="A date.", by=case.facilitator, now=at("2026-03-13 09:00"))
    right = release(
        report=report, by=case.facilitator, second=an_administrator(case.program), now=at("2026-03-13 10:00")
    )
    assert [number for _day, number, _late in shown("2026-03-23 23:00")] == [None, right.number, right.number, None]
    supersede.revoke(release=right, by=case.facilitator, now=at("2026-03-14 10:00"))
    supersede.revoke(release=made, by=case.facilitator, now=at("2026-03-14 10:00"))
    assert {number for _day, number, _late in shown("2026-03-23 23:00")} == {None}
    # Of a case that has ended none is to come.
    Referral.objects.filter(pk=case.pk).update(completed_at=at("2026-03-15 10:00"))
    assert not any(late for _day, _number, late in shown("2026-03-23 23:00"))


def test_without_a_profile_the_lead_is_the_policys_for_the_schedule_and_for_what_is_shown():
    court = a_court()
    CourtProfile.objects.filter(court=court).delete()
    case = an_enrolled_case(court=court, program=a_program_with_a_course(policy={"hearing_lead_days": 14}))
    hearing = a_hearing(case, "2026-03-19 12:00")
    (line,) = hearings.between(a_court_user(court), hearing.at.date(), hearing.at.date(), now=NOW).lines
    due.draft_due(now=at("2026-03-05 09:00"))
    assert Report.objects.get(hearing=hearing).owed_on == line.due_on == at("2026-03-05 12:00").date()


def test_a_month_with_more_than_a_page_goes_on_at_a_day_and_asks_few_questions(django_assert_num_queries):
    case = an_enrolled_case()
    clerk = a_court_user(case.court)
    for day in (3, 3, 4, 4, 5):
        a_hearing(case, f"2026-03-0{day} 09:00")
    first, last = at("2026-03-01 12:00").date(), at("2026-03-31 12:00").date()
    with django_assert_num_queries(2):
        shown = hearings.between(clerk, first, last, now=NOW, most=3)
    assert ([line.day.day for line in shown.lines], shown.rest_from and shown.rest_from.day) == ([3, 3], 4)
    rest = hearings.between(clerk, shown.rest_from, last, now=NOW, most=3)
    assert ([line.day.day for line in rest.lines], rest.rest_from) == ([4, 4, 5], None)


def test_the_page_of_a_month_stands_for_whatever_is_asked(signed_in):
    now = clock.now()
    case = an_enrolled_case(now=now - 30 * DAY)
    actions.add_hearing(referral=case, at=now + DAY, kind="Review", by=None, now=now - 20 * DAY)
    client = signed_in(a_court_user(case.court))
    month = (now + DAY).strftime("%Y-%m")
    page = client.get(reverse("court_hearings:month"), {"month": month}).content.decode()
    assert case.name in page
    assert case.case_number in page
    assert "Report is late" in page
    for odd in ("2026-13", "x", "0001-01", "9999-12", "-1"):
        assert client.get(reverse("court_hearings:month"), {"month": odd, "from": odd}).status_code == 200
    assert "1 hearing in the next 7 days" in client.get(reverse("reports_court:list")).content.decode()


def test_the_calendar_holds_case_numbers_and_no_names_and_its_address_can_be_revoked(signed_in, client):
    now = clock.now()
    case = an_enrolled_case(now=now - 30 * DAY, first_name="Unmistakable")
    for days in (-40, -1, 30):
        actions.add_hearing(referral=case, at=now + days * DAY, kind="About Unmistakable", by=None, now=now)
    clerk = a_court_user(case.court)
    reader = signed_in(clerk)
    assert reader.post(reverse("court_hearings:open_feed")).status_code == 302
    address = reverse("hearing_calendar:feed", args=[CourtDesk.objects.get().feed_key])
    assert address in reader.get(reverse("court_hearings:month")).content.decode()
    answer = client.get(address)
    told = Calendar.from_ical(answer.content)
    assert [str(event["SUMMARY"]) for event in told.walk("VEVENT")] == [f"Hearing: case {case.case_number}"] * 2
    assert b"nmistakable" not in answer.content
    assert case.last_name.encode() not in answer.content
    assert answer["Cache-Control"] == "private, no-store"
    # Another address, none, and a reader who left the court.
    reader.post(reverse("court_hearings:open_feed"))
    assert client.get(address).status_code == 404
    address = reverse("hearing_calendar:feed", args=[CourtDesk.objects.get().feed_key])
    assert client.get(address).status_code == 200
    membership = clerk.court_memberships.get()
    membership.delete()
    assert client.get(address).status_code == 404
    membership.save(force_insert=True)
    reader.post(reverse("court_hearings:close_feed"))
    assert client.get(address).status_code == 404
    assert client.get(reverse("hearing_calendar:feed", args=["None"])).status_code == 404
    kinds = Event.objects.filter(kind__startswith="court.calendar").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["court.calendar_opened", "court.calendar_opened", "court.calendar_closed"]


# New since last time.


def test_new_is_what_came_since_the_look_before_and_turning_a_page_is_the_same_look():
    clerk = a_court_user(a_court())
    assert desk.look(user=clerk, now=NOW) is None
    assert desk.look(user=clerk, now=NOW + timedelta(minutes=29)) is None
    assert desk.look(user=clerk, now=NOW + DAY) == NOW + timedelta(minutes=29)
    assert desk.look(user=clerk, now=NOW + DAY + timedelta(minutes=5)) == NOW + timedelta(minutes=29)


def test_the_list_says_how_many_are_new_to_this_reader(signed_in):
    now = clock.now()
    case = an_enrolled_case(now=now - 40 * DAY)
    a_release_of(case, Kind.ENROLLMENT, now=now - 30 * DAY)
    clerk, other = a_court_user(case.court), a_court_user(case.court)
    desk.look(user=clerk, now=now - 20 * DAY)
    new = a_release_of(case, Kind.PROGRESS, now=now - 10 * DAY)
    page = signed_in(clerk).get(reverse("reports_court:list")).content.decode()
    assert "1 new report since you last looked" in page
    assert page.count("status--attention") == 1
    assert "2 reports. From your next visit on" in signed_in(other).get(reverse("reports_court:list")).content.decode()
    pack = unzipped(signed_in(clerk).post(reverse("reports_court:pack"), {"what": "new"}))
    assert [row["number"] for row in json.loads(pack.read("manifest.json"))["reports"]] == [new.number]


# One person's reports.


def test_one_persons_reports_stand_in_order_with_what_each_determines_and_what_replaced_it(signed_in):
    case = a_case_in_track()
    first = a_release_of(case, Kind.ENROLLMENT, now=NOW - 20 * DAY)
    wrong = a_release_of(case, Kind.PROGRESS, now=NOW)
    report = supersede.correct(release=wrong, what_changed="A date.", by=case.facilitator, now=NOW + DAY)
    right = release(report=report, by=case.facilitator, second=an_administrator(case.program), now=NOW + DAY)
    a_draft_of(case, now=NOW + 2 * DAY)
    page = signed_in(a_court_user(case.court)).get(reverse("reports_court:of_case", args=[case.pk])).content.decode()
    places = [page.index(f"{row.number}</h3>") for row in (right, wrong, first)]
    assert places == sorted(places)
    assert f"Replaced by {right.number}" in page
    assert page.count("Replaced by") == 1
    facts = right.report.facts
    assert facts.determination is not None
    assert page.count('class="card case-report"') == 3
    assert f"This report replaces {wrong.number}" in page
    assert signed_in(a_court_user(a_court())).get(reverse("reports_court:of_case", args=[case.pk])).status_code == 404


# Many at once.


def test_a_pack_holds_what_was_chosen_and_a_true_manifest_and_each_is_on_the_ledger(signed_in, tmp_path):
    court = a_court()
    rows = [a_release_of(an_enrolled_case(court=court), Kind.ENROLLMENT, now=NOW + n * DAY) for n in range(3)]
    foreign = a_release_of(an_enrolled_case(court=a_court("Another")), Kind.ENROLLMENT, now=NOW)
    # The same number in two programs: neither hides the other.
    assert rows[0].file_name == rows[1].file_name
    supersede.revoke(release=rows[1], by=rows[1].released_by, now=NOW + 5 * DAY)
    heads.publish(now=NOW + 7 * DAY)
    wrong = rows[2]
    right = a_correction_of(wrong, now=NOW + 8 * DAY)
    clerk = a_court_user(court)
    chosen = [str(row.pk) for row in (*rows, foreign)]
    answer = signed_in(clerk).post(reverse("reports_court:pack"), {"what": "chosen", "chosen": chosen})
    assert answer.streaming
    with unzipped(answer) as pack:
        assert pack.testzip() is None
        told = json.loads(pack.read("manifest.json"))["reports"]
        table = list(csv.DictReader(io.StringIO(pack.read("manifest.csv").decode())))
        assert [{name: str(value) for name, value in row.items()} for row in told] == table
        assert sorted(row["status"] for row in told) == ["current", "revoked", "superseded"]
        proofs = [row["proof"] for row in told if row["proof"]]
        files = [*(row["file"] for row in told), *proofs, "manifest.csv", "manifest.json"]
        assert sorted(pack.namelist()) == sorted(files)
        # What was replaced lies apart, marked, and says by which; what is current, beside its proof.
        of = {row["status"]: row for row in told}
        assert {row["file"].partition("/")[0] for row in told} == {"replaced", "revoked", rows[0].program.slug}
        assert (of["superseded"]["superseded_by"], of["superseded"]["released_sha256"]) == (
            right.number,
            wrong.file_digest,
        )
        assert "SUPERSEDED" in text_of(pack.read(of["superseded"]["file"]), tmp_path)
        assert len(proofs) == 1
        assert "REVOKED" in text_of(pack.read(of["revoked"]["file"]), tmp_path)
        proof = json.loads(pack.read(of["current"]["proof"]))
        marks = amends_verify.marks_in("".join(published.lines()))
        assert amends_verify.judge(of["current"]["sha256"], proof, marks)[0] == amends_verify.GENUINE
        for row in told:
            assert hashlib.sha256(pack.read(row["file"])).hexdigest() == row["sha256"]
            assert row["case"] not in row["file"]
    opened = Delivery.objects.filter(by=clerk, step=Step.OPENED)
    assert set(opened.values_list("release", flat=True)) == {row.pk for row in rows}
    # Written after the request was over for its middleware, and still from where it came.
    assert set(Event.objects.filter(kind="report.opened", by=clerk).values_list("origin", flat=True)) == {
        "127.0.0.0/24"
    }


def test_nothing_chosen_and_too_many_are_said_in_words(signed_in, monkeypatch):
    court = a_court()
    rows = [a_release_of(an_enrolled_case(court=court), Kind.ENROLLMENT, now=NOW) for _ in range(2)]
    client = signed_in(a_court_user(court))
    monkeypatch.setattr(packing, "MOST", 1)
    for sent, said in (
        ({"what": "chosen"}, "Nothing was chosen."),
        ({}, "Nothing was chosen."),
        ({"what": "chosen", "chosen": "no-id"}, "Nothing was chosen."),
        ({"what": "chosen", "chosen": [str(row.pk) for row in rows]}, "at most 1 report"),
    ):
        assert said in client.post(reverse("reports_court:pack"), sent, follow=True).content.decode()
    assert not Delivery.objects.filter(step=Step.OPENED).exists()
    assert Release.objects.count() == 2


# Tokens.


def test_a_lead_makes_a_token_which_is_shown_once_and_revokes_it(signed_in):
    court = a_court()
    lead = a_court_lead(court)
    page = reverse("court_tokens:list")
    form = {"court": court.pk, "label": "Case management", "scopes": ["reports:read"], "days": "90"}
    late = signed_in(lead)
    assert "reauthenticate" in late.post(page, form)["Location"]
    assert not CourtToken.objects.exists()
    client = proved(signed_in(lead))
    shown = client.post(page, form)
    secret = shown.context["secret"]
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    listed = client.get(page).content.decode()
    assert "Case management" in listed
    assert secret not in listed
    system = Client(headers={"Authorization": f"Bearer {secret}"})
    assert system.get("/api/v1/reports").status_code == 200
    token = CourtToken.objects.get()
    assert (token.expires_at - token.made_at, token.made_by) == (90 * DAY, lead)
    revoke = reverse("court_tokens:revoke", args=[token.pk])
    assert proved(signed_in(a_court_lead(a_court()))).post(revoke).status_code == 404
    assert "reauthenticate" in late.post(revoke)["Location"]
    client.post(revoke)
    client.post(revoke)
    assert system.get("/api/v1/reports").status_code == 401
    kinds = Event.objects.filter(kind__startswith="court.token").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["court.token_made", "court.token_revoked"]


def test_tokens_are_for_who_answers_for_the_court(signed_in):
    court = a_court()
    referral = a_referral(court=court)
    page = reverse("court_tokens:list")
    for user, status in (
        (a_court_user(court), 404),
        (a_facilitator(referral.program), 404),
        (a_court_lead(court), 200),
        (an_administrator(referral.program), 200),
    ):
        assert signed_in(user).get(page).status_code == status
    # An account of a system is nobody whom a court's page or the team's names.
    proved(signed_in(a_court_lead(court))).post(
        page, {"court": court.pk, "label": "Unmistakable", "scopes": ["reports:read"], "days": "90"}
    )
    for user, address in (
        (a_court_lead(court), "referrals:court_members"),
        (an_administrator(referral.program), "referrals:team"),
    ):
        assert "Unmistakable" not in signed_in(user).get(reverse(address)).content.decode()
