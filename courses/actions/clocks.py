"""A person's clock: on which page it runs, and what every beat of that page adds (courses.rules.time_credit)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from courses import tickets
from courses.access import viewings_of
from courses.actions import ticking
from courses.credited import seal_of, stretches_of
from courses.models import EditionModule, Enrollment, ModuleProgress, Viewing
from courses.records import modules_with_records
from courses.rules import time_credit
from courses.rules.progress import ModuleRecord, owed_seconds
from courses.rules.time_credit import Clock, Day, Ticked, Why
from lms.journal import journal
from lms.people.models import User
from lms.referrals.easing import easing_of

LONGER_THAN_A_DAY = timedelta(days=2).total_seconds()


class NoSuchPage(Exception):
    """It is not a page of this person's, or it was turned."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The answer to a beat: the ticket for the next, or why it was not accepted; both, where the day's time is used up. ``earned``: whether it added time;
    ``elapsed``: the seconds since the page's last beat, once for each."""

    ticket: str = ""
    earned: bool = False
    viewing: Viewing | None = None
    elapsed: float = 0
    refused: Why | None = None


def beat(
    *, viewing_id: UUID, by: User, attested: Collection[str], ticket: str, now: datetime, begins: bool = False
) -> Beat:
    """One heartbeat of a visible page: a look without a lock, and what it adds if nothing else moved the clock
    meanwhile (compare and set). Where something did, once more with the clock held still.

    ``attested``: the modules for which this session said who is here. Raises NoSuchPage.
    """
    shown: dict[str, Any] = {
        "viewing_id": viewing_id,
        "by": by,
        "attested": attested,
        "ticket": ticket,
        "now": now,
        "begins": begins,
    }
    answer = _beat(**shown)
    if answer is None:
        with transaction.atomic():
            answer = _beat(**shown, held=True)
    assert answer  # noqa: S101  for the type checker: nobody moves a clock that is held
    return answer


def _beat(
    *, viewing_id: UUID, by: User, attested: Collection[str], ticket: str, now: datetime, begins: bool,
    held: bool = False,
) -> Beat | None:  # fmt: skip
    """None: the clock is not as it was seen. Never so where it is ``held``."""
    viewing, day = _look(viewing_id, by, now, held=held)
    row = viewing.enrollment
    if str(viewing.module_id) not in attested:
        return Beat(refused=Why.ATTEST)
    number = tickets.number_of(ticket, viewing.pk, row.page_secret, last=row.beats)
    clock = _clock(viewing)
    ticked = time_credit.beaten(clock, viewing.pk, number, now, day, begins=begins)
    if ticked.refused and ticked.clock == clock:
        return Beat(refused=ticked.refused)
    if ticked.clock != clock and not ticking.keep(viewing, ticked):
        return None
    following = tickets.ticket(viewing.pk, row.page_secret, ticked.clock.beats + 1)
    elapsed = (now - row.beat_at).total_seconds() if row.beat_at and ticked.clock.beats > row.beats else 0
    return Beat(following, ticked.interval is not None, viewing, max(0.0, elapsed), ticked.refused)


@transaction.atomic
def go_on_here(*, viewing_id: UUID, by: User, attested: Collection[str], now: datetime) -> Beat:
    """This page is the newest again: the clock runs here, from now, and nowhere else. Raises NoSuchPage."""
    viewing = _locked(viewing_id, by)
    if str(viewing.module_id) not in attested:
        return Beat(refused=Why.ATTEST)
    progress = ModuleProgress.objects.select_related("module").get(
        enrollment=viewing.enrollment_id, module=viewing.module_id
    )
    run(viewing, progress, by=by, now=now)
    return Beat(viewing.ticket) if viewing.ticket else Beat(refused=Why.FINISHED)


