"""Keys of every kind, time stamps by a real server, and reports that outlive the key that signed them."""

import hashlib
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from django.core.cache import cache

from court_reports import keys, signing
from court_reports.pdf.layout import render
from court_reports.signing import SigningKeyUnusable
from court_reports.snapshot import Kind
from tests.court_reports.authorities import PEM, Authority, a_closed_port, at, certify, stamping
from tests.court_reports.samples import an_issue, facts_of

NOW = at("2026-03-20 12:00")
SOFTOKEN = Path("/usr/lib/x86_64-linux-gnu/libsoftokn3.so")


@pytest.fixture(autouse=True)
def _of_its_own(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DEVELOPMENT = False
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def paper() -> bytes:
    from django.conf import settings

    return render(facts_of(Kind.PROGRESS), an_issue(), fonts=settings.FONTS_DIR)


def signed(paper: bytes, *, now: Any = NOW) -> bytes:
    return signing.sign(paper, reason="Released as number 2026-00001", now=now).data


def why(paper: bytes, *, now: Any = NOW) -> str:
    with pytest.raises(SigningKeyUnusable) as refused:
        signing.sign(paper, reason="x", now=now)
    assert signing.trouble(now=now) in (str(refused.value), "")
    return str(refused.value)


@pytest.mark.parametrize("algorithm", ["ec", "rsa"])
def test_a_pem_key_signs_with_or_without_a_password(
    algorithm: str, settings: Any, tmp_path: Path, paper: bytes
) -> None:
    authority = Authority("Lantern", algorithm=algorithm)
    authority.use(settings, tmp_path)
    assert signing.verify(signed(paper), at=NOW).good
    settings.SIGNING_KEY_FILE.write_bytes(authority.pem(b"a long password"))
    assert "do not go together" in why(paper)
    settings.SIGNING_PASSWORD_FILE = tmp_path / "password"
    assert "There is no file password" in why(paper)
    settings.SIGNING_PASSWORD_FILE.write_text("another\n")
    assert "the password or the file is wrong" in why(paper)
    settings.SIGNING_PASSWORD_FILE.write_text("a long password\n")
    verdict = signing.verify(signed(paper), at=NOW)
    assert verdict.good
    assert verdict.signer == signing.fingerprint() == hashlib.sha256(der(authority.certificate)).hexdigest()


def test_a_pkcs12_file_signs(settings: Any, tmp_path: Path, paper: bytes) -> None:
    authority = Authority("Lantern", algorithm="rsa")
    authority.use(settings, tmp_path)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERTIFICATE_FILE = tmp_path / "nothing"
    settings.SIGNING_PKCS12_FILE = tmp_path / "reports.p12"
    assert "There is no file reports.p12" in why(paper)
    settings.SIGNING_PKCS12_FILE.write_bytes(authority.p12(b"secret"))
    settings.SIGNING_PASSWORD_FILE = tmp_path / "password"
    settings.SIGNING_PASSWORD_FILE.write_text("wrong")
    assert "PKCS#12 file cannot be opened" in why(paper)
    settings.SIGNING_PASSWORD_FILE.write_text("secret")
    assert signing.verify(signed(paper), at=NOW).good


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[Path, Any]]:
    """A real token: SoftHSM is not asked for, NSS's software token is what poppler brings along."""
    if not (SOFTOKEN.exists() and shutil.which("cc")):
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail("libsoftokn3.so (Debian: libnss3) or a C compiler is missing, and all tools are required")
        pytest.skip("no PKCS#11 token: libsoftokn3.so (Debian: libnss3) or a C compiler is missing")
    folder = tmp_path_factory.mktemp("token")
    module = folder / "token.so"
    source = Path(__file__).with_name("token.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", module, source, "-ldl"], check=True, timeout=60)
    os.environ["TOKEN_LIBRARY"] = str(SOFTOKEN)
    os.environ["TOKEN_PARAMETERS"] = (
        f"configdir='sql:{folder}' certPrefix='' keyPrefix='' secmod='secmod.db' "
        "tokenDescription='amends' dbTokenDescription='amends' "
    )
    import pkcs11
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

    found = next(slot.get_token() for slot in pkcs11.lib(str(module)).get_slots() if slot.get_token().label == "amends")
    with found.open(rw=True, so_pin="") as session:
        session.init_pin("1234")
    with found.open(rw=True, user_pin="1234") as session:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, _private = parameters.generate_keypair(store=True, label="reports")
        return module, encode_ec_public_key(public)


