"""What is typed into a check-in before it is sent: its questions are fixed, its draft is kept, its place is known."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accountability.actions.codes import new_code
from accountability.asking import form_for
from accountability.models import Answering, CheckIn
from accountability.rules.check_in_state import accepts
from lms.referrals import recall


class NotOpen(Exception):
    """This check-in cannot be answered now."""


class Newer(Exception):
    """Another device has typed something since. ``draft``: what stands there; ``version``: which one that is."""

    def __init__(self, draft: dict[str, Any], version: int) -> None:
        super().__init__(version)
        self.draft, self.version = draft, version


@transaction.atomic
def prepare(*, check_in: CheckIn, now: datetime) -> Answering:
    """Fix what is asked, the first time that it is opened or printed; the same ever after.

    ``check_in`` needs its track with program and policy.
    """
    found = Answering.objects.filter(check_in=check_in).select_related("form").first()
    if found:
        return found
    # Two phones at once: the row of the check-in is the queue they stand in.
    CheckIn.objects.select_for_update().only("pk").get(pk=check_in.pk)
    form = form_for(check_in, now)
    asked = recall.one_for(check_in.track.referral, check_in.number) if form and form.recall else None
    kept = asked.as_kept() if asked else None
    return Answering.objects.get_or_create(
        check_in=check_in, defaults={"form": form, "code": new_code(), "opened_at": now, "recall": kept}
    )[0]


@transaction.atomic
def save_draft(
    *,
    check_in: CheckIn,
    answers: dict[str, Any],
    now: datetime,
    part: bool = False,
    place: str = "",
    device: str = "",
    seen: int | None = None,
) -> int:
    """Keep what is typed, and say which version it is; a sent or closed check-in keeps no draft.

    ``part``: only these answers, beside what is there. ``seen``: the version that the page began with.
    Raises NotOpen, Newer (where another device wrote since, something that differs).
    """
    row = CheckIn.objects.select_for_update(of=("self",)).select_related("track__policy", "track__referral__program").get(pk=check_in.pk)  # fmt: skip
    if row.track.closed_at or not accepts(row.moments, now, row.track.leeway):
        raise NotOpen(row.pk)
    kept, draft = prepare(check_in=row, now=now), row.read_draft()
    if seen is not None and kept.version != seen and kept.device != device and _differs(draft, answers):
        raise Newer(draft, kept.version)
    new = draft | answers if part else answers
    CheckIn.objects.filter(pk=row.pk).update(draft=row.seal_draft(new), draft_saved_at=now)
    kept.version, kept.device = kept.version + 1, device
    kept.place = place or kept.place
    kept.save(update_fields=["version", "device", "place"])
    return kept.version


def _differs(draft: dict[str, Any], answers: dict[str, Any]) -> bool:
    """Whether something that was typed elsewhere would be written over."""
    return any(draft.get(name) and draft[name] != value for name, value in answers.items())
