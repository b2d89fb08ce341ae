"""The arithmetic of the chain: pure, so that anyone can check it without this product."""

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64


def canonical(fields: Mapping[str, object]) -> bytes:
    """One spelling of an event: sorted keys, no spaces, UTF-8."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link_hash(previous: str, position: int, fields: Mapping[str, object]) -> str:
    """``H(previous, position, event)`` in hex."""
    return hashlib.sha256(f"{previous}:{position}:".encode() + canonical(fields)).hexdigest()
