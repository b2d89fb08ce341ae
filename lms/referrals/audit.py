"""What an auditor may read of the journal, and in what words: no names but the staff's, no one's words at all."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from lms.journal import belonging, chain, labels
from lms.journal.ambient import COMMAND
from lms.journal.models import Event, Link, Verification
from lms.people.models import Kind, User
from lms.referrals import event_words
from lms.referrals.access import programs_of, referrals_for
from lms.referrals.event_words import Reader, Said
from lms.referrals.models import CourtMembership, Invitation, Program, ProgramMembership, ProgramRole, Referral
from lms.referrals.rules.cells import safe
from lms.referrals.rules.weeks import Week
from lms.referrals.templatetags.amends import zone_named

CHUNK = 500
COUNTED = timedelta(days=30)
COLUMNS = (
    "position", "hash", "event", "at", "kind", "outcome", "about", "on", "by", "by_kind", "origin", "request",
    "changed", "data", "programs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One event, in words. ``day`` is the reader's; ``verified``: within what was last verified, and held."""

    event: Event
    day: date
    who: str
    what: str
    facts: tuple[Said, ...]
    from_where: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Read:
    """That somebody read what is kept about a person, as that person is told: by role, no name."""

    at: datetime
    day: date
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Group:
    """How much of one group of kinds there is; ``share`` of the fullest, in percent, to draw it."""

    name: str
    title: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class ReaderOfWeek:
    """How often somebody read what people wrote, on each day of a week, and of how many cases."""

    user: UUID
    name: str
    days: tuple[tuple[date, int], ...]
    total: int
    cases: int


@dataclass(frozen=True, slots=True)
class OwnRead:
    """One reading of one's own; ``referral`` only while the case is open to the reader."""

    at: datetime
    day: date
    what: str
    facts: tuple[Said, ...]
    referral: Referral | None


def audited_programs(user: User) -> QuerySet[Program]:
    """The programs whose journal this person audits."""
    return programs_of(user, ProgramRole.AUDITOR)


def events_for(user: User) -> QuerySet[Event]:
    """Every event that belongs to the programs this person audits, and those that belong to none.

    What is about no case keeps its programs, so it stays when whoever did it has left. Of an older one, which kept none,
    they are those of everybody who was ever there.
    """
    programs = list(audited_programs(user).values_list("pk", flat=True))
    if not programs:
        return Event.objects.none()
    cases = Referral.objects.filter(program__in=programs).order_by().values("pk")
    kept = _any(Q(programs__contains=str(pk)) for pk in programs)
    on_theirs = _any(Q(on_label=label, on_id__in=ids) for label, ids in belonging.rows_of(programs).items() if ids)
    older = Q(programs=None) & (Q(by=None) | Q(by__in=_ever_in(programs)))
    found = Q(about__in=cases) | (Q(about=None) & (kept | on_theirs | older))
    return Event.objects.filter(found).select_related("by", "link")


def _ever_in(programs: Sequence[UUID]) -> set[UUID]:
    """Everybody who is or was of these programs or of a court that refers to them, or has a case there."""
    cases = Referral.objects.filter(program__in=programs).order_by()
    courts = list(cases.values_list("court", flat=True).distinct())
    invited = Invitation.objects.filter(Q(program__in=programs) | Q(court__in=courts), user__isnull=False)
    told = Event.objects.filter(kind__in=("role.given", "role.taken"), data__program__in=[str(pk) for pk in programs])
    ended = Event.objects.filter(kind="court.member_ended", data__court__in=[str(pk) for pk in courts])
    return {
        *ProgramMembership.objects.filter(program__in=programs).values_list("user", flat=True),
        *CourtMembership.objects.filter(court__in=courts).values_list("user", flat=True),
        *cases.filter(person__isnull=False).values_list("person", flat=True),
        *invited.values_list("user", flat=True),
        *(UUID(pk) for pk in (told | ended).order_by().values_list("on_id", flat=True)),
    }


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def cases_for(user: User) -> QuerySet[Referral]:
    """The cases whose journal this person may read: of programs they audit or administer."""
    roles = (ProgramRole.AUDITOR, ProgramRole.ADMINISTRATOR)
    return Referral.objects.filter(program__in=programs_of(user, *roles)).select_related("program", "court")


