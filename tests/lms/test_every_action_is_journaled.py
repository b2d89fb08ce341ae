"""Every action that writes leaves an event, and every kind of event has words for people: read from the source."""

import ast
from functools import cache
from pathlib import Path

import pytest

from lms.journal import labels
from lms.journal.rules import data as rules

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("lms", "courses", "accountability", "court_reports")
WRITES = {
    "create", "save", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "add",
    "remove", "set",
}  # fmt: skip
RECORDS = {("journal", "record"), ("journal", "record_all")}

# Public functions of actions that write and leave no event, and why that is right.
SILENT = {
    "accountability.actions.check_ins.begin": "a page was opened in time; sending is the event",
    "accountability.actions.answering.prepare": "what is asked, fixed when it is opened; sending is the event",
    "accountability.actions.answering.save_draft": "typing is no event",
    "accountability.actions.attachments.bind": "called by submit, which records",
    "accountability.actions.help_calls.tell_more": "posts messages; the outbox keeps them",
    "accountability.actions.opening.write_check_ins": "called by open_track, which records",
    "lms.people.actions.accounts.choose_questions": "how somebody answers is nobody else's business, not even in a journal",
    "accountability.actions.tracks.rouse": "a hint of when to look again, computed from the rows",
    "accountability.actions.tracks.remember_window": "called by toll, which records",
    "accountability.actions.commitment_reminders.run": "messages have rows and attempts of their own",
    "accountability.actions.meeting_sweep.run": "messages have rows and attempts of their own",
    "courses.actions.authoring.open_course": "permissions that follow from a course that was saved",
    "courses.actions.editions.pinned_now": "reads; a page published without a version, as no page is, would get one",
    "courses.actions.reviews.set_up": "makes the steps of the review, and puts a course that was saved under it",
    "courses.actions.authoring.let_in": "follows a role that was given; giving it is the event",
    "courses.actions.authoring.shut_out": "follows a role that was taken",
    "courses.actions.authoring.library": "makes the shelf that every language has",
    "courses.actions.evidence.open_activity": "the ledger of evidence is itself append-only",
    "courses.actions.clocks.beat": "a stretch of time is itself append-only; a page turn seals them",
    "courses.actions.clocks.go_on_here": "moves the clock, and credits nothing",
    "courses.actions.clocks.run": "moves the clock, and credits nothing",
    "courses.actions.clocks.turn": "called by evidence.turn_page, which seals",
    "courses.actions.clocks.bound": "what the clock may still credit, computed from the rows",
    "courses.actions.places.keep": "where somebody reads, to come back to; reading is evidence when a page is turned",
    "courses.actions.places.choose_way": "how somebody reads is nobody else's business, not even in a journal",
    "courses.actions.deadlines.tell": "messages have rows and attempts of their own",
    "courses.actions.media.remove_left_over": "bytes of rows that are gone; what deleted those recorded",
    "courses.actions.withdrawal.steps.go_on": "calls the steps by name out of a table; each of them records",
    "courses.actions.withdrawal.traces.forget_typed": "called by the step that takes the words out, which records",
    "courses.actions.withdrawal.words.cancel_what_waits": "called by the step that takes the words out, which records",
    "courses.actions.authoring.open_media": "makes the collection and groups that every program has",
    "lms.casework.actions.saved_views.save": "how somebody looks at their list is nobody else's business",
    "lms.casework.actions.saved_views.forget": "how somebody looks at their list is nobody else's business",
    "lms.files.actions.sweep": "removes bytes that no record speaks of; destroy records",
    "lms.keeping.actions.forgetting.finish": "the act was recorded when it was done; this ends its files",
    "lms.keeping.actions.forgetting.finish_all": "the act was recorded when it was done; this ends its files",
    "lms.keeping.actions.forgetting.finish_quietly": "the act was recorded when it was done; this ends its files",
    "lms.people.actions.accounts.close_and_blank": "called by forgetting, which records",
    "courses.actions.cooling.try_again": "the consent that was given is the event; this only moves the next try",
    "lms.people.actions.accounts.choose_look": "how somebody reads is nobody else's business, not even in a journal",
    "lms.people.actions.accounts.end_sessions": "called by team.disable and forgetting, which record",
    "lms.people.actions.sign_ins.forget_old": "forgets; account.signed_in stays",
    "lms.people.actions.sign_ins.note": "account.signed_in is the event",
    "lms.referrals.actions.invitations.ask_for_new": "written alike for every token, also a made-up one; answering records",
    "courses.actions.attempts.keep": "typing is no event",
    "courses.actions.reflections.save_draft": "typing is no event",
    "courses.actions.words_to_authors.save_draft": "typing is no event",
    "courses.actions.words_to_authors.hide": "what an author does not want to see is hers alone to know",
    "courses.actions.words_to_authors.erase": "called by take_back and forgetting, which record",
    "lms.people.actions.kept_words.keep": "typing is no event",
    "lms.people.actions.kept_words.forget": "typing is no event",
    "lms.people.actions.kept_words.forget_old": "typing is no event",
    "lms.referrals.actions.audit.tell_head": "posts messages; the outbox keeps them",
    "lms.referrals.actions.audit.verify_nightly": "Verification rows are its record",
    "court_reports.actions.deliver.note": "a row of the ledger; whoever calls it records what it was",
    "court_reports.actions.webhooks.owe": "called by release, which records",
    "court_reports.actions.tell.everyone": "called by what replaces and what revokes, which record; each one told is on the ledger",
    "court_reports.actions.desk.look": "that a list was opened is nobody's business; since when is all that is kept",
    "court_reports.actions.once.once": "keeps an answer for a day; what was done recorded itself",
    "court_reports.actions.once.forget_old": "forgets; what was done stays recorded",
    "court_reports.actions.tokens.note_use": "when a token was last used; what it did is recorded",
    "court_reports.actions.nightly.verify_nightly": "RegisterVerification rows are its record",
    "court_reports.actions.heads.publish": "PublishedHead rows are its record, and told to everybody",
    "court_reports.actions.heads.subscribe": "somebody without an account, about no case",
    "court_reports.actions.heads.confirm": "somebody without an account, about no case",
    "court_reports.actions.heads.stop": "forgets an address, of somebody without an account",
    "lms.referrals.actions.roles.grant_role": "called by accept and upkeep.save, which record",
    "lms.referrals.actions.pulse.beat": "a row a minute is itself the record",
    "lms.referrals.actions.roles.ensure_groups": "makes the groups that every database has",
    "lms.referrals.actions.roles.groups_of": "makes the groups that every database has",
}


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for top in PRODUCT
        for path in (ROOT / top).rglob("*.py")
    }


