"""PAdES-B-B signatures (ETSI EN 319 142) with the program's key: a certifying one that allows nothing after."""

import fcntl
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

DEMONSTRATION = "Amends demonstration authority (not trusted)"
FIELD = "ProgramSignature"


class SigningKeyUnusable(Exception):
    """No key, no readable key, or a certificate that is not valid at this moment: nothing can be issued."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature says about a file."""

    intact: bool
    trusted: bool
    whole_file: bool

    @property
    def good(self) -> bool:
        return self.intact and self.trusted and self.whole_file


def ensure(*, now: datetime) -> None:
    """A usable key, or SigningKeyUnusable. In development one is made on first use."""
    if settings.DEVELOPMENT:
        make_demonstration_key(now=now)
    _check_validity(now)


def sign(data: bytes, *, reason: str, now: datetime) -> bytes:
    """The same file with one signature appended. Raises SigningKeyUnusable."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    ensure(now=now)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    spec = fields.SigFieldSpec(FIELD, readable_field_name="Signature of the program")
    signer = _at(now)(meta, signer=_signer(*_state()), new_field_spec=spec)
    target = BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), output=target)
    return target.getvalue()


def verify(data: bytes) -> Verdict:
    """Whether the file carries our signature, unaltered, over every byte. Bad files answer, they do not raise."""
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        signatures = PdfFileReader(BytesIO(data)).embedded_signatures
        if len(signatures) != 1:
            return Verdict(intact=False, trusted=False, whole_file=False)
        root = load_cert_from_pemder(str(settings.SIGNING_AUTHORITY_FILE))
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(signatures[0], context)
    except Exception:  # a hostile file may raise anything; the answer is the same
        return Verdict(intact=False, trusted=False, whole_file=False)
    return Verdict(
        intact=bool(status.intact and status.valid and _padding_is_empty(signatures[0].pkcs7_content)),
        trusted=bool(status.trusted),
        whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
    )


def _padding_is_empty(content: bytes) -> bool:
    # The room left after the signature is the one part of a file that no signature covers.
    from asn1crypto import parser

    return not any(content[parser.peek(content) :])


def fingerprint() -> str:
    """SHA-256 of the signing certificate, hex."""
    return _certificate(*_state()).fingerprint(hashes.SHA256()).hex()


def is_demonstration() -> bool:
    """Whether the key in use was made by this software for itself."""
    issuer = _certificate(*_state()).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(issuer) and issuer[0].value == DEMONSTRATION


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


def _check_validity(now: datetime) -> None:
    certificate = _certificate(*_state())
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        until = certificate.not_valid_after_utc.date().isoformat()
        raise SigningKeyUnusable(f"the signing certificate is not valid now (it ends on {until})")


def _state() -> tuple[str, str, str]:
    """Paths and content of the key files, so that a rotated key is noticed."""
    try:
        mark = hashlib.sha256(Path(settings.SIGNING_CERTIFICATE_FILE).read_bytes()).hexdigest()
    except OSError as problem:
        raise SigningKeyUnusable(
            "there is no signing key: run manage.py make_signing_key, or set its paths"
        ) from problem
    return str(settings.SIGNING_KEY_FILE), str(settings.SIGNING_CERTIFICATE_FILE), mark


@lru_cache(maxsize=4)
def _certificate(_key: str, path: str, _mark: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError) as problem:
        raise SigningKeyUnusable("the signing certificate cannot be read") from problem


@lru_cache(maxsize=4)
def _signer(key: str, certificate: str, _mark: str) -> Any:
    from pyhanko.sign import signers

    chain = (str(settings.SIGNING_AUTHORITY_FILE),)
    signer = signers.SimpleSigner.load(key, certificate, ca_chain_files=chain)
    if signer is None:
        raise SigningKeyUnusable("the signing key cannot be read")
    return signer


@lru_cache(maxsize=64)
def _at(now: datetime) -> Any:
    """A signer whose only idea of time is the moment of the release."""
    from pyhanko.sign import signers

    class Signer(signers.PdfSigner):  # type: ignore[misc]
        def init_signing_session(self, *args: Any, **options: Any) -> Any:
            session = super().init_signing_session(*args, **options)
            session.system_time = now
            return session

    return Signer
