"""How released reports stand: each is current, or a later one replaced it, or it was revoked; and the copies that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from court_reports.models import Entry, RegisterEntry, Release
from lms.referrals.models import CourtProfile

SEALED = ("sealed_issue", "report__sealed_facts", "report__sealed_salt", "report__sealed_answer")
Status = Literal["current", "superseded", "revoked"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of one report today. ``by``: the newest report that replaced it; ``replaces``: what it did."""

    by: Release | None = None
    replaces: UUID | None = None
    revoked_at: datetime | None = None

    @property
    def status(self) -> Status:
        if self.revoked_at:
            return "revoked"
        return "superseded" if self.by else "current"

    @property
    def by_number(self) -> str:
        return self.by.number if self.by else ""


def standing_of(releases: Sequence[Release]) -> dict[UUID, Standing]:
    """By the id of each release. The one reading of this: pages, files, the interface and calls all ask it."""
    reports = [row.report_id for row in releases]
    before = [row.report.supersedes_id for row in releases if row.report.supersedes_id]
    later = Release.objects.filter(report__supersedes__in=reports).select_related("report").defer(*SEALED)
    by = {row.report.supersedes_id: row for row in later.order_by("released_at")}
    replaced: dict[UUID | None, UUID] = dict(Release.objects.filter(report__in=before).values_list("report_id", "pk"))
    entries = RegisterEntry.objects.filter(release__in=[row.pk for row in releases], kind=Entry.REVOKED)
    revoked = dict(entries.values_list("release_id", "at"))
    return {
        row.pk: Standing(by.get(row.report_id), replaced.get(row.report.supersedes_id), revoked.get(row.pk))
        for row in releases
    }


def of(release: Release) -> Standing:
    return standing_of([release])[release.pk]


def stamped(release: Release, *, language: str = "en") -> bytes | None:
    """A copy of a replaced or revoked report that says so on every page; None for one that still stands. What was
    released does not change. In another ``language``: of the person's copy. Raises crypto.KeyMissing."""
    from court_reports.render import fallen_bytes

    stands = of(release)
    moment = stands.revoked_at or (stands.by.released_at if stands.by else None)
    if moment is None:
        return None
    report = release.report
    profile = CourtProfile.objects.filter(court=report.referral.court_id).first()
    paper = profile.paper if profile else "letter"
    by = "" if stands.revoked_at else stands.by_number
    return fallen_bytes(report.facts, release.issue, by=by, at=moment, paper=paper, language=language)


def file_name(release: Release, *, original: bool = False) -> str:
    """What a download is called: at most 50 plain characters, and how it fell first where the copy is marked."""
    status: Status = "current" if original else of(release).status
    return release.file_name if status == "current" else f"{status}-{release.file_name}"
