"""The interface for a court's own systems: who gets in, what it does once, what it says when something is wrong."""

import hashlib
import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from court_reports import heads as published
from court_reports.actions import due, heads, once, supersede, tokens
from court_reports.actions.release import release
from court_reports.court_side import CourtToken, KeptAnswer, Scope
from court_reports.models import Delivery, Kind, Report, Step
from court_reports.standalone import amends_verify
from lms import clock, crypto
from lms.journal.models import Event
from lms.people.models import User
from lms.referrals.models import Court, Hearing, Referral
from tests.builders import a_court, a_court_lead, a_court_user, a_program, a_referral, an_administrator
from tests.court_reports.cases import a_correction_of, a_release_of, an_enrolled_case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
V1 = "/api/v1"
PERSON = {
    "first_name": "Robin", "last_name": "Newly", "birth_year": 1984, "stage": "pre_plea_diversion",
    "ordered_on": "2026-01-02", "case_number": "CR-2026-777", "conditions": ["Complete the course"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def a_token(court: Court, *scopes: str, **fields: Any) -> tuple[CourtToken, str]:
    fields = {"label": "Case system", "expires_at": clock.now() + 90 * DAY, "now": clock.now()} | fields
    by = fields.pop("by", None) or a_court_lead(court)
    return tokens.make(court=court, scopes=scopes or list(Scope.values), by=by, **fields)


class System:
    """A court's own system, with one token."""

    def __init__(self, court: Court, *scopes: str, **fields: Any) -> None:
        self.row, self.secret = a_token(court, *scopes, **fields)
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(V1 + path, headers=headers)

    def post(self, path: str, data: Any = None, key: str = "", **more: Any) -> HttpResponse:
        headers = {"Idempotency-Key": key} if key else {}
        kind = {"content_type": "application/json"} | more
        return self.client.post(V1 + path, data="" if data is None else data, headers=headers, **kind)


def problem(answer: HttpResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = json.loads(answer.content)
    assert said["status"] == status
    assert said["title"]
    return said


def pointers(answer: HttpResponse) -> list[str]:
    return [error["pointer"] for error in problem(answer, 422)["errors"]]


def in_days(days: int) -> str:
    return (clock.now() + days * DAY).replace(microsecond=0).isoformat()


# Who gets in.


def test_without_a_live_token_every_address_says_401_and_a_session_opens_nothing(signed_in):
    court = a_court()
    lead = a_court_lead(court)
    expired = System(court, by=lead, now=clock.now() - 100 * DAY, expires_at=clock.now() - DAY)
    revoked = System(court, by=lead)
    tokens.revoke(token=revoked.row, by=lead, now=clock.now())
    made_up = Client(headers={"Authorization": f"Bearer {tokens.PREFIX}made-up"})
    basic = Client(headers={"Authorization": "Basic Y2xlcms6cGFzcw=="})
    for client in (Client(), signed_in(lead), expired.client, revoked.client, made_up, basic):
        for path in ("/programs", "/reports", f"/reports/{uuid4()}/file"):
            answer = client.get(V1 + path)
            problem(answer, 401)
            assert answer["WWW-Authenticate"].startswith("Bearer")
        problem(client.post(f"{V1}/referrals", PERSON, content_type="application/json"), 401)
    assert not Referral.objects.exists()


def test_a_token_opens_its_scopes_and_no_more():
    gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=clock.now())
    case = gone.report.referral
    lead = a_court_lead(case.court)
    ways = {
        Scope.REFERRALS_WRITE: [("POST", "/referrals", PERSON | {"program": case.program.slug})],
        Scope.HEARINGS_WRITE: [("POST", f"/referrals/{case.pk}/hearings", {"at": in_days(30)})],
        Scope.REPORTS_READ: [
            ("GET", "/reports", None),
            ("GET", f"/reports/{gone.pk}/facts", None),
            ("GET", f"/reports/{gone.pk}/proof", None),
        ],
        Scope.REPORTS_ACKNOWLEDGE: [("POST", f"/reports/{gone.pk}/acknowledge", None)],
    }
    for scope in ways:
        system = System(case.court, scope, by=lead)
        for asked, addresses in ways.items():
            for method, path, data in addresses:
                answer = system.get(path) if method == "GET" else system.post(path, data)
                if asked == scope:
                    assert answer.status_code in (200, 201), (scope, path, answer.content)
                else:
                    assert asked in problem(answer, 403)["detail"]


def test_another_courts_things_and_what_never_was_answer_alike():
    gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=clock.now())
    case = gone.report.referral
    hearing = Hearing.objects.create(referral=case, at=clock.now() + DAY, recorded_at=clock.now())
    other = System(a_court("Another court"))
    answers = []
    for report, referral, date in ((gone.pk, case.pk, hearing.pk), (uuid4(), uuid4(), uuid4())):
        for path in (
            f"/referrals/{referral}",
            f"/reports/{report}",
            f"/reports/{report}/facts",
            f"/reports/{report}/file",
            f"/reports/{report}/proof",
        ):
            answers.append(problem(other.get(path), 404))
        answers.append(problem(other.post(f"/referrals/{referral}/hearings", {"at": in_days(9)}), 404))
        answers.append(problem(other.post(f"/hearings/{date}/move", {"at": in_days(9)}), 404))
        answers.append(problem(other.post(f"/hearings/{date}/cancel"), 404))
        answers.append(problem(other.post(f"/reports/{report}/acknowledge", key="k"), 404))
    assert len({json.dumps(answer) for answer in answers}) == 1
    assert other.get("/reports").json() == {"reports": [], "next": "0", "more": False}
    assert not Delivery.objects.filter(by=other.row.account).exists()
    assert not KeptAnswer.objects.exists()


def test_of_a_sealed_case_there_is_nothing():
    gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=clock.now())
    system = System(gone.report.referral.court)
    Referral.objects.filter(pk=gone.report.referral_id).update(sealed_at=clock.now())
    assert system.get("/reports").json()["reports"] == []
    problem(system.get(f"/reports/{gone.pk}/file"), 404)
    problem(system.get(f"/reports/{gone.pk}/proof"), 404)
    problem(system.get(f"/referrals/{gone.report.referral_id}"), 404)


