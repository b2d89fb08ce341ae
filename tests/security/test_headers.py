"""What every answer says to the browser, at every address, for every kind of account (ASVS V3.4, T2, T9, T24)."""

import pytest
from django.test import Client

from tests.builders import an_author
from tests.invariants.test_08_everybody_reaches_only_their_own import Case
from tests.security.places import AUTHORING, OPEN, SignIn, all_addresses, everyone

pytestmark = [pytest.mark.django_db, pytest.mark.either]

STRICT = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "media-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'",
    "report-uri /health/policy-report/",
}  # fmt: skip
FILE = {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"}
QR_PAGE = "/accounts/2fa/totp/activate/"


def faults(address: str, response) -> list[str]:
    """What is wrong with the headers of an answer."""
    found = [] if response.get("X-Content-Type-Options") == "nosniff" else ["nosniff"]
    if response.get("Referrer-Policy") != "same-origin":
        found.append("referrer")
    if response.get("Cross-Origin-Opener-Policy") != "same-origin":
        found.append("opener")
    if response.get("Cross-Origin-Resource-Policy") != "same-origin":
        found.append("resource policy")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("permissions")
    if "Access-Control-Allow-Origin" in response or "Server" in response or "X-Powered-By" in response:
        found.append("tells too much")
    if response.get("Content-Type", "").startswith("text/") and "charset=utf-8" not in response["Content-Type"]:
        found.append("charset")
    return found + _policy_faults(address, response)


def _policy_faults(address: str, response) -> list[str]:
    directives = {part.strip() for part in response.get("Content-Security-Policy", "").split(";")}
    authoring = address.startswith("/authoring/") and response.status_code == 200
    missing = STRICT - directives
    if authoring and "sandbox" not in directives:
        # Wagtail's editor has scripts and styles of its own within the page: the one place where they may be.
        missing -= {"script-src 'self'", "style-src 'self'", "img-src 'self'", "frame-ancestors 'none'"}
        return [f"policy lacks {sorted(missing)}"] if missing else []
    if "Content-Disposition" in response and "sandbox" in directives:
        # A file that somebody stored: the browser runs and loads nothing of it at all, so it needs no leave for anything.
        missing = FILE - directives
    if address == QR_PAGE:
        missing -= {"img-src 'self'"}
    if address.startswith("/authoring/") and not authoring:
        return []  # a redirect or an error page of that place: nothing of ours is in it
    unsafe = [word for word in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*") if word in str(directives)]
    framing = [] if response.get("X-Frame-Options") == "DENY" else ["framing"]
    return ([f"policy lacks {sorted(missing)}"] if missing else []) + unsafe + framing


def test_every_address_says_so_to_everybody(signed_in: SignIn):
    case = Case()
    wrong = []
    clients = {"nobody": Client()} | {who: signed_in(user) for who, user in everyone(case).items()}
    for who, client in clients.items():
        for address in all_addresses(case):
            if address == "/accounts/logout/":
                continue
            response = client.get(address)
            wrong += [(who, address, response.status_code, fault) for fault in faults(address, response)]
            if who != "nobody" and "no-store" not in response.get("Cache-Control", ""):
                wrong.append((who, address, response.status_code, "kept by the browser"))
    assert wrong == []


def test_no_script_and_no_style_stands_within_a_page_of_ours(signed_in: SignIn):
    """The policy would refuse it; a page that needed it would be broken."""
    case = Case()
    inline = []
    for who, user in everyone(case).items():
        client = signed_in(user)
        for address in all_addresses(case):
            if address.startswith("/authoring/") or address == "/accounts/logout/":
                continue
            response = client.get(address)
            if response.get("Content-Type", "").startswith("text/html"):
                page = response.content.decode()
                for sign in ("<style", ' style="', " onclick=", " onload=", " onsubmit=", "javascript:", "<script>"):
                    if sign in page:
                        inline.append((who, address, sign))
    assert inline == []


def test_signing_out_clears_what_the_browser_kept(signed_in: SignIn):
    case = Case()
    client = signed_in(case.person)
    assert "Clear-Site-Data" not in client.get("/")
    response = client.post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in response["Cache-Control"]
    assert client.get("/learn/").status_code == 302


def test_a_session_that_ran_out_clears_it_too(signed_in: SignIn):
    client = signed_in(Case().person)
    client.get("/learn/")
    session = client.session
    session["session_began"] = session["session_seen"] = 0
    session.save()
    response = client.get("/learn/")
    assert response.status_code == 302
    assert response["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("site, mode, dest, verdict", [
    ("cross-site", "no-cors", "image", 403),
    ("cross-site", "no-cors", "script", 403),
    ("cross-site", "cors", "empty", 403),
    ("cross-site", "navigate", "iframe", 403),
    ("cross-site", "navigate", "object", 403),
    ("same-site", "no-cors", "video", 403),
    ("cross-site", "navigate", "document", 200),
    ("same-origin", "cors", "empty", 200),
    ("none", "navigate", "document", 200),
])  # fmt: skip
def test_another_site_loads_nothing_of_ours_into_its_pages(signed_in: SignIn, site, mode, dest, verdict):
    case = Case()
    asks = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    client = signed_in(case.person)
    assert client.get(case.addresses()["my_reports:download"], headers=asks).status_code == verdict
    assert client.get("/learn/", headers=asks).status_code == verdict


def test_nothing_is_kept_in_the_browser_by_a_script_of_ours():
    from django.conf import settings

    scripts = "".join(path.read_text() for path in (settings.BASE_DIR / "lms" / "static" / "js").glob("*.js"))
    assert len(scripts) > 1000
    stores = ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.open", "innerHTML", "eval(")
    assert [name for name in stores if name in scripts] == []


def test_a_missing_file_below_a_private_page_is_no_private_page(signed_in: SignIn):
    """Cache deception: a name that looks like a style sheet must not answer with somebody's page."""
    case = Case()
    client = signed_in(case.person)
    for address in ("/learn/x.css", "/my-reports/x.js", "/learn/%2e%2e/x.css", "/learn/;x.css", "/check-ins/x.png",
                    f"{case.addresses()['learn:module']}x.css", "/learn.css"):  # fmt: skip
        response = client.get(address)
        assert response.status_code == 404, address
        assert case.person.last_name not in response.content.decode()


def test_the_outsider_is_not_told_where_authors_work(signed_in: SignIn):
    """Below it, what does not exist is 404 for anybody who has not the key, signed in or not."""
    case = Case()
    nobody, learner = Client(), signed_in(case.person)
    assert [nobody.get(f"/authoring/{path}").status_code for path in ("nothing/", "users/", "wp-admin/x/")] == [404] * 3
    assert [learner.get(address).status_code for address in AUTHORING] == [404] * len(AUTHORING)


def test_accounts_and_roles_have_no_second_door_in_the_admin(signed_in: SignIn):
    from tests.builders import an_administrator

    case = Case()
    for user in (an_administrator(case.program), an_author(case.program)):
        client = signed_in(user)
        for path in ("users/", "users/new/", "groups/", "groups/new/", "failwhale/", "dismissibles/", "password_reset/",
                     f"users/edit/{case.person.pk}/", f"users/delete/{case.person.pk}/"):  # fmt: skip
            assert client.get(f"/authoring/{path}").status_code == 404, path
            assert client.post(f"/authoring/{path}").status_code == 404, path


def test_an_author_types_no_name_and_shows_no_face_in_the_admin(signed_in: SignIn):
    from io import BytesIO

    author = an_author(Case().program)
    client = signed_in(author)
    page = client.get("/authoring/account/").content.decode()
    assert "theme-theme" in page
    for field in ("name_email-first_name", "name_email-last_name", "name_email-email", "avatar-avatar", "password-"):
        assert field not in page
    client.post("/authoring/account/", {
        "name_email-first_name": "Maria", "name_email-last_name": "Secretova", "name_email-email": "m@real.example",
        "avatar-avatar": BytesIO(b"GIF89a"), "theme-theme": "dark", "locale-preferred_language": "en",
        "theme-density": "default", "theme-contrast": "system", "theme-keyboard_shortcuts": "on",
    })  # fmt: skip
    author.refresh_from_db()
    assert (author.first_name, author.last_name, author.email) == ("", "", None)
    assert not getattr(author, "wagtail_userprofile", None) or not author.wagtail_userprofile.avatar


def test_a_broken_policy_is_told_and_nothing_of_the_page_is_kept(caplog):
    client = Client(enforce_csrf_checks=True)
    told = '{"csp-report": {"document-uri": "https://x/learn/secret-page", "effective-directive": "%s"}}'
    address = "/health/policy-report/"
    for word, said in (("script-src-elem", "script-src-elem"), ("no\\nsuch", "unknown")):
        assert client.post(address, told % word, content_type="application/csp-report").status_code == 204
        assert caplog.messages[-1] == f"a page broke its policy: {said}"
    for body in (b" ", b"[]", b"\xff", b"[" * 15000, b'{"csp-report": 7}'):
        caplog.clear()
        assert client.post(address, body, content_type="application/csp-report").status_code == 204
        assert caplog.messages == ["a page broke its policy: unreadable"]
    caplog.clear()
    for body, kind in (
        (b"", "application/csp-report"),
        (told.encode(), "text/plain"),
        (b"x" * 20_001, "application/json"),
    ):
        assert client.post(address, body, content_type=kind).status_code == 204
    assert [line for line in caplog.messages if "policy" in line] == []
    assert "secret-page" not in caplog.text
    statuses = {client.post(address, b"x", content_type="application/csp-report").status_code for _ in range(30)}
    assert 429 in statuses
    assert client.get(address).status_code == 405


def test_pages_for_anyone_need_no_account():
    assert [Client().get(address).status_code for address in OPEN if address not in ("/nothing-here/", "/learn/x.css", "/invitations/no-such-key/")] == [200] * (len(OPEN) - 3)  # fmt: skip
