"""What the track holds about one case, and how it is put away and forgotten."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accountability import excusals_kept
from accountability.answer_fields import HELP_CHOICES
from accountability.labels import STATE, cadence_in_words, move_in_words, override_in_words
from accountability.models import (
    Answering,
    Attachment,
    CheckIn,
    ExcusalRequest,
    HelpCall,
    Move,
    Override,
    Review,
    Submission,
    Track,
    Try,
    WindowChange,
)
from accountability.models.tracks import new_feed_key
from accountability.rules.check_in_state import state_of
from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word
from lms.keeping.telling import facts, table, value
from lms.referrals.event_words import Reader, as_in
from lms.referrals.models import Referral

DATA = {
    "accountability.CheckInForm": {"public": "number part in_force_from recall questions", "derived": "id program"},
    "accountability.Answering": {
        "compliance": "opened_at changed_said_at",
        "security": "device",
        "derived": "id check_in form code place version recall",
    },
    "accountability.HelpCall": {"narrative": "kinds", "compliance": "at", "derived": "id check_in"},
    "accountability.Try": {"compliance": "at said_at why", "derived": "id check_in code"},
    "accountability.Attachment": {
        "compliance": "added_at removed_at",
        "derived": "id check_in question file submission",
    },
    "accountability.Track": {
        "compliance": "opened_at opened_on planned_end_on ends_on ends_at closed_at ended_early_at",
        "identity": "zone",
        "security": "feed_key",
        "derived": "id referral policy tzdata wakes_at leeway_minutes",
    },
    "accountability.Tolling": {
        "compliance": "from_on to_on days reason authority recorded_at",
        "derived": "id track recorded_by",
    },
    "accountability.Extension": {
        "compliance": "days reason ordered_by recorded_at",
        "derived": "id track recorded_by",
    },
    "accountability.Move": {
        "compliance": "number act recorded_at from_on days reason authority was_ends_on was_ends_at was_cadence cadence "
        "anchor_on",
        "identity": "was_zone zone",
        "derived": "id track recorded_by tolling transfer was_policy",
    },
    "accountability.Outage": {"public": "from_at to_at recorded_at", "derived": "id"},
    "accountability.CheckIn": {
        "narrative": "draft",
        "compliance": "number due_on planned_on added_at opens_at due_at closes_at cure_until leeway_until begun_at submitted_at "
        "resubmitted_at reviewed_at returned_until missed_at excused_at excused_reason cancelled_at help_asked_at "
        "help_answered_at draft_saved_at",
        "derived": "id track excused_by wakes_at",
    },
    "accountability.Submission": {
        "narrative": "answers",
        "compliance": "made_at recorded_at begun_at route language",
        "derived": "id check_in form by code",
    },
    "accountability.Review": {
        "narrative": "note",
        "compliance": "at outcome returned_until",
        "derived": "id check_in by",
    },
    "accountability.Override": {
        "compliance": "act terms proposed_at lapses_at confirmed_at withdrawn_at",
        "derived": "id track check_in proposed_by confirmed_by",
    },
    "accountability.ExcusalRequest": {
        "narrative": "words",
        "compliance": "reason asked_at answer_by withdrawn_at closed_at",
        "derived": "id check_in asked_by",
    },
    "accountability.ExcusalFile": {"derived": "id request file"},
    "accountability.ExcusalAppeal": {"narrative": "words", "compliance": "at shows_files", "derived": "id request"},
    "accountability.ExcusalDecision": {
        "narrative": "said",
        "compliance": "at granted reason attended complied",
        "derived": "id check_in request appeal by",
    },
    "accountability.ResponseStep": {
        "narrative": "words",
        "compliance": "kind misses at outcome skipped reason answer_by",
        "derived": "id referral by",
    },
    "accountability.ResponseReply": {"narrative": "words", "compliance": "at", "derived": "id step by"},
    "accountability.WindowChange": {
        "compliance": "recorded_at cause minutes due_on planned_on opens_at due_at closes_at cure_until",
        "derived": "id check_in outage",
    },
}
WORDS = {
    "answers": Word(gettext_lazy("answers of check-ins, sent and unsent")),
    "notes": Word(gettext_lazy("notes on check-ins")),
    "calendar": Word(gettext_lazy("private calendar addresses")),
    "requests": Word(
        gettext_lazy("requests to be excused, steps, and what was said to them"),
        gettext_lazy("codes and moments alone, without a word of anybody"),
    ),
    "moments": Word(
        gettext_lazy("check-ins, decisions and moved windows"),
        gettext_lazy("moments and states alone, which prove how the track went"),
    ),
}

# Of a check-in, for the person's own copy.
MOMENTS = {
    "added_at": gettext_lazy("added by a change of your track"),
    "opens_at": gettext_lazy("opens"),
    "due_at": gettext_lazy("due"),
    "closes_at": gettext_lazy("closes"),
    "leeway_until": gettext_lazy("what was begun in time could be sent until"),
    "cure_until": gettext_lazy("could be made up until"),
    "draft_saved_at": gettext_lazy("draft kept"),
    "begun_at": gettext_lazy("begun"),
    "submitted_at": gettext_lazy("sent"),
    "resubmitted_at": gettext_lazy("sent again"),
    "reviewed_at": gettext_lazy("read and decided on"),
    "returned_until": gettext_lazy("came back with a question, to be sent again until"),
    "missed_at": gettext_lazy("counted as missed"),
    "excused_at": gettext_lazy("excused"),
    "cancelled_at": gettext_lazy("cancelled"),
    "help_asked_at": gettext_lazy("you asked to be contacted"),
    "help_answered_at": gettext_lazy("somebody contacted you"),
}
CAUSES = {
    "tolling": gettext_lazy("the clock was stopped"),
    "outage": gettext_lazy("the service was down"),
    "give_back": gettext_lazy("the clock ran again sooner"),
    "cadence": gettext_lazy("how often changed"),
    "zone": gettext_lazy("you moved to another time zone"),
}


def preview(referral: Referral) -> dict[str, int]:
    check_ins = CheckIn.objects.filter(track__referral=referral)
    sent = Submission.objects.filter(check_in__track__referral=referral)
    reviews = Review.objects.filter(check_in__track__referral=referral)
    moved = WindowChange.objects.filter(check_in__track__referral=referral)
    proposed = Override.objects.filter(track__referral=referral)
    changed = Move.objects.filter(track__referral=referral)
    return {
        "answers": sent.count() + check_ins.filter(draft__isnull=False).count(),
        "notes": reviews.filter(note__isnull=False).count(),
        "calendar": Track.objects.filter(referral=referral).count(),
        "requests": _requests(referral).count() + referral.response_steps.count(),
        "moments": check_ins.count() + reviews.count() + moved.count() + proposed.count() + changed.count(),
    }


def _requests(referral: Referral) -> QuerySet[ExcusalRequest]:
    return ExcusalRequest.objects.filter(check_in__track__referral=referral)


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Answers, notes and authorities stand in ledgers nobody may change: they are sealed, and their key is destroyed."""
    CheckIn.objects.filter(track__referral=referral).update(
        draft=None, draft_saved_at=None, excused_reason="", wakes_at=None
    )
    Answering.objects.filter(check_in__track__referral=referral).update(recall=None, device="", place="")
    _requests(referral).update(words="", reason="")
    Track.objects.filter(referral=referral).update(zone="UTC", wakes_at=None, feed_key=new_feed_key())
    return []


