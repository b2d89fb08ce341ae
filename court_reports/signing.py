"""PAdES signatures (ETSI EN 319 142) with the program's key: a certifying one that allows nothing after.

PAdES-B-B, and B-T where a time-stamping authority is set. What an authority that fails does to a release is settled in
docs/decisions/signatures.md: it goes without the stamp, and the journal says so, unless the stamp is required.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _

from court_reports import keys, timestamps
from court_reports.demonstration_key import DEMONSTRATION, make_demonstration_key
from court_reports.keys import KeyKind, SigningKeyUnusable

__all__ = [
    "Signed",
    "SigningKeyUnusable",
    "Verdict",
    "ensure",
    "fingerprint",
    "is_demonstration",
    "is_there",
    "make_demonstration_key",
    "sign",
    "trouble",
    "verify",
]

FIELD = "ProgramSignature"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature says about a file. ``signer``: SHA-256 of its certificate, hex; ``stamped_at``: the moment that a
    time-stamping authority we believe put on it."""

    intact: bool
    trusted: bool
    whole_file: bool
    signer: str = ""
    stamped_at: datetime | None = None

    @property
    def good(self) -> bool:
        return self.intact and self.trusted and self.whole_file


BAD = Verdict(intact=False, trusted=False, whole_file=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed file. ``lacks_stamp``: one was wanted and could not be had."""

    data: bytes
    lacks_stamp: bool = False


def ensure(*, now: datetime) -> None:
    """A usable key, or SigningKeyUnusable. In development one is made on first use."""
    if settings.DEVELOPMENT and keys.kind() == KeyKind.FILE:
        make_demonstration_key(now=now)
    keys.check(now=now)


def is_there() -> bool:
    """Whether there is a key, usable or not."""
    if keys.kind() == KeyKind.FILE:
        return settings.SIGNING_KEY_FILE.is_file()
    return keys.kind() == KeyKind.PKCS11 or Path(settings.SIGNING_PKCS12_FILE or "").is_file()


def trouble(*, now: datetime) -> str:
    """Why nothing could be signed now, and what to do about it; "" where something could."""
    try:
        ensure(now=now)
    except SigningKeyUnusable as problem:
        return str(problem)
    return ""


def sign(data: bytes, *, reason: str, now: datetime) -> Signed:
    """The same file with one signature appended, and a time stamp where an authority is set. Raises SigningKeyUnusable."""
    ensure(now=now)
    stamper = timestamps.stamper(now=now)
    if stamper is None:
        return _without_stamp(data, reason, now)
    try:
        signed = _sign(data, reason, now, stamper)
        if verify(signed, at=now).stamped_at is None:
            raise timestamps.NoTimestamp("it is not from an authority that is believed here")
    except timestamps.FAILURES as problem:
        timestamps.rest(problem, now=now)
        return _without_stamp(data, reason, now)
    return Signed(signed)


def _without_stamp(data: bytes, reason: str, now: datetime) -> Signed:
    if timestamps.is_wanted() and settings.SIGNING_TIMESTAMP_REQUIRED:
        raise SigningKeyUnusable(
            _("The time-stamping authority does not answer, and its stamp is required. Try again later.")
        )
    return Signed(_sign(data, reason, now, None), lacks_stamp=timestamps.is_wanted())


def _sign(data: bytes, reason: str, now: datetime, stamper: Any) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    spec = fields.SigFieldSpec(FIELD, readable_field_name="Signature of the program")
    signer = _at(now)(meta, signer=keys.current().signer, timestamper=stamper, new_field_spec=spec)
    target = BytesIO()
    try:
        signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), output=target)
    except _token_trouble() as problem:
        keys.forget_tokens()
        raise SigningKeyUnusable(
            _("The token did not sign. It was let go, and is opened anew the next time.")
        ) from problem
    return target.getvalue()


def _token_trouble() -> tuple[type[Exception], ...]:
    if keys.kind() != KeyKind.PKCS11:
        return ()
    import pkcs11

    return (pkcs11.exceptions.PKCS11Error,)


def verify(data: bytes, *, at: datetime) -> Verdict:
    """Whether the file carries our signature, unaltered, over every byte; with certificates that were valid ``at`` the
    moment it was released, for certificates end and reports do not. Bad files answer, they do not raise."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature

    try:
        signatures = PdfFileReader(BytesIO(data)).embedded_signatures
        if len(signatures) != 1:
            return BAD
        trusted, stamps = _context(keys.ring(), at), _context(timestamps.authorities(), at)
        status = validate_pdf_signature(signatures[0], trusted, ts_validation_context=stamps)
    except Exception:  # a hostile file may raise anything; the answer is the same
        return BAD
    stamp = status.timestamp_validity
    unbroken = stamp is None or bool(stamp.intact and stamp.valid)
    return Verdict(
        intact=bool(status.intact and status.valid and unbroken and _padding_is_empty(signatures[0].pkcs7_content)),
        trusted=bool(status.trusted and _allows_nothing_after(signatures[0])),
        whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        signer=status.signing_cert.sha256.hex(),
        stamped_at=stamp.timestamp if stamp and unbroken and stamp.trusted else None,
    )


def _context(roots: list[Any], at: datetime) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[keys.as_asn1(root) for root in roots], allow_fetching=False, moment=at, best_signature_time=at
    )


def _allows_nothing_after(signature: Any) -> bool:
    """A certifying signature of level 1 (ISO 32000-1, 12.8.2.2)."""
    from pyhanko.sign.fields import MDPPerm

    return signature.docmdp_level is MDPPerm.NO_CHANGES


def _padding_is_empty(content: bytes) -> bool:
    # The room left after the signature is the one part of a file that no signature covers.
    from asn1crypto import parser

    return not any(content[parser.peek(content) :])


def fingerprint() -> str:
    """SHA-256 of the signing certificate, hex. Raises SigningKeyUnusable."""
    from cryptography.hazmat.primitives import hashes

    return keys.certificate().fingerprint(hashes.SHA256()).hex()


def is_demonstration() -> bool:
    """Whether the key in use was made by this software for itself."""
    issuer = keys.certificate().issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(issuer) and issuer[0].value == DEMONSTRATION


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
