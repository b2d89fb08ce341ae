"""A program with questions of every kind, and somebody who answers them."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accountability.actions import tracks
from accountability.models import CheckIn, CheckInForm
from lms import clock
from lms.referrals.models import Program
from tests.builders import an_enrolled_referral, at

DAY = timedelta(days=1)
OPEN = 6  # days since the opening at which check-in 1 is open
CHOICES = {"choices_en": ["At home", "Elsewhere"], "choices_es": ["En casa", "En otra parte"]}
ENDS = {"low_en": "hard", "low_es": "difícil", "high_en": "steady", "high_es": "estable"}
MORE = {"scale": ENDS, "choice": CHOICES, "choices": CHOICES}
KINDS = ("scale", "choice", "choices", "text", "commitments", "attendance", "changed", "upload")


def key(kind: str) -> str:
    return f"q_{uuid5(NAMESPACE_URL, kind)}"


def a_question(kind: str, *, required: bool = True, **more: Any) -> dict[str, Any]:
    words = {
        f"{part}_{language}": f"{part} {kind} {language}" for part in ("label", "hint") for language in ("en", "es")
    }
    value = words | {"required": required} | MORE.get(kind, {}) | more
    return {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, kind))}


def a_form(program: Program, kinds: tuple[str, ...] = KINDS, **fields: Any) -> CheckInForm:
    number = CheckInForm.objects.filter(program=program).count() + 1
    questions = [kind if isinstance(kind, dict) else a_question(kind, required=kind != "upload") for kind in kinds]
    fields = {"number": number, "in_force_from": at("2020-01-01 00:00")} | fields
    return CheckInForm.objects.create(program=program, questions=questions, **fields)


def an_open_check_in(program: Program, days: int = OPEN) -> CheckIn:
    """Of a track that opened so many days ago, by the real clock: pages read it."""
    referral = an_enrolled_referral(program=program)
    track = tracks.open_track(referral=referral, by=None, now=clock.now() - days * DAY)
    return track.check_ins.select_related("track__referral__person", "track__referral__facilitator").first()


def answers(**more: Any) -> dict[str, Any]:
    """One right answer to each kind, as a page sends them."""
    typed = {
        key("scale"): "4", key("choice"): "1", key("choices"): ["0", "1"], key("text"): "Words of a week",
        key("attendance"): "there", key("changed"): ["none"],
    }  # fmt: skip
    return typed | more
