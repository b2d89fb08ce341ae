"""Who takes a course, how far they are, and who may need a hand: as many queries for ten thousand as for ten.

What a line says of somebody is what the list is filtered by: both are read from the same annotation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncMonth
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from courses import missing
from courses.models import Attempt, Enrollment, Evidence, ModuleProgress, Reflection
from courses.records import records_of
from courses.rules.progress import ModuleRecord, own_part_done, unmet
from courses.rules.roster import PAUSES, Edges
from lms.referrals.models import Referral

# What the person does, and nobody else: what staff decides is no sign of life of theirs.
THEIR_OWN = (
    "module_opened", "page_read", "attested", "scenario_chosen", "attempt_started", "attempt_graded",
    "reflection_submitted", "video_interval", "transcript_opened",
)  # fmt: skip
QUIET, PAUSED, RETURNED, NEAR = "is_quiet", "is_paused", "is_returned", "is_near"
STUCK = Q(is_quiet=True) | Q(is_paused=True) | Q(is_returned=True)
STATES = {
    "stuck": STUCK,
    "near": Q(is_near=True),
    "not_begun": Q(started_at=None),
    "taking": Q(started_at__isnull=False, completed_at=None),
    "done": Q(completed_at__isnull=False),
}
SORTS = {
    "name": ("referral__last_name", "referral__first_name", "pk"),
    "activity": ("last_activity", "pk"),
    "progress": ("done", "referral__last_name", "pk"),
    "deadline": (F("referral__complete_by").asc(nulls_last=True), "referral__last_name", "pk"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One person as the roster shows them. ``reasons``: why a hand may be needed; ``missing``: what comes next, in the
    words that the person reads."""

    enrollment: Any
    done: int
    total: int
    share: int
    module: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def people(enrollments: QuerySet[Enrollment], at: Edges) -> QuerySet[Any]:
    """Those of open cases, each with what is known of how it goes. Nothing is asked yet."""
    found = enrollments.filter(referral__in=Referral.objects.open().order_by())
    found = found.annotate(last_activity=_last_activity())
    running = Q(completed_at=None)
    return found.annotate(
        is_quiet=running & Q(last_activity__lt=at.quiet_before),
        is_paused=running & Exists(_paused()),
        is_returned=running & Exists(_returned().filter(returned_at__lt=at.returned_before)),
        is_near=running & Q(referral__complete_by__lt=at.near_until),
        done=Coalesce(Subquery(_modules_done(), output_field=IntegerField()), 0),
    )


def lines(page: Sequence[UUID], found: QuerySet[Any], at: Edges) -> list[Line]:
    """The people of one page, in its order: five reads of the records, one of the people,
    one of what was agreed with them, one of the checks that wait."""
    shown = found.filter(pk__in=page).annotate(returned_since=_returned_since(), failed=_failed())
    read = shown.select_related("referral__court", "referral__program", "edition", "policy")
    by_pk = {row.pk: row for row in read.prefetch_related("referral__accommodations")}
    ordered = [by_pk[pk] for pk in page if pk in by_pk]
    records = records_of(ordered, (get_language() or "en")[:2])
    waits = missing.cool_downs_of(ordered, records, now=at.now)
    return [_line(row, records[row.pk], waits[row.pk], at) for row in ordered]


def counts(found: QuerySet[Any]) -> dict[str, int]:
    """How many of each state, and ``everyone``."""
    asked = {state: Count("pk", filter=which) for state, which in STATES.items()}
    return found.aggregate(everyone=Count("pk"), **asked)


