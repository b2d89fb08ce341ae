"""The secrets shared with courts' own systems: kept under the key ring, made new with its keys."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from typing import Any

from lms import crypto
from lms.people import keyring
from lms.referrals.models import CourtProfile

CONTEXT = "webhook_secret"
PREFIX = "whsec_"
LENGTHS = range(24, 65)


def is_secret(text: str) -> bool:
    """``whsec_`` and 24 to 64 bytes in base64 (Standard Webhooks)."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and len(key) in LENGTHS


def seal(text: str) -> str:
    return crypto.wrap_text(text, context=CONTEXT)


def _count() -> Mapping[int, int]:
    found = CourtProfile.objects.exclude(webhook_secret="").values_list("webhook_secret", flat=True)
    return Counter(map(crypto.version_of, found))


def _rewrap(newest: int, after: Any, limit: int) -> keyring.Batch:
    def rewrap(profile: CourtProfile) -> None:
        again = keyring.rewrapped(profile.webhook_secret, newest, context=CONTEXT)
        if again != profile.webhook_secret:
            profile.webhook_secret = again
            profile.save(update_fields=["webhook_secret"])

    return keyring.rewrap_rows(CourtProfile.objects.exclude(webhook_secret=""), after, limit, rewrap)


def register() -> None:
    """Called when the apps are ready."""
    keyring.register(keyring.Source("webhook secrets", _count, _rewrap))