def case_events(user: User, referral: Referral) -> QuerySet[Event]:
    """One case's whole life, oldest first. An administrator is not shown what they did themselves (security.md 5)."""
    events = Event.objects.filter(about=referral.subject).select_related("by", "link").order_by("at", "pk")
    if audited_programs(user).filter(pk=referral.program_id).exists():
        return events
    return events.exclude(by=user)


def counts_for(user: User, now: datetime) -> list[Group]:
    """For an administrator: how much of each group happened lately in their programs; no rows."""
    cases = Referral.objects.filter(program__in=programs_of(user, ProgramRole.ADMINISTRATOR)).order_by()
    return grouped(Event.objects.filter(about__in=cases.values("pk"), at__gt=now - COUNTED))


def grouped(events: QuerySet[Event]) -> list[Group]:
    """How many events of each group there are, of the groups that have any. A reading belongs to two."""
    by_kind = dict(events.order_by().values_list("kind").annotate(Count("pk")))
    counts = {
        name: sum(count for kind, count in by_kind.items() if kind.startswith(beginnings))
        for name, (_title, beginnings) in labels.GROUPS.items()
    }
    most = max(counts.values(), default=0)
    return [
        Group(name, str(labels.GROUPS[name][0]), count, max(1, 100 * count // most))
        for name, count in counts.items()
        if count
    ]


def of_group(group: str) -> Q:
    """Events whose kind begins like those of a group."""
    found = Q()
    for beginning in labels.GROUPS[group][1]:
        found |= Q(kind__startswith=beginning)
    return found


def staff_of(programs: QuerySet[Program]) -> dict[UUID, str]:
    """Who may be named: the staff of these programs."""
    staff = User.objects.filter(kind=Kind.STAFF, program_memberships__program__in=programs).distinct()
    return {user.pk: user.shown_name for user in staff.order_by("last_name", "first_name")}


def reader_for(programs: QuerySet[Program], zone: object) -> Reader:
    """Who reads: in which zone, and whom and what they know by name."""
    return Reader(zone, staff_of(programs) | {program.pk: program.name for program in programs})


def in_words(events: Iterable[Event], reader: Reader) -> list[Row]:
    """Each event as an auditor reads it."""
    verified = last_verification()
    return [
        Row(
            event, _day(event.at, reader.zone), _who(event, reader.names), labels.label(event.kind),
            tuple(event_words.tell(event, reader)), _from_where(event), _is_verified(event, verified),
        )
        for event in events
    ]  # fmt: skip


def reads_of(person: User, zone: object) -> list[Read]:
    """Who read this person's words, reports or sign-ins, newest first."""
    own = Referral.objects.filter(person=person).order_by().values("pk")
    return _reads_about(Q(about__in=own) & ~Q(by=person), zone)


def reads_of_case(referral: Referral) -> list[Read]:
    """The same of one case, also before there was an account."""
    return _reads_about(Q(about=referral.subject) & ~Q(by=referral.person_id), referral.time_zone)


def _reads_about(which: Q, zone: object) -> list[Read]:
    reads = Event.objects.filter(which, kind__in=labels.READS).select_related("by")
    return [
        Read(event.at, _day(event.at, zone), _whose(event), str(labels.YOURS[event.kind]))
        for event in reads.order_by("-at", "-pk")
    ]


def readers_of(user: User, week: Week) -> list[ReaderOfWeek]:
    """For auditors and administrators: how often each of their staff read, the most first; no rows, no cases.

    Nobody judges themselves: one's own reading is not among them (security.md 5).
    """
    programs = programs_of(user, ProgramRole.AUDITOR, ProgramRole.ADMINISTRATOR)
    cases = Referral.objects.filter(program__in=programs).order_by().values("pk")
    reads = _reads(week).filter(about__in=cases, by__kind=Kind.STAFF).exclude(by=user).order_by()
    by_day = reads.annotate(day=TruncDate("at", tzinfo=week.zone)).values_list("by", "day").annotate(Count("pk"))
    counts = {(reader, day): count for reader, day, count in by_day}
    names = staff_of(programs)
    found = []
    for reader, total, of_cases in reads.values_list("by").annotate(Count("pk"), Count("about", distinct=True)):
        days = tuple((day, counts.get((reader, day), 0)) for day in week.days)
        found.append(ReaderOfWeek(reader, names.get(reader) or _("Program staff"), days, total, of_cases))
    return sorted(found, key=lambda row: (-row.total, row.name))


def own_reads(user: User, week: Week) -> list[OwnRead]:
    """What this person read in a week, newest first."""
    events = list(_reads(week).filter(by=user).order_by("-at", "-pk"))
    cases = referrals_for(user).in_bulk({event.about for event in events if event.about})
    reader = reader_for(programs_of(user), week.zone)
    return [
        OwnRead(
            event.at, _day(event.at, week.zone), labels.label(event.kind), tuple(event_words.tell(event, reader)),
            cases.get(event.about),
        )
        for event in events
    ]  # fmt: skip


def _reads(week: Week) -> QuerySet[Event]:
    return Event.objects.filter(kind__in=labels.READS, at__gte=week.begins, at__lt=week.ends)


def last_verification() -> Verification | None:
    return Verification.objects.order_by("-at").first()


def as_csv(events: QuerySet[Event]) -> Iterator[str]:
    """A table with a heading; every cell is text."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for event in events.iterator(chunk_size=CHUNK):
        told = chain.fields(event)
        link: Link | None = getattr(event, "link", None)
        cells = [
            link.position if link else "", link.hash if link else "", event.pk, told["at"], event.kind, event.outcome,
            told["about"], told["on"], told["by"], event.by.kind if event.by else "", event.origin, event.request_id,
            json.dumps(event.changed), json.dumps(event.data), event.programs or "",
        ]  # fmt: skip
        yield writer.writerow([safe(cell) for cell in cells])


def as_json_lines(events: QuerySet[Event]) -> Iterator[str]:
    """One object a line: the event exactly as it is chained, its position, its hash and the one before.

    ``sha256(f"{previous}:{position}:" + canonical(event)) == hash``: anybody can check it (docs/auditor.md).
    """
    rows = events.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        links = {event.pk: event.link for event in chunk if hasattr(event, "link")}
        before = Link.objects.in_bulk([link.position - 1 for link in links.values()])
        for event in chunk:
            line: dict[str, Any] = {"event": chain.fields(event)}
            if link := links.get(event.pk):
                previous = before.get(link.position - 1)
                line |= {"position": link.position, "hash": link.hash}
                line["previous"] = previous.hash if previous else chain.GENESIS
            yield json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n"


class _Echo:
    """What csv.writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


# A court without accounts does these by a link that was mailed to it.
BY_A_COURT = frozenset({"report.opened", "report.acknowledged"})


def _whose(event: Event) -> str:
    """By role alone, as the person reads it."""
    return _("The court") if event.by is None and event.kind in BY_A_COURT else role(event.by)


def _who(event: Event, staff: Mapping[UUID, str]) -> str:
    if event.by is None:
        if event.kind == "account.sign_in_failed":
            return _("Somebody without an account")
        if event.kind in BY_A_COURT:
            return _whose(event)
        return _("The operator") if event.origin == COMMAND else _("The service")
    return staff.get(event.by.pk) or role(event.by)


def role(user: User | None) -> str:
    roles = {
        Kind.RESPONSIBLE_PARTY: _("The person"),
        Kind.AUTHOR: _("An author"),
        Kind.STAFF: _("Program staff"),
        Kind.COURT: _("The court"),
        Kind.SURVIVOR_PARTICIPANT: _("A survivor participant"),
    }
    return roles[Kind(user.kind)] if user else _("The service")


def _day(moment: datetime, zone: object) -> date:
    return moment.astimezone(zone_named(zone)).date()


def _is_verified(event: Event, verified: Verification | None) -> bool:
    link: Link | None = getattr(event, "link", None)
    if verified is None or link is None or verified.broken:
        return False
    return verified.first <= link.position <= verified.position


def _from_where(event: Event) -> str:
    return {"service": "", COMMAND: ""}.get(event.origin, event.origin)