def by_month(found: QuerySet[Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """One row for each month in which people were given a course, the newest first."""
    months = found.order_by().annotate(month=TruncMonth("enrolled_at", tzinfo=zone)).values("month")
    return list(months.annotate(**_tallied()).order_by("-month"))


def by_edition(found: QuerySet[Any]) -> list[dict[str, Any]]:
    """One row for each edition that people are on, the newest first."""
    editions = found.order_by().values("edition", "edition__number", "edition__title_en", "edition__title_es")
    return list(editions.annotate(**_tallied()).order_by("edition__title_en", "-edition__number"))


def month_words(month: datetime) -> str:
    """“November 2026”."""
    return date_format(month, pgettext("a month", "F Y"))


def _tallied() -> dict[str, Count]:
    return {"people": Count("pk")} | {state: Count("pk", filter=which) for state, which in STATES.items()}


def _last_activity() -> Greatest:
    """When they last did anything that the server saw, a word that was typed included."""
    own = Evidence.objects.filter(enrollment=OuterRef("pk"), kind__in=THEIR_OWN).order_by("-at").values("at")[:1]
    typed = Reflection.objects.filter(enrollment=OuterRef("pk")).order_by().values("enrollment")
    moments: list[Any] = [
        F("credited_until"),
        Subquery(own),
        Subquery(typed.annotate(newest=Max("draft_saved_at")).values("newest")),
    ]
    begun = [Coalesce(moment, F("enrolled_at"), output_field=DateTimeField()) for moment in moments]
    return Greatest(*begun)


def _paused() -> QuerySet[Attempt]:
    """A check that was paused PAUSES times, and is not passed."""
    passed = Attempt.objects.filter(enrollment=OuterRef("enrollment"), block_id=OuterRef("block_id"), passed=True)
    finished = ModuleProgress.objects.filter(
        enrollment=OuterRef("enrollment"), module=OuterRef("module"), completed_at__isnull=False
    )
    failed = Attempt.objects.filter(
        enrollment=OuterRef("pk"), graded_at__isnull=False, passed=False, module__withdrawn_at=None
    )
    enough = failed.filter(number__gte=PAUSES * OuterRef("policy__attempts_before_cool_down"))
    return enough.filter(~Exists(passed), ~Exists(finished)).order_by()


def _returned() -> QuerySet[Reflection]:
    """A reflection that came back, and in which nothing was typed since."""
    untouched = Q(draft_saved_at=None) | Q(draft_saved_at__lte=F("returned_at"))
    mine = Reflection.objects.filter(enrollment=OuterRef("pk"), accepted_at=None, module__withdrawn_at=None)
    return mine.filter(untouched, returned_at__isnull=False).order_by()


def _returned_since() -> Subquery:
    return Subquery(_returned().values("enrollment").annotate(since=Min("returned_at")).values("since"))


def _failed() -> Subquery:
    """Of the check that was paused most often: how many attempts."""
    return Subquery(_paused().values("enrollment").annotate(most=Max("number")).values("most"))


def _modules_done() -> QuerySet[Any, Any]:
    done = ModuleProgress.objects.filter(
        enrollment=OuterRef("pk"), completed_at__isnull=False, module__withdrawn_at=None
    )
    return done.order_by().values("enrollment").annotate(n=Count("pk")).values("n")


def _line(row: Any, records: Sequence[ModuleRecord], waits: missing.CoolDowns, at: Edges) -> Line:
    asked = [record for record in records if not record.withdrawn]
    reviewed = row.policy.reflection_reviewed
    open_one = next((record for record in asked if not own_part_done(record, reviewed=reviewed)), None)
    # Where their own part is done, what is left is ours: it is said of the module that waits.
    open_one = open_one or next((record for record in asked if unmet(record, reviewed=reviewed)), None)
    owes = open_one if not row.completed_at else None
    return Line(
        enrollment=row,
        done=sum(record.completed_at is not None for record in asked),
        total=len(asked),
        share=_share(asked),
        module=_module(owes) if owes else "",
        reasons=tuple(_reasons(row, at)),
        missing=tuple(missing.sentences(row, owes, waits)) if owes else (),
    )


def _module(record: ModuleRecord) -> str:
    return _("Module %(number)d: %(title)s") % {"number": record.position, "title": record.title}


def _share(records: Sequence[ModuleRecord]) -> int:
    """How much of the required time is there, in percent; what is completed counts whole."""
    wanted = sum(record.required_seconds for record in records)
    got = sum(
        record.required_seconds if record.completed_at else min(record.credited_seconds, record.required_seconds)
        for record in records
    )
    return 100 * got // wanted if wanted else 0


def _reasons(row: Any, at: Edges) -> list[str]:
    zone = row.referral.time_zone
    said = []
    if row.is_near:
        said.append(_deadline(row.referral.complete_by, at))
    if row.is_quiet:
        day = date_format(row.last_activity.astimezone(zone), _("F j"))
        days = (at.now - row.last_activity).days
        said.append(
            ngettext(
                "Nothing was done since %(day)s, %(n)d day ago.",
                "Nothing was done since %(day)s, %(n)d days ago.",
                days,
            )
            % {"day": day, "n": days}
        )
    if row.is_paused:
        pauses = row.failed // row.policy.attempts_before_cool_down
        said.append(
            ngettext("A knowledge check was paused %(n)d time.", "A knowledge check was paused %(n)d times.", pauses)
            % {"n": pauses}
        )
    if row.is_returned:
        day = date_format(row.returned_since.astimezone(zone), _("F j"))
        said.append(_("A reflection came back on %(day)s, and nothing was typed in it since.") % {"day": day})
    return said


def _deadline(day: Any, at: Edges) -> str:
    left = (day - at.today).days
    words = {"day": date_format(day, _("F j"))}
    if left < 0:
        return _("The court wanted it done by %(day)s.") % words
    return ngettext(
        "The court wants it done by %(day)s: %(n)d day is left.", "The court wants it done by %(day)s: %(n)d days are left.",
        left,
    ) % (words | {"n": left})  # fmt: skip
