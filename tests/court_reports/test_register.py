"""The register's heads, its proofs, and both verifiers that need no server of ours."""

import copy
import hashlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from court_reports import keys, proofs, register, signing, standalone, storage
from court_reports import verification as verifying
from court_reports.actions import deliver, heads, supersede
from court_reports.actions.release import release
from court_reports.models import Entry, HeadSubscriber, Kind, PublishedHead, RegisterEntry, Release, Step
from court_reports.standalone import amends_verify
from court_reports.verification import Answer
from lms import crypto
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.referrals.models import Referral
from tests.builders import a_court_user, an_administrator, at
from tests.court_reports.cases import a_case_in_track, a_release_of, an_enrolled_case, check_ins_of, keep, make

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
DAY = timedelta(days=1)
VERIFIER = Path(standalone.__path__[0], "amends_verify.py")


def bytes_of(gone: Release) -> bytes:
    return storage.read(gone.file_digest, subject=gone.report.referral_id)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def a_correction_of(gone: Release, *, now: Any) -> Release:
    case = gone.report.referral
    report = supersede.correct(release=gone, what_changed="Check-in 2 was made.", by=case.facilitator, now=now)
    new = release(report=report, by=case.facilitator, second=an_administrator(case.program), now=now)
    assert new is not None
    return new


# --- heads


def test_each_day_has_one_head_whenever_it_is_published() -> None:
    """Three days without a scheduler: the same rows as if it had never stopped."""
    program = None
    for days in (0, 0, 2):
        gone = a_release_of(an_enrolled_case(program=program), Kind.ENROLLMENT, now=NOW + days * DAY)
        program = gone.program
    assert heads.publish(now=NOW) == [], "the day is not over"
    late = [(row.day, row.position, row.hash) for row in heads.publish(now=NOW + 4 * DAY)]
    assert [(day.day, position) for day, position, _ in late] == [(20, 2), (21, 2), (22, 3), (23, 3)]
    assert heads.publish(now=NOW + 4 * DAY) == []
    assert late == [(row.day, row.position, row.hash) for row in PublishedHead.objects.order_by("day")]
    lines = RegisterEntry.objects.in_bulk([2, 3])
    assert [mark for _, _, mark in late] == [lines[2].hash, lines[2].hash, lines[3].hash, lines[3].hash]


def test_the_heads_stand_on_a_page_and_in_a_file_and_are_asked_for_by_the_command(tmp_path: Path) -> None:
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    heads.publish(now=NOW + DAY)
    (row,) = PublishedHead.objects.all()
    page = Client().get("/verify/register/").content.decode()
    assert f"{row.position}:{row.hash}" in page
    text = Client().get("/verify/register/heads.jsonl").content.decode()
    assert [json.loads(line) for line in text.splitlines()] == [{"day": "2026-03-20", "position": 1, "hash": row.hash}]
    kept = tmp_path / "heads.jsonl"
    kept.write_text(text)
    out = StringIO()
    call_command("register", "verify", "--heads", str(kept), stdout=out)
    assert f"head 1:{row.hash}" in out.getvalue()
    kept.write_text(text.replace(row.hash, "0" * 64))
    with pytest.raises(SystemExit):
        call_command("register", "verify", "--heads", str(kept), stdout=out)
    assert "line 1: this is not the line whose hash was kept" in out.getvalue()


def test_a_head_is_mailed_to_whoever_said_yes_from_that_address_until_they_stop() -> None:
    client, address = Client(), "Clerk@Watch.example"
    for _ in range(2):
        answer = client.post("/verify/register/", {"email": address}, follow=True)
        assert "A mail is on its way" in answer.content.decode()
    (row,) = HeadSubscriber.objects.all()
    assert address.lower() not in json.dumps([str(v) for v in HeadSubscriber.objects.values_list()])
    delivery.deliver(now=Message.objects.get().posted_at, limit=5, send=delivery.send_mail)
    (asked,) = mail.outbox
    link = re.search(r"http\S+/verify/register/mail/\S+", asked.body).group().removeprefix(settings.PUBLIC_URL)
    a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    heads.publish(now=NOW + DAY)
    assert not Message.objects.filter(kind="register.head").exists(), "nobody has said yes"
    assert "Was it you?" in client.get(link).content.decode()
    client.post(link)
    assert HeadSubscriber.objects.get().confirmed_at
    heads.publish(now=NOW + 3 * DAY)
    message = Message.objects.get(kind="register.head")
    assert message.to is None
    delivery.deliver(now=NOW + 3 * DAY, limit=5, send=delivery.send_mail)
    told = mail.outbox[-1]
    assert told.to == [address.lower()]
    assert all(f"2026-03-2{n} 1:{register.head().hash}" in told.body for n in (1, 2))
    client.post(link, {"stop": "1"})
    assert not HeadSubscriber.objects.exists()
    assert client.get(link).status_code == 404
    with pytest.raises(crypto.KeyMissing):
        crypto.decrypt(bytes(1), subject=row.pk, place="x", zone="identity")
    heads.publish(now=NOW + 4 * DAY)
    assert Message.objects.filter(kind="register.head").count() == 1


