"""Course facts as of a moment: only what was recorded by then (invariant 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.models import Enrollment, Evidence
from courses.records import module_records
from courses.rules.progress import ModuleRecord
from courses.rules.waivers import EVIDENCE


@dataclass(frozen=True, slots=True)
class ModuleFact:
    """One module in numbers and dates."""

    position: int
    title: str
    required_seconds: int
    credited_seconds: int
    completed_at: datetime | None
    withdrawn: bool
    check_passed_at: datetime | None
    attempts: int
    reflection_accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """One requirement that staff waived: of which module, what, by which coded reason, and when."""

    position: int
    requirement: str
    reason: str
    waived_at: datetime


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """Everything a report may say of a course."""

    title: str
    edition: int
    enrolled_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    attestations: int
    modules: tuple[ModuleFact, ...]
    waivers: tuple[WaiverFact, ...] = ()


def course_facts(*, referral_id: UUID, as_of: datetime) -> CourseFacts | None:
    """The course of a case as it was known at ``as_of``; None when the person had not enrolled."""
    enrollment = (
        Enrollment.objects.filter(referral=referral_id, enrolled_at__lte=as_of)
        .select_related("edition", "policy")
        .first()
    )
    if enrollment is None:
        return None
    started, completed = enrollment.started_at, enrollment.completed_at
    return CourseFacts(
        title=enrollment.edition.title_en,
        edition=enrollment.edition.number,
        enrolled_at=enrollment.enrolled_at,
        started_at=started if started and started <= as_of else None,
        completed_at=completed if completed and completed <= as_of else None,
        attestations=enrollment.attestations.filter(made_at__lte=as_of).count(),
        modules=tuple(_fact(record) for record in module_records(enrollment, "en", as_of)),
        waivers=tuple(_waivers(enrollment, as_of)),
    )


def _waivers(enrollment: Enrollment, as_of: datetime) -> Iterator[WaiverFact]:
    lines = Evidence.objects.filter(enrollment=enrollment, kind=EVIDENCE, at__lte=as_of).select_related("module")
    for line in lines.order_by("at", "module__position", "pk"):
        if line.module:
            yield WaiverFact(line.module.position, line.data["requirement"], line.data["reason"], line.at)


def _fact(record: ModuleRecord) -> ModuleFact:
    accepted = [r.accepted_at for r in record.reflections]
    passed = [c.passed_at for c in record.checks]
    return ModuleFact(
        position=record.position,
        title=f"Module {record.position}",
        required_seconds=record.required_seconds,
        credited_seconds=record.credited_seconds,
        completed_at=record.completed_at,
        withdrawn=record.withdrawn,
        check_passed_at=max(passed) if passed and all(passed) else None,  # type: ignore[type-var]
        attempts=sum(c.attempts for c in record.checks),
        reflection_accepted_at=max(accepted) if accepted and all(accepted) else None,  # type: ignore[type-var]
    )
