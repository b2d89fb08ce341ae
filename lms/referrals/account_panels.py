"""What the desk says of a person's account: the code on paper, a new invitation asked for, sign-ins in doubt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.people.models import SignIn
from lms.referrals.desk import Audience, Need, Section
from lms.referrals.models import Invitation, InvitationAsked, Referral

TWO_PLACES_SHOWN_FOR = timedelta(days=30)
LIGHT = 20


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Quiet notes: nothing follows from them by itself."""
    return [*_two_places(referrals, now), *_asked_in_vain(referrals)]


def _two_places(referrals: QuerySet[Referral], now: datetime) -> list[Need]:
    since: dict[UUID, datetime] = {}
    rows = SignIn.objects.filter(apart=True, looked_at=None, at__gte=now - TWO_PLACES_SHOWN_FOR)
    for user, at in rows.filter(user__in=referrals.order_by().values("person")).values_list("user", "at"):
        since[user] = min(at, since.get(user, at))
    why = _("the account was used in two places at about the same time")
    return [
        Need(pk, why, reverse("referrals:sign_ins", args=[pk]), since[person], LIGHT, _("Look at the sign-ins"))
        for pk, person in referrals.order_by().filter(person__in=since).values_list("pk", "person")
    ]


def _asked_in_vain(referrals: QuerySet[Referral]) -> list[Need]:
    """A new invitation was asked for and could not be sent: no address, or too many already."""
    waiting = referrals.order_by().filter(person=None)
    sent_since = Invitation.objects.filter(referral=OuterRef("invitation__referral"), made_at__gt=OuterRef("asked_at"))
    rows = InvitationAsked.objects.filter(
        ~Exists(sent_since), sent=None, settled_at__isnull=False, invitation__referral__in=waiting
    )
    found: dict[object, Need] = {}
    for pk, at in rows.values_list("invitation__referral", "asked_at"):
        url = reverse("referrals:case", args=[pk]) + "#account"
        found[pk] = Need(pk, _("asked for a new invitation"), url, at, LIGHT + 10, _("Send one, or print a code"))
    return list(found.values())


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """For staff: what became of the invitation, the code, the sign-ins. For the court: the code."""
    if audience == "person":
        return []
    waiting = referral.person_id is None and referral.is_open
    code = referral.codes.filter(used_at=None, replaced_at=None, expires_at__gt=now).first()
    if audience == "court":
        shown = {"referral": referral, "code": code, "print": "referrals:print_code_court"}
        return [Section(_("A code on paper"), "start/panel.html", shown, order=90)] if waiting else []
    asked = InvitationAsked.objects.filter(invitation__referral=referral).order_by("-asked_at").first()
    context: dict[str, Any] = {
        "referral": referral,
        "code": code,
        "asked": asked if waiting else None,
        "waiting": waiting,
        "print": "referrals:print_code",
        "sign_ins": referral.person_id is not None,
    }
    if not waiting and not referral.person_id:
        return []
    return [Section(_("The account"), "start/panel.html", context, order=95)]
