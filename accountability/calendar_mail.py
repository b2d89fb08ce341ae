"""A meeting as an entry for somebody's calendar, by mail (RFC 5545, RFC 5546). It says when, and to nobody with whom."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accountability.actions import meeting_mail
from accountability.models import Meeting
from lms import crypto
from lms.outbox import enclosures
from lms.outbox.enclosures import Enclosure
from lms.outbox.models import Message
from lms.referrals.templatetags.amends import local

METHODS = {meeting_mail.INVITATION: "REQUEST", meeting_mail.CANCELLED: "CANCEL"}


def register() -> None:
    """Called when the apps are ready."""
    for kind in (*METHODS, meeting_mail.TOMORROW):
        enclosures.register(kind, enclosure)


def enclosure(message: Message, address: str) -> Enclosure:
    """When it is and, for whoever cannot sign in to see it and for the facilitator, where."""
    meeting = _meeting_of(message)
    if meeting is None:
        return Enclosure()
    words = {"when": local(meeting.starts_at, meeting.circle.time_zone), "where": _where(meeting, message)}
    method = METHODS.get(message.kind, "")
    if not method:
        return Enclosure(words)
    # As it was when this was posted: of a change and the next one, neither may overtake the other.
    meeting.sequence = int("".join(sign for sign in message.key.split(":")[3] if sign.isdigit()))
    calendar = as_ics(meeting, method, address, words["where"], message.posted_at)
    return Enclosure(words, calendar, method)


def as_ics(meeting: Meeting, method: str, address: str, where: str, now: datetime) -> str:
    """One meeting for one reader. Sent again after a change it has the same UID and a higher SEQUENCE."""
    calendar = Calendar()
    calendar.add("prodid", "-//Amends//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    entry = entry_of(meeting, now)
    entry.add("organizer", _mailto(settings.DEFAULT_FROM_EMAIL.rsplit("<", 1)[-1].rstrip(">")))
    entry.add("attendee", _mailto(address), parameters={"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"})
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if where:
        entry.add("location", where)
    calendar.add_component(entry)
    return calendar.to_ical().decode()


def entry_of(meeting: Meeting, now: datetime) -> Event:
    """The entry alone, in neutral words: for a feed too."""
    entry = Event()
    entry.add("uid", f"{meeting.pk}@amends")
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", now)
    entry.add("dtstart", meeting.starts_at)
    entry.add("dtend", meeting.ends_at)
    entry.add("summary", _("Meeting"), parameters={"LANGUAGE": get_language() or "en"})
    return entry


def _mailto(address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{address}")


def _meeting_of(message: Message) -> Meeting | None:
    pk = message.key.split(":")[1] if message.key.startswith("meeting:") else ""
    rows = Meeting.objects.select_related("circle__program")
    return rows.filter(pk=UUID(pk)).first() if pk else None


def _where(meeting: Meeting, message: Message) -> str:
    """The responsible party signs in to see it: their mailbox may be read by others."""
    if message.about is not None:
        return ""
    try:
        return str(meeting.circle.place)
    except crypto.KeyMissing:
        return ""