def seal(referral: Referral, *, now: datetime) -> PutAway:
    """No sweep looks at a sealed track, and its calendar stops answering."""
    Track.objects.filter(referral=referral).update(wakes_at=None, feed_key=new_feed_key())
    return PutAway()


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    """The sweep looks again, and finds by the rule what is to be done."""
    Track.objects.filter(referral=referral, closed_at=None).update(wakes_at=now)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    yield from excusals_kept.steps(referral)
    track = Track.objects.filter(referral=referral).select_related("policy").first()
    if track is None:
        return
    yield from excusals_kept.requests(track)
    check_ins = list(
        track.check_ins.prefetch_related("submissions__form", "reviews", "window_changes").order_by("number")
    )
    yield from _of_the_track(track)
    yield from _of_check_ins(check_ins, track, now)
    yield Document(
        "proposals",
        _("Changes of your track that two people decide"),
        table(
            track.overrides.select_related("check_in"),
            {
                _("What"): "act",
                _("In words"): override_in_words,
                _("Proposed"): "proposed_at",
                _("Lapses"): "lapses_at",
                _("Confirmed"): "confirmed_at",
                _("Taken back"): "withdrawn_at",
            },
        ),
    )


def _of_the_track(track: Track) -> Iterable[Document]:
    from accountability.forms import TollForm

    reason, reader = as_in(TollForm, "reason"), Reader(track.zone)
    yield Document(
        "track",
        _("Your accountability track"),
        facts(
            track,
            {
                _("Opened"): "opened_at",
                _("First day"): "opened_on",
                _("Planned last day"): "planned_end_on",
                _("Last day"): "ends_on",
                _("Ends"): "ends_at",
                _("Completed early"): "ended_early_at",
                _("Closed"): "closed_at",
                _("Time zone"): "zone",
            },
        ),
    )
    yield Document(
        "stopped-clock",
        _("Days on which the clock was stopped"),
        table(
            track.tollings.all(),
            {
                _("First day"): "from_on",
                _("Last day"): "to_on",
                _("Days"): "days",
                _("Reason"): lambda row: reason(row.reason, reader),
                _("On whose authority"): "authority",
                _("Recorded"): "recorded_at",
            },
        ),
    )
    yield Document(
        "extensions",
        _("Days by which the track was made longer"),
        table(
            track.extensions.all(),
            {
                _("Days"): "days",
                _("Reason"): "reason",
                _("By whose order"): "ordered_by",
                _("Recorded"): "recorded_at",
            },
        ),
    )

    yield Document(
        "changes",
        _("Changes of your track"),
        table(
            track.moves.select_related("transfer"),
            {
                _("Number"): "number",
                _("What"): move_in_words,
                _("From which day"): "from_on",
                _("Time zone"): "zone",
                _("How often"): lambda row: cadence_in_words(row.cadence) if row.cadence else "",
                _("Reason"): "reason",
                _("On whose authority"): "authority",
                _("Last day before"): "was_ends_on",
                _("Ended before"): "was_ends_at",
                _("Time zone before"): "was_zone",
                _("How often before"): lambda row: cadence_in_words(row.was_cadence),
                _("Counted from"): "anchor_on",
                _("Recorded"): "recorded_at",
            },
        ),
    )