# Writing.


def test_a_referral_is_received_once_by_the_same_rules_as_the_form_and_the_journal_says_by_which_token():
    program, court = a_program(), a_court()
    system = System(court)
    sent = PERSON | {"program": program.slug}
    answer = system.post("/referrals", sent)
    assert answer.status_code == 201
    row = Referral.objects.get()
    assert answer.json() == {
        "id": str(row.pk), "program": program.slug, "case_number": "CR-2026-777", "reference": "", "status": "received",
        "moments": {"received": answer.json()["moments"]["received"]}, "complete_by": None, "hearings": [],
    }  # fmt: skip
    assert (row.court, row.name, row.conditions) == (court, "Robin Newly", ["Complete the course"])
    assert system.get(f"/referrals/{row.pk}").json() == answer.json()
    said = problem(system.post("/referrals", sent), 409)
    assert said["errors"][0]["pointer"] == "#/case_number"
    event = Event.objects.get(kind="referral.received")
    assert event.by == row.received_by == system.row.account
    assert event.origin == f"token {system.row.pk.hex[:12]}"
    assert CourtToken.objects.get().last_used_at is not None


def test_what_is_wrong_is_named():
    program, court = a_program(), a_court()
    system = System(court)
    good = PERSON | {"program": program.slug}
    assert pointers(system.post("/referrals", good | {"birth_year": "1984", "favorite_color": "red", "stage": "x"})) == [
        "#/stage", "#/birth_year", "#/favorite_color"
    ]  # fmt: skip
    several = system.post("/referrals", good | {"ordered_on": "2999-01-01", "zone": "Nowhere/At_all"})
    assert set(pointers(several)) == {"#/ordered_on", "#/zone"}
    assert pointers(system.post("/referrals", good | {"program": "no-such"})) == ["#/program"]
    assert pointers(system.post("/referrals", good | {"case_number": ""})) == ["#/case_number"]
    assert pointers(system.post("/referrals", good | {"conditions": ["FBI 123456"]})) == ["#/conditions"]
    assert pointers(system.post("/referrals", good | {"conditions": ["two\nlines"]})) == ["#/conditions/0"]
    assert pointers(system.post("/referrals", good | {"first_name": "a\x00b"})) == ["#/first_name"]
    assert pointers(system.post("/referrals", {})) == [
        "#/program", "#/stage", "#/ordered_on", "#/first_name", "#/last_name", "#/birth_year"
    ]  # fmt: skip
    assert pointers(system.get("/reports?limit=0&after=x")) == ["?after", "?limit"]
    assert pointers(system.get("/reports?limt=5")) == ["?limt"]
    for text in ("{", "[1", '{"a":1,"a":2}', '{"birth_year":NaN}', '{"first_name":"\\ud800"}', b"\xff", "[" * 50_000):
        problem(system.post("/referrals", text), 400)
    problem(system.post("/referrals", '{"first_name":"' + "x" * 70_000 + '"}'), 413)
    problem(system.post("/referrals", "a=b", content_type="application/x-www-form-urlencoded"), 415)
    assert not Referral.objects.exists()