def test_a_key_that_never_leaves_its_token_signs(token: Any, settings: Any, tmp_path: Path, paper: bytes) -> None:
    module, public = token
    authority = Authority("Lantern")
    authority.use(settings, tmp_path)
    held = certify("Lantern program", load_der_public_key(public), authority.key, "Lantern authority",
                   since=at("2025-01-01"), until=at("2027-01-01"))  # fmt: skip
    settings.SIGNING_CERTIFICATE_FILE.write_bytes(held.public_bytes(PEM))
    settings.SIGNING_KEY_FILE = tmp_path / "nothing"
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = str(module), "amends"
    settings.SIGNING_PKCS11_KEY, settings.SIGNING_PASSWORD_FILE = "reports", tmp_path / "pin"
    settings.SIGNING_PASSWORD_FILE.write_text("9999")
    assert "refused its PIN" in why(paper)
    # Once refused it is not asked again with the same one: three times would lock it.
    assert len(keys._refused) == 1
    assert "refused its PIN" in why(paper)
    settings.SIGNING_PASSWORD_FILE.write_text("1234\n")
    for _ in range(2):
        assert signing.verify(signed(paper), at=NOW).good
    keys.forget_tokens()
    assert signing.verify(signed(paper), at=NOW).good
    settings.SIGNING_PKCS11_KEY = "another"
    assert "no private key called “another”" in why(paper)
    settings.SIGNING_PKCS11_TOKEN = "drawer"
    assert "cannot be reached" in why(paper)


def test_what_is_missing_or_apart_or_over_is_said_with_what_to_do(settings: Any, tmp_path: Path, paper: bytes) -> None:
    authority = Authority("Lantern")
    authority.use(settings, tmp_path)
    assert signing.trouble(now=NOW) == ""
    assert "ended on 2027-01-01. Put a renewed one in its place" in why(paper, now=at("2027-01-02"))
    assert "valid only from 2025-01-01" in why(paper, now=at("2024-12-31"))
    settings.SIGNING_KEY_FILE.write_bytes(Authority("Another").pem())
    assert "made apart" in why(paper)
    settings.SIGNING_KEY_FILE.write_bytes(b"no key")
    assert "the file is wrong" in why(paper)
    settings.SIGNING_KEY_FILE.unlink()
    assert "There is no file SIGNING_KEY_FILE.pem" in why(paper)
    settings.SIGNING_CERTIFICATE_FILE.write_bytes(b"no certificate")
    assert "it is not a PEM file" in why(paper)


def test_reports_outlive_the_key_that_signed_them(settings: Any, tmp_path: Path, paper: bytes) -> None:
    """Two rotations, and ten years on: certificates have ended, and what was released while they were valid stands."""
    former = [Authority("First", until="2026-06-01"), Authority("Second", since="2026-05-01", until="2027-01-01")]
    former[0].use(settings, tmp_path)
    first = signed(paper)
    former[1].use(settings, tmp_path, former=(former[0],))
    later = at("2026-07-01")
    second = signed(paper, now=later)
    newest = Authority("Third", since="2026-12-01", until="2040-01-01")
    newest.use(settings, tmp_path, former=(former[1], former[0]))
    third = signed(paper, now=at("2036-01-01"))
    assert [signing.verify(d, at=m).good for d, m in ((first, NOW), (second, later), (third, at("2036-01-01")))] == [
        True
    ] * 3
    # As of now they are over; with the ring cut off nobody vouches for them; and new reports carry no former authority.
    assert not signing.verify(first, at=at("2036-01-01")).good
    newest.use(settings, tmp_path)
    assert not signing.verify(first, at=NOW).good
    assert hexed(newest.root) in third.lower()
    assert hexed(former[0].root) not in third.lower()


def der(held: x509.Certificate) -> bytes:
    return held.public_bytes(Encoding.DER)


def hexed(held: x509.Certificate) -> bytes:
    """As it stands in a file's signature."""
    return der(held).hex().encode()