def _of_check_ins(check_ins: list[CheckIn], track: Track, now: datetime) -> Iterable[Document]:
    yield Document(
        "check-ins",
        _("Your check-ins"),
        table(
            check_ins,
            {
                _("Number"): "number",
                _("Due"): "due_on",
                _("Planned"): "planned_on",
                _("State"): lambda row: STATE[state_of(row.moments, now, track.leeway)],
                _("Sent"): "submitted_at",
                _("Why it was excused"): "excused_reason",
            },
        ),
    )
    yield Document(
        "check-in-moments",
        _("Everything that was noted of your check-ins"),
        [
            {_("Number"): str(row.number), _("What"): str(words), _("When"): value(getattr(row, name))}
            for row in check_ins
            for name, words in MOMENTS.items()
            if getattr(row, name)
        ],
    )
    yield Document(
        "check-ins-sent",
        _("What you sent, and when"),
        table(
            (sent for row in check_ins for sent in row.submissions.all()),
            {
                _("Number"): lambda sent: sent.check_in.number,
                _("Begun"): "begun_at",
                _("Made"): "made_at",
                _("Sent"): "recorded_at",
                _("How"): "route",
                _("Language"): "language",
            },
        ),
    )
    yield from _around_check_ins(check_ins)
    yield Document("check-in-answers", _("What you answered"), [line for row in check_ins for line in _answered(row)])
    yield Document(
        "check-in-notes",
        _("What was decided of your check-ins"),
        table(
            (review for row in check_ins for review in row.reviews.all()),
            {
                _("Number"): lambda review: review.check_in.number,
                _("When"): "at",
                _("Decision"): "outcome",
                _("Notes you were given"): lambda review: review.read_note(),
                _("To be sent again until"): "returned_until",
            },
        ),
    )
    yield Document(
        "moved-windows",
        _("Check-ins that were moved, as they stood before"),
        table(
            (change for row in check_ins for change in row.window_changes.all()),
            {
                _("Number"): lambda change: change.check_in.number,
                _("Moved"): "recorded_at",
                _("Why"): lambda change: CAUSES.get(change.cause, change.cause),
                _("Minutes given back"): "minutes",
                _("Due"): "due_on",
                _("Planned"): "planned_on",
                MOMENTS["opens_at"]: "opens_at",
                MOMENTS["due_at"]: "due_at",
                MOMENTS["closes_at"]: "closes_at",
                MOMENTS["cure_until"]: "cure_until",
            },
        ),
    )


