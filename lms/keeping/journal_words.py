"""The words for what the keeping and the forgetting record."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.keeping import shredders
from lms.keeping.models import Act, DemandKind, DemandOutcome, Ground, HoldReason
from lms.referrals.event_words import Fact, Reader, coded, register, size, that_it_is_there, yes_or_no


def register_all() -> None:
    """Called when the apps are ready."""
    register("case.", act=Fact(_("what should happen"), coded(Act.choices)))
    register("case.", ground=Fact(_("on what ground"), coded(Ground.choices)))
    register("case.", order=Fact(_("the order is attached"), that_it_is_there))
    register("case.", counts=Fact(_("what it was about"), _counts))
    register("hold.", reason=Fact(_("reason"), coded(HoldReason.choices)))
    register("demand.", kind=Fact(_("kind of demand"), coded(DemandKind.choices)))
    register("demand.", told=Fact(_("the person was told"), yes_or_no))
    register("demand.", outcome=Fact(_("outcome"), coded(DemandOutcome.choices)))
    register("copy.", bytes=Fact(_("size"), size))


def _counts(value: Any, reader: Reader) -> str:
    """``["hearings:2"]``, as the preview names the lines that there are any of."""
    pairs = [(code, int(count)) for code, _colon, count in (str(one).rpartition(":") for one in value)]
    return "; ".join(f"{shredders.describe(code, count).what}: {count}" for code, count in pairs if count)
