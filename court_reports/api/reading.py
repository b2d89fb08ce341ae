"""What a token's court has, and nothing of anybody else's (invariant 8)."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from court_reports import hearings
from court_reports.api import schemas
from court_reports.court_side import CourtToken
from court_reports.models import Delivery, RegisterEntry, Release, Step
from court_reports.standing import Standing, standing_of
from court_reports.standing import of as standing_now
from lms.referrals.models import Hearing, Program, Referral

MOMENTS = (
    "received_at", "invited_at", "enrolled_at", "course_started_at", "course_completed_at", "track_opened_at",
    "completed_at", "not_completed_at", "referred_back_at", "withdrawn_at", "transferred_at",
)  # fmt: skip


def referrals(token: CourtToken) -> QuerySet[Referral]:
    return Referral.objects.present().filter(court=token.court).select_related("court", "program", "policy")


def referral(token: CourtToken, pk: UUID) -> Referral:
    return get_object_or_404(referrals(token), pk=pk)


def hearing(token: CourtToken, pk: UUID) -> Hearing:
    return get_object_or_404(Hearing.objects.select_related("referral__court"), pk=pk, referral__in=referrals(token))


def release(token: CourtToken, pk: UUID) -> Release:
    return get_object_or_404(_releases(token), pk=pk)


def _releases(token: CourtToken) -> QuerySet[Release]:
    return Release.objects.present().filter(report__referral__court=token.court).with_report()


def programs() -> schemas.Programs:
    """Those that a court may refer to: the same as the form offers."""
    found = Program.objects.all()
    return schemas.Programs(programs=[schemas.Program(program=row.slug, name=row.name) for row in found])


def as_referral(row: Referral) -> schemas.Referral:
    moments = {name.removesuffix("_at"): getattr(row, name) for name in MOMENTS if getattr(row, name)}
    released = list(hearings.released([row.pk]))
    return schemas.Referral(
        id=row.pk, program=row.program.slug, case_number=row.case_number, reference=row.reference,
        status=row.status.value, moments=moments, complete_by=row.complete_by,
        hearings=[_as_hearing(each, row, released) for each in row.hearings.order_by("at", "pk")],
    )  # fmt: skip


def as_hearing(row: Hearing) -> schemas.Hearing:
    return _as_hearing(row, row.referral, list(hearings.released([row.referral_id])))


def _as_hearing(row: Hearing, case: Referral, released: Sequence[Release]) -> schemas.Hearing:
    row.referral = case
    found = hearings.reported(row, released)
    return schemas.Hearing(
        id=row.pk, at=row.at, kind=row.kind, cancelled=row.cancelled_at is not None, report_due_on=found.due_on,
        report=found.release.pk if found.release else None,
    )  # fmt: skip


def reports(token: CourtToken, *, after: int, limit: int) -> schemas.Reports:
    """The next after a place in the register. Its lines are written one at a time, under a lock: a reader that goes on
    from the last it saw misses none, as it could by the moments of releases. Every line counts, also that a report was
    replaced or revoked: so whoever goes on learns of it."""
    seen = _releases(token).order_by()
    lines = RegisterEntry.objects.filter(position__gt=after, release__in=seen).order_by("position")
    found = list(lines.values_list("position", "release", "kind")[: limit + 1])
    page, more = found[:limit], len(found) > limit
    rows = _releases(token).in_bulk({pk for _position, pk, _kind in page})
    shaped = _shaped(token, list(rows.values()))
    listed = [schemas.Listed.model_validate(shaped[pk].model_dump() | {"change": kind}) for _position, pk, kind in page]
    return schemas.Reports(reports=listed, next=str(page[-1][0] if page else after), more=more)


def as_report(token: CourtToken, row: Release) -> schemas.Report:
    return _shaped(token, [row])[row.pk]


def standing(row: Release) -> dict[str, str]:
    """How a report stands, as headers beside what is fetched of it: the bytes themselves never change."""
    found = standing_now(row)
    said: dict[str, str] = {"Report-Status": found.status}
    if found.by:
        said["Report-Superseded-By"] = str(found.by.pk)
    if found.replaces:
        said["Report-Supersedes"] = str(found.replaces)
    return said


def _shaped(token: CourtToken, rows: Sequence[Release]) -> dict[UUID, schemas.Report]:
    standings = standing_of(rows)
    receipts = Delivery.objects.filter(release__in=[row.pk for row in rows], step=Step.ACKNOWLEDGED, by=token.account)
    received = set(receipts.values_list("release", flat=True))
    return {row.pk: _as_report(row, standings[row.pk], row.pk in received) for row in rows}


def _as_report(row: Release, found: Standing, received: bool) -> schemas.Report:
    case = row.report.referral
    return schemas.Report(
        id=row.pk, number=row.number, kind=row.report.kind, referral=case.pk, case_number=case.case_number,
        reference=case.reference, released_at=row.released_at, hearing=row.report.hearing_id, file_name=row.file_name,
        sha256=row.file_digest, size=row.size, status=found.status, superseded_by=found.by.pk if found.by else None,
        superseded_by_number=found.by_number or None, supersedes=found.replaces, acknowledged=received,
    )  # fmt: skip
