"""What the rules say of a window, worked out once for everybody who shares it. Pure.

Thousands of check-ins are due on one date in one zone under one policy; their reminders are the same.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from accountability.rules.check_in_state import Moments
from accountability.rules.reminders import Reminder, awake, reminders
from lms.referrals.rules.policy import Policy


class Plans:
    """Lives as long as one sweep. ``policies`` is filled by whoever asks."""

    def __init__(self) -> None:
        self.policies: dict[UUID, Policy] = {}
        self._reminders: dict[tuple[object, ...], tuple[Reminder, ...]] = {}
        self._awake: dict[tuple[object, ...], datetime] = {}

    def reminders(self, c: Moments, policy_id: UUID, zone: str) -> tuple[Reminder, ...]:
        """``rules.reminders.reminders``; it reads of the moments those of the window alone."""
        key = (policy_id, zone, c.opens_at, c.due_at, c.closes_at)
        if key not in self._reminders:
            self._reminders[key] = reminders(c, self.policies[policy_id], ZoneInfo(zone))
        return self._reminders[key]

    def awake(self, moment: datetime, policy_id: UUID, zone: str) -> datetime:
        """``rules.reminders.awake``."""
        key = (policy_id, zone, moment)
        if key not in self._awake:
            self._awake[key] = awake(moment, self.policies[policy_id], ZoneInfo(zone))
        return self._awake[key]
