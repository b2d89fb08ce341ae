"""The program's signing key, of three kinds: a PEM file, a PKCS#12 file, a token behind PKCS#11.

Which one is decided by which setting is there. The certificate says whose key it is; ``SIGNING_AUTHORITY_FILE`` is the
ring: the authority in use, and below it those of former keys, so that old reports stay verifiable after a rotation.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from django.utils.translation import gettext as _


class SigningKeyUnusable(Exception):
    """Nothing can be issued: no key, no readable key, or a certificate that is not valid now. Says what to do."""


class KeyKind(StrEnum):
    FILE = "file"
    PKCS12 = "pkcs12"
    PKCS11 = "pkcs11"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can sign, with its certificate. ``signer`` is pyHanko's."""

    certificate: x509.Certificate
    signer: Any

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def kind() -> KeyKind:
    if settings.SIGNING_PKCS11_MODULE:
        return KeyKind.PKCS11
    return KeyKind.PKCS12 if settings.SIGNING_PKCS12_FILE else KeyKind.FILE


def certificate() -> x509.Certificate:
    """Of the key in use. Raises SigningKeyUnusable."""
    if kind() == KeyKind.PKCS12:
        return _from_pkcs12(*_pkcs12_state()).certificate
    return _certificate(_read(settings.SIGNING_CERTIFICATE_FILE))


def current() -> Key:
    """The key in use, read anew when its files changed. Raises SigningKeyUnusable."""
    if kind() == KeyKind.PKCS12:
        return _from_pkcs12(*_pkcs12_state())
    public = _read(settings.SIGNING_CERTIFICATE_FILE)
    if kind() == KeyKind.PKCS11:
        return _on_token(public, _read(settings.SIGNING_AUTHORITY_FILE), _password() or b"")
    private = _read(settings.SIGNING_KEY_FILE)
    return _from_pem(private, public, _read(settings.SIGNING_AUTHORITY_FILE), _password())


def check(*, now: datetime) -> None:
    """Raises SigningKeyUnusable where nothing could be signed at this moment."""
    held = certificate()
    if now < held.not_valid_before_utc:
        begins = held.not_valid_before_utc.date().isoformat()
        raise SigningKeyUnusable(_("The signing certificate is valid only from %(day)s on.") % {"day": begins})
    if now > held.not_valid_after_utc:
        ended = held.not_valid_after_utc.date().isoformat()
        raise SigningKeyUnusable(
            _("The signing certificate ended on %(day)s. Put a renewed one in its place.") % {"day": ended}
        )
    if kind() != KeyKind.PKCS11:  # a token counts wrong PINs: it is asked when something is signed
        current()


def ring() -> list[x509.Certificate]:
    """The authorities whose signatures are ours, the one in use first. Raises SigningKeyUnusable."""
    return _bundle(_read(settings.SIGNING_AUTHORITY_FILE))


