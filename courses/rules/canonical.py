"""A keyed digest of a text: proves what was shown, and lets nobody guess it back. Pure."""

import hashlib
import hmac


def text_digest(text: str, key: str) -> str:
    """HMAC-SHA-256 in hex."""
    return hmac.new(key.encode(), str(text).encode(), hashlib.sha256).hexdigest()