def test_what_stands_before_the_interface_answers_in_its_shape_too():
    system = System(a_court())
    for method in ("put", "delete", "patch", "options"):
        answer = getattr(system.client, method)(f"{V1}/reports")
        problem(answer, 405)
        assert "GET" in answer["Allow"]
    assert "POST" in system.get(f"/hearings/{uuid4()}/move")["Allow"]
    problem(system.get("/nowhere"), 404)
    problem(system.get("/"), 404)
    problem(system.get("/reports?after=%00"), 400)
    problem(Client(headers={"Sec-Fetch-Site": "cross-site"}).get(f"{V1}/reports"), 403)
    told = Client().get(f"{V1}/openapi.json")
    assert told.json()["openapi"].startswith("3.1")
    assert "Access-Control-Allow-Origin" not in told


def test_a_hearing_is_added_moved_and_cancelled_as_staff_would():
    case = an_enrolled_case()
    system = System(case.court)
    first = system.post(f"/referrals/{case.pk}/hearings", {"at": "2099-01-05T09:30:00", "kind": "Review"})
    assert pointers(first) == ["#/at"]
    assert pointers(system.post(f"/referrals/{case.pk}/hearings", {"at": 4070908800})) == ["#/at"]
    assert pointers(system.post(f"/referrals/{case.pk}/hearings", {"at": in_days(-1)})) == ["#/at"]
    at = in_days(40)
    added = system.post(f"/referrals/{case.pk}/hearings", {"at": at, "kind": "Review"})
    assert added.status_code == 201
    problem(system.post(f"/referrals/{case.pk}/hearings", {"at": at}), 409)
    moved = system.post(f"/hearings/{added.json()['id']}/move", {"at": in_days(50)})
    assert moved.status_code == 201
    assert (moved.json()["kind"], moved.json()["cancelled"]) == ("Review", False)
    problem(system.post(f"/hearings/{added.json()['id']}/move", {"at": in_days(60)}), 409)
    assert system.post(f"/hearings/{moved.json()['id']}/cancel").json()["cancelled"]
    assert [each["cancelled"] for each in system.get(f"/referrals/{case.pk}").json()["hearings"]] == [True, True]
    kinds = Event.objects.filter(kind__startswith="referral.hearing").order_by("id").values_list("kind", flat=True)
    assert [kind.removeprefix("referral.hearing_") for kind in kinds] == ["added", "cancelled", "added", "cancelled"]
    Referral.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    problem(system.post(f"/referrals/{case.pk}/hearings", {"at": in_days(80)}), 409)


# Once.


def test_the_same_key_has_one_effect_and_one_answer_and_another_request_under_it_is_refused():
    program, court = a_program(), a_court()
    system = System(court)
    sent = PERSON | {"program": program.slug}
    problem(system.post("/referrals", sent | {"birth_year": 2020}, key="order 66".replace(" ", "-")), 422)
    first = system.post("/referrals", sent, key="order-66")
    again = system.post("/referrals", sent, key="order-66")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Referral.objects.count() == Event.objects.filter(kind="referral.received").count() == 1
    problem(system.post("/referrals", sent | {"case_number": "CR-2"}, key="order-66"), 422)
    assert pointers(system.post("/referrals", sent, key="x" * 101)) == ["?Idempotency-Key"]
    # Another token's keys are its own.
    assert System(a_court()).post("/referrals", sent, key="order-66").status_code == 201
    # What is kept says nothing without its key, and goes after a day.
    kept = KeptAnswer.objects.get(token=system.row)
    assert b"CR-2026-777" not in bytes(kept.sealed_answer)
    assert once.forget_old(now=clock.now() + once.KEPT_FOR) == 2
    assert not KeptAnswer.objects.exists()


