"""An authority and a key of our own making, for development: every report signed with it says so in words."""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

DEMONSTRATION = "Amends demonstration authority (not trusted)"


def make_demonstration_key(*, now: datetime) -> bool:
    """An authority and a key of our own, for development. False when a key is there already.

    One at a time: of two who made a key at once, one would sign with what the other's certificate does not cover.
    """
    paths = [
        Path(p) for p in (settings.SIGNING_KEY_FILE, settings.SIGNING_CERTIFICATE_FILE, settings.SIGNING_AUTHORITY_FILE)
    ]
    paths[0].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with paths[0].with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if all(path.exists() for path in paths):
            return False
        _write_demonstration_key(paths, now)
    return True


def _write_demonstration_key(paths: list[Path], now: datetime) -> None:
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _name(DEMONSTRATION)
    authority = _build(root, root, authority_key.public_key(), authority_key, now, authority=True)
    certificate = _build(_name("Amends demonstration program"), root, key.public_key(), authority_key, now)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    texts = [pem, *(c.public_bytes(serialization.Encoding.PEM) for c in (certificate, authority))]
    for path, text in zip(paths, texts, strict=True):
        _write_private(path, text)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _build(subject: Any, issuer: Any, public: Any, key: Any, now: datetime, *, authority: bool = False) -> Any:
    # Long and early, because demonstrations live in simulated years.
    begins, ends = min(now, datetime(2020, 1, 1, tzinfo=UTC)), now + timedelta(days=3650)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False).add_extension(signer, critical=False)
    return builder.sign(key, hashes.SHA256())


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
