"""The track as a calendar file. It says that something is due, and to nobody what."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accountability.models import Track


def as_ics(track: Track, *, now: datetime) -> bytes:
    """RFC 5545, one all-day entry per due date that still matters, in the person's language."""
    person = track.referral.person
    with translation.override(person.language if person else track.referral.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Amends//EN")
        calendar.add("version", "2.0")
        for check_in in track.check_ins.filter(excused_at=None, cancelled_at=None).order_by("number"):
            entry = Event()
            entry.add("uid", f"{check_in.pk}@amends")
            entry.add("dtstamp", now)
            entry.add("dtstart", check_in.due_on)
            entry.add("dtend", check_in.due_on + timedelta(days=1))
            entry.add("summary", _("Done") if check_in.submitted_at else _("Check in today"))
            entry.add("transp", "TRANSPARENT")
            calendar.add_component(entry)
        return bytes(calendar.to_ical())
