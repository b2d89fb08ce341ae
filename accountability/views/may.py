"""Whose word it takes on a page of the track."""

from accountability.access import may_decide, may_override
from accountability.models import Track
from lms.people.http import Request


def proposes(request: Request, track: Track) -> bool:
    """Whether this person's word alone is not enough here."""
    referral = track.referral
    return not may_decide(request.user, referral) and may_override(request.user, referral)
