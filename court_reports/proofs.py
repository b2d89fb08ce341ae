"""What somebody needs to verify a report without us: its own lines of the register, and the way to a published head.

Of all other lines the proof holds the digest alone: it says nothing about anybody else's report.
"""

import json
from typing import Any

from court_reports.models import Entry, PublishedHead, RegisterEntry, Release
from court_reports.register import parts

FORMAT = "amends-proof/1"


class NoProof(Exception):
    """The register's lines of this report, or of some after it, are from before lines had digests of their own."""


def proof_of(release: Release) -> dict[str, Any]:
    """As plain JSON. Up to the first head that was published after the report's own last line; where there is none yet,
    up to the register's end, whose head then has no day. Raises NoProof."""
    own = _own_lines(release)
    head = PublishedHead.objects.filter(position__gte=own[-1].position).order_by("day").first()
    end = RegisterEntry.objects.order_by("-position")[0] if head is None else head
    way = RegisterEntry.objects.filter(position__gte=own[0].position, position__lte=end.position)
    digests = list(way.order_by("position").values_list("line", flat=True))
    if not all(digests):
        raise NoProof(release.number)
    return {
        "format": FORMAT,
        "number": release.number,
        "own": [parts(entry) for entry in own],
        "first": own[0].position,
        "previous": own[0].previous,
        "lines": digests,
        "head": {"day": head.day.isoformat() if head else None, "position": end.position, "hash": end.hash},
    }


def covered_proof(release: Release) -> bytes | None:
    """The proof as a file, once a head that was published covers it; None before, and for lines of long ago."""
    try:
        said = proof_of(release)
    except NoProof:
        return None
    return as_file(said) if said["head"]["day"] else None


def as_file(said: dict[str, Any]) -> bytes:
    return json.dumps(said, indent=1).encode()


def _own_lines(release: Release) -> list[RegisterEntry]:
    """Its issue; that it was replaced or revoked; and, before the line of the former, the issue of what replaced it."""
    found = list(release.entries.order_by("position"))
    replaced = [entry.position for entry in found if entry.kind == Entry.REPLACED]
    found += RegisterEntry.objects.filter(position__in=[position - 1 for position in replaced])
    return sorted({entry.position: entry for entry in found}.values(), key=lambda entry: entry.position)
