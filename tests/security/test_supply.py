"""What is built in from others: locked, listed, compared with what is known of it; and no secret of ours (T26, ASVS V15.1, V15.2)."""

import json
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.conf import settings

from tests.security import advisories

ROOT = settings.BASE_DIR
DJANGO = ("PyPI", "django", "5.2.19")


def advisory(*events: dict[str, str], name: str = "django", ecosystem: str = "PyPI", **more: object) -> dict:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    return {"id": "X-1", "summary": "s", "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}]}  # fmt: skip


@pytest.mark.parametrize("known, hit", [
    (advisory({"introduced": "0"}), True),
    (advisory({"introduced": "0"}, {"fixed": "5.2.19"}), False),
    (advisory({"introduced": "0"}, {"fixed": "5.2.20"}), True),
    (advisory({"introduced": "5.2"}, {"fixed": "5.2.3"}, {"introduced": "5.2.10"}, {"fixed": "5.3"}), True),
    (advisory({"introduced": "5.2"}, {"last_affected": "5.2.18"}), False),
    (advisory({"introduced": "5.2"}, {"last_affected": "5.2.19"}), True),
    (advisory({"introduced": "6.0"}), False),
    (advisory(versions=["5.2.19"]), True),
    (advisory({"introduced": "0"}, name="Django"), True),
    (advisory({"introduced": "0"}, name="django-csp"), False),
    (advisory({"introduced": "0"}, ecosystem="npm"), False),
    (advisory({"introduced": "not a version"}), True),
    (advisory({"introduced": "0"}) | {"withdrawn": "2026-01-01"}, False),
])  # fmt: skip
def test_an_affected_version_is_told_from_one_that_is_not(known, hit):
    assert bool(advisories.affected([DJANGO], [known])) is hit


def test_no_locked_package_is_in_a_recorded_advisory():
    told = json.loads(advisories.RECORD.read_text())
    assert advisories.affected(advisories.locked(), told["advisories"]) == []


def test_the_record_is_one_that_finds_what_it_knows():
    """What it says of the locked versions is worth something only if it would say it of older ones."""
    told = json.loads(advisories.RECORD.read_text())
    for name, version in [("django", "5.2.16"), ("wagtail", "7.4.2"), ("pillow", "12.2.0"), ("urllib3", "2.6.3")]:
        assert advisories.affected([("PyPI", name, version)], told["advisories"]), name
    for known in told["advisories"]:
        assert all(part.get("ranges") or part.get("versions") for part in known["affected"]), known["id"]


def test_every_lock_file_is_read():
    names = {(ecosystem, name) for ecosystem, name, _ in advisories.locked()}
    assert {("PyPI", "django"), ("PyPI", "wagtail"), ("PyPI", "pytest")} <= names
    assert any(ecosystem == "npm" for ecosystem, _ in names)
    assert len(names) > 100


def test_what_is_known_is_asked_for_and_kept_as_it_was_told(tmp_path):
    """Against a server that speaks the protocol of osv.dev."""
    asked: list[object] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._say({"results": [{"vulns": [{"id": "X-1"}]}, {}]})

        def do_GET(self) -> None:
            asked.append(self.path)
            self._say(
                advisory({"introduced": "0"}, {"fixed": "5.2.20"}) | {"details": "long", "published": "2026-01-02"}
            )

        def _say(self, what: dict) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        to = tmp_path / "advisories.json"
        count = advisories.record(
            f"http://127.0.0.1:{server.server_port}", packages=[DJANGO, ("npm", "x", "1.0")], to=to
        )
        server.shutdown()
    assert count == 1
    assert asked[0] == {"queries": [{"package": {"ecosystem": "PyPI", "name": "django"}}, {"package": {"ecosystem": "npm", "name": "x"}}]}  # fmt: skip
    assert asked[1] == "/v1/vulns/X-1"
    told = json.loads(to.read_text())
    assert advisories.affected([DJANGO], told["advisories"]) == ["django 5.2.19: X-1 s"]
    assert told["advisories"][0]["published"] == "2026-01-02"
    assert "long" not in to.read_text()


def test_an_old_record_is_known_as_old():
    today = datetime(2026, 11, 21, tzinfo=UTC)
    assert advisories.age({"recorded": None}, today) is None
    assert advisories.age({"recorded": "2026-10-01"}, today) > advisories.OLD
    assert advisories.age({"recorded": "2026-11-20"}, today) == timedelta(days=1)


def test_what_a_record_cannot_say_is_told():
    today = datetime(2026, 11, 21, tzinfo=UTC)
    packages = [DJANGO, ("npm", "x", "1.0"), ("npm", "x", "2.0")]
    fresh = {"recorded": "2026-11-20", "packages": 2}
    assert advisories.missing(fresh, packages, today) == []
    assert "NOT AUDITED" in advisories.missing({"recorded": None}, packages, today)[0]
    assert "52 DAYS OLD" in advisories.missing(fresh | {"recorded": "2026-09-30"}, packages, today)[0]
    assert advisories.missing(fresh | {"packages": 1}, packages, today) == [
        "ONLY 1 OF 2 LOCKED PACKAGES WERE LOOKED UP."
    ]
    assert "OF: django." in advisories.missing(fresh | {"partly": ["django"]}, packages, today)[0]


def test_the_check_says_it_before_it_says_that_none_is_affected(capsys, monkeypatch, tmp_path):
    told = {"recorded": "2026-01-01", "packages": 1, "partly": ["django"], "advisories": []}
    monkeypatch.setattr(advisories, "RECORD", tmp_path / "advisories.json")
    advisories.RECORD.write_text(json.dumps(told))
    assert advisories.main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[:4]] == ["THE", "ONLY", "NOT", "Run"]
    assert "none in any of 0 recorded advisories" in said[-1]


