"""Every fact of every event has words, in both languages: nobody needs to know a field, a code or an ISO moment."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from lms import clock
from lms.journal import journal
from lms.journal.models import Event
from lms.journal.rules import data as rules
from lms.referrals import event_words
from lms.referrals.audit import reader_for
from lms.referrals.event_words import Coded, Reader
from lms.referrals.models import Program
from tests.builders import JANUARY, a_referral
from tests.lms.test_every_action_is_journaled import FILLED, KEPT_UP, modules

# Facts that the source does not name beside their kind: handed on as **, or by Django's and allauth's signals.
HANDED_ON = {
    "cover.arranged": {"from", "until"},
    "excusal.asked": {"number", "reason", "files"},
    "response.taken": {"step", "check_ins"},
    "commitment.added": {"number", "proof", "due_on"},
    "commitment.changed": {"number", "proof", "due_on"},
    "course.attested": {"proved_by", "proved_at"},
    "case.forgetting_proposed": {"act", "ground", "order"},
    "case.sealed": {"act", "ground", "counts"},
    "case.expunged": {"act", "ground", "counts"},
    "case.unsealed": {"act", "ground", "counts"},
    "case.forgetting_withdrawn": {"act", "ground"},
    "case.order_opened": {"act", "ground"},
    "case.certificate_opened": {"act", "ground"},
    "account.reauthenticated": {"method"},
    "account.factor_added": {"factor"},
    "account.factor_removed": {"factor"},
    "account.factor_renewed": {"factor"},
}
MACHINE = re.compile(
    r"\d{4}-\d\d-\d\d"  # a date or moment as machines write it
    r"|[0-9a-f]{8}-[0-9a-f]{4}-"  # an id
    r"|[0-9a-f]{32}"  # a digest
    r"|\b[a-z]+_[a-z_]+\b"  # a code or a field
    r"|\b(True|False|None)\b|[\[\]{}]"
)


def recorded_facts() -> dict[str, set[str]]:
    """Kind → the keys of its data, of every call that records, read from the source."""
    found: dict[str, set[str]] = {kind: set(keys) for kind, keys in HANDED_ON.items()}
    for path in modules().values():
        tree = ast.parse(path.read_text())
        dictionaries = dict(_dictionaries(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            named = {key.arg: key.value for key in call.keywords}
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            kind = named.get("kind") if name == "Entry" else (call.args[0] if call.args else None)
            if name in {"record", "Entry"} and "data" in named:
                data = named["data"]
                data = dictionaries.get(data.id, data) if isinstance(data, ast.Name) else data
                for one in _kinds(kind):
                    found.setdefault(one, set()).update(_keys(data))
    return found


def _dictionaries(tree: ast.Module) -> Iterator[tuple[str, ast.Dict]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _kinds(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)] if "." in str(node.value) else []
    if isinstance(node, ast.JoinedStr):
        pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        return [pattern.replace("*", filled) for filled in FILLED[pattern]]
    return []


def _keys(data: ast.expr) -> set[str]:
    return (
        {str(key.value) for key in data.keys if isinstance(key, ast.Constant)} if isinstance(data, ast.Dict) else set()
    )


def test_every_fact_that_an_action_writes_has_words():
    facts = recorded_facts()
    assert sum(len(keys) for keys in facts.values()) > 50, "the reader of the source has gone blind"
    unsaid = sorted(
        f"{kind}: {key}" for kind, keys in facts.items() for key in keys if event_words.fact_of(kind, key) is None
    )
    assert unsaid == []


def test_every_words_are_those_of_a_fact_that_is_written():
    written = recorded_facts()
    left_over = [
        (beginning, key)
        for beginning, key in event_words._facts
        if not any(kind.startswith(beginning) and key in keys for kind, keys in written.items())
    ]
    assert left_over == []


def test_every_field_that_an_administrator_changes_has_words():
    """The models that upkeep saves, by whichever form: a column, or a field of the form alone."""
    from django.apps import apps

    from lms.referrals.viewsets import CourtForm, ProgramViewSet

    models = {model._meta.model_name: model for model in apps.get_models() if model._meta.model_name in KEPT_UP}
    assert set(models) == set(KEPT_UP)
    unsaid = []
    for name, model in models.items():
        fields = {f.name for f in model._meta.fields if f.editable and not f.primary_key}
        fields |= rules.OPEN[model._meta.label_lower] - rules.EVERY_FIELD
        fields |= set(CourtForm.base_fields) if name == "court" else set()
        fields |= set(ProgramViewSet.form_fields) if name == "program" else set()
        unsaid += [f"{name}.{f}" for f in fields if event_words.field_of(model._meta.label_lower, f) is None]
    assert sorted(unsaid) == []


def test_every_field_of_a_referral_and_of_a_number_has_words():
    from lms.referrals.forms import ReferralForm

    posted = set(ReferralForm.base_fields) - {"conditions_text"} | {"conditions"}  # typed as lines, kept as a list
    wanted = [("referrals.referral", name) for name in sorted(posted)]
    wanted += [("outbox.contactnumber", "number"), ("outbox.contactnumber", "wish")]
    assert [each for each in wanted if event_words.field_of(*each) is None] == []


@pytest.mark.django_db
def test_every_code_has_words_in_both_languages():
    """Wherever a fact is a code: not one of the codes it may be stands there as it is written."""
    coded = {where: fact.say for where, fact in event_words._facts.items() if isinstance(fact.say, Coded)}
    assert len(coded) > 15
    raw = [
        (where, language, code)
        for where, say in coded.items()
        for code in say.labels
        for language in ("en", "es")
        if MACHINE.search(_said(say, code, language)) or not _said(say, code, language)
    ]
    assert raw == []


def _said(say: Coded, code: str, language: str) -> str:
    with translation.override(language):
        return say(code, Reader("UTC"))


def test_every_code_that_can_be_written_is_among_those_with_words():
    from accountability.forms import TollForm
    from accountability.models.check_ins import ExcusalReason, Route
    from courses.models.identity import Purpose
    from court_reports.models import Kind as ReportKind
    from lms.keeping import models as keeping
    from lms.keeping.actions.copies import PURPOSE as COPY
    from lms.keeping.orders import PURPOSE as ORDER
    from lms.outbox.models import Ended, Wish
    from lms.people.actions.sign_ins import Reason
    from lms.people.models import Kind
    from lms.referrals.models import EndReason, ProgramRole
    from lms.referrals.views.audit import FORMATS

    codes = {
        ("check_in.excused", "reason"): ExcusalReason.values,
        ("check_in.submitted", "route"): Route.values,
        ("track.tolled", "reason"): [code for code, _ in TollForm.base_fields["reason"].choices],
        ("report.released", "kind"): ReportKind.values,
        ("case.sealed", "act"): keeping.Act.values,
        ("case.sealed", "ground"): keeping.Ground.values,
        ("hold.placed", "reason"): keeping.HoldReason.values,
        ("demand.recorded", "kind"): keeping.DemandKind.values,
        ("demand.decided", "outcome"): keeping.DemandOutcome.values,
        ("file.kept", "purpose"): [COPY, ORDER],
        ("number.ended", "why"): Ended.values,
        ("number.confirmed", "wish"): Wish.values,
        ("sign_ins.read", "reason"): Reason.ALL,
        ("account.opened", "kind"): Kind.values,
        ("role.given", "role"): ProgramRole.values,
        ("program.member_invited", "role"): ProgramRole.values,
        ("journal.exported", "format"): FORMATS,
        ("course.attested", "kind"): ["module", "final"],
        ("course.attested", "proved_by"): ["password", "passkey", "app", "recovery_code", "mfa"],
        ("account.factor_added", "factor"): ["totp", "webauthn", "recovery_codes"],
        ("identity.opened", "purpose"): Purpose.values,
        ("referral_code.tried", "result"): ["right", "wrong"],
        ("referral.why_ended", "why"): EndReason.values,
    }
    for (kind, key), values in codes.items():
        say = event_words.fact_of(kind, key).say
        assert set(values) - say.labels.keys() == set(), (kind, key)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_whole_case_reads_without_one_word_of_the_machine(language):
    """Every event of a case with a thing of every kind, as an auditor reads it."""
    from tests.access.world import Case

    case = Case()
    events = list(Event.objects.select_related("by", "link"))
    reader = reader_for(Program.objects.filter(pk=case.program.pk), "America/New_York")
    with translation.override(language):
        said = [(event.kind, fact) for event in events for fact in event_words.tell(event, reader)]
    assert {kind for kind, _ in said} >= {"report.released", "demand.recorded", "check_in.submitted", "track.opened"}
    # The number of a report is how people call it.
    raw = [
        each
        for each in said
        if MACHINE.search(f"{each[1].title} {each[1].words}") and each[1].words != case.released.number
    ]
    assert raw == []


@pytest.mark.django_db
def test_a_moment_is_told_in_the_readers_zone_and_a_length_of_time_in_their_language():
    event = journal.record(
        "check_in.submitted", about=None, by=None, at=JANUARY,
        data={"number": 3, "made_at": "2027-03-08T19:30:00+00:00", "route": "paper"},
    )  # fmt: skip
    reader = Reader("America/New_York")
    assert [(fact.title, fact.words) for fact in event_words.tell(event, reader)] == [
        ("Check-in number", "3"),
        ("Made at", "Monday, March 8, 2027, 2:30 p.m. (Eastern)"),
        ("How", "On paper, entered by staff"),
    ]
    event.data = {"told": True}
    event.kind = "demand.recorded"
    with translation.override("es"):
        assert event_words.tell(event, reader)[0].words == "sí"


@pytest.mark.django_db
def test_a_policy_says_its_cadence_and_its_hours_in_words():
    event = journal.record(
        "policyversion.added", about=None, by=None, at=JANUARY, on=a_referral().program.policies.get(),
        data={"is": {"cadence": "week x 8, month", "quiet_from": "21:00:00", "reflection_reviewed": True}},
    )  # fmt: skip
    words = {fact.title: fact.words for fact in event_words.tell(event, Reader("UTC"))}
    assert words == {
        "Cadence": "every week (8 times), every month",
        "No reminders from": "9:00 p.m.",
        "A person reads each reflection": "yes",
    }


@pytest.mark.django_db
def test_what_was_written_past_the_product_hides_no_event():
    """A kind, a key and a shape that nobody has words for are shown as they stand."""
    event = Event(kind="check_in.submitted", at=clock.now(), data={"made_at": "soon", "x": [1]}, changed=["y"])
    assert [fact.words for fact in event_words.tell(event, Reader("UTC"))] == ["y", "soon", "1"]
