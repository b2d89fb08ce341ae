"""A court's hearings as a calendar file: when, and of which case. No name: a calendar lies open on many screens."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from lms.referrals.models import Hearing


def as_ics(hearings: Iterable[Hearing], *, now: datetime) -> bytes:
    """RFC 5545, one entry for each hearing, in the language that is active. How long it lasts nobody told us."""
    calendar = Calendar()
    calendar.add("prodid", "-//Amends//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Hearings"))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for hearing in hearings:
        entry = Event()
        # A moved hearing is another one: the old entry goes, and the new one comes with its own id.
        entry.add("uid", f"{hearing.pk}@amends")
        entry.add("dtstamp", hearing.recorded_at)
        entry.add("dtstart", hearing.at)
        entry.add("summary", _("Hearing: case %(case)s") % {"case": hearing.referral})
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
