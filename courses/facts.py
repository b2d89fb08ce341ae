"""Course facts as of a moment: only what was recorded by then (invariant 6)."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.models import Consent, EditionModule, Enrollment, Evidence
from courses.records import modules_with_records
from courses.rules.progress import ModuleRecord, own_part_done
from courses.rules.waivers import EVIDENCE


@dataclass(frozen=True, slots=True)
class ModuleFact:
    """One module in numbers and dates. ``title`` as it is called now, in English; blank where it may not be told."""

    position: int
    title: str
    required_seconds: int
    credited_seconds: int
    completed_at: datetime | None
    withdrawn: bool
    checks: int
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
    # Not complete, and nothing of it waits for the person: somebody here has still to look at what they sent.
    waits_for_program: bool = False


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
    found = modules_with_records(enrollment, "en", as_of)
    reviewed = enrollment.policy.reflection_reviewed
    done = completed is not None and completed <= as_of
    titles = _titles([module for module, _record in found])
    return CourseFacts(
        title=enrollment.edition.title_en,
        edition=enrollment.edition.number,
        enrolled_at=enrollment.enrolled_at,
        started_at=started if started and started <= as_of else None,
        completed_at=completed if completed and completed <= as_of else None,
        attestations=enrollment.attestations.filter(made_at__lte=as_of).count(),
        modules=tuple(_fact(record, titles[module.pk]) for module, record in found),
        waivers=tuple(_waivers(enrollment, as_of)),
        waits_for_program=bool(found)
        and not done
        and all(own_part_done(record, reviewed=reviewed) for _module, record in found),
    )


def _titles(modules: Collection[EditionModule]) -> dict[UUID, str]:
    """As the pinned edition has them. None of a module that was taken back, nor one that holds the name of somebody
    whose story stands in it, or stood: a report goes further than a story ever may (domain.md, "Facts only")."""
    lines = Consent.objects.filter(page_key__in=[module.page_key for module in modules]).select_related("author")
    names: dict[UUID, set[str]] = defaultdict(set)
    for line in lines:
        who = line.author
        names[line.page_key] |= {line.shown_byline, who.byline, who.first_name, who.last_name} - {""}
    return {m.pk: "" if m.withdrawn_at or _says(m.title_en, names[m.page_key]) else m.title_en for m in modules}


def _says(title: str, names: Collection[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) for name in names)


def _waivers(enrollment: Enrollment, as_of: datetime) -> Iterator[WaiverFact]:
    lines = Evidence.objects.filter(enrollment=enrollment, kind=EVIDENCE, at__lte=as_of).select_related("module")
    for line in lines.order_by("at", "module__position", "pk"):
        if line.module:
            yield WaiverFact(line.module.position, line.data["requirement"], line.data["reason"], line.at)


def _fact(record: ModuleRecord, title: str) -> ModuleFact:
    accepted = [r.accepted_at for r in record.reflections]
    passed = [c.passed_at for c in record.checks]
    return ModuleFact(
        position=record.position,
        title=title,
        required_seconds=record.required_seconds,
        credited_seconds=record.credited_seconds,
        completed_at=record.completed_at,
        withdrawn=record.withdrawn,
        checks=len(passed),
        check_passed_at=max(passed) if passed and all(passed) else None,  # type: ignore[type-var]
        attempts=sum(c.attempts for c in record.checks),
        reflection_accepted_at=max(accepted) if accepted and all(accepted) else None,  # type: ignore[type-var]
    )
