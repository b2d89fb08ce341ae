"""What is sent and what is answered: shapes, sizes, and nothing besides. What a referral may hold decides its form."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from lms.referrals.models import Stage
from lms.referrals.rules.status import Status

# Printable, on one line: what a clerk could type into one field of a form.
LINE = r"^[^\x00-\x1f\x7f]*$"


def _only_text(value: object) -> object:
    """A number is no moment: nobody should have to guess whether it counted seconds or milliseconds."""
    if not isinstance(value, str):
        raise ValueError("give text")
    return value


def _line(most: int, least: int = 0) -> Any:
    return Annotated[str, StringConstraints(min_length=least, max_length=most, pattern=LINE)]


DAY = r"^\d{4}-\d{2}-\d{2}$"
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$"
Day = Annotated[date, BeforeValidator(_only_text), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_only_text),
    WithJsonSchema({
        "type": "string", "format": "date-time", "pattern": MOMENT,
        "description": "With its offset, like 2027-03-01T09:30:00-05:00.",
    }),
]  # fmt: skip


class Sent(Schema):
    """Fields that are not known are refused: a misspelled one would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class ReferralIn(Sent):
    """One case of one person, as the court ordered it."""

    program: Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,50}$")] = Field(
        description="Short name of the program, from GET /programs."
    )
    case_number: _line(60) = Field("", description="Empty only before filing; then `reference` is needed.")
    reference: _line(60) = Field("", description="The prosecutor’s own reference.")
    stage: Literal[tuple(Stage.values)]  # type: ignore[valid-type]
    ordered_on: Day
    complete_by: Day | None = None
    conditions: list[_line(300, 1)] = Field([], max_length=30, description="In the words of the order.")
    officer_name: _line(200) = ""
    defense_counsel: _line(200) = ""
    first_name: _line(100, 1)
    last_name: _line(100, 1)
    birth_year: Annotated[int, Field(strict=True, ge=1900, le=2100)]
    email: _line(254) = ""
    phone: _line(40) = ""
    language: Literal["en", "es"] = "en"
    zone: _line(64) = Field("", description="IANA name of where the person lives; empty: the court’s own.")


class HearingIn(Sent):
    """A date in court."""

    at: Moment
    kind: _line(100) = ""


class MoveIn(Sent):
    """The date that a hearing is moved to."""

    at: Moment


class Hearing(Schema):
    id: UUID
    at: datetime
    kind: str
    cancelled: bool
    report_due_on: date | None = Field(
        description="By the end of which court day the report for it is to be in; null where none is to come."
    )
    report: UUID | None = Field(
        description="The report for it, if it is in. One may be for two hearings close together."
    )


class Referral(Schema):
    """How a case stands. No name: the sender knows whom it sent."""

    id: UUID
    program: str
    case_number: str
    reference: str
    status: Literal[tuple(status.value for status in Status)]  # type: ignore[valid-type]
    moments: dict[str, datetime] = Field(description="When it became what: `received`, `invited`, `enrolled`, …")
    complete_by: date | None
    hearings: list[Hearing]


class Program(Schema):
    program: str
    name: str


class Programs(Schema):
    programs: list[Program]


class Report(Schema):
    """One released report. `status`, `superseded_by` and `supersedes` (ids) are what the register says of it now."""

    id: UUID
    number: str
    kind: str
    referral: UUID
    case_number: str
    reference: str
    released_at: datetime
    hearing: UUID | None
    file_name: str
    sha256: str
    size: int
    status: Literal["current", "superseded", "revoked"]
    superseded_by: UUID | None = Field(description="The newest report that replaced it.")
    superseded_by_number: str | None
    supersedes: UUID | None = Field(description="The report that it replaced.")
    acknowledged: bool = Field(description="Whether receipt was confirmed by this token.")


class Listed(Report):
    """A report, and what brought it to this place of the list."""

    change: Literal["issued", "replaced", "revoked"]


class Reports(Schema):
    reports: list[Listed] = Field(
        description="As they stand now. One that was replaced or revoked comes again, with the same `id`: what comes later "
        "takes the place of what came before."
    )
    next: str = Field(description="Give it as `after`, now or next week: what came since follows, none left out.")
    more: bool


class Receipt(Schema):
    number: str
    acknowledged_at: datetime


class Wrong(Schema):
    pointer: str
    detail: str


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = None
