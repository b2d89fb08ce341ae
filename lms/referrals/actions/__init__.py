"""Every write to a case, one verb each."""

from lms.referrals.actions.agreements import accept_agreements, current_agreements
from lms.referrals.actions.invitations import invite
from lms.referrals.actions.referrals import (
    add_hearing,
    assign_facilitator,
    cancel_hearing,
    close,
    locked,
    mark_course_completed,
    mark_course_started,
    mark_track_opened,
    receive,
    refer_back,
    say_why_it_ended,
    withdraw,
)

__all__ = [
    "accept_agreements",
    "add_hearing",
    "assign_facilitator",
    "cancel_hearing",
    "close",
    "current_agreements",
    "invite",
    "locked",
    "mark_course_completed",
    "mark_course_started",
    "mark_track_opened",
    "receive",
    "refer_back",
    "say_why_it_ended",
    "withdraw",
]
