"""The arithmetic of the chain: pure, so that anyone can check it without this product."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

GENESIS = "0" * 64


def fields(event: Any) -> dict[str, object]:
    """What of an event is chained. Later fields stand in it only where they say something: so old hashes hold."""
    told: dict[str, object] = {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "about": str(event.about or ""),
        "on": f"{event.on_label}:{event.on_id}",
        "by": str(event.by_id or ""),
        "changed": event.changed,
        "data": event.data,
    }
    later = {"origin": event.origin, "request": event.request_id, "outcome": event.outcome}
    later["programs"] = getattr(event, "programs", None)  # an upgrade from before reads events without it
    return told | {name: value for name, value in later.items() if value}


def canonical(fields: Mapping[str, object]) -> bytes:
    """One spelling of an event: sorted keys, no spaces, UTF-8."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link_hash(previous: str, position: int, fields: Mapping[str, object]) -> str:
    """``H(previous, position, event)`` in hex."""
    return hashlib.sha256(f"{previous}:{position}:".encode() + canonical(fields)).hexdigest()


def proof_text(nonce: str, fields: Mapping[str, object]) -> str:
    """What an event's proof is made of: all but its number, which is not known before it is written."""
    told = canonical({name: value for name, value in fields.items() if name != "id"})
    return f"event:{nonce}:{told.decode()}"


def link_text(position: int, hash_: str) -> str:
    """What a link's proof is made of."""
    return f"link:{position}:{hash_}"
