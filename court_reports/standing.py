"""How released reports stand now: whether each is current, what replaced it, what it replaces. Constant queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from court_reports.models import Entry, RegisterEntry, Release

SEALED = ("sealed_issue", "report__sealed_facts", "report__sealed_salt", "report__sealed_answer")
Status = Literal["current", "superseded", "revoked"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of one report today. ``by``: the newest report that replaced it; ``replaces``: what it did."""

    status: Status = "current"
    by: Release | None = None
    replaces: UUID | None = None

    @property
    def by_number(self) -> str:
        return self.by.number if self.by else ""


def standing_of(releases: Sequence[Release]) -> dict[UUID, Standing]:
    """By the id of each release."""
    reports = [row.report_id for row in releases]
    before = [row.report.supersedes_id for row in releases if row.report.supersedes_id]
    later = Release.objects.filter(report__supersedes__in=reports).select_related("report").defer(*SEALED)
    by = {row.report.supersedes_id: row for row in later.order_by("released_at")}
    replaced: dict[UUID | None, UUID] = dict(Release.objects.filter(report__in=before).values_list("report_id", "pk"))
    entries = RegisterEntry.objects.filter(release__in=[row.pk for row in releases], kind=Entry.REVOKED)
    revoked = set(entries.values_list("release_id", flat=True))
    return {
        row.pk: Standing(
            "revoked" if row.pk in revoked else "superseded" if row.report_id in by else "current",
            by.get(row.report_id),
            replaced.get(row.report.supersedes_id),
        )
        for row in releases
    }
