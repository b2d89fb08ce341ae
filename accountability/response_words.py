"""What a step says to begin with: calm words, in the person's language, for a human to change and sign."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accountability.ladder import ladder, policy_of
from accountability.models import Track
from lms.referrals.models import Referral
from lms.referrals.templatetags.amends import local_date


@contextmanager
def written_to(referral: Referral) -> Iterator[None]:
    """In the language of whoever reads it, not of whoever writes it."""
    language = referral.person.language if referral.person else referral.language
    with translation.override(language):
        yield


def warning_to_begin_with(referral: Referral, now: datetime, *, contact: bool = False) -> str:
    """A draft of what happened, what to do, by when, whom to call; without a word of blame."""
    parts = [_what_happened(referral, now), _what_to_do(referral, now), _whom_to_call(referral)]
    if not contact:
        day = (now + timedelta(days=policy_of(referral, now).answer_days)).astimezone(referral.time_zone).date()
        answer = _("This is a written warning. You can answer it on this page until %(day)s.")
        parts.append(answer % {"day": local_date(day, referral.time_zone)})
        parts.append(
            _("If nothing changes, a notice to the court can follow. You would read it first and could answer it.")
        )
    return "\n\n".join(part for part in parts if part)


def _what_happened(referral: Referral, now: datetime) -> str:
    misses = ladder(referral, now).misses
    if not misses:
        return ""
    numbers = ", ".join(str(number) for number in misses)
    words = ngettext("We did not get check-in %(numbers)s.", "We did not get check-ins %(numbers)s.", len(misses))
    return words % {"numbers": numbers}


def _what_to_do(referral: Referral, now: datetime) -> str:
    track = Track.objects.filter(referral=referral).first()
    open_ones = track.check_ins.unanswered().filter(closes_at__lte=now, cure_until__gt=now) if track else None
    first = open_ones.order_by("cure_until").first() if open_ones is not None else None
    asked = _("If something kept you from it, you can ask to be excused.")
    if first is None:
        return asked
    day = first.cure_until.astimezone(referral.time_zone) - timedelta(seconds=1)
    made_up = _("You can still make it up until %(day)s.") % {"day": local_date(day.date(), referral.time_zone)}
    return f"{made_up} {asked}"


def _whom_to_call(referral: Referral) -> str:
    program = referral.program
    who = referral.facilitator.shown_name if referral.facilitator else program.contact_name
    if not program.contact_phone:
        return _("If you want to talk: %(who)s.") % {"who": who or program.name}
    return _("If you want to talk: %(who)s, %(phone)s.") % {"who": who or program.name, "phone": program.contact_phone}
