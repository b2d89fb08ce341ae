"""A circle: opened with its meetings, joined and left, moved, cancelled, attended, written down."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accountability.actions import commitments, meeting_mail
from accountability.models import Attendance, Circle, CirclePerson, Commitment, Helper, Meeting, Minutes
from accountability.models.circles import CAME
from accountability.models.commitments import Proof, Unit
from accountability.rules.calendar import local_date
from accountability.rules.commitments import done
from accountability.rules.series import meetings as planned_meetings
from accountability.rules.series import starts_at
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.access import facilitators_of, is_administrator
from lms.referrals.actions.referrals import NotAFacilitator
from lms.referrals.models import Program, Referral
from lms.referrals.proposals import NotAllowed

MOST_MEETINGS = 120


class NoMeetings(Exception):
    """Between these dates there is no meeting, or there are far too many."""


class Over(Exception):
    """The circle has ended, or the meeting was held or cancelled."""


class NotYet(Exception):
    """The meeting has not begun."""


class AlreadyIn(Exception):
    """This person belongs to the circle already."""


class NotInProgram(Exception):
    """A case of another program, or one that is not open."""


@transaction.atomic
def open_circle(
    *,
    program: Program,
    name: str,
    place: str,
    first_on: date,
    last_on: date,
    at: time,
    minutes: int,
    zone: str,
    every: str,
    on_holiday: str,
    holidays: list[date],
    by: User,
    now: datetime,
) -> Circle:
    """Open a circle with every meeting its series implies, led by ``by``. Raises NoMeetings."""
    circle = Circle(
        pk=uuid.uuid4(), program=program, leader=by, name=name, place=place, first_on=first_on, last_on=last_on,
        at=at, minutes=minutes, zone=zone, every=every, on_holiday=on_holiday,
        holidays=[day.isoformat() for day in holidays], made_at=now,
    )  # fmt: skip
    planned = planned_meetings(circle.series)
    if not 0 < len(planned) <= MOST_MEETINGS:
        raise NoMeetings(len(planned))
    circle.save(force_insert=True)
    rows = [
        Meeting(
            circle=circle, number=number, planned_on=one.moved_from or one.on, moved_from=one.moved_from,
            starts_at=one.starts_at, ends_at=one.starts_at + timedelta(minutes=minutes),
        )
        for number, one in enumerate(planned, start=1)
    ]  # fmt: skip
    for row in rows:
        row.wakes_at = meeting_mail.next_look(row)
    Meeting.objects.bulk_create(rows)
    journal.record("circle.opened", about=None, on=circle, by=by, at=now, data={"meetings": len(rows), "every": every})
    return circle


@transaction.atomic
def end_circle(*, circle: Circle, by: User, now: datetime) -> None:
    """No further meetings: those ahead are cancelled, and everybody is told. Again is harmless."""
    row = Circle.objects.select_for_update().get(pk=circle.pk)
    if row.ended_at:
        return
    for meeting in row.meetings.filter(starts_at__gt=now, cancelled_at=None):
        _cancel(meeting, now)
    Circle.objects.filter(pk=row.pk).update(ended_at=now)
    journal.record("circle.ended", about=None, on=row, by=by, at=now)


@transaction.atomic
def hand_over(*, circle: Circle, to: User, by: User, now: datetime) -> Circle:
    """Somebody else leads it from now on, with everything that was noted. The same again is harmless.

    Raises Over, NotAllowed (whoever does it neither leads it nor administers the program), NotAFacilitator.
    """
    row = _open(circle)
    if by.pk != row.leader_id and not is_administrator(by, row.program):
        raise NotAllowed(by.pk)
    if not facilitators_of(row.program).filter(pk=to.pk).exists():
        raise NotAFacilitator(to.pk)
    if to.pk != row.leader_id:
        before, row.leader = row.leader_id, to
        row.save(update_fields=["leader"])
        journal.record(
            "circle.handed_over", about=None, on=row, by=by, at=now, data={"from": str(before), "to": str(to.pk)}
        )
        outbox.post(
            key=f"circle:{row.pk}:leads:{to.pk}:{now.isoformat()}", kind="circle.handed_over", to=to, at=now,
            audience=row.program_id, context={"path": reverse("circles:circle", args=[row.pk])},
        )  # fmt: skip
    return row


@transaction.atomic
def add_person(
    *, circle: Circle, referral: Referral, commitment: Commitment | None, by: User, now: datetime
) -> CirclePerson:
    """A responsible party joins. Raises Over, AlreadyIn, NotInProgram."""
    row = _open(circle)
    if referral.program_id != row.program_id or not referral.is_open:
        raise NotInProgram(referral.pk)
    if commitment is not None and commitment.track.referral_id != referral.pk:
        raise NotInProgram(commitment.pk)
    if row.people.filter(referral=referral, left_at=None).exists():
        raise AlreadyIn(referral.pk)
    made = CirclePerson.objects.create(circle=row, referral=referral, commitment=commitment, joined_at=now)
    journal.record("circle.joined", about=referral.pk, on=made, by=by, at=now)
    meeting_mail.invite_to_what_is_ahead(row, meeting_mail.person(made), now)
    return made


@transaction.atomic
def remove_person(*, member: CirclePerson, by: User, now: datetime) -> None:
    """They leave; what was noted of them stays. Again is harmless."""
    if CirclePerson.objects.filter(pk=member.pk, left_at=None).update(left_at=now):
        journal.record("circle.left", about=member.referral_id, on=member, by=by, at=now)
        meeting_mail.cancel_what_is_ahead(member.circle, meeting_mail.person(member), now)


@transaction.atomic
def add_helper(*, circle: Circle, role: str, name: str, email: str, language: str, by: User, now: datetime) -> Helper:
    """A volunteer or mentor joins; they have no account. Raises Over."""
    row = _open(circle)
    made = Helper.objects.create(
        pk=uuid.uuid4(), circle=row, role=role, name=name, email=email, language=language, joined_at=now
    )
    journal.record("circle.helper_joined", about=None, on=made, by=by, at=now, data={"role": role}, within=row.program)
    meeting_mail.invite_to_what_is_ahead(row, meeting_mail.helper(made), now)
    return made


@transaction.atomic
def remove_helper(*, member: Helper, by: User, now: datetime) -> None:
    """They leave, and are written to no more. Again is harmless."""
    if Helper.objects.filter(pk=member.pk, left_at=None).update(left_at=now):
        journal.record("circle.helper_left", about=None, on=member, by=by, at=now, within=member.circle.program)
        meeting_mail.cancel_what_is_ahead(member.circle, meeting_mail.helper(member), now)


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """It does not take place. Raises Over."""
    row = _ahead(meeting, now)
    _cancel(row, now)
    journal.record("meeting.cancelled", about=None, on=row, by=by, at=now, data={"number": row.number})
    return row


@transaction.atomic
def move_meeting(*, meeting: Meeting, on: date, at: time, by: User, now: datetime) -> Meeting:
    """It takes place at another time. Raises Over; ValueError when that is past."""
    row = _ahead(meeting, now)
    begins = starts_at(on, at, row.circle.time_zone)
    if begins <= now:
        raise ValueError("a meeting is moved to a time ahead")
    row.ends_at, row.starts_at = begins + (row.ends_at - row.starts_at), begins
    row.moved_from = row.moved_from or row.planned_on
    row.sequence, row.reminded_at = row.sequence + 1, None
    row.wakes_at = meeting_mail.next_look(row)
    row.save()
    journal.record(
        "meeting.moved", about=None, on=row, by=by, at=now, data={"number": row.number, "to_on": on.isoformat()}
    )
    if row.invited_at:
        meeting_mail.invite(row, now)
    return row


@transaction.atomic
def record_attendance(
    *,
    meeting: Meeting,
    people: Mapping[UUID, str],
    helpers: Mapping[UUID, str],
    by: User,
    now: datetime,
    own: str = "",
) -> None:
    """Who came, by id of membership; ``own``: of the facilitator who records it. Noted anew, the newest stands; what counted toward a commitment follows it.

    Raises NotYet, Over.
    """
    row = Meeting.objects.select_for_update(of=("self",)).select_related("circle__program").get(pk=meeting.pk)
    if row.cancelled_at:
        raise Over(row.pk)
    if row.starts_at > now:
        raise NotYet(row.pk)
    for member in row.circle.people.filter(pk__in=people).select_related("commitment"):
        seen = _note(row, {"person": member}, people[member.pk], by, now)
        _count(row, member, seen, by, now)
    for helper in row.circle.helpers.filter(pk__in=helpers):
        _note(row, {"helper": helper}, helpers[helper.pk], by, now)
    if own:
        _note(row, {"staff": by}, own, by, now)
    came = row.attendance.filter(presence__in=CAME).count()
    journal.record("meeting.attended", about=None, on=row, by=by, at=now, data={"number": row.number, "came": came})


@transaction.atomic
def write_minutes(*, meeting: Meeting, words: str, by: User, now: datetime) -> Minutes:
    """Keep what was said, sealed; written anew, the newest stands. Raises NotYet."""
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if row.starts_at > now:
        raise NotYet(row.pk)
    kept = Minutes.objects.filter(meeting=row).first() or Minutes(pk=uuid.uuid4(), meeting=row)
    kept.words, kept.written_at, kept.written_by = words, now, by
    kept.save()
    journal.record("meeting.minutes_written", about=None, on=row, by=by, at=now, data={"number": row.number})
    return kept


def _note(meeting: Meeting, whose: Mapping[str, Any], presence: str, by: User, now: datetime) -> Attendance:
    seen, _ = Attendance.objects.update_or_create(
        meeting=meeting, **whose, defaults={"presence": presence, "recorded_at": now, "recorded_by": by}
    )
    return seen


def _count(meeting: Meeting, member: CirclePerson, seen: Attendance, by: User, now: datetime) -> None:
    """Bring what this meeting counted in line with who came."""
    commitment = member.commitment
    if commitment is None or commitment.proof != Proof.ATTENDANCE or not commitment.is_counted:
        return
    worth = _worth(meeting, commitment) if seen.presence in CAME else Decimal(0)
    lacks = worth - done(seen.progress.values_list("units", flat=True))
    if lacks and Commitment.objects.filter(pk=commitment.pk, verified_at=None, ended_at=None).exists():
        commitments.record_progress(
            commitment=commitment, on=local_date(meeting.starts_at, meeting.circle.time_zone), units=lacks,
            source=Proof.ATTENDANCE, by=by, now=now, attendance=seen,
        )  # fmt: skip


def _worth(meeting: Meeting, commitment: Commitment) -> Decimal:
    if commitment.unit != Unit.HOURS:
        return Decimal(1)
    minutes = (meeting.ends_at - meeting.starts_at).total_seconds() / 60
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _cancel(row: Meeting, now: datetime) -> None:
    row.cancelled_at, row.sequence, row.wakes_at = now, row.sequence + 1, None
    row.save(update_fields=["cancelled_at", "sequence", "wakes_at"])
    if row.invited_at:
        meeting_mail.cancel(row, now)


def _open(circle: Circle) -> Circle:
    row = Circle.objects.select_for_update(of=("self",)).select_related("program", "leader").get(pk=circle.pk)
    if row.ended_at:
        raise Over(row.pk)
    return row


def _ahead(meeting: Meeting, now: datetime) -> Meeting:
    row = Meeting.objects.select_for_update(of=("self",)).select_related("circle__program").get(pk=meeting.pk)
    if row.cancelled_at or row.starts_at <= now:
        raise Over(row.pk)
    return row