def test_a_kept_answer_of_a_case_that_was_forgotten_is_gone_with_it():
    program, court = a_program(), a_court()
    system = System(court)
    sent = PERSON | {"program": program.slug}
    system.post("/referrals", sent, key="k")
    crypto.destroy_subject(Referral.objects.get().pk, now=clock.now())
    problem(system.post("/referrals", sent, key="k"), 404)
    assert Referral.objects.count() == 1, "nor was it sent anew"


# Reading.


def test_reports_are_listed_without_a_gap_fetched_with_their_digest_and_acknowledged_on_the_ledger():
    now = clock.now()
    case = an_enrolled_case(now=now - 40 * DAY)
    first = a_release_of(case, Kind.ENROLLMENT, now=now - 30 * DAY)
    second = a_release_of(case, Kind.PROGRESS, now=now - 10 * DAY)
    a_release_of(an_enrolled_case(court=a_court("Another court")), Kind.ENROLLMENT, now=now)
    system = System(case.court)
    one = system.get("/reports?limit=1").json()
    assert ([row["number"] for row in one["reports"]], one["more"]) == ([first.number], True)
    two = system.get(f"/reports?limit=1&after={one['next']}").json()
    assert ([row["number"] for row in two["reports"]], two["more"]) == ([second.number], False)
    assert system.get(f"/reports?after={two['next']}").json() == {"reports": [], "next": two["next"], "more": False}

    file = system.get(f"/reports/{second.pk}/file")
    assert file["Content-Type"] == "application/pdf"
    assert file["ETag"] == f'"{second.file_digest}"'
    assert file["Repr-Digest"] == f"sha-256=:{b64encode(hashlib.sha256(file.content).digest()).decode()}:"
    assert hashlib.sha256(file.content).hexdigest() == second.file_digest == two["reports"][0]["sha256"]
    assert system.get(f"/reports/{second.pk}/file", **{"If-None-Match": file["ETag"]}).status_code == 304
    facts = system.get(f"/reports/{second.pk}/facts").json()
    assert facts["caption"]["case_number"] == case.case_number
    receipt = system.post(f"/reports/{second.pk}/acknowledge")
    assert system.post(f"/reports/{second.pk}/acknowledge").json() == receipt.json()
    assert system.get(f"/reports/{second.pk}").json()["acknowledged"]
    steps = list(Delivery.objects.filter(by=system.row.account).order_by("at").values_list("step", "release"))
    assert steps == [(step, second.pk) for step in (Step.OPENED, Step.OPENED, Step.ACKNOWLEDGED)]
    assert Event.objects.filter(kind="report.opened", origin=system.row.origin).count() == 2


def test_whoever_goes_on_learns_what_was_replaced_or_revoked_and_each_answer_says_how_it_stands():
    now = clock.now()
    case = an_enrolled_case(now=now - 40 * DAY)
    first = a_release_of(case, Kind.ENROLLMENT, now=now - 30 * DAY)
    system = System(case.court)
    seen = system.get("/reports").json()["next"]
    right = a_correction_of(first, now=now - 2 * DAY)
    told = system.get(f"/reports?after={seen}").json()
    assert [(row["number"], row["change"], row["status"]) for row in told["reports"]] == [
        (right.number, "issued", "current"), (first.number, "replaced", "superseded"),
    ]  # fmt: skip
    new, old = told["reports"]
    assert (new["supersedes"], old["superseded_by"]) == (old["id"], new["id"]) == (str(first.pk), str(right.pk))
    supersede.revoke(release=right, by=case.facilitator, now=now - DAY)
    again = system.get(f"/reports?after={told['next']}").json()
    assert [(row["id"], row["change"], row["status"]) for row in again["reports"]] == [
        (new["id"], "revoked", "revoked")
    ]
    assert [row["status"] for row in system.get("/reports").json()["reports"]] == ["superseded", "revoked"] * 2
    # Page by page there is the same, whatever the page holds.
    one_by_one, after = [], "0"
    while (page := system.get(f"/reports?limit=1&after={after}").json())["reports"]:
        one_by_one += page["reports"]
        after = page["next"]
    assert one_by_one == system.get("/reports").json()["reports"]
    for row, status, by, replaces in ((first, "superseded", right, None), (right, "revoked", None, first)):
        unchanged = {"If-None-Match": f'"{row.file_digest}"'}
        for what, headers in (("file", {}), ("file", unchanged), ("facts", {}), ("proof", {})):
            answer = system.get(f"/reports/{row.pk}/{what}", **headers)
            assert answer.status_code == (304 if headers else 200)
            assert answer["Report-Status"] == status
            assert answer.get("Report-Superseded-By") == (by and str(by.pk))
            assert answer.get("Report-Supersedes") == (replaces and str(replaces.pk))
    assert system.get(f"/reports/{right.pk}/proof").json()["head"]["day"] is None
    heads.publish(now=now)
    proof, marks = system.get(f"/reports/{right.pk}/proof").json(), "".join(published.lines())
    assert amends_verify.judge(right.file_digest, proof, amends_verify.marks_in(marks))[0] == amends_verify.REVOKED


