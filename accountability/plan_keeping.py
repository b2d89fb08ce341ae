"""What commitments and circles hold about one case, and how it is put away and forgotten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accountability.models import (
    Attendance,
    Circle,
    CirclePerson,
    Commitment,
    Evidence,
    Helper,
    Meeting,
    Minutes,
    Progress,
    Provider,
    ProviderAnswer,
    ProviderLink,
)
from lms import crypto
from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word, Words
from lms.keeping.telling import Column, table
from lms.outbox.models import Message
from lms.referrals.models import Referral

Columns = dict[Words, Column]
TERMS = "required due_on proof unit units_asked agreed_at"
DATA = {
    "accountability.Commitment": {
        "narrative": "named_by_order words why",
        "compliance": f"number made_at verified_on verified_at ended_at {TERMS}",
        "derived": "id track verified_by wakes_at",
    },
    "accountability.CommitmentChange": {
        "narrative": "reason words why named_by_order",
        "compliance": f"what recorded_at {TERMS}",
        "derived": "id commitment recorded_by",
    },
    "accountability.Evidence": {
        "narrative": "words note",
        "compliance": "sent_at decided_at outcome",
        "derived": "id commitment file sent_by decided_by",
    },
    "accountability.Progress": {
        "compliance": "on units source recorded_at",
        "derived": "id commitment recorded_by evidence attendance",
    },
    "accountability.Provider": {
        "identity": "name email language",
        "narrative": "asks",
        "compliance": "named_at agreed_at may_name refused_at",
        "derived": "id commitment named_by agreed_by",
    },
    "accountability.ProviderLink": {
        "security": "token_digest",
        "compliance": "made_at expires_at used_at ended_at",
        "derived": "id provider made_by",
    },
    "accountability.ProviderAnswer": {
        "identity": "name role",
        "compliance": "at confirmed on units",
        "derived": "id link",
    },
    "accountability.Circle": {
        "narrative": "name place",
        "compliance": "first_on last_on at minutes zone every on_holiday made_at ended_at",
        "public": "holidays",
        "derived": "id program leader",
    },
    "accountability.CirclePerson": {"compliance": "joined_at left_at", "derived": "id circle referral commitment"},
    "accountability.Helper": {
        "identity": "name email language",
        "compliance": "role joined_at left_at",
        "derived": "id circle",
    },
    "accountability.Meeting": {
        "compliance": "number planned_on starts_at ends_at moved_from cancelled_at",
        "derived": "id circle sequence invited_at reminded_at minutes_asked_at wakes_at",
    },
    "accountability.Attendance": {
        "compliance": "presence recorded_at",
        "derived": "id meeting person helper staff recorded_by",
    },
    "accountability.Minutes": {"narrative": "words", "compliance": "written_at", "derived": "id meeting written_by"},
}
WORDS = {
    "commitments": Word(gettext_lazy("words of commitments")),
    "providers": Word(gettext_lazy("people who were asked to confirm a commitment")),
    "circle_minutes": Word(gettext_lazy("minutes of the circle’s meetings")),
    "plan_moments": Word(
        gettext_lazy("progress, answers of providers and attendance"),
        gettext_lazy("numbers and moments alone, which prove how it went"),
    ),
}


def preview(referral: Referral) -> dict[str, int]:
    theirs = Commitment.objects.filter(track__referral=referral)
    lines = Progress.objects.filter(commitment__in=theirs).count()
    answers = ProviderAnswer.objects.filter(link__provider__commitment__in=theirs).count()
    came = Attendance.objects.filter(person__referral=referral).count()
    return {
        "commitments": theirs.count(),
        "providers": Provider.objects.filter(commitment__in=theirs).count(),
        "circle_minutes": _minutes(referral).count(),
        "plan_moments": lines + answers + came,
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Old terms and answers stand in ledgers nobody may change: they are sealed, and their key is destroyed. Minutes
    speak of everybody who was there: they go with the first of them."""
    Commitment.objects.filter(track__referral=referral).update(words=None, named_by_order=b"", why=None, wakes_at=None)
    Evidence.objects.filter(commitment__track__referral=referral).update(words=b"", note=b"")
    theirs = Provider.objects.filter(commitment__track__referral=referral)
    theirs.update(name=b"", email=b"", asks=b"")
    ProviderLink.objects.filter(provider__in=theirs, used_at=None, ended_at=None).update(ended_at=now)
    _minutes(referral).update(words=b"")
    CirclePerson.objects.filter(referral=referral, left_at=None).update(left_at=now)
    for circle in Circle.objects.filter(people__referral=referral).distinct():
        _forget_if_empty(circle, now)
    return []


def _minutes(referral: Referral) -> Any:
    return Minutes.objects.filter(meeting__circle__people__referral=referral)


def _forget_if_empty(circle: Circle, now: datetime) -> None:
    """Nobody's case has to do with it any more: neither names nor place are needed."""
    if circle.people.filter(referral__forgotten_at=None).exclude(left_at__isnull=False).exists():
        return
    Helper.objects.filter(circle=circle).update(name=b"", email=b"", left_at=now)
    Meeting.objects.filter(circle=circle).update(wakes_at=None)
    Circle.objects.filter(pk=circle.pk, ended_at=None).update(ended_at=now)
    Message.objects.filter(
        key__in=list(_unsent(circle)), sent_at=None, suppressed_at=None, uncertain_at=None, refused_at=None
    ).update(suppressed_at=now, suppressed_why="put_away", context={})
    Circle.objects.filter(pk=circle.pk).update(name=b"", place=b"")
    crypto.destroy_subject(circle.pk, now=now)