def _read(path: Path | str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as problem:
        raise SigningKeyUnusable(
            _("There is no file %(name)s. Put it there, or name another place in the settings.")
            % {"name": Path(path).name}
        ) from problem
    except OSError as problem:
        raise SigningKeyUnusable(
            _("The file %(name)s cannot be read by this service.") % {"name": Path(path).name}
        ) from problem


def _password() -> bytes | None:
    path = settings.SIGNING_PASSWORD_FILE
    return _read(path).strip() if path else None


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as problem:
        raise SigningKeyUnusable(_("The signing certificate cannot be read: it is not a PEM file.")) from problem


@lru_cache(maxsize=8)
def _bundle(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as problem:
        raise SigningKeyUnusable(_("The authority’s certificates cannot be read: it is not a PEM file.")) from problem


@lru_cache(maxsize=4)
def _from_pem(private: bytes, public: bytes, authorities: bytes, password: bytes | None) -> Key:
    try:
        key = serialization.load_pem_private_key(private, password)
    except TypeError as problem:  # a password where none is needed, or none where one is
        raise SigningKeyUnusable(
            _("The signing key and its password do not go together: set or empty SIGNING_PASSWORD_FILE.")
        ) from problem
    except ValueError as problem:
        raise SigningKeyUnusable(_("The signing key cannot be opened: the password or the file is wrong.")) from problem
    return _in_memory(key, _certificate(public), _bundle(authorities))


def _pkcs12_state() -> tuple[bytes, bytes | None, bytes]:
    return _read(settings.SIGNING_PKCS12_FILE or ""), _password(), _read(settings.SIGNING_AUTHORITY_FILE)


@lru_cache(maxsize=4)
def _from_pkcs12(data: bytes, password: bytes | None, authorities: bytes) -> Key:
    try:
        key, held, others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError) as problem:
        raise SigningKeyUnusable(
            _("The PKCS#12 file cannot be opened: the password in SIGNING_PASSWORD_FILE or the file is wrong.")
        ) from problem
    if key is None or held is None:
        raise SigningKeyUnusable(_("The PKCS#12 file lacks the key or its certificate."))
    return _in_memory(key, held, [*others, *_bundle(authorities)])


def _in_memory(key: Any, held: x509.Certificate, others: list[x509.Certificate]) -> Key:
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    if key.public_key() != held.public_key():
        raise SigningKeyUnusable(_("The signing key is not the one of its certificate: they were made apart."))
    store = SimpleCertificateStore()
    store.register_multiple([as_asn1(one) for one in _chain(held, others)])
    signer = signers.SimpleSigner(as_asn1(held), _private(key), store)
    return Key(held, signer)


def as_asn1(held: x509.Certificate) -> Any:
    """In the shape that pyHanko reads."""
    from asn1crypto import x509 as asn1

    return asn1.Certificate.load(held.public_bytes(serialization.Encoding.DER))


def _private(key: Any) -> Any:
    from asn1crypto import keys as asn1

    plain = serialization.NoEncryption()
    return asn1.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
    )


def _chain(held: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Who vouches for a certificate, and who for that one. Former authorities are not carried in new reports."""
    found: list[x509.Certificate] = []
    below = held
    while below.issuer != below.subject:
        above = next((one for one in others if one.subject == below.issuer and one not in found), None)
        if above is None:
            break
        found.append(above)
        below = above
    return found


# One session a process; and a token that refused its PIN is not asked again with the same one: it would lock itself.
_lock = Lock()
_sessions: dict[str, Any] = {}
_refused: set[str] = set()


def forget_tokens() -> None:
    """Close what is open: a token that was taken out and put back is opened anew."""
    import pkcs11

    while _sessions:
        _, session = _sessions.popitem()
        with suppress(pkcs11.exceptions.PKCS11Error):
            session.close()


def _on_token(public: bytes, authorities: bytes, pin: bytes) -> Key:
    import pkcs11
    from pyhanko.sign.pkcs11 import PKCS11Signer

    held, name = _certificate(public), settings.SIGNING_PKCS11_KEY
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.LABEL: name}
    with _lock, _said_of_tokens():
        session = _session(pin)
        if not list(session.get_objects(wanted)):
            raise SigningKeyUnusable(_("The token holds no private key called “%(name)s”.") % {"name": name})
    chain = [as_asn1(one) for one in _chain(held, _bundle(authorities))]
    return Key(held, PKCS11Signer(session, signing_cert=as_asn1(held), ca_chain=chain, key_label=name))


def _session(pin: bytes) -> Any:
    """The open one, or a new one where another token, or PIN, is set."""
    import pkcs11
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    module, label = str(settings.SIGNING_PKCS11_MODULE), settings.SIGNING_PKCS11_TOKEN
    mark = hashlib.sha256(repr((module, label, pin)).encode()).hexdigest()
    if mark in _refused:
        raise _refusal()
    if mark not in _sessions:
        forget_tokens()
        try:
            token = TokenCriteria(label=label)
            _sessions[mark] = open_pkcs11_session(module, token_criteria=token, user_pin=pin.decode() or None)
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange) as problem:
            _refused.add(mark)
            raise _refusal() from problem
    return _sessions[mark]


@contextmanager
def _said_of_tokens() -> Iterator[None]:
    import pkcs11

    try:
        yield
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as problem:
        forget_tokens()
        raise SigningKeyUnusable(
            _("The token “%(label)s” cannot be reached: is it there, and its module?")
            % {"label": settings.SIGNING_PKCS11_TOKEN}
        ) from problem


def _refusal() -> SigningKeyUnusable:
    return SigningKeyUnusable(_("The token refused its PIN. Put the right one in SIGNING_PASSWORD_FILE."))
