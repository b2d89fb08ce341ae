"""A keyed digest of a text: proves what was shown, and lets nobody guess it back. Pure."""

import hashlib
import hmac
from collections.abc import Iterable


def text_digest(text: str, key: str) -> str:
    """HMAC-SHA-256 in hex."""
    return hmac.new(key.encode(), str(text).encode(), hashlib.sha256).hexdigest()


def joined_digest(digests: Iterable[str]) -> str:
    """One digest for several in their order; each is keyed already."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
