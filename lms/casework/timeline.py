"""Everything that happened in a case, the newest first: events in words, messages with what became of them, notes,
attempts to reach somebody. A page is put together from as many queries for ten lines as for ten thousand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.casework.access import notes_for
from lms.casework.models import ContactAttempt, Note
from lms.journal import labels
from lms.journal.models import Event
from lms.outbox.models import Attempt, Message
from lms.people.models import User
from lms.referrals import audit, event_words, message_words
from lms.referrals.event_words import Said
from lms.referrals.models import Referral

# What of the journal staff of a case may read: how the case went. Not who signed in from where, what is kept or
# demanded, nor who read what: those stand in the audit, for whoever oversees.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "case": ("referral.", "referral_code.", "transfer.", "invitation."),
    "course": ("course.", "module.", "check.", "scenario.", "reflection.", "plan.", "waiver."),
    "check_ins": ("check_in.", "track."),
    "commitments": ("commitment.", "circle.", "provider."),
    "reports": ("report.",),
    "decisions": ("excusal.", "response.", "notice.", "warning.", "cover."),
}
KINDS: Mapping[str, str | Promise] = {
    "case": gettext_lazy("The case"),
    "course": gettext_lazy("The course"),
    "check_ins": gettext_lazy("Check-ins and the track"),
    "commitments": gettext_lazy("Commitments"),
    "reports": gettext_lazy("Reports"),
    "decisions": gettext_lazy("Decisions"),
    "messages": gettext_lazy("Messages"),
    "notes": gettext_lazy("Notes"),
    "contacts": gettext_lazy("Attempts to reach them"),
}
Key = tuple[datetime, str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, of which kind, what, by whom; ``facts`` in short, ``words`` where somebody wrote some."""

    at: datetime
    kind: str
    what: str
    who: str = ""
    facts: tuple[Said, ...] = ()
    words: str = ""
    label: str = ""

    @property
    def of_kind(self) -> str:
        return str(KINDS[self.kind])


def keys(referral: Referral, reader: User, kind: str = "") -> list[Key]:
    """(moment, source, primary key) of every line, the newest first: what is cheap to ask for all of them."""
    found: list[Key] = []
    if not kind or kind in EVENTS:
        found += [(at, "event", pk) for at, pk in _events(referral, kind).values_list("at", "pk")]
    if kind in ("", "messages"):
        found += [(at, "message", pk) for at, pk in _messages(referral).values_list("posted_at", "pk")]
    if kind in ("", "notes"):
        found += [(at, "note", pk) for at, pk in _notes(referral, reader).values_list("written_at", "pk")]
    if kind in ("", "contacts"):
        found += [(at, "contact", pk) for at, pk in _contacts(referral).values_list("made_at", "pk")]
    return sorted(found, key=lambda key: (key[0], str(key[2])), reverse=True)


def lines(page: Sequence[Key], referral: Referral, reader: User) -> list[Line]:
    """The lines of one page, in its order."""
    shown = {
        source: told({pk for _at, of, pk in page if of == source}, referral, reader) for source, told in SOURCES.items()
    }
    return [shown[source][pk] for _at, source, pk in page if pk in shown[source]]


def _events(referral: Referral, kind: str = "") -> QuerySet[Event]:
    beginnings = EVENTS[kind] if kind else [one for some in EVENTS.values() for one in some]
    which = Q()
    for beginning in beginnings:
        which |= Q(kind__startswith=beginning)
    # Who read what is told to the person and to auditors; typing and reading are not how a case goes.
    return Event.objects.filter(which, about=referral.subject).exclude(kind__in=labels.READS).order_by()


def _messages(referral: Referral) -> QuerySet[Message]:
    """Those to the person themselves: what staff and the court were told stands with what it tells of."""
    return Message.objects.filter(to=referral.person_id, to__isnull=False, about=referral.subject).order_by()


def _notes(referral: Referral, reader: User) -> QuerySet[Note]:
    return notes_for(reader).filter(referral=referral).order_by()


def _contacts(referral: Referral) -> QuerySet[ContactAttempt]:
    return ContactAttempt.objects.filter(referral=referral).order_by()


def _told_events(pks: set[Any], referral: Referral, reader: User) -> dict[Any, Line]:
    if not pks:
        return {}
    words = audit.reader_for(_program_of(referral), referral.time_zone)
    return {
        event.pk: Line(
            event.at, _kind_of(event.kind), labels.label(event.kind), _who(event, words.names),
            tuple(event_words.tell(event, words)),
        )
        for event in Event.objects.filter(pk__in=pks).select_related("by")
    }  # fmt: skip


def _told_messages(pks: set[Any], referral: Referral, reader: User) -> dict[Any, Line]:
    rows = _messages(referral).filter(pk__in=pks).prefetch_related("attempts") if pks else ()
    return {row.pk: Line(row.posted_at, "messages", _sent(row), words=_became(row)) for row in rows}


def _told_notes(pks: set[Any], referral: Referral, reader: User) -> dict[Any, Line]:
    rows = _notes(referral, reader).filter(pk__in=pks).select_related("corrected_by") if pks else ()
    return {row.pk: _note(row) for row in rows}


def _told_contacts(pks: set[Any], referral: Referral, reader: User) -> dict[Any, Line]:
    rows = _contacts(referral).filter(pk__in=pks).select_related("recorded_by") if pks else ()
    return {
        row.pk: Line(
            row.made_at, "contacts", f"{row.get_way_display()}: {row.get_outcome_display()}", row.recorded_by.shown_name,
            words=row.note,
        )
        for row in rows
    }  # fmt: skip


Told = Callable[[set[Any], Referral, User], dict[Any, Line]]
SOURCES: Mapping[str, Told] = {
    "event": _told_events, "message": _told_messages, "note": _told_notes, "contact": _told_contacts
}  # fmt: skip


def _note(row: Note) -> Line:
    corrected = getattr(row, "corrected_by", None)
    what = (
        _("Note, corrected later")
        if corrected
        else _("Note that corrects an older one")
        if row.corrects_id
        else _("Note")
    )
    return Line(row.written_at, "notes", what, row.written_by.shown_name, words=row.words, label=row.get_kind_display())


def _sent(message: Message) -> str:
    return _("Message: %(what)s") % {"what": message_words.what(message)}


def _became(message: Message) -> str:
    attempts: Iterable[Attempt] = sorted(message.attempts.all(), key=lambda attempt: attempt.number)
    told = [message_words.tried(attempt) for attempt in attempts]
    if told:
        return told[-1]
    if message.suppressed_why:
        return _("It was not sent.")
    return _("It waits to be sent.") if message.sent_at is None else ""


def _kind_of(kind: str) -> str:
    return next(name for name, beginnings in EVENTS.items() if kind.startswith(beginnings))


def _program_of(referral: Referral) -> QuerySet[Any]:
    return type(referral.program).objects.filter(pk=referral.program_id)


def _who(event: Event, names: Mapping[UUID, str]) -> str:
    if event.by is None:
        return _("The service")
    return names.get(event.by.pk) or audit.role(event.by)
