"""Certificates of plausible authorities, and an RFC 3161 authority that answers over real HTTP on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from court_reports import keys

PEM = serialization.Encoding.PEM


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def certify(name: str, public: Any, by: Any, issuer: str, *, since: datetime, until: datetime, ca: bool = False,
            stamps: bool = False) -> x509.Certificate:  # fmt: skip
    def called(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    usage = x509.KeyUsage(not ca, not ca and not stamps, False, False, False, ca, ca, False, False)
    builder = (
        x509.CertificateBuilder(called(issuer), called(name), public, x509.random_serial_number(), since, until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(by, hashes.SHA256())


class Authority:
    """One authority with one program's key, and the files an operator would have of them."""

    def __init__(
        self, name: str, *, since: str = "2025-01-01", until: str = "2027-01-01", algorithm: str = "ec"
    ) -> None:
        def fresh() -> Any:
            return (
                ec.generate_private_key(ec.SECP256R1()) if algorithm == "ec" else rsa.generate_private_key(65537, 2048)
            )

        self.key, self.program_key = ec.generate_private_key(ec.SECP256R1()), fresh()
        years = {"since": at(since), "until": at(until)}
        root = f"{name} authority"
        self.root = certify(root, self.key.public_key(), self.key, root, ca=True, **years)
        self.certificate = certify(f"{name} program", self.program_key.public_key(), self.key, root, **years)

    def pem(self, password: bytes | None = None) -> bytes:
        sealed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return self.program_key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, sealed)

    def p12(self, password: bytes) -> bytes:
        sealed = serialization.BestAvailableEncryption(password)
        return pkcs12.serialize_key_and_certificates(
            b"reports", self.program_key, self.certificate, [self.root], sealed
        )

    def use(self, settings: Any, folder: Path, *, former: tuple["Authority", ...] = ()) -> None:
        """Point the settings at files of this key, with the ring of those before it."""
        files = {"SIGNING_KEY_FILE": self.pem(), "SIGNING_CERTIFICATE_FILE": self.certificate.public_bytes(PEM),
                 "SIGNING_AUTHORITY_FILE": b"".join(a.root.public_bytes(PEM) for a in (self, *former))}  # fmt: skip
        for name, data in files.items():
            path = folder / f"{name}.pem"
            path.write_bytes(data)
            setattr(settings, name, path)


class StampServer:
    """What it does with the next questions: answer them, refuse, cut off, drip, or say nothing."""

    def __init__(self, authority: Authority, *, when: datetime) -> None:
        from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

        key = rsa.generate_private_key(65537, 2048)
        held = certify("Stamps", key.public_key(), authority.key, authority.root.subject.rfc4514_string()[3:],
                       since=at("2025-01-01"), until=at("2027-01-01"), stamps=True)  # fmt: skip
        self.stamper = DummyTimeStamper(keys.as_asn1(held), keys._private(key), fixed_dt=when)
        self.mood, self.asked = "answer", 0
        self.url = ""
        self.stop = threading.Event()

    def answer(self, question: bytes) -> bytes:
        return self.stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()


@contextmanager
def stamping(authority: Authority, *, when: datetime) -> Iterator[StampServer]:
    server = StampServer(authority, when=when)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.asked += 1
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if server.mood == "silent":
                server.stop.wait(30)
                return
            self.send_response(500 if server.mood == "refuse" else 200)
            self.send_header("Content-Type", "text/html" if server.mood == "another" else "application/timestamp-reply")
            self.end_headers()
            if server.mood == "endless":
                while not server.stop.is_set():
                    try:
                        self.wfile.write(b"0" * 4096)
                    except OSError:
                        return
            self.wfile.write(b"nonsense" if server.mood == "nonsense" else server.answer(question))

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{http.server_port}/"
    try:
        yield server
    finally:
        server.stop.set()
        http.shutdown()
        http.server_close()


def a_closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def days(count: int) -> timedelta:
    return timedelta(days=count)
