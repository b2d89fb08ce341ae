"""What a stranger can learn, forge or break at /verify/ (T15, T17, T18)."""

import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from court_reports import signing, snapshot, storage, verification
from court_reports.models import Kind, Release
from court_reports.verification import Answer
from lms import crypto
from tests.builders import JANUARY
from tests.court_reports.cases import a_release_of, an_enrolled_case

pytestmark = pytest.mark.django_db
NOW = JANUARY + timedelta(hours=1)


@pytest.fixture
def released() -> Release:
    return a_release_of(an_enrolled_case(last_name="Unmistakable"), Kind.ENROLLMENT, now=NOW)


def bytes_of(release: Release) -> bytes:
    return storage.read(release.file_digest, subject=release.report.referral_id)


def ask(**fields: object) -> str:
    response = Client().post("/verify/", fields)
    assert response.status_code == 200
    return response.content.decode()


def changed(data: bytes) -> dict[str, bytes]:
    """What a forger does to a file: each leaves something a reader would still open."""
    found = {
        "appended": data + b"\n% later",
        "a byte at the end": data[:-2],
        "an update": data + b"\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n",
        "the text": data.replace(b"/Type /Page", b"/Type /Pagf", 1) if b"/Type /Page" in data else data[:500] + b"x" + data[501:],
    }  # fmt: skip
    for name in ("a page more", "its metadata", "its attachment", "saved anew"):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if name == "a page more":
                pdf.add_blank_page()
            elif name == "its metadata":
                pdf.docinfo["/Title"] = "Another"
            elif name == "its attachment":
                pdf.attachments["facts.json"] = b"{}"
            out = io.BytesIO()
            pdf.save(out)
            found[name] = out.getvalue()
    return found


def test_whatever_was_done_to_a_file_it_is_not_the_report_any_more(released):
    data = bytes_of(released)
    assert verification.check(digest=sha256(data).hexdigest()).answer == Answer.CURRENT
    code = released.issue.code
    for name, forged in changed(data).items():
        digest = sha256(forged).hexdigest()
        assert forged != data, name
        assert verification.check(digest=digest).answer == Answer.UNKNOWN, name
        assert verification.check(digest=digest, code=code).answer == Answer.ALTERED, name
        found = signing.verify(forged, at=NOW) if b"/ByteRange" in forged else None
        assert found is None or not found.good, name


def test_the_code_of_another_report_does_not_vouch_for_this_file(released):
    other = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    mine = bytes_of(released)
    assert verification.check(code=other.issue.code, digest=sha256(mine).hexdigest()).answer == Answer.ALTERED


def test_guessing_codes_finds_nothing_and_is_stopped(released, settings):
    """Two thousand guesses find nothing, nor does any code that is one sign off; one address gets thirty a minute.

    More guesses would prove no more: a code has 24 signs of 30, and what stops the guessing is the limit.
    """
    import secrets

    alphabet = sorted(set(released.issue.code) - {"-"} | set("ABCDEFGHJKMNPQRSTVWXYZ23456789"))
    guesses = ("".join(secrets.choice(alphabet) for _ in range(24)) for _ in range(2000))
    answers = {verification.check(code=guess).answer for guess in guesses}
    assert answers <= {Answer.UNKNOWN, Answer.MISTYPED}
    code = released.issue.code.replace("-", "")
    near = [code[:i] + ("2" if code[i] != "2" else "3") + code[i + 1 :] for i in range(len(code))]
    assert {verification.check(code=guess).answer for guess in near} <= {Answer.UNKNOWN, Answer.MISTYPED}
    statuses = [Client().post("/verify/", {"code": guess}).status_code for guess in near + near][:40]
    assert statuses[-1] == 429


def test_an_answer_names_nobody_and_no_court_without_the_case_number(released):
    referral = released.report.referral
    page = ask(code=released.issue.code)
    assert released.number in page
    for word in ("Unmistakable", referral.first_name, referral.case_number, referral.court.name, referral.email):
        assert word not in page
    wrong = ask(code=released.issue.code, case_number="CR-0000")
    assert "Unmistakable" not in wrong
    assert "Unmistakable" in ask(code=released.issue.code, case_number=referral.case_number)


def test_a_sealed_report_answers_as_an_unknown_one(released):
    """Byte for byte, by code, by code and case number, and by file."""
    import re

    data, code, number = bytes_of(released), released.issue.code, released.report.referral.case_number
    crypto.seal_subject(released.report.referral.subject, now=NOW)

    def plain(page: str, *typed: str) -> str:
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
        for word in typed:
            page = page.replace(word, "…")
        return page

    unknown = snapshot.new_code()
    assert plain(ask(code=code), code) == plain(ask(code=unknown), unknown)
    assert plain(ask(code=code, case_number=number), code) == plain(ask(code=unknown, case_number=number), unknown)
    mine, other = sha256(data).hexdigest(), sha256(b"x").hexdigest()
    assert plain(ask(digest=mine), mine) == plain(ask(digest=other), other)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html><script>alert(1)</script>", b"%PDF-" + b"\0" * 1000, b"\xff" * 5000,
                                  b"%PDF-1.7\n1 0 obj<</Length 99999999999>>stream\n"])  # fmt: skip
def test_what_is_no_report_is_refused_and_nothing_of_it_is_kept(data, released):
    before = {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()}
    response = Client().post("/verify/", {"file": SimpleUploadedFile("../../x.pdf\r\nX: y", data + b"zanahoria")})
    assert response.status_code == 200
    assert "alert(1)" not in response.content.decode()
    after = {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()} - before
    assert [path for path in after if b"zanahoria" in path.read_bytes()] == []


def test_a_file_that_is_too_large_is_refused_unread(released):
    large = SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024))
    assert "larger than 5 MB" in ask(file=large)
    assert Client().generic("POST", "/verify/", b"x", CONTENT_LENGTH=str(1024**3)).status_code == 413


def test_the_address_never_answers_by_itself(released):
    """A scanned code fills the form in; nobody's history or mail scanner gets an answer."""
    page = Client().get("/verify/?" + urlencode({"code": released.issue.code})).content.decode()
    assert released.number not in page