def run(viewing: Viewing, progress: ModuleProgress, *, by: User | None, now: datetime) -> None:
    """Let the clock run on this page and nowhere else, and give the page its first ticket; none where the person's own
    part of the module is done: there it is read again, and nothing is counted. ``by``: the person."""
    owed = _owed(viewing, progress)
    if owed == 0:
        return
    secret = tickets.new_secret()
    mine = Q(pk=viewing.enrollment_id)
    # One statement for all courses of one person, so that two pages opened at once leave one that is the newest.
    everywhere = Enrollment.objects.filter(Q(referral__person=by) if by else mine)
    everywhere.update(
        page_now=Case(When(mine, then=Value(viewing.pk)), default=None),
        page_secret=secret,
        beat_at=now,
        beats=0,
        owed_seconds=owed,
    )
    viewing.ticket = tickets.ticket(viewing.pk, secret, 1)


def turn(viewing: Viewing, *, now: datetime) -> Ticked:
    """The page was read: what it still adds. ``viewing`` is locked."""
    row = viewing.enrollment
    day = day_of(row, row.referral.time_zone, row.policy.most_hours_a_day, now)
    ticked = time_credit.turned(_clock(viewing), viewing.pk, viewing.opened_at, now, day)
    if ticked.refused != Why.ELSEWHERE:
        ticking.keep(viewing, ticked)
    return ticked


def bound(*, enrollment: Enrollment, found: Collection[tuple[EditionModule, ModuleRecord]], now: datetime) -> None:
    """Something else was done: where the page's module now lacks time alone, no more than that is counted on it; where
    it lacks nothing, nothing is. Called by whoever looks what is missing."""
    if enrollment.page_now is None or not enrollment.beat_at or now - enrollment.beat_at > time_credit.TICKET_LIFE:
        return
    reviewed = enrollment.policy.reflection_reviewed
    owed = {module.pk: owed_seconds(record, reviewed=reviewed) for module, record in found}
    lacking = {pk: seconds for pk, seconds in owed.items() if seconds is not None}
    module = Viewing.objects.filter(pk=enrollment.page_now, module__in=lacking).values_list("module", flat=True).first()
    if module is not None:
        Enrollment.objects.filter(pk=enrollment.pk, page_now=enrollment.page_now).update(owed_seconds=lacking[module])


def seal_time(*, enrollment: Enrollment, module: EditionModule, by: User | None, now: datetime) -> None:
    """Tell the journal what was credited in a module until now, so that a stretch changed later is found."""
    seal = seal_of(stretches_of(enrollment, module))
    if seal["stretches"]:
        journal.record(
            "module.time_sealed", about=enrollment.referral_id, on=module, by=by, at=now,
            data={"stretches": seal["stretches"], "seconds": seal["seconds"], "digest": seal["digest"]},
        )  # fmt: skip


def day_of(enrollment: Enrollment, zone: ZoneInfo, most_hours: int, now: datetime) -> Day:
    """The person's day, and how much of it counts: all of it, where that was agreed with them."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    ends_at = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
    most = most_hours * 3600.0
    # Asked only where it can matter: every other beat is answered in three queries.
    is_near = enrollment.day_seconds + time_credit.LONGEST_STEP.total_seconds() >= most
    if is_near and not easing_of(enrollment.referral, now=now).daily_cap:
        most = LONGER_THAN_A_DAY
    return Day(ends_at, most)


def locked(enrollment: Enrollment, module: EditionModule, viewing_id: UUID, step: int) -> Viewing | None:
    """A page that was not turned yet, with its person's clock held still."""
    pages = _with_clock(Viewing.objects.filter(enrollment=enrollment, module=module, step=step, turned_at=None))
    found: Any = pages.filter(pk=viewing_id).first()
    if found is None:
        return None
    found.is_done = found.over
    viewing: Viewing = found
    return viewing


def _locked(viewing_id: UUID, by: User) -> Viewing:
    found: Viewing | None = _with_clock(viewings_of(by)).filter(pk=viewing_id).first()
    if found is None:
        raise NoSuchPage
    return found


