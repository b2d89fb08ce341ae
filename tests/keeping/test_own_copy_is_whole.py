"""Everything that is held about a person stands in their own copy, or in a short list that says why it does not.

Not what the copy is seen to hold: the table of classes is walked, each field that says something is read with another
value than the database holds, and the copy must not stay as it was.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import DateField, DateTimeField, ForeignKey, JSONField, Model, UUIDField

from accountability.actions import overrides
from accountability.models import CheckIn, Track
from courses.models import ActiveTime, Attempt
from court_reports.actions import links, revoking
from court_reports.models import Release
from lms import crypto
from lms.keeping import classes, shredders
from lms.keeping.actions import copies, demands, forgetting
from lms.keeping.classes import Data
from lms.keeping.models import Act, DemandKind, Ground, HoldReason
from lms.outbox.models import Attempt as Try
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.models import Referral, Transfer, TransferProposal
from tests.builders import a_program, an_administrator
from tests.keeping.world import MARK, NOW, World, a_marked_world

pytestmark = pytest.mark.django_db
TOLD = {Data.IDENTITY, Data.NARRATIVE, Data.COMPLIANCE, Data.CASEWORK}
OTHER_MOMENT, OTHER_DAY = NOW.replace(year=2031), date(2031, 3, 4)
# What such a field holds is not a value but a shape.
SHAPES: dict[str, Callable[[Any], Any]] = {
    "courses.ModuleProgress.seen": lambda seen: [*seen, 77],
    "courses.Attempt.questions": lambda asked: [q | {"prompt": {"en": "Another?"}} for q in asked],
    "courses.Attempt.answers": lambda _given: {"another": []},
    "courses.Attempt.picked": lambda _picked: {"q1": ["another"]},
    "courses.Evidence.data": lambda _data: {"step": 77},
    "accountability.ResponseStep.misses": lambda _numbers: [77],
    "journal.Event.data": lambda _data: {"number": 77},
    "journal.Event.changed": lambda _names: ["reference"],
}

NO_STAFF = "names somebody of the court or the program: the copy names nobody else"
NEVER_MADE = "of a case that is sealed or forgotten no copy is made"
PRINTED = "printed in the released file, which is in the copy"
OF_AN_ACT = "of an act that is done: the program hands over its certificate"
LEADS = "links and keys, which open something: what the message told is said in words"
OF_AUTHORS = "an account with a case has none: it belongs to those who write the course"
COUNTED = "counted from the answers of the attempt, which are in the copy"
HINT = (
    "a hint for whoever reads it, which proves nothing: shown to nobody else, in no report, and forgotten with the rest"
)
LEFT_OUT = {
    "courses.Reflection.kept_length": HINT,
    "courses.Reflection.saves": HINT,
    "courses.Reflection.largest_step": HINT,
    "courses.Reflection.likeness": HINT,
    "courses.Reflection.written_in": HINT,
    "referrals.SearchKey.key": "made of the name and the number, which are in the copy",
    "referrals.Referral.officer_name": NO_STAFF,
    "referrals.Referral.defense_counsel": NO_STAFF,
    "referrals.Referral.sealed_at": NEVER_MADE,
    "referrals.Referral.forgotten_at": NEVER_MADE,
    "court_reports.Release.year": "stands in its number",
    "court_reports.Release.sequence": "stands in its number",
    "court_reports.Release.sealed_issue": PRINTED,
    "court_reports.KeptAnswer.sealed_answer": "how the case stood, as a court's system was told a day ago at most; the case itself is in the copy",
    "keeping.Forgetting.put_away": OF_AN_ACT,
    "keeping.Forgetting.counts": OF_AN_ACT,
    "keeping.Forgetting.certificate": OF_AN_ACT,
    "outbox.Message.context": LEADS,
    "people.User.byline": OF_AUTHORS,
    "courses.AuthorIdentity.legal_name": OF_AUTHORS,
    "courses.AuthorIdentity.contact": OF_AUTHORS,
    "courses.AuthorIdentity.payment": OF_AUTHORS,
    "courses.CourseRecording.title": OF_AUTHORS,
    "courses.RecordingWords.captions": OF_AUTHORS,
    "courses.RecordingWords.transcript": OF_AUTHORS,
    "courses.Asking.turn": COUNTED,
    "courses.Asking.right": COUNTED,
    "wagtailusers.UserProfile.avatar": OF_AUTHORS,
    "wagtailcore.Comment.text": OF_AUTHORS,
    "wagtailcore.CommentReply.text": OF_AUTHORS,
    "wagtailadmin.FormState.data": OF_AUTHORS,
    "wagtailcore.Revision.content": OF_AUTHORS,
    "wagtailcore.Revision.object_str": OF_AUTHORS,
}


def theirs() -> set[type[Model]]:
    """Tables that lead to a case by keys, however far; that name a case by its id; that lead to an account as its own."""
    there = {Referral} | {model for model in apps.get_models() if any(map(_names_a_case, _columns(model)))}
    while more := {model for model in apps.get_models() if model not in there and _leads_to(model, there)}:
        there |= more
    return there | {User} | {model for model in apps.get_models() if any(map(_is_of_an_account, _columns(model)))}


def _columns(model: type[Model]) -> list[Any]:
    return list(model._meta.local_concrete_fields)


def _names_a_case(column: Any) -> bool:
    return isinstance(column, UUIDField) and column.name in ("about", "subject")


def _is_of_an_account(column: Any) -> bool:
    return isinstance(column, ForeignKey) and column.related_model is User and column.name == "user"


def _leads_to(model: type[Model], there: set[type[Model]]) -> bool:
    return any(column.related_model in there for column in _columns(model) if isinstance(column, ForeignKey))


def said_fields() -> list[str]:
    """``app.Model.field`` of each that says something about somebody."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in sorted(theirs(), key=lambda model: model._meta.label)
        for field in model._meta.local_concrete_fields
        if classes.of(model._meta.label, field.name) in TOLD
    ]


