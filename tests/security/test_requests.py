"""Requests that no page of ours sends: too large, too many, not text, not ours (T22, T24, T25; ASVS V2.4, V3.5, V4, V15.3)."""

import json
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lms import clock
from lms.people.models import User
from tests.builders import PASSWORD
from tests.conftest import sign_in_session
from tests.invariants.cuts import everything
from tests.invariants.test_08_everybody_reaches_only_their_own import APPS, Case
from tests.security.places import ACCOUNT, LISTS, SignIn, all_addresses, everyone

pytestmark = [pytest.mark.django_db, pytest.mark.either]

NOT_TEXT = {
    "NUL": b"a=b%00c",
    "broken UTF-8": b"a=%ff%fe%c0%80",
    "lone surrogate": b"a=%ed%a0%80",
    "overlong": b"a=%c0%af",
}


def own_addresses(case: Case, who: str) -> list[str]:
    whose = {"person": ("/learn/", "/check-ins/", "/my-reports/", "/agreements/", "/kept/"), "clerk": ("/court/",),
             "facilitator": ("/facilitate/",)}  # fmt: skip
    return [a for a in all_addresses(case) if a.startswith(whose.get(who, ("/none",)))]


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_read(signed_in: SignIn):
    client = signed_in(Case().facilitator)
    for address in ("/verify/", "/accounts/login/", "/facilitate/", "/nothing-here/"):
        response = client.generic("POST", address, b"x", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + 1))
        assert response.status_code == 413, address
        assert "too large" in response.content.decode()


def test_text_beyond_any_form_of_ours_is_refused(signed_in: SignIn):
    case = Case()
    client = signed_in(case.person)
    address = case.addresses()["learn:reflection"]
    response = client.post(address, {"text": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert response.status_code in (400, 413)
    assert "x" * 100 not in response.content.decode()


def test_thousands_of_fields_or_files_are_refused(signed_in: SignIn):
    case = Case()
    client = signed_in(case.person)
    many = "&".join(f"f{n}=1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    form = "application/x-www-form-urlencoded"
    for address in ("/verify/", "/accounts/login/", case.addresses()["check_ins:answer"]):
        assert client.post(address, many, content_type=form).status_code == 400, address
    files = {f"f{n}": SimpleUploadedFile("a.pdf", b"x") for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)}
    assert client.post("/verify/", files).status_code == 400


@pytest.mark.parametrize("what", NOT_TEXT)
def test_what_is_no_text_is_an_error_of_theirs_and_never_of_ours(signed_in: SignIn, what):
    """At every address, in the path, in the question and in each field of the form."""
    case = Case()
    raw = NOT_TEXT[what]
    tail = raw[2:].decode()
    broken = []
    for who, user in everyone(case).items():
        client = signed_in(user)
        client.raise_request_exception = False
        addresses = own_addresses(case, who) or ["/", "/verify/", "/accounts/password/reset/", "/authoring/"]
        fields = b"&".join(name + raw[1:] for name in FIELDS)
        for address in addresses:
            answers = [
                client.get(f"{address}?q={tail}&page={tail}&step={tail}&block={tail}&next={tail}&status={tail}&code={tail}"),
                client.get(f"{address}{tail}/"),
                client.post(address, fields, content_type="application/x-www-form-urlencoded"),
            ]  # fmt: skip
            broken += [(who, address, r.status_code) for r in answers if r.status_code >= 500]
            if what == "NUL" and answers[2].status_code not in (400, 404, 405, 302):
                broken.append((who, address, answers[2].status_code))
    assert broken == []


FIELDS = [name.encode() for name in (
    "q", "text", "words", "note", "reason", "code", "case_number", "digest", "login", "password", "email", "first_name",
    "last_name", "birth_year", "step", "viewing", "ticket", "begins", "here", "choice", "start", "later", "outcome", "help", "facilitator",
    "day", "time", "kind", "what_changed", "days", "ordered_by", "authority", "from_on", "to_on", "on", "named_by_order",
    "conditions_text", "court", "program", "language", "next", "mine", "final", "kept", "keep_only", "route",
)]  # fmt: skip


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "application/xml", "multipart/form-data",
                                          "multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=utf-16",
                                          "text/plain; charset=no-such", "", "x" * 2000])  # fmt: skip
def test_a_body_of_another_kind_changes_nothing_and_breaks_nothing(signed_in: SignIn, content_type):
    case = Case()
    before = everything(*[app for app in APPS if app not in ("courses_", "journal_")])
    client = signed_in(case.facilitator)
    client.raise_request_exception = False
    body = json.dumps({"reason": "work", "outcome": "accepted", "facilitator": str(case.facilitator.pk)})
    names = ("track_staff:excuse", "track_staff:review", "track_staff:toll", "track_staff:extend", "referrals:assign",
             "reports_staff:correct", "referrals:add_hearing")  # fmt: skip
    answers = [
        client.generic("POST", case.addresses()[name], body.encode(), content_type=content_type) for name in names
    ]
    assert [r.status_code for r in answers if r.status_code >= 500] == []
    assert everything(*[app for app in APPS if app not in ("courses_", "journal_")]) == before