# As _locked with the rule of access.viewings_of, in words of the database: this is asked every 20 seconds of everybody, and
# to put the question together would take longer than to answer it. A test holds both equal.
LOOK = """
    SELECT e.id, e.page_now, e.page_secret, e.beat_at, e.beats, e.credited_until, e.owed_seconds, e.day_ends_at,
        e.day_seconds, v.module_id AS shown_module, v.step AS shown_step, v.block_id AS shown_block,
        v.digest AS shown_digest, COALESCE(NULLIF(r.zone, ''), c.zone) AS zone, p.most_hours_a_day AS most_hours,
        m.withdrawn_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM courses_moduleprogress d
            WHERE d.enrollment_id = e.id AND d.module_id = v.module_id AND d.completed_at IS NOT NULL) AS is_over
    FROM courses_viewing v
        JOIN courses_enrollment e ON e.id = v.enrollment_id
        JOIN courses_editionmodule m ON m.id = v.module_id
        JOIN referrals_policyversion p ON p.id = e.policy_id
        JOIN referrals_referral r ON r.id = e.referral_id
        JOIN referrals_court c ON c.id = r.court_id
    WHERE v.id = %s AND v.turned_at IS NULL AND r.person_id = %s AND r.sealed_at IS NULL AND r.forgotten_at IS NULL
"""


def _look(viewing_id: UUID, by: User, now: datetime, *, held: bool) -> tuple[Viewing, Day]:
    keys = [Viewing._meta.pk.get_db_prep_value(key, connection) for key in (viewing_id, by.pk)]
    lock = " FOR UPDATE OF e" if held and connection.features.has_select_for_update_of else ""
    row: Any = next(iter(Enrollment.objects.raw(LOOK + lock, keys)), None)
    if row is None:
        raise NoSuchPage
    viewing = Viewing(
        pk=viewing_id, enrollment=row, module_id=UUID(str(row.shown_module)), step=row.shown_step,
        block_id=row.shown_block, digest=row.shown_digest,
    )  # fmt: skip
    viewing.is_done = bool(row.is_over)
    return viewing, day_of(row, ZoneInfo(row.zone), row.most_hours, now)


def _with_clock(viewings: QuerySet[Viewing]) -> QuerySet[Any]:
    done = ModuleProgress.objects.filter(
        enrollment=OuterRef("enrollment"), module=OuterRef("module"), completed_at__isnull=False
    )
    return (
        viewings.select_for_update(of=("enrollment",))
        .select_related("enrollment__policy", "enrollment__referral__court")
        .only(*READ)
        .annotate(over=Q(Exists(done)) | Q(module__withdrawn_at__isnull=False))
    )


READ = (
    "step", "digest", "block_id", "opened_at", "turned_at", "enrollment__page_now",
    "enrollment__page_secret", "enrollment__beat_at", "enrollment__beats", "enrollment__credited_until",
    "enrollment__owed_seconds", "enrollment__day_ends_at", "enrollment__day_seconds",
    "enrollment__policy__most_hours_a_day", "enrollment__referral__zone", "enrollment__referral__court__zone",
)  # fmt: skip


def _clock(viewing: Viewing) -> Clock:
    row = viewing.enrollment
    return Clock(
        page=row.page_now,
        beat_at=row.beat_at,
        beats=row.beats,
        credited_until=row.credited_until,
        owed=0 if viewing.is_done else row.owed_seconds,
        day_ends_at=row.day_ends_at,
        day_seconds=row.day_seconds,
    )


def _owed(viewing: Viewing, progress: ModuleProgress) -> float | None:
    """Seldom more than a look at what is known: only where every page was read can the rest be done too."""
    if progress.completed_at or progress.module.withdrawn_at:
        return 0
    if len(progress.seen) < len(progress.module.steps):
        return None
    row = Enrollment.objects.select_related("policy", "referral").get(pk=viewing.enrollment_id)
    found = modules_with_records(row, row.referral.language)
    record = next(record for module, record in found if module.pk == viewing.module_id)
    return owed_seconds(record, reviewed=row.policy.reflection_reviewed)