def a_transfer(world: World) -> None:
    """As it is written, without what it would move: the rest of this world stays where it is."""
    case, there = world.referral, a_program()
    proposal = TransferProposal.objects.create(
        referral=case, to_program=there, reason="moved", ordered_by="Judge Abel", from_on=NOW.date(), proposed_by=world.admin,
        proposed_at=NOW, lapses_at=NOW, confirmed_by=an_administrator(there), confirmed_at=NOW,
    )  # fmt: skip
    Transfer.objects.create(
        referral=case, proposal=proposal, number=1, at=NOW, by=world.admin, from_program=case.program, to_program=there,
        from_name="A", to_name="B", from_on=NOW.date(), asks_agreements=False,
    )  # fmt: skip


def a_whole_world() -> World:
    """The marked one, and what else may be held: help asked, a hold, a demand, a proposal, a graded check."""
    world = a_marked_world()
    a_transfer(world)
    second = CheckIn.objects.filter(track__referral=world.referral)[1]
    CheckIn.objects.filter(pk=second.pk).update(help_asked_at=NOW, excused_reason="medical")
    attempt = Attempt.objects.get(enrollment__referral=world.referral)
    Attempt.objects.filter(pk=attempt.pk).update(graded_at=NOW, score=1, answers={attempt.questions[0]["key"]: ["a"]})
    ActiveTime.objects.create(
        enrollment=attempt.enrollment, module=attempt.module, since=NOW, until=NOW + timedelta(minutes=3), seconds=150
    )
    message = Message.objects.filter(about=world.referral.pk, to=world.person).first()
    assert message
    Try.objects.create(message=message, number=1, started_at=NOW)
    gone = Release.objects.filter(report__referral=world.referral).first()
    assert gone
    links.send(release=gone, address="clerk@court.example", days=14, by=None, now=NOW)
    track = Track.objects.get(referral=world.referral)
    terms = {"days": 3, "reason": "work", "ordered_by": "the court"}
    proposer = an_administrator(world.referral.program)
    revoking.propose(release=gone, reason="other", what_is_wrong="x", by=proposer, now=NOW)
    overrides.propose(track=track, act="extend", terms=terms, by=proposer, now=NOW)
    forgetting.propose(referral=world.referral, act=Act.EXPUNGE, ground=Ground.REQUEST, by=world.facilitator, now=NOW)
    copy = copies.ask(referral=world.referral, language="en", by=world.person, now=NOW)
    copies.release(copy=copy, by=world.facilitator, now=NOW)
    assert copies.make_due(now=NOW, limit=1) == 1
    demands.record(
        referral=world.referral, kind=DemandKind.SUBPOENA, who=f"{MARK} lawyers", what=f"{MARK} letters",
        may_tell=True, by=world.admin, now=NOW,
    )  # fmt: skip
    return world