def _unsent(circle: Circle) -> Iterable[str]:
    for pk in circle.meetings.values_list("pk", flat=True):
        yield from Message.objects.filter(key__startswith=f"meeting:{pk}:", sent_at=None).values_list("key", flat=True)


def seal(referral: Referral, *, now: datetime) -> PutAway:
    """Nobody is told of dates of a sealed case, nobody outside can answer; which links were open is kept."""
    Commitment.objects.filter(track__referral=referral).update(wakes_at=None)
    links = ProviderLink.objects.filter(provider__commitment__track__referral=referral, used_at=None, ended_at=None)
    ended = [str(pk) for pk in links.values_list("pk", flat=True)]
    links.update(ended_at=now)
    return PutAway({"links": ended})


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    """The reminder looks again, and finds by the rule what is to be said; links that have not expired work again."""
    open_ones = Commitment.objects.filter(
        track__referral=referral, track__closed_at=None, verified_at=None, ended_at=None, due_on__isnull=False
    )
    open_ones.update(wakes_at=now)
    ProviderLink.objects.filter(pk__in=[UUID(pk) for pk in values.get("links", ())], used_at=None).update(ended_at=None)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    rows = list(
        Commitment.objects.filter(track__referral=referral)
        .select_related("track")
        .prefetch_related("changes", "evidence__file", "progress", "providers__links__answer")
    )
    yield _terms(rows)
    yield _old_terms(rows)
    yield _progress(rows)
    yield _evidence(rows)
    yield from _asked(rows)
    yield from _meetings(referral)


def _terms(rows: list[Commitment]) -> Document:
    columns: Columns = {
        _("Number"): "number",
        _("Words"): lambda row: row.read_words(),
        _("Why"): "why",
        _("As the order calls it"): "named_by_order",
        **_columns(),
        _("Recorded"): "made_at",
        _("Verified on"): "verified_on",
        _("Verification recorded"): "verified_at",
        _("Ended"): "ended_at",
    }
    return Document("commitments", _("What you undertook"), table(rows, columns))


def _columns() -> Columns:
    return {
        _("Required"): "required",
        _("By when"): "due_on",
        _("How it is verified"): "proof",
        _("Counted in"): "unit",
        _("How many"): "units_asked",
        _("You agreed"): "agreed_at",
    }


def _old_terms(rows: list[Commitment]) -> Document:
    columns: Columns = {
        _("Number"): lambda change: change.commitment.number,
        _("What"): "what",
        _("When"): "recorded_at",
        _("Reason"): "reason",
        _("Words"): "words",
        _("Why"): "why",
        _("As the order calls it"): "named_by_order",
        **_columns(),
    }
    found = (change for row in rows for change in row.changes.all())
    return Document(
        "commitments-before", _("What you undertook, as it stood before it was changed"), table(found, columns)
    )


def _progress(rows: list[Commitment]) -> Document:
    columns: Columns = {
        _("Number"): lambda line: line.commitment.number,
        _("Done on"): "on",
        _("How much"): "units",
        _("Known from"): "source",
        _("Recorded"): "recorded_at",
    }
    found = (line for row in rows for line in row.progress.all())
    return Document("commitment-progress", _("What you did of it"), table(found, columns))


def _evidence(rows: list[Commitment]) -> Document:
    columns: Columns = {
        _("Number"): lambda piece: piece.commitment.number,
        _("Sent"): "sent_at",
        _("What it shows"): "words",
        _("Decision"): "outcome",
        _("Decided"): "decided_at",
        _("Note"): "note",
        _("Format"): lambda piece: piece.file.media_type,
    }
    found = (piece for row in rows for piece in row.evidence.all())
    return Document("commitment-evidence", _("What was sent to show it"), table(found, columns))


def _asked(rows: list[Commitment]) -> Iterable[Document]:
    providers = [provider for row in rows for provider in row.providers.all()]
    yield Document(
        "providers",
        _("Who can confirm what you undertook"),
        table(
            providers,
            {
                _("Number"): lambda row: row.commitment.number,
                _("Who"): "name",
                _("E-mail address"): "email",
                _("Language"): "language",
                _("What they are asked"): "asks",
                _("Named"): "named_at",
                _("You agreed"): "agreed_at",
                _("They may see your name"): "may_name",
                _("You said no"): "refused_at",
            },
        ),
    )
    links = [link for provider in providers for link in provider.links.all()]
    yield Document(
        "provider-links",
        _("When they were asked"),
        table(
            links,
            {_("Asked"): "made_at", _("Until"): "expires_at", _("Answered"): "used_at", _("Taken back"): "ended_at"},
        ),
    )
    answers = ProviderAnswer.objects.filter(link__in=links).select_related("link__provider__commitment__track")
    yield Document(
        "provider-answers",
        _("What they answered"),
        table(
            answers,
            {
                _("When"): "at",
                _("Confirmed"): "confirmed",
                _("Done on"): "on",
                _("How much"): "units",
                _("Who"): "name",
                _("Their role"): "role",
            },
        ),
    )


def _meetings(referral: Referral) -> Iterable[Document]:
    members = CirclePerson.objects.filter(referral=referral)
    yield Document("circles", _("Your circle"), table(members, {_("Joined"): "joined_at", _("Left"): "left_at"}))
    came = Attendance.objects.filter(person__in=members).select_related("meeting").order_by("meeting__starts_at")
    yield Document(
        "attendance",
        _("Meetings you came to"),
        table(
            came,
            {_("When"): lambda row: row.meeting.starts_at, _("Presence"): "presence", _("Recorded"): "recorded_at"},
        ),
    )


def register() -> None:
    classes.declare(DATA)
    shredders.register("plans", Shredder(WORDS, preview, shred, seal, unseal, copy, order=21))