def test_who_never_answers_is_forgotten_after_a_week() -> None:
    heads.subscribe(email="a@people.example", language="en", now=NOW)
    heads.publish(now=NOW + 6 * DAY)
    assert HeadSubscriber.objects.count() == 1
    heads.publish(now=NOW + 8 * DAY)
    assert HeadSubscriber.objects.count() == 0


# --- proofs, and who reads them


@pytest.fixture
def three() -> list[Release]:
    """A report that stands, one that was replaced, one that was revoked; and others' between them."""
    first = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    program = first.program
    case = a_case_in_track(program=program)
    keep(case, until=NOW, missing=(2,))
    old = a_release_of(case, Kind.PROGRESS, now=NOW)
    revoked = a_release_of(an_enrolled_case(program=program), Kind.ENROLLMENT, now=NOW)
    a_correction_of(old, now=NOW + timedelta(hours=1))
    supersede.revoke(release=revoked, by=an_administrator(program), now=NOW + timedelta(hours=2))
    heads.publish(now=NOW + DAY)
    return [first, old, revoked]


def by_python(tmp_path: Path, data: bytes, proof: dict[str, Any], marks: str, *more: str) -> tuple[int, str]:
    """As its holder runs it: alone, isolated from everything of ours."""
    (tmp_path / "r.pdf").write_bytes(data)
    (tmp_path / "p.json").write_text(json.dumps(proof))
    (tmp_path / "h.jsonl").write_text(marks)
    (tmp_path / "amends_verify.py").write_bytes(VERIFIER.read_bytes())
    call = [sys.executable, "-I", "amends_verify.py", "r.pdf", "p.json", "--heads", "h.jsonl", *more]
    run = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    return run.returncode, run.stdout


def by_script(tmp_path: Path, asked: list[tuple[str, dict[str, Any], str]]) -> list[str]:
    """The browser's code, in Node: the same Web Crypto."""
    script = (settings.BASE_DIR / "lms/static/js/offline.js").read_text()
    (tmp_path / "offline.mjs").write_text(script)
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    (tmp_path / "run.mjs").write_text(
        "import { judge, marksIn } from './offline.mjs'; import { readFileSync } from 'node:fs';"
        "const said = []; for (const [d, p, m] of JSON.parse(readFileSync('asked.json')))"
        " said.push((await judge(d, p, marksIn(m))).answer); console.log(JSON.stringify(said));"
    )
    run = subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(run.stdout)


