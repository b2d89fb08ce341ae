"""What the course lays on the desk."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import lag, missing
from courses.actions.editions import current_edition
from courses.labels import LANGUAGES_IN_WORDS
from courses.models import Enrollment, Reflection, WordsToAuthors
from courses.records import module_records, modules_with_records
from courses.rules.progress import own_part_done
from courses.rules.words_to_authors import Reason
from lms.referrals import desk
from lms.referrals.desk import Audience, Need, Section, Step, Stop
from lms.referrals.models import Referral


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """The module to go on with, those after it, those done."""
    enrollment = Enrollment.objects.filter(referral=referral).select_related("policy").first()
    if enrollment is None:
        return []
    reviewed = enrollment.policy.reflection_reviewed
    found = []
    open_seen = False
    modules = modules_with_records(enrollment, get_language() or "en")
    waits = missing.cool_downs(enrollment, [record for _module, record in modules], now=now)
    for module, record in modules:
        if record.withdrawn:
            continue
        mine_done = own_part_done(record, reviewed=reviewed)
        detail = "" if mine_done or open_seen else " ".join(missing.sentences(enrollment, record, waits))
        title = _("Module %(number)d: %(title)s") % {"number": record.position, "title": record.title}
        left = max(0, record.required_seconds - record.credited_seconds)
        found.append(
            Step(
                title,
                reverse("learn:module", args=[module.pk]),
                detail if record.steps_seen else "",
                minutes=max(1, -(-left // 60)) if not mine_done else None,
                done=mine_done,
                order=record.position,
            )
        )
        open_seen = open_seen or not mine_done
    return found


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Reflections that wait to be read; words for the authors that threaten somebody."""
    waiting = Reflection.objects.filter(
        enrollment__referral__in=referrals.order_by(), submitted_at__isnull=False, accepted_at=None, returned_at=None
    ).select_related("enrollment")
    return [
        Need(
            r.enrollment.referral_id,
            _("sent a reflection"),
            reverse("courses_staff:reflection", args=[r.pk]),
            r.submitted_at,
            60,
        )
        for r in waiting.defer("draft", "text")
    ] + _threats(referrals)


def _threats(referrals: QuerySet[Referral]) -> list[Need]:
    rows = WordsToAuthors.objects.filter(
        enrollment__referral__in=referrals.order_by(), reason=Reason.THREAT, handled_at=None
    ).select_related("enrollment")
    return [
        Need(
            row.enrollment.referral_id,
            _("left words that threaten somebody"),
            reverse("courses_staff:words_threat", args=[row.pk]),
            row.decided_at,
            100,
        )
        for row in rows.defer("draft", "text")
    ]


def stops(program: UUID) -> Sequence[Stop]:
    """The languages in which nobody new begins the course now."""
    edition = current_edition(program)
    closed = lag.stopped(edition) if edition else []
    names = {code: str(name) for code, name in LANGUAGES_IN_WORDS.items()}
    instead = [(code, name) for code, name in names.items() if code not in closed]
    return [Stop(code, names[code], instead) for code in closed]


def rows(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, str]]:
    """Modules completed of those required: a constant number of queries."""
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for enrollment in _counted().filter(referral__in=[r.pk for r in referrals]):
        words = _("%(done)d of %(required)d") % {"done": enrollment.done, "required": enrollment.required}
        found[enrollment.referral_id]["course"] = str(_("Completed")) if enrollment.completed_at else words
    return dict(found)


def _counted() -> QuerySet[Any]:
    """Enrollments, each with how many modules it requires and how many of them are ``done``."""
    return Enrollment.objects.annotate(
        required=Count("edition__modules", filter=Q(edition__modules__withdrawn_at=None), distinct=True),
        done=Count(
            "progress",
            filter=Q(progress__completed_at__isnull=False, progress__module__withdrawn_at=None),
            distinct=True,
        ),
    )


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The course on a case page: counts, and for the program what is missing."""
    enrollment = _counted().filter(referral=referral).select_related("edition", "policy").first()
    if enrollment is None:
        return _not_in_their_language(referral, audience)
    context = {
        "enrollment": enrollment,
        "done": enrollment.done,
        "total": enrollment.required,
        "title": enrollment.edition.title(get_language() or "en"),
    }
    if audience != "facilitator":
        return [Section(_("Course"), "learn/panel.html", context, order=10)]
    context |= {"lines": _lines(enrollment, now), "only": LANGUAGES_IN_WORDS.get(enrollment.language, "")}
    return [Section(_("Course"), "facilitate/course_panel.html", context, order=10)]


def _lines(enrollment: Enrollment, now: datetime) -> list[dict[str, object]]:
    records = module_records(enrollment, get_language() or "en")
    waits = missing.cool_downs(enrollment, records, now=now)
    return [
        {
            "record": record,
            "missing": missing.sentences(enrollment, record, waits),
            "done": record.completed_at is not None,
        }
        for record in records
        if not record.withdrawn
    ]


def _not_in_their_language(referral: Referral, audience: Audience) -> Sequence[Section]:
    """Before the course: that the person's language is not open to anybody new, and in which they can begin."""
    stop = desk.stop(referral.program_id, referral.language) if referral.is_open else None
    if stop is None:
        return []
    context = {"language": stop.name, "instead": [name for _code, name in stop.instead]}
    return [Section(_("Course"), "components/language_stopped.html", context, order=10)]
