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


def is_superseded(release: Release) -> bool:
    return Release.objects.filter(report__supersedes=release.report_id).exists()


def replaced_by(release: Release) -> Release | None:
    """The newest report that replaces this one."""
    return Release.objects.filter(report__supersedes=release.report_id).order_by("released_at").last()


def later_numbers(releases: Sequence[Release]) -> dict[UUID, str]:
    """Of those that were replaced, by the report: the number of what replaced it."""
    later = Release.objects.filter(report__supersedes__in=[release.report_id for release in releases])
    later = later.select_related("report").defer("sealed_issue", "report__sealed_facts", "report__sealed_answer")
    return {row.report.supersedes_id: row.number for row in later.order_by("released_at") if row.report.supersedes_id}


def is_revoked(release: Release) -> bool:
    """Asked of ``entries``, which lists prefetch."""
    return any(entry.kind == Entry.REVOKED for entry in release.entries.all())


def stamped(release: Release, *, language: str = "en") -> bytes | None:
    """A copy of a replaced or revoked report that says so on every page; None for one that still stands. What was
    released does not change. In another ``language``: of the person's copy. Raises crypto.KeyMissing."""
    from court_reports.render import fallen_bytes

    later, revoked = replaced_by(release), _revoked_at(release)
    if later is None and revoked is None:
        return None
    report = release.report
    profile = CourtProfile.objects.filter(court=report.referral.court_id).first()
    paper = profile.paper if profile else "letter"
    moment = revoked or (later.released_at if later else release.released_at)
    by = later.number if later and not revoked else ""
    return fallen_bytes(report.facts, release.issue, by=by, at=moment, paper=paper, language=language)


def _revoked_at(release: Release) -> datetime | None:
    return next((entry.at for entry in release.entries.all() if entry.kind == Entry.REVOKED), None)


def file_name(release: Release, *, original: bool = False) -> str:
    """What a download is called: at most 50 plain characters, and how it fell first where the copy is marked."""
    if original:
        return release.file_name
    how = "revoked-" if is_revoked(release) else "superseded-" if is_superseded(release) else ""
    return f"{how}{release.file_name}"