class Twisted:
    """Reads one field of one table with another value than it holds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.label, _, field = name.rpartition(".")
        self.field: Any = apps.get_model(self.label)._meta.get_field(field)

    def row(self, made: Model) -> None:
        made.__dict__[self.field.attname] = another(self.name, self.field, made.__dict__.get(self.field.attname))


def another(name: str, field: Any, value: Any) -> Any:
    if shape := SHAPES.get(name):
        return shape(value)
    if isinstance(field, DateTimeField):
        return OTHER_MOMENT
    if isinstance(field, DateField):
        return OTHER_DAY
    if field.choices:
        return next(code for code, _words in field.flatchoices if code and code != value)
    if isinstance(field, JSONField):
        raise AssertionError(f"{name}: say in SHAPES what another value of it is")
    if field.get_internal_type() == "BinaryField" and type(field).__name__ == "BinaryField":
        return b"sealed by nobody"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float | Decimal):
        return type(value)(77)
    return ["another"] if type(field).__name__ == "SealedListField" else _another_text(name)


def _another_text(name: str) -> str:
    return {"zone": "Asia/Tokyo", "language": "es"}.get(name.rpartition(".")[2], "another")


class Reading:
    """Copies of one case, one app's part at a time; and which tables each part was made of."""

    def __init__(self, referral: Referral, patch: pytest.MonkeyPatch) -> None:
        self.referral, self.patch = referral, patch
        self.original: Any = Model.from_db.__func__  # type: ignore[attr-defined]
        self.twist: Twisted | None = None
        self.tables: set[str] = set()
        reading = self

        def from_db(cls: type[Model], *args: Any) -> Model:
            made: Model = reading.original(cls, *args)
            reading.tables.add(cls._meta.label)
            if reading.twist and cls._meta.label == reading.twist.label:
                reading.twist.row(made)
            return made

        patch.setattr(Model, "from_db", classmethod(from_db))
        self.parts = [(shredder, *self._whole(shredder)) for _, shredder in shredders._in_order() if shredder.copy]

    def _whole(self, shredder: shredders.Shredder) -> tuple[Any, frozenset[str]]:
        self.tables = set()
        return self.part(shredder), frozenset(self.tables)

    def part(self, shredder: shredders.Shredder) -> Any:
        """A field that is unsealed and was not what it should be makes it fail, which proves that it was read."""
        assert shredder.copy
        try:
            found = list(shredder.copy(Referral.objects.get(pk=self.referral.pk), now=NOW))
        except (crypto.Tampered, crypto.KeyMissing, ValueError):  # sealed JSON that was read as something else
            return "refused"
        return [(part.name, part.rows, part.data[:4]) for part in found]

    def tells(self, name: str) -> bool:
        """Whether any part changes with this field."""
        self.twist = Twisted(name)
        try:
            read_there = (part for part in reversed(self.parts) if self.twist.label in part[2])
            return any(self.part(shredder) != whole for shredder, whole, _tables in read_there)
        finally:
            self.twist = None


def test_everything_that_is_held_about_a_person_is_in_their_copy(monkeypatch):
    reading = Reading(a_whole_world().referral, monkeypatch)
    assert all(reading.part(shredder) == whole for shredder, whole, _tables in reading.parts), "the same, if nothing is"
    missing = [name for name in said_fields() if name not in LEFT_OUT and not reading.tells(name)]
    assert missing == [], "\n".join(missing)


def test_the_list_of_what_is_left_out_holds_nothing_that_is_gone():
    assert sorted(set(LEFT_OUT) - set(said_fields())) == []


def test_a_demand_that_forbids_telling_is_told_nowhere_in_the_copy():
    world = a_marked_world()
    demands.record(
        referral=world.referral, kind=DemandKind.WARRANT, who=f"{MARK} office", what="x", may_tell=False,
        by=world.admin, now=NOW,
    )  # fmt: skip
    assert world.referral.holds.get().reason == HoldReason.SUBPOENA
    parts = {part.name: part.rows for part in shredders.copy(world.referral, now=NOW)}
    assert parts["legal-demands"] == parts["legal-holds"] == []
    assert not [row for row in parts["history"] if "demand" in row["What"] or "hold" in row["What"]]


def test_nothing_in_it_is_a_code():
    """Kinds of events and messages, reasons, causes: in words."""
    from tests.lms.test_event_words import MACHINE

    told = {"Decision", "Details", "How", "Kind", "Outcome", "Reason", "State", "Status", "What it told", "Why"}
    raw = [
        (part.name, column, words)
        for part in shredders.copy(a_whole_world().referral, now=NOW)
        for row in part.rows
        for column, words in row.items()
        if column in told and part.name not in ("course-evidence",) and MACHINE.search(words)
    ]
    assert raw == []


def test_moments_are_told_with_their_zone():
    assert datetime.fromisoformat(_first(shredders.copy(a_whole_world().referral, now=NOW), "case-moments")).tzinfo


def _first(parts: list[shredders.Document], name: str) -> str:
    return next(part for part in parts if part.name == name).rows[0]["When"]
