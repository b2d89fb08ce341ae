"""Keys of the cache that say nothing: rate limits are kept under addresses of people, and those are hidden here."""

import hashlib
import hmac

from django.conf import settings


def hidden_key(key: str, prefix: str, version: int) -> str:
    """KEY_FUNCTION of every cache. A plain hash could be guessed back from a list of addresses; this cannot."""
    told = f"{prefix}:{version}:{key}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"cache-key:" + told, hashlib.sha256).hexdigest()