def action_modules() -> dict[str, ast.Module]:
    wanted = {name: path for name, path in modules().items() if ".actions." in f"{name}."}
    wanted |= {name: path for name, path in modules().items() if name in ("lms.outbox.doubt",)}
    return {name: ast.parse(path.read_text()) for name, path in wanted.items()}


class Reader:
    """Which functions of the actions write and which record, through whatever they call."""

    def __init__(self) -> None:
        self.functions: dict[str, ast.AST] = {}
        self.names: dict[str, dict[str, str]] = {}
        for module, tree in action_modules().items():
            self.names[module] = dict(self._imports(module, tree))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.functions[f"{module}.{node.name}"] = node

    def _imports(self, module: str, tree: ast.Module):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield alias.asname or alias.name, f"{node.module}.{alias.name}"

    def public(self) -> list[str]:
        return [name for name in self.functions if not name.rpartition(".")[2].startswith("_")]

    @cache  # noqa: B019  one reader for the module's tests
    def does(self, name: str, what: str, seen: frozenset[str] = frozenset()) -> bool:
        if name in seen or name not in self.functions:
            return False
        module = name.rpartition(".")[0]
        for call in (node for node in ast.walk(self.functions[name]) if isinstance(node, ast.Call)):
            if self._is(call, what):
                return True
            target = self._target(module, call.func)
            if target and self.does(target, what, seen | {name}):
                return True
        return False

    def _is(self, call: ast.Call, what: str) -> bool:
        if not isinstance(call.func, ast.Attribute):
            return False
        owner = call.func.value
        if what == "records":
            return isinstance(owner, ast.Name) and (owner.id, call.func.attr) in RECORDS
        # A set, a form's errors or a dictionary has such methods too; those are built from names alone.
        rows = not (isinstance(owner, ast.Name) and owner.id in {"form", "seen", "found", "changed"})
        return call.func.attr in WRITES and rows

    def _target(self, module: str, func: ast.expr) -> str:
        if isinstance(func, ast.Name):
            local = f"{module}.{func.id}"
            return local if local in self.functions else self._resolved(self.names[module].get(func.id, ""))
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            owner = self.names[module].get(func.value.id, "")
            return self._resolved(f"{owner}.{func.attr}")
        return ""

    def _resolved(self, name: str) -> str:
        """A function that a package hands on (lms.referrals.actions.invite)."""
        if name in self.functions:
            return name
        package, _, last = name.rpartition(".")
        return next(
            (full for full in self.functions if full.startswith(f"{package}.") and full.endswith(f".{last}")), ""
        )


