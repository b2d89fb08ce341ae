"""Referrals by file: read everything, report every bad row, take in all or nothing unless told otherwise."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.people.models import User
from lms.referrals import actions
from lms.referrals.forms import ReferralForm
from lms.referrals.models import Court, Program, Referral

MAX_ROWS = 500
# A spreadsheet that opens what we export later would run it. A telephone number may begin with a plus.
FORMULA = re.compile(r"[=+@]|-[\d(=+@]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name in the first line, whether it must be filled, and what it holds."""

    name: str
    required: bool
    holds: Any


COLUMNS = (
    Column("first_name", True, gettext_lazy("First name")),
    Column("last_name", True, gettext_lazy("Last name")),
    Column("birth_year", True, gettext_lazy("Year of birth, four digits")),
    Column("email", False, gettext_lazy("E-mail address")),
    Column("phone", False, gettext_lazy("Telephone")),
    Column("language", True, gettext_lazy("en or es")),
    Column("zone", False, gettext_lazy("Time zone, like America/New_York; empty for the court’s own")),
    Column("case_number", False, gettext_lazy("Case number; empty only before filing")),
    Column("reference", False, gettext_lazy("Your own reference, when there is no case number")),
    Column(
        "stage",
        True,
        gettext_lazy(
            "pre_filing, pre_plea_diversion, deferred_prosecution, deferred_adjudication, probation_condition or sentence"
        ),
    ),
    Column("ordered_on", True, gettext_lazy("Date of the order, like 2027-01-31")),
    Column("complete_by", False, gettext_lazy("Date to complete by, like 2027-12-31")),
    Column("officer_name", False, gettext_lazy("Referring officer")),
    Column("defense_counsel", False, gettext_lazy("Defense counsel")),
    Column("conditions", False, gettext_lazy("Conditions as ordered, separated by |")),
)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its line in the file and, in words, why."""

    line: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class Intake:
    """What a file holds. Nothing of it is stored until :func:`take_in`."""

    court: Court
    program: Program
    good: list[dict[str, Any]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    file_problem: str = ""

    def may_be_taken(self, *, good_rows_only: bool) -> bool:
        return bool(self.good) and not self.file_problem and (good_rows_only or not self.bad)


def read_file(text: str, *, court: Court, program: Program, now: datetime) -> Intake:
    """Check every row with the same form a clerk fills in; stores nothing."""
    intake = Intake(court, program)
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if problem := _wrong_columns(rows.fieldnames):
            intake.file_problem = problem
            return intake
        _read_rows(rows, intake, now)
    except csv.Error as problem:
        intake.file_problem = _("This file cannot be read as CSV (line %(line)d): %(problem)s") % {
            "line": rows.line_num,
            "problem": problem,
        }
    if not intake.good and not intake.bad and not intake.file_problem:
        intake.file_problem = _("The file has the right columns, but no rows.")
    return intake


@transaction.atomic
def take_in(intake: Intake, *, by: User, now: datetime) -> int:
    """Receive every good row, all of them or none; how many."""
    for fields in intake.good:
        actions.receive(program=intake.program, court=intake.court, fields=fields, by=by, now=now)
    return len(intake.good)


def _read_rows(rows: "csv.DictReader[str]", intake: Intake, now: datetime) -> None:
    seen = _known_case_numbers(intake)
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            intake.file_problem = ngettext(
                "A file may hold at most %(n)d row.", "A file may hold at most %(n)d rows.", MAX_ROWS
            ) % {"n": MAX_ROWS}
            return
        fields, problems = _check(row, intake, now)
        if fields and fields["case_number"] in seen:
            problems = (*problems, _("This case number has already been referred, or stands twice in the file."))
        if problems:
            intake.bad.append(BadRow(rows.line_num, problems))
        elif fields:
            seen |= {fields["case_number"]} - {""}
            intake.good.append(fields)


def _check(row: dict[str, Any], intake: Intake, now: datetime) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    if None in row or None in row.values():
        return None, (_("This row does not have as many fields as the first line."),)
    data = {name.strip(): value.strip() for name, value in row.items()}
    if formulas := [name for name, value in data.items() if name != "phone" and FORMULA.match(value)]:
        said = _("This begins like a spreadsheet’s formula. Take the sign away.")
        return None, tuple(f"{name}: {said}" for name in formulas)
    data["conditions_text"] = "\n".join(data.pop("conditions", "").split("|"))
    data |= {"court": str(intake.court.pk), "program": str(intake.program.pk)}
    form = ReferralForm(data, courts=Court.objects.filter(pk=intake.court.pk), now=now)
    form.fields["zone"] = Referral._meta.get_field("zone").formfield(required=False)
    if form.is_valid():
        return form.referral_fields, ()
    label: Callable[[str], str] = lambda name: name if name != "__all__" else _("row")  # noqa: E731  one use, beside it
    return None, tuple(f"{label(name)}: {' '.join(errors)}" for name, errors in form.errors.items())


def _known_case_numbers(intake: Intake) -> set[str]:
    known = Referral.objects.filter(court=intake.court, program=intake.program).exclude(case_number="")
    return set(known.values_list("case_number", flat=True))


def _wrong_columns(found: Any) -> str:
    names = [name.strip() for name in found or []]
    missing = [column.name for column in COLUMNS if column.required and column.name not in names]
    unknown = [name for name in names if name not in {column.name for column in COLUMNS}]
    twice = sorted({name for name in names if names.count(name) > 1})
    parts = []
    if twice:
        parts.append(_("These columns stand twice: %(names)s.") % {"names": ", ".join(twice)})
    if missing:
        parts.append(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if unknown:
        parts.append(_("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)})
    return " ".join(parts)
