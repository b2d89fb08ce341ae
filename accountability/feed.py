"""The track as a calendar file. It says that something is due, and to nobody what."""

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accountability.calendar_mail import entry_of
from accountability.commitment_access import meetings_of
from accountability.models import Track


def as_ics(track: Track, *, now: datetime) -> bytes:
    """RFC 5545, one all-day entry per due date that still matters and one for each meeting of their circles, in the person's
    language.

    A whole day has no zone: it is that date wherever the phone is, as the due date is where the person lives.
    """
    person = track.referral.person
    with translation.override(person.language if person else track.referral.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Amends//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        # What a phone shows as the calendar's name: neutral, like every word in it.
        calendar.add("x-wr-calname", _("My dates"))
        calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
        asked = track.check_ins.filter(excused_at=None, cancelled_at=None).defer("draft")
        for check_in in asked.annotate(times_moved=Count("window_changes")).order_by("number"):
            entry = Event()
            entry.add("uid", f"{check_in.pk}@amends")
            entry.add("dtstamp", now)
            # A date that moved keeps its entry; a calendar takes the newer one by this.
            entry.add("sequence", check_in.times_moved)
            entry.add("dtstart", check_in.due_on)
            entry.add("dtend", check_in.due_on + timedelta(days=1))
            entry.add("summary", _("Done") if check_in.submitted_at else _("Check in today"))
            entry.add("transp", "TRANSPARENT")
            calendar.add_component(entry)
        for meeting in meetings_of(track.referral):
            calendar.add_component(entry_of(meeting, now))
        return bytes(calendar.to_ical())
