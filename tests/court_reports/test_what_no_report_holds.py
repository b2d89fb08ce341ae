"""A marker in every field of the database that somebody could type into; and no report of any kind holds one, but those
that are listed here by name with the reason.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from court_reports import content, words
from court_reports import facts as door
from court_reports.actions.draft import a_draft_issue
from court_reports.models import Report
from court_reports.pdf.layout import attachment
from court_reports.pdf.profile import FILING
from court_reports.snapshot import Issue, Kind, ReportFacts, Supersedes
from lms import crypto
from lms.fields import SealedTextField
from lms.referrals.models import Referral
from tests.builders import an_author, at
from tests.court_reports.drawing import drawn, text_of
from tests.invariants.test_07_released_bytes_never_change import without_triggers
from tests.keeping.world import MARK, a_marked_world

pytestmark = pytest.mark.django_db
NOW = at("2026-03-27 12:00")
HOUSES = {"lms", "courses", "accountability", "court_reports"}
# What machines write or read: codes, keys, digests, zones, rhythms, numbers, addresses of pages.
MACHINE = {
    "accepted_by", "authority_key", "block_id", "byline_key", "cadence", "cause", "certificate", "code", "code_digest",
    "commitment", "device", "digest", "digest_en", "digest_es", "email_digest", "feed_key", "file_digest", "file_hash",
    "filing_digest", "filter_spec", "focal_point_key", "hash", "key", "kind_code", "language", "media_type", "number_digest",
    "on_id", "origin", "page_secret", "password", "path", "place_code", "previous", "problem", "proof", "provider_id", "purpose",
    "request_id", "result", "schedule_key", "session_key", "sha256", "signer", "slug", "state", "store", "task", "text_digest",
    "token_digest", "tzdata", "unsigned_digest", "url_path", "username", "was_cadence", "was_zone", "written_in", "zone",
}  # fmt: skip
# A code without choices on its model, or a word of ours.
CODED = {
    "accountability.Tolling.reason", "accountability.ExcusalDecision.reason", "outbox.Message.kind", "journal.Event.kind",
    "courses.Evidence.kind", "courses.Attestation.kind", "courses.ReflectionReview.outcome", "service.Run.outcome",
    "court_reports.Release.number", "court_reports.RegisterEntry.number", "journal.Event.programs", "keeping.DoomedFile.name",
    "courses.Consent.text_language", "courses.WordsToAuthors.reason", "accountability.Attachment.question",
}  # fmt: skip
MAY_STAND = {
    "referrals.Court.name": "the caption names the court",
    "referrals.Court.jurisdiction": "the caption",
    "referrals.Court.county": "the caption",
    "referrals.Hearing.kind": "the caption names the next hearing",
    "referrals.Referral.first_name": "whom it is about",
    "referrals.Referral.last_name": "whom it is about",
    "referrals.Referral.case_number": "the caption",
    "referrals.Referral.reference": "the prosecutor's, in the facts beside the case number",
    "referrals.Referral.conditions": "as ordered by the court",
    "referrals.Referral.officer_name": "who referred",
    "referrals.Referral.defense_counsel": "who is told",
    "referrals.DeadlineMove.ordered_by": "on whose word the court's own day moved",
    "referrals.Program.name": "who reports",
    "referrals.Program.organization": "who reports",
    "referrals.Program.contact_name": "whom the court can ask",
    "referrals.Program.contact_phone": "whom the court can ask",
    "referrals.Program.contact_email": "whom the court can ask",
    "courses.Edition.title_en": "what was taken",
    "courses.EditionModule.title_en": "what it was made of; not where a name of an author's stands in it",
    "accountability.Tolling.authority": "on whose word the clock stopped",
    "accountability.Extension.reason": "why, as ordered",
    "accountability.Extension.ordered_by": "on whose word",
    "accountability.Move.reason": "why the schedule changed",
    "accountability.Move.authority": "on whose word",
    "accountability.Commitment.named_by_order": "in the words of the court's own order alone",
    "people.User.first_name": "who prepared it: staff",
    "people.User.last_name": "who prepared it: staff",
}


def typed_fields() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in HOUSES or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if _is_typed(model, field):
                yield model, field


def _is_typed(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    if field.choices or field.name in MACHINE or f"{model._meta.label}.{field.name}" in CODED:
        return False
    if isinstance(field, SealedTextField | models.TextField):
        return True
    return isinstance(field, models.CharField) and (field.max_length or 0) >= 20


def plant() -> dict[str, str]:
    """A marker of its own in every field, in every row that there is: by marker, where it was put."""
    planted = {}
    for number, (model, field) in enumerate(typed_fields()):
        marker = f"mk{number:03d}zq"
        without_triggers(model._meta.db_table, "SELECT 1", [])
        for row_number, row in enumerate(model._base_manager.all()):
            # Where the database itself refuses a word (a byline of somebody who is no author), nobody can have typed one.
            with suppress(IntegrityError), transaction.atomic():
                rows = model._base_manager.filter(pk=row.pk)
                rows.update(**{field.name: _value(field, row, f"{marker} {row_number}")})
                planted[marker] = f"{model._meta.label}.{field.name}"
    return planted


def _value(field: models.Field[Any, Any], row: Any, words: str) -> Any:
    if not isinstance(field, SealedTextField):
        return f"{words.replace(' ', '')}@x.example" if isinstance(field, models.EmailField) else words
    text = json.dumps([words]) if "List" in type(field).__name__ else words
    return crypto.encrypt(text, subject=row.subject, place=field.place(row), zone=field.zone)


def everything_told(referral: Referral, issue: Issue, tmp_path: Path) -> str:
    """The text, the sections and the attached file of every kind, in both languages."""
    told = []
    for kind in Kind:
        old = Supersedes(
            number="2026-00001", kind="progress", released_on=date(2026, 3, 1), what_changed="It was counted."
        )
        english = door.gather(
            referral=referral, kind=kind, as_of=NOW, period_from=date(2026, 1, 5), period_to=date(2026, 3, 26),
            supersedes=old if kind == Kind.CORRECTION else None,
        ).facts  # fmt: skip
        told.append(attachment(english, issue).decode())
        for facts in (english, replace(english, language="es")):
            profile = {"profile": FILING} if facts.language == "es" else {}
            told += [_sections(facts, issue), text_of(drawn(facts, issue, **profile), tmp_path)]
    return "\n".join(told)


def _sections(facts: ReportFacts, issue: Issue) -> str:
    return str((words.title(facts), content.caption(facts), content.sections(facts, issue)))


def test_no_report_holds_what_somebody_typed_but_what_is_listed(tmp_path: Path) -> None:
    world = a_marked_world()
    notice = Report.objects.filter(referral=world.referral, answered_at__isnull=False).latest("drafted_at")
    issue_before = a_draft_issue(notice)
    assert issue_before.answer == f"{MARK} answer"
    an_author(world.referral.program)
    planted = plant()
    assert len(planted) > 60
    # So that this could fail at all.
    assert {"people.User.byline", "accountability.ExcusalRequest.words", "casework.Note.words"} <= set(planted.values())
    notice = Report.objects.select_related("referral").get(pk=notice.pk)
    told = everything_told(Referral.objects.get(pk=world.referral.pk), a_draft_issue(notice), tmp_path)
    found = {where for marker, where in planted.items() if marker in told}
    assert sorted(found - set(MAY_STAND)) == []
    assert sorted(set(MAY_STAND) - found) == []
    # What is sealed by hand, not by a field (answers, reflections, notes), still bears the mark of the world: only the
    # person's own answer to the court may stand.
    assert MARK not in told.replace(issue_before.answer, "")