def forgeries(proof: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What somebody might make of a proof: of each the chain, the line or the head gives way."""
    found = {}
    for name in ("a line flipped", "a line left out", "another number", "another moment", "another head", "no own line",
                 "own moved", "not a proof", "half of it", "rechained"):  # fmt: skip
        one = copy.deepcopy(proof)
        if name == "a line flipped":
            one["lines"][-1] = sha256(one["lines"][-1].encode())
        elif name == "a line left out":
            del one["lines"][-1]
        elif name == "another number":
            one["number"] = one["own"][0]["number"] = "2026-99999"
        elif name == "another moment":
            one["own"][0]["at"] = "2020-01-01T00:00:00.000000+00:00"
        elif name == "another head":
            one["head"]["hash"] = "0" * 64
        elif name == "no own line":
            one["own"] = []
        elif name == "own moved":
            one["own"][0]["position"] += 1
        elif name == "not a proof":
            one["format"] = "x"
        elif name == "half of it":
            del one["lines"]
        else:
            # Everything fits together; only the head that somebody kept does not.
            one["own"][0]["file_digest"] = sha256(b"forged")
            one["lines"][0] = amends_verify.line_digest(one["own"][0])
            hashed = one["previous"]
            for line in one["lines"]:
                hashed = amends_verify.chained(hashed, line)
            one["head"]["hash"] = hashed
        found[name] = one
    return found


def test_both_verifiers_say_the_same_of_real_reports_and_of_forged_ones(three: list[Release], tmp_path: Path) -> None:
    marks = Client().get("/verify/register/heads.jsonl").content.decode()
    wanted = ["genuine", "replaced", "revoked"]
    asked = [(sha256(bytes_of(one)), proofs.proof_of(one), marks) for one in three]
    assert by_script(tmp_path, asked) == wanted
    (tmp_path / "a.pem").write_bytes(Client().get("/verify/authorities.pem").content)
    for gone, (_, proof, _), (code, word) in zip(
        three, asked, [(0, "GENUINE"), (3, "REPLACED"), (4, "REVOKED")], strict=True
    ):
        ended, said = by_python(tmp_path, bytes_of(gone), proof, marks, "--authorities", "a.pem")
        assert (ended, said.split(".")[0]) == (code, word)
        assert "The signature in the file holds." in said
    assert "Report 2026-00004 has replaced it" in by_python(tmp_path, bytes_of(three[1]), asked[1][1], marks)[1]
    # Altered, unknown, and everything that can be made of a proof.
    data, proof = bytes_of(three[0]), asked[0][1]
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    forged = {name: (bytes(data), one) for name, one in forgeries(proof).items()}
    forged["rechained"] = (b"forged", forged["rechained"][1])
    said = by_script(tmp_path, [(sha256(d), one, marks) for d, one in forged.values()])
    assert dict(zip(forged, said, strict=True)) == dict.fromkeys(forged, "forged")
    mine = {
        name: amends_verify.judge(sha256(d), one, amends_verify.marks_in(marks)) for name, (d, one) in forged.items()
    }
    assert {name: answer for name, (answer, _) in mine.items()} == dict.fromkeys(forged, "forged")
    assert by_python(tmp_path, bytes(flipped), proof, marks)[0] == 1
    assert by_python(tmp_path, *forged["a line flipped"], marks)[0] == 1
    assert by_python(tmp_path, data, proof, "")[0] == 5
    mailed = f"2026-03-20 {proof['head']['position']}:{proof['head']['hash']}"
    assert by_python(tmp_path, data, proof, mailed)[0] == 0
    rest = [(sha256(bytes(flipped)), proof, marks), (sha256(data), proof, ""), (sha256(data), proof, mailed)]
    assert by_script(tmp_path, rest) == ["altered", "unknown_head", "genuine"]


def test_a_proof_speaks_of_one_report_alone(three: list[Release]) -> None:
    """By code or by file; of all others it holds a digest that nothing else holds; and a sealed case has none."""
    first, old, revoked = three
    client = Client()
    answer = client.post("/verify/proof/", {"code": first.issue.code})
    assert answer["Content-Disposition"] == f'attachment; filename="{first.number}.proof.json"'
    proof = answer.json()
    assert proof == client.post("/verify/proof/", {"digest": first.file_digest}).json()
    for other in (old, revoked):
        for secret in (other.number, other.file_digest, other.report.commitment):
            assert secret not in answer.content.decode()
    assert client.post("/verify/proof/", {"code": "x"}).status_code == 404
    assert client.post("/verify/proof/", {"digest": "0" * 64}).status_code == 404
    code = first.issue.code
    crypto.seal_subject(first.report.referral.subject, now=NOW)
    assert client.post("/verify/proof/", {"code": code}).status_code == 404
    assert client.post("/verify/proof/", {"digest": first.file_digest}).status_code == 404


def test_a_proof_before_the_next_head_says_that_nothing_vouches_for_it_yet(tmp_path: Path) -> None:
    gone = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    proof = proofs.proof_of(gone)
    assert proof["head"]["day"] is None
    assert by_python(tmp_path, bytes_of(gone), proof, "")[0] == 5
    heads.publish(now=NOW + DAY)
    marks = "".join(f"{row.position}:{row.hash}\n" for row in PublishedHead.objects.all())
    assert by_python(tmp_path, bytes_of(gone), proof, marks)[0] == 0


# --- corrections, and ten years


def test_a_correction_marks_its_lines_and_reaches_everyone_who_had_the_old_one() -> None:
    case = a_case_in_track()
    keep(case, until=NOW, missing=(2,))
    clerk, judge = a_court_user(case.court), a_court_user(case.court)
    old = a_release_of(case, Kind.PROGRESS, now=NOW)
    before = deliver.open_by_court(release=old, by=clerk, now=NOW)
    gone_clerk = a_court_user(case.court)
    deliver.open_by_court(release=old, by=gone_clerk, now=NOW)
    gone_clerk.court_memberships.all().delete()
    new = a_correction_of(old, now=NOW + timedelta(hours=1))
    # In the register, right after the line of the new one; and it holds.
    assert list(RegisterEntry.objects.order_by("position").values_list("kind", "number")) == [
        (Entry.ISSUED, old.number), (Entry.ISSUED, new.number), (Entry.REPLACED, old.number),
    ]  # fmt: skip
    assert register.verify_chain() == []
    # Told, on both ledgers, whoever had it.
    told = set(Message.objects.filter(kind="report.replaced").values_list("to", flat=True))
    assert {clerk.pk, judge.pk, gone_clerk.pk} <= told
    assert set(old.deliveries.filter(step=Step.REPLACED).values_list("by", flat=True)) == told
    assert set(new.deliveries.filter(step=Step.NOTIFIED).values_list("by", flat=True)) == {clerk.pk, judge.pk}
    # The old file is what it was; what is handed out is a marked copy, which is known as one.
    copy_ = deliver.open_by_court(release=old, by=clerk, now=NOW + DAY)
    assert deliver.open_by_court(release=old, by=clerk, now=NOW + DAY, original=True) == before
    assert copy_ != before
    said = verifying.check(digest=sha256(copy_))
    assert (said.answer, said.number, said.replaced_by) == (Answer.SUPERSEDED, old.number, new.number)
    assert verifying.check(digest=sha256(copy_), code=old.issue.code).answer == Answer.SUPERSEDED
    assert verifying.check(digest=sha256(before)).answer == Answer.SUPERSEDED
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=copy_, capture_output=True, check=True
    ).stdout.decode()
    assert f"SUPERSEDED. Report {new.number} of" in " ".join(text.split())


def test_only_lines_that_say_something_else_are_marked() -> None:
    case = a_case_in_track()
    keep(case, until=NOW, missing=(2,))
    old = a_release_of(case, Kind.PROGRESS, now=NOW)
    same = a_correction_of(old, now=NOW)
    assert [name for name in same.issue.corrected if not name.startswith("In brief")] == []
    make(case, check_ins_of(case)[1])
    new = a_correction_of(same, now=NOW + timedelta(hours=1))
    assert any(name.startswith("Check-ins: ") for name in new.issue.corrected)
    assert not any(name.startswith(("Course: ", "Caption: Person")) for name in new.issue.corrected)
    data = bytes_of(new)
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()
    assert "(corrected)" in text
    assert "Lines marked" in text


def test_long_after_the_key_has_ended_replaced_and_revoked_reports_answer_and_the_register_holds(
    three: list[Release],
) -> None:
    """The signing certificate has ended long since: the register's word does not hang on it, nor does its check."""
    _, old, _ = three
    later = NOW + timedelta(days=7320)
    with pytest.raises(keys.SigningKeyUnusable, match="ended on"):
        keys.check(now=later)
    assert not signing.verify(bytes_of(old), at=later).good
    answers = [verifying.check(code=one.issue.code).answer for one in three]
    assert answers == [Answer.CURRENT, Answer.SUPERSEDED, Answer.REVOKED]
    number = old.report.referral.case_number
    assert verifying.check(code=old.issue.code, case_number=number).sections
    assert register.verify_chain() == []


def test_unknown_sealed_and_wrong_ask_alike(three: list[Release]) -> None:
    """As many questions to the database, the same headers, and pages of one length but for what was typed."""
    from court_reports import snapshot

    first = three[0]
    code, file = first.issue.code, sha256(bytes_of(first))
    other = three[1].issue.code
    crypto.seal_subject(first.report.referral.subject, now=NOW)
    Referral.objects.filter(pk=first.report.referral_id).update(sealed_at=NOW)

    def ask(**fields: str) -> tuple[int, list[str], int, int]:
        client = Client()
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/verify/", fields)
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return answer.status_code, sorted(answer.headers), len(body), len(asked)

    unknown = snapshot.new_code()
    assert ask(code=code) == ask(code=unknown)
    assert ask(code=code, case_number="CR-1") == ask(code=unknown, case_number="CR-1")
    assert ask(digest=file) == ask(digest=sha256(b"x"))
    # A wrong case number adds one sentence to what the code alone says, and asks for nothing more than the facts.
    right, wrong = ask(code=other), ask(code=other, case_number="CR-0")
    assert right[:2] == wrong[:2]
    assert 0 < wrong[2] - right[2] < 200