def _around_check_ins(check_ins: list[CheckIn]) -> Iterable[Document]:
    numbers = {row.pk: row.number for row in check_ins}
    number: dict[Any, Any] = {_("Number"): lambda row: numbers[row.check_in_id]}
    opened = Answering.objects.filter(check_in__in=numbers).order_by("opened_at")
    yield Document(
        "check-ins-opened",
        _("When your check-ins were opened first"),
        table(
            opened,
            number
            | {_("When"): "opened_at", _("You said that something has changed"): "changed_said_at", _("Code"): "code"},
        ),
    )
    calls = HelpCall.objects.filter(check_in__in=numbers).select_related("check_in__track")
    named = dict(HELP_CHOICES)
    yield Document(
        "help-asked",
        _("When you asked for help"),
        table(
            calls,
            number | {_("When"): "at", _("What for"): lambda row: "; ".join(str(named.get(k, k)) for k in row.kinds)},
        ),
    )
    tries = Try.objects.filter(check_in__in=numbers)
    yield Document(
        "check-ins-tried",
        _("When you tried to send a check-in, and it did not work"),
        table(
            tries,
            number | {_("When"): "at", _("Your device says"): "said_at", _("Why"): "why", _("Code"): "code"},
        ),
    )
    added = Attachment.objects.filter(check_in__in=numbers).select_related("file")
    yield Document(
        "check-in-files",
        _("Files that came with your check-ins"),
        table(
            added,
            number
            | {_("Added"): "added_at", _("Taken away"): "removed_at", _("Kind"): lambda row: row.file.media_type},
        ),
    )


def _answered(check_in: CheckIn) -> Iterable[dict[str, str]]:
    """What was sent, in the order it was sent; and what is typed and was not."""
    for sent in check_in.submissions.all():
        labels = {q.key: q.label for q in sent.form.in_language(get_language() or "en")} if sent.form else {}
        yield from _lines(check_in, value(sent.recorded_at), sent.read(), labels)
    if check_in.draft is not None:
        fixed = Answering.objects.filter(check_in=check_in).select_related("form").first()
        form = fixed.form if fixed else None
        labels = {q.key: q.label for q in form.in_language(get_language() or "en")} if form else {}
        yield from _lines(check_in, _("not sent"), check_in.read_draft(), labels)


def _lines(
    check_in: CheckIn, when: str, answers: Mapping[str, object], labels: Mapping[str, str]
) -> Iterable[dict[str, str]]:
    for key, answer in answers.items():
        yield {
            _("Number"): str(check_in.number),
            _("Sent"): when,
            _("Question"): labels.get(key) or labels.get(key.rpartition("_")[0], key),
            _("Your words"): answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False),
        }


def register() -> None:
    classes.declare(DATA)
    shredders.register("accountability", Shredder(WORDS, preview, shred, seal, unseal, copy, order=20))