def test_an_independent_moment_is_in_the_file_where_an_authority_is_set(
    settings: Any, tmp_path: Path, paper: bytes
) -> None:
    authority, clock = Authority("Lantern"), Authority("Clock")
    authority.use(settings, tmp_path)
    with stamping(clock, when=NOW + timedelta(seconds=2)) as server:
        believe(settings, tmp_path, clock, server.url)
        done = signing.sign(paper, reason="x", now=NOW)
        verdict = signing.verify(done.data, at=NOW)
        assert verdict.good
        assert not done.lacks_stamp
        assert verdict.stamped_at == NOW + timedelta(seconds=2)


def believe(settings: Any, folder: Path, clock: Authority, url: str) -> None:
    settings.SIGNING_TIMESTAMP_URL = url
    settings.SIGNING_TIMESTAMP_AUTHORITY_FILE = folder / "clock.pem"
    settings.SIGNING_TIMESTAMP_AUTHORITY_FILE.write_bytes(clock.root.public_bytes(PEM))
    settings.SIGNING_TIMESTAMP_SECONDS = 0.5


@pytest.mark.parametrize("mood", ["refuse", "another", "nonsense", "silent", "endless", "gone", "stranger"])
def test_a_report_goes_without_a_stamp_rather_than_late(mood: str, settings: Any, tmp_path: Path, paper: bytes) -> None:
    """And never hangs; the next one does not wait again; unless the stamp is required."""
    from time import monotonic

    Authority("Lantern").use(settings, tmp_path)
    clock = Authority("Clock")
    with stamping(clock, when=NOW) as server:
        server.mood = "answer" if mood == "stranger" else mood
        url = f"http://127.0.0.1:{a_closed_port()}/" if mood == "gone" else server.url
        believe(settings, tmp_path, Authority("Else") if mood == "stranger" else clock, url)
        began = monotonic()
        done = signing.sign(paper, reason="x", now=NOW)
        assert monotonic() - began < 10
        assert done.lacks_stamp
        verdict = signing.verify(done.data, at=NOW)
        assert verdict.good
        assert verdict.stamped_at is None
        asked = server.asked
        assert signing.sign(paper, reason="x", now=NOW + timedelta(seconds=30)).lacks_stamp
        assert server.asked == asked, "it rests for a minute"
        settings.SIGNING_TIMESTAMP_REQUIRED = True
        with pytest.raises(SigningKeyUnusable, match="its stamp is required"):
            signing.sign(paper, reason="x", now=NOW)


def test_of_thousands_of_flipped_bytes_each_is_found(settings: Any, tmp_path: Path, paper: bytes) -> None:
    """By the digest each byte of the file. By the signature each byte that it covers: all but its own container, whose
    unsigned copies of certificates and whose hexadecimal case nothing in it vouches for."""
    Authority("Lantern").use(settings, tmp_path)
    data = signed(paper)
    known = hashlib.sha256(data).digest()
    begins = data.rindex(b"/Contents <") + len(b"/Contents ")
    container = range(begins, data.index(b">", begins) + 1)
    assert signing.verify(data, at=NOW).good
    rng = random.Random(7)
    for position in rng.sample(range(len(data)), 5000):
        changed = bytearray(data)
        changed[position] ^= 1 << rng.randrange(8)
        assert hashlib.sha256(changed).digest() != known
    covered = hashlib.sha256(data[: container.start] + data[container.stop :]).digest()
    for position in rng.sample([p for p in range(len(data)) if p not in container], 3000):
        changed = bytearray(data)
        changed[position] ^= 1 << rng.randrange(8)
        # What the signature was made over: its digest tells the cheap way what pyHanko tells below, 5 to 9 ms each.
        assert hashlib.sha256(changed[: container.start] + changed[container.stop :]).digest() != covered
        if position % 20 == 0:
            assert not signing.verify(bytes(changed), at=NOW).good, position


def test_nothing_may_follow_and_poppler_says_so_too(settings: Any, tmp_path: Path, paper: bytes) -> None:
    import pikepdf

    Authority("Lantern").use(settings, tmp_path)
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed(paper))
    with pikepdf.open(path) as pdf:
        signature = pdf.Root.Perms.DocMDP
        (reference,) = signature.Reference
        assert (reference.TransformMethod, int(reference.TransformParams.P)) == ("/DocMDP", 1)
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, timeout=60)
    assert "Signature is Valid." in said.stdout
    assert "Total document signed" in said.stdout
    changed = bytearray(path.read_bytes())
    changed[2000] ^= 1
    path.write_bytes(changed)
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, timeout=60)
    assert "Signature is Valid." not in said.stdout
