"""What the course lays on the desk."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import lag, missing, waiver_panels
from courses.actions.attempts import next_start
from courses.actions.editions import current_edition
from courses.labels import LANGUAGES_IN_WORDS
from courses.models import Attempt, EditionModule, Enrollment, ModuleProgress, Reflection, Waiver, WordsToAuthors
from courses.reading import promise
from courses.records import module_records, modules_with_records
from courses.rules.deadlines import wait
from courses.rules.progress import own_part_done, seconds_left
from courses.rules.roster import UNTOUCHED_DAYS
from courses.rules.waivers import Requirement
from courses.rules.words_to_authors import Reason
from lms.referrals import desk
from lms.referrals.desk import Audience, Need, Section, Step, Stop, Weight
from lms.referrals.models import Referral

# No policy makes anybody wait for longer; attempts of before are not looked at.
LONGEST_COOL_DOWN = timedelta(days=60)
UNTOUCHED, OLD_STORY = timedelta(days=UNTOUCHED_DAYS), timedelta(days=30)


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
        left = seconds_left(record)
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
    """Reflections that wait to be read, and those that came back and were left; words for the authors that threaten."""
    return [
        *_to_read(referrals, now),
        *_left_alone(referrals, now),
        *_threats(referrals),
        *_waits_past_the_day(referrals, now),
        *waiver_panels.needs(referrals, now),
    ]


def _to_read(referrals: QuerySet[Referral], now: datetime) -> Iterator[Need]:
    """What was sent and waits; past the promised day it is heavier."""
    waiting = Reflection.objects.filter(
        enrollment__referral__in=referrals.order_by(),
        submitted_at__isnull=False,
        accepted_at=None,
        returned_at=None,
        second_asked_at=None,
    ).select_related("enrollment__policy", "enrollment__referral__court__profile")
    for r in waiting.defer("draft", "text"):
        promised = promise(r, now=now)
        late = promised is not None and promised.late
        why = _("sent a reflection, and the promised day has passed") if late else _("sent a reflection")
        url, weight = reverse("courses_staff:reflection", args=[r.pk]), Weight.PAST_PROMISE if late else Weight.REVIEW
        yield Need(r.enrollment.referral_id, why, url, r.submitted_at or now, weight, _("Read it and decide"))


def _left_alone(referrals: QuerySet[Referral], now: datetime) -> Iterator[Need]:
    """A reflection went back to them with a note, and nothing was typed in it since."""
    running = Q(enrollment__completed_at=None, accepted_at=None, module__withdrawn_at=None)
    untouched = Q(draft_saved_at=None) | Q(draft_saved_at__lte=F("returned_at"))
    found = Reflection.objects.filter(
        running, untouched, enrollment__referral__in=referrals.order_by(), returned_at__lt=now - UNTOUCHED,
        returned_at__gt=now - OLD_STORY,
    )  # fmt: skip
    for r in found.select_related("enrollment").defer("draft", "text"):
        url = reverse("courses_staff:reflection", args=[r.pk])
        why = _("got a reflection back and has been quiet since")
        step = _("Ask whether the question was understood")
        yield Need(r.enrollment.referral_id, why, url, r.returned_at or now, Weight.RETURNED, step)


def _waits_past_the_day(referrals: QuerySet[Referral], now: datetime) -> Iterator[Need]:
    """Whoever may try a knowledge check again only after the court's day: a rule of the program stands in their way,
    and somebody has to ask for more time."""
    found = Enrollment.objects.filter(
        referral__in=referrals.order_by(), referral__complete_by__isnull=False, completed_at=None
    ).select_related("policy", "referral__court")
    found = found.filter(attempts__graded_at__gt=now - LONGEST_COOL_DOWN).distinct()
    found = found.prefetch_related("referral__accommodations")
    tried: dict[tuple[UUID, str], list[Attempt]] = defaultdict(list)
    graded = Attempt.objects.filter(enrollment__in=found).defer("questions", "answers", "picked").order_by("number")
    for attempt in graded:
        tried[attempt.enrollment_id, attempt.block_id].append(attempt)
    running = {enrollment.pk: enrollment for enrollment in found} if tried else {}
    for (pk, _block), attempts in tried.items():
        case = running[pk].referral
        until = next_start(running[pk], attempts, now=now) if not any(a.passed for a in attempts) else None
        waits = wait(until, case.complete_by, case.time_zone, now)
        if waits and waits.past_it:
            url = reverse("referrals:case", args=[case.pk])
            yield Need(
                case.pk,
                _("may try a knowledge check again only after the court’s date"),
                url,
                attempts[-1].graded_at or now,
                Weight.PAST_PROMISE,
                _("Ask the court for more time"),
            )


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
            Weight.SAFETY,
            _("Read them now"),
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
    of_it = {"enrollment": OuterRef(OuterRef("pk")), "module": OuterRef("pk")}
    completed = ModuleProgress.objects.filter(**of_it, completed_at__isnull=False)
    let_go = Waiver.objects.filter(**of_it, requirement=Requirement.MODULE, confirmed_at__isnull=False)
    over = EditionModule.objects.filter(
        Exists(completed) | Exists(let_go), edition=OuterRef("edition"), withdrawn_at=None
    )
    number = over.order_by().values("edition").annotate(n=Count("pk")).values("n")
    return Enrollment.objects.annotate(
        required=Count("edition__modules", filter=Q(edition__modules__withdrawn_at=None), distinct=True),
        done=Coalesce(Subquery(number), 0),
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
    waived = waiver_panels.sections(enrollment, audience, now)
    if audience != "facilitator":
        return [Section(_("Course"), "learn/panel.html", context, order=10), *waived]
    context |= {"lines": _lines(enrollment, now), "only": LANGUAGES_IN_WORDS.get(enrollment.language, "")}
    return [Section(_("Course"), "facilitate/course_panel.html", context, order=10), *waived]


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