def test_every_locked_package_has_its_hash_and_no_address_of_its_own():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        for block in re.split(r"\n(?=[A-Za-z])", text):
            if "==" in block:
                assert "--hash=sha256:" in block, block[:60]
        assert not re.search(r"--(extra-)?index-url|--find-links|https?://", text)
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [
        path for path, package in packages.items() if path and not package.get("link") and "integrity" not in package
    ] == []
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_the_bill_of_materials_lists_what_is_locked(tmp_path):
    to = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements.txt", "--of", "JSON", "-o", str(to)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    listed = {(part["name"].lower(), part["version"]) for part in json.loads(to.read_text())["components"]}
    of_production = {(name, version) for _, name, version in advisories._python("requirements.txt")}
    assert {(re.sub(r"[-_.]+", "-", name), version) for name, version in listed} == of_production


# Written for tests, or an example of a form: each looked at by a human.
NOT_SECRETS = {"tests/run.py", "tests/security/test_supply.py", "deploy/example.env", "tests/lms/test_deploy.py",
               # RabbitMQ's own first account, on a server that the test starts on the loopback and ends.
               "tests/crash/servers.py", "tests/crash/torture.py"}  # fmt: skip
DETECTORS = ("PrivateKeyDetector", "AWSKeyDetector", "GitHubTokenDetector", "GitLabTokenDetector", "SlackDetector",
             "StripeDetector", "TwilioKeyDetector", "JwtTokenDetector", "BasicAuthDetector", "NpmDetector",
             "PypiTokenDetector", "SendGridDetector", "AzureStorageKeyDetector", "DiscordBotTokenDetector",
             "OpenAIDetector", "TelegramBotTokenDetector", "MailchimpDetector", "SquareOAuthDetector")  # fmt: skip


def secrets_in(paths: list[str]) -> dict[str, list[str]]:
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import transient_settings

    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        found = SecretsCollection()
        for path in paths:
            found.scan_file(path)
    return {path: sorted({secret.type for secret in found[path]}) for path in found.files}


def test_no_secret_stands_in_the_tree(monkeypatch):
    monkeypatch.chdir(ROOT)
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False).stdout.split()
    paths = listed or [str(p.relative_to(ROOT)) for p in ROOT.rglob("*.py") if ".venv" not in p.parts]
    found = secrets_in([path for path in paths if not path.endswith((".png", ".icc", ".woff2", ".pdf", ".ttf"))])
    assert {path: kinds for path, kinds in found.items() if path not in NOT_SECRETS} == {}


def test_the_search_for_secrets_finds_one(tmp_path):
    planted = tmp_path / "settings.py"
    planted.write_text("KEY = '''-----BEGIN RSA " + "PRIVATE KEY-----\nx'''\nurl = 'amqp://user:" + "hunter22@host/'\n")
    assert secrets_in([str(planted)])[str(planted)] == ["Basic Auth Credentials", "Private Key"]


def test_a_test_that_asks_the_network_fails():
    """198.51.100.0/24 is for documentation: nobody is there, and nobody is asked."""
    with pytest.raises(UserWarning, match=r"198\.51\.100\.7"), socket.socket() as outside:
        outside.connect(("198.51.100.7", 443))