def test_a_hearing_says_by_when_its_report_comes_and_which_it_is():
    case = an_enrolled_case(now=clock.now() - 40 * DAY)
    system = System(case.court)
    near = system.post(f"/referrals/{case.pk}/hearings", {"at": in_days(20)}).json()
    close = system.post(f"/referrals/{case.pk}/hearings", {"at": in_days(22)}).json()
    assert (near["report"], near["report_due_on"] < near["at"]) == (None, True)
    drafted = clock.now() + 14 * DAY
    due.draft_due(now=drafted)
    report = Report.objects.get(hearing=near["id"])
    gone = release(report=report, by=case.facilitator, now=drafted)
    told = system.get(f"/referrals/{case.pk}").json()["hearings"]
    assert [(each["id"], each["report"]) for each in told] == [(near["id"], str(gone.pk)), (close["id"], str(gone.pk))]
    assert system.post(f"/hearings/{near['id']}/cancel").json()["report_due_on"] is None


def test_more_calls_than_a_minute_holds_wait(settings):
    settings.API_CALLS_A_MINUTE = 3
    system, other = System(a_court()), System(a_court())
    left = [system.get("/programs")["RateLimit"].split(";")[1] for _ in range(3)]
    late = system.get("/programs")
    # The minute may turn within the test: then nothing was left out, only counted anew.
    if left == ["r=2", "r=1", "r=0"] and late.status_code != 200:
        problem(late, 429)
        assert 0 < int(late["Retry-After"]) <= 60
        assert late["RateLimit-Policy"] == '"minute";q=3;w=60'
    else:
        assert any(answer in left for answer in ("r=2",))
    assert other.get("/programs").status_code == 200


# Making one.


def test_only_who_answers_for_a_court_makes_its_token_and_it_is_kept_as_a_digest():
    court, program = a_court(), a_program()
    a_referral(program=program, court=court)
    for by in (a_court_user(court), a_court_lead(a_court()), an_administrator(a_program())):
        with pytest.raises(tokens.NotAllowed):
            a_token(court, by=by)
    row, secret = a_token(court, Scope.REPORTS_READ, by=an_administrator(program))
    assert (row.scopes, len(secret) > 40) == ([Scope.REPORTS_READ], True)
    assert secret not in json.dumps(list(CourtToken.objects.values()), default=str)
    assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
    with pytest.raises(tokens.WrongScopes):
        a_token(court, "reports:write")
    with pytest.raises(tokens.TooLong):
        a_token(court, expires_at=clock.now() + 400 * DAY)
    event = Event.objects.get(kind="court.token_made")
    assert (event.on_id, event.data["scopes"]) == (str(row.pk), ["reports:read"])
    # Its account signs nobody in, and is a member of nothing.
    account = User.objects.get(pk=row.account_id)
    assert not account.is_active
    assert not account.has_usable_password()
    assert not account.court_memberships.exists()
    assert reverse("api:openapi-json") == f"{V1}/openapi.json"


# Much at once, for real: threads, connections and commits of their own.


@pytest.mark.django_db(transaction=True)
def test_the_same_key_sent_five_times_at_once_has_one_effect():
    program, court = a_program(), a_court()
    system = System(court)
    sent = PERSON | {"program": program.slug}
    together = Barrier(5)

    def send() -> tuple[int, str]:
        try:
            together.wait(20)
            answer = Client(headers={"Authorization": f"Bearer {system.secret}"}).post(
                f"{V1}/referrals", sent, content_type="application/json", headers={"Idempotency-Key": "at-once"}
            )
            return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = [each.result() for each in [pool.submit(send) for _ in range(5)]]
    assert set(answers) == {(201, str(Referral.objects.get().pk))}
    assert Event.objects.filter(kind="referral.received").count() == KeptAnswer.objects.count() == 1