READER = Reader()


def test_the_reader_sees_writes_and_records():
    assert len(READER.public()) > 50
    assert READER.does("lms.referrals.actions.referrals.receive", "writes")
    assert READER.does("lms.referrals.actions.referrals.refer_back", "records")
    assert READER.does("courses.actions.reflections.save_draft", "writes")
    assert not READER.does("courses.actions.reflections.save_draft", "records")
    assert not READER.does("lms.referrals.actions.agreements.current_agreements", "writes")


def test_every_action_that_writes_records_an_event_or_says_why_not():
    silent = {name for name in READER.public() if READER.does(name, "writes") and not READER.does(name, "records")}
    assert sorted(silent - SILENT.keys()) == []
    gone = {name for name in SILENT if name not in READER.functions or READER.does(name, "records")}
    assert sorted(gone) == [], "these record, or are no more: take them off the list"


def recorded_kinds() -> set[str]:
    """Every kind that stands in a call of record, or in an Entry; a part that is filled in stands as *."""
    found = set()
    for path in modules().values():
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in {"record", "_record"} and call.args:
                found |= _kinds(call.args[0])
            if name == "Entry":
                found |= {kind for key in call.keywords if key.arg == "kind" for kind in _kinds(key.value)}
    return {kind for kind in found if "." in kind}


def _kinds(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values)}
    return set()


# What the filled-in parts can be.
FILLED = {
    "*.*": [f"{media}.{verb}" for media in ("picture", "document") for verb in ("added", "changed", "deleted")],
    "check_in.*": ["accepted", "returned"],
    "commitment.evidence_*": ["accepted", "returned"],
    "commitment.provider_*": ["confirmed", "denied"],
    "consent.*": ["given", "renewed", "renamed", "ended", "taken_back"],
    "reflection.*": ["accepted", "returned"],
    "report.revocation_*": ["proposed", "withdrawn"],
    "waiver.*": ["proposed", "confirmed", "withdrawn"],
    "referral.*": [
        "completed", "not_completed", "referred_back", "withdrawn", "transferred", "course_started",
        "course_completed", "track_opened",
    ],
}  # fmt: skip
# lms.referrals.actions.upkeep makes its kinds of the model's name.
KEPT_UP = ["courserecording", "court", "program", "policyversion", "agreement", "checkinform", "topic", "question"]


def every_kind() -> set[str]:
    from courses.receivers import PAGE_EVENTS
    from lms.journal.denials import KIND
    from lms.keeping.models import BROUGHT_BACK, PUT_AWAY

    forgotten = (*PUT_AWAY, BROUGHT_BACK)

    plain = {kind for kind in recorded_kinds() if "*" not in kind}
    filled = {
        kind.replace("*.*" if kind == "*.*" else "*", part)
        for kind in recorded_kinds()
        if "*" in kind
        for part in FILLED[kind]
    }
    upkeep = {f"{model}.{verb}" for model in KEPT_UP for verb in ("added", "changed")}
    return plain | filled | upkeep | {"topic.deleted", "question.deleted", KIND, *forgotten, *PAGE_EVENTS.values()}


def test_every_kind_has_words_and_no_words_are_left_over():
    kinds = every_kind()
    assert len(kinds) > 80
    assert sorted(kinds - labels.LABELS.keys()) == []
    assert sorted(labels.LABELS.keys() - kinds) == []


def test_every_kind_belongs_to_a_group_of_the_filter():
    beginnings = tuple(b for _title, beginnings in labels.GROUPS.values() for b in beginnings)
    assert [kind for kind in sorted(every_kind()) if not kind.startswith(beginnings)] == []


@pytest.mark.parametrize("kind", ["no.such_kind", "x.y"])
def test_a_kind_without_words_is_shown_as_it_is(kind):
    assert kind in labels.label(kind)


def test_the_rule_names_real_fields():
    from django.apps import apps

    from lms.referrals.viewsets import CourtForm

    for label, fields in rules.OPEN.items():
        there = {field.name for field in apps.get_model(label)._meta.get_fields()}
        if label == "referrals.court":
            there |= set(CourtForm.base_fields)
        assert fields == rules.EVERY_FIELD or fields <= there, label
