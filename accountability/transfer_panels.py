"""A transfer, told to everybody whose case it is: calmly to the person, with the way to it for administrators."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lms.people.models import User
from lms.referrals.access import is_administrator
from lms.referrals.actions.agreements import owed_after_transfer
from lms.referrals.desk import Audience, Section, Step
from lms.referrals.models import Referral
from lms.referrals.transfers import newest


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """The other program's agreements, where they say something else."""
    if not owed_after_transfer(referral=referral, language=get_language() or "en"):
        return []
    words = _(
        "Another program goes on with you. Its texts differ from those you accepted. What you did counts already."
    )
    return [Step(_("Read the agreements of your program"), reverse("referrals:agreements"), words, minutes=5, order=5)]


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """That the case came from another program, or may go to one. A court reads what happened, not what is proposed."""
    if audience == "facilitator":
        return []
    came = newest(referral)
    waiting = _waiting(referral, now) if audience == "person" and referral.is_open else None
    if came is None and waiting is None:
        return []
    context = {"referral": referral, "came": came, "waiting": waiting}
    template = "learn/transfer_panel.html" if audience == "person" else "court/transfer_panel.html"
    return [Section(_("Your program") if audience == "person" else _("Transferred"), template, context, order=3)]


def personal(referral: Referral, reader: User, now: datetime) -> Sequence[Section]:
    """For staff: where it came from, what waits; and for administrators the way to propose it."""
    came, waiting = newest(referral), _waiting(referral, now)
    may = referral.is_open and is_administrator(reader, referral.program)
    if not (came or waiting or may):
        return []
    context = {"referral": referral, "came": came, "waiting": waiting, "may": may and waiting is None}
    return [Section(_("Transfer to another program"), "facilitate/transfers/panel.html", context, order=90)]


def _waiting(referral: Referral, now: datetime) -> object | None:
    found = referral.transfer_proposals.waiting(now)  # type: ignore[attr-defined]
    return found.select_related("to_program", "proposed_by").first()
