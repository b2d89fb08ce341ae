"""A court's own system, for tests: a real HTTP server on this machine that keeps what it was sent."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks.webhooks import Webhook

from lms import clock

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class System:
    """``answers``: status codes, the last for ever. ``got``: (headers, body) of every call."""

    answers: list[int]
    location: str = ""
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    url: str = ""

    def verified(self, number: int) -> object:
        """What call ``number`` said, if its signature and its moment hold; raises otherwise."""
        headers, body = self.got[number]
        return Webhook(SECRET).verify(body, headers)


def a_certificate(name: str, folder: Path) -> Path:
    """A key and a certificate for a name, signed by itself, in one file."""
    key, whose = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = clock.now() - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / f"{name}.pem"
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem))
    return file


@contextmanager
def a_system(*answers: int, location: str = "", certificate: Path | None = None) -> Iterator[System]:
    system = System(list(answers) or [204], location)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            system.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(system.answers.pop(0) if len(system.answers) > 1 else system.answers[0])
            if system.location:
                self.send_header("location", system.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    system.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/amends"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
