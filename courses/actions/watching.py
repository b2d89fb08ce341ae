"""What a page says of its recordings: kept as lines of the ledger, as far as it can be true."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from courses import shown
from courses.actions.evidence import record
from courses.blocks import RECORDINGS
from courses.models import EditionModule, Enrollment, Evidence, Viewing
from courses.rules.completion import Kind
from courses.rules.progress import ModuleRecord
from courses.rules.watched import FASTEST, Range, Watched, seconds, seconds_to_read, taken, union, without
from courses.rules.words import count_words
from courses.watching import OPENED, PLAYED, watched_by

MOST_RANGES = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """What the server knows of one recording: the page reports no more of it."""

    watched: Watched
    ranges: list[Range]
    opened: bool


@transaction.atomic
def note(
    *,
    viewing: Viewing,
    played: Mapping[str, Sequence[Range]],
    opened: Collection[str],
    elapsed: float,
    language: str,
    now: datetime,
) -> dict[str, Standing]:
    """Of recordings on the page that beat: what was played in the ``elapsed`` seconds since its last beat, and whose
    words were opened. By block; a block that shows no recording there is passed over."""
    module = EditionModule.objects.select_related("revision_en", "revision_es").get(pk=viewing.module_id)
    budget = elapsed * FASTEST
    found = {}
    for block_id in [b for b in module.steps[viewing.step - 1] if b in played or b in opened]:
        recording = _recording(module, block_id, language)
        if recording is None:
            continue
        known = _known(viewing, block_id, recording)
        new = without(_finite(played.get(block_id, ())), known)
        possible = taken(new, length=recording.milliseconds / 1000, budget=budget)
        kept = [(round(since, 3), round(until, 3)) for since, until in possible]
        budget -= seconds(kept)
        for since, until in kept:
            data: dict[str, Any] = {"since": since, "until": until}
            _write(viewing, module, block_id, recording, PLAYED, data, language, now)
        if block_id in opened and not _was_opened(viewing, block_id):
            data = {"needs": _needs(recording, language), "step": viewing.step}
            _write(viewing, module, block_id, recording, OPENED, data, language, now)
        found[block_id] = (union([*known, *kept]), _was_opened(viewing, block_id))
    stand = watched_by(viewing.enrollment, module=module.pk)
    return {
        block: Standing(stand.get((module.pk, block), Watched(0, 1)), ranges, was_opened)
        for block, (ranges, was_opened) in found.items()
    }


def settle(*, enrollment: Enrollment, found: Collection[tuple[EditionModule, ModuleRecord]], now: datetime) -> None:
    """What was played to its end, or read instead, stands in the ledger as watched: on that line a completion rests."""
    ended = [(module, one.block_id) for module, asked in found for one in asked.recordings if not one.short]
    if not ended:
        return
    rows = Evidence.objects.filter(enrollment=enrollment, kind=Kind.WATCHED).values_list("module", "block_id")
    there = set(rows)
    for module, block_id in ended:
        if (module.pk, block_id) not in there:
            record(enrollment, module, Kind.WATCHED, now, block_id=block_id)


def _write(
    viewing: Viewing, module: EditionModule, block_id: str, recording: Any, kind: str, data: dict[str, Any],
    language: str, now: datetime,
) -> None:  # fmt: skip
    of = {"recording": recording.pk, "of": recording.milliseconds / 1000}
    record(viewing.enrollment, module, kind, now, block_id=block_id, digest=module.digest(language), data=data | of)


def _recording(module: EditionModule, block_id: str, language: str) -> Any:
    block = shown.block(module, block_id, language)
    return block.value["recording"] if block is not None and block.block_type in RECORDINGS else None


def _known(viewing: Viewing, block_id: str, recording: Any) -> list[Range]:
    lines = Evidence.objects.filter(
        enrollment=viewing.enrollment_id, module=viewing.module_id, kind=PLAYED, block_id=block_id
    )
    return union((row.data["since"], row.data["until"]) for row in lines if row.data["recording"] == recording.pk)


def _was_opened(viewing: Viewing, block_id: str) -> bool:
    return Evidence.objects.filter(
        enrollment=viewing.enrollment_id, module=viewing.module_id, kind=OPENED, block_id=block_id
    ).exists()


def _needs(recording: Any, language: str) -> int:
    """Of the words in the language that is read, else of the longest there are."""
    texts = {words.language: count_words(words.transcript) for words in recording.words.all()}
    return seconds_to_read(texts.get(language) or max(texts.values(), default=0))


def _finite(ranges: Sequence[Range]) -> list[Range]:
    return [(a, b) for a, b in ranges[:MOST_RANGES] if math.isfinite(a) and math.isfinite(b)]