def test_json_a_thousand_levels_deep_breaks_nothing(signed_in: SignIn):
    case = Case()
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    for who, user in everyone(case).items():
        client = signed_in(user)
        client.raise_request_exception = False
        for address in [*LISTS, *ACCOUNT, "/authoring/dismissibles/", "/authoring/account/", "/health/policy-report/",
                        "/accounts/2fa/webauthn/login/", "/accounts/2fa/webauthn/add/"]:  # fmt: skip
            response = client.generic("POST", address, deep, content_type="application/json")
            assert response.status_code < 500, (who, address, response.status_code)


def test_no_form_of_another_site_is_taken(signed_in: SignIn):
    """Every address that answers to POST, without our token, with a wrong one, and from a foreign page."""
    case = Case()
    people, taken = everyone(case), []
    before = everything(*APPS)
    variants = (
        ({}, {}),
        ({"csrfmiddlewaretoken": "x" * 64}, {}),
        ({}, {"origin": "https://evil.example", "referer": "https://evil.example/"}),
    )
    for turn, (who, user) in enumerate(people.items()):
        client = Client(enforce_csrf_checks=True)
        sign_in_session(client, user)
        for number, address in enumerate(all_addresses(case)):
            if address == "/health/policy-report/":
                continue
            extra, headers = variants[(number + turn) % len(variants)]
            response = client.post(address, {"reason": "work", **extra}, headers=headers)
            if response.status_code not in (403, 404):
                taken.append((who, address, response.status_code))
    # Health checks and pages for reading alone change nothing, with or without a token.
    assert [line for line in taken if line[2] != 405] == []
    assert everything(*APPS) == before
    assert User.objects.get(pk=case.person.pk).check_password(PASSWORD)


def test_nothing_is_changed_by_asking(signed_in: SignIn):
    """GET, HEAD and OPTIONS at every address that acts: no fact of a case is other than before."""
    case = Case()
    acting = ("invite", "assign", "add_hearing", "cancel_hearing", "message_settled", "message_again", "let_go",
              "turn_page", "reflection_draft", "scenario", "draft", "review", "excuse", "record", "helped", "toll",
              "extend", "add_commitment", "verify_commitment", "start", "refresh", "discard", "release", "correct",
              "acknowledge")  # fmt: skip
    addresses = [address for name, address in case.addresses().items() if name.rpartition(":")[2] in acting]
    addresses += ["/check-ins/calendar/renew/", "/learn/beat/", "/accounts/logout/", "/i18n/setlang/"]
    people = everyone(case)
    before = everything(*APPS)
    for user in people.values():
        client = signed_in(user)
        for address in addresses:
            for method in ("GET", "HEAD", "TRACE"):
                client.generic(method, address)
    assert everything(*APPS) == before


def test_methods_nobody_needs_are_refused(signed_in: SignIn):
    case = Case()
    answered = []
    for who, user in everyone(case).items():
        client = signed_in(user)
        for address in own_addresses(case, who):
            for method in ("TRACE", "PROPFIND", "DELETE"):
                response = client.generic(method, address)
                if response.status_code == 200 and method == "TRACE":
                    assert b"TRACE" not in response.content
                if response.status_code >= 500:
                    answered.append((who, address, method, response.status_code))
    assert answered == []


def test_the_same_name_twice_is_one_value_and_never_two_meanings(signed_in: SignIn):
    """Parameter pollution (ASVS v5.0.0-15.3.7): what stands in the address is not taken for what stands in the form."""
    case = Case()
    client = signed_in(case.facilitator)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    excuse = case.addresses()["track_staff:excuse"]
    client.post(f"{excuse}?reason=medical", {"reason": ""})
    case.open.refresh_from_db()
    assert case.open.excused_at is None
    login = Client().post(f"/accounts/login/?login={case.person.email}&password={PASSWORD}", {})
    assert login.status_code == 200
    client.post(excuse, "reason=nonsense&reason=medical", content_type="application/x-www-form-urlencoded")
    case.open.refresh_from_db()
    assert case.open.excused_reason == "medical"


def test_too_much_of_what_costs_us_something_is_answered_429(signed_in: SignIn):
    case = Case()
    clerk = everyone(case)["clerk"]
    client = signed_in(clerk)
    statuses = [client.post("/court/refer/", {}).status_code for _ in range(31)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    file = {"file": ("x.csv", BytesIO(b"x"))}
    statuses = [client.post("/court/refer/file/", {"text": "x", **file}).status_code for _ in range(11)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert client.get("/court/refer/").status_code == 200
    statuses = [Client().post("/verify/", {"code": "x"}).status_code for _ in range(31)]
    assert (statuses[0], statuses[-1]) == (200, 429)


def test_a_thousand_beats_a_second_earn_nothing_and_are_turned_away(signed_in: SignIn):
    from courses.actions import evidence
    from courses.models import ActiveTime, Enrollment

    case = Case()
    enrollment = Enrollment.objects.get(referral=case.referral)
    viewing = evidence.open_step(enrollment=enrollment, module=case.module, step=1, by=case.person, now=clock.now())
    client = signed_in(case.person)
    fields = {"viewing": str(viewing.pk), "ticket": viewing.ticket}
    statuses = [client.post(reverse("learn:beat"), fields).status_code for _ in range(60)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert sum(row.seconds for row in ActiveTime.objects.filter(enrollment=enrollment)) < 60
