"""A facilitator's circles: open one, who belongs to it, each meeting with attendance and minutes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accountability import circle_duties
from accountability.actions import circles as actions
from accountability.circle_forms import (
    AttendanceForm,
    CircleForm,
    HandOverForm,
    HelperForm,
    MinutesForm,
    MoveForm,
    PersonForm,
)
from accountability.commitment_access import (
    circle_people_for,
    circles_for,
    circles_to_hand_over,
    helpers_for,
    meetings_for,
    who_may_join,
)
from accountability.models import Attendance, Circle, CirclePerson, Meeting, Minutes
from accountability.models.circles import MINUTES_WITHIN, Presence
from lms.journal import journal
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import facilitators_of, own_caseload, programs_of, referrals_for, zone_of
from lms.referrals.actions.referrals import NotAFacilitator
from lms.referrals.models import ProgramRole
from lms.referrals.proposals import NotAllowed

WHY_NOT: dict[type[Exception], Any] = {
    actions.Over: gettext_lazy("This has ended, was held or was cancelled."),
    NotAllowed: gettext_lazy("Only its leader or an administrator of the program can hand it over."),
    NotAFacilitator: gettext_lazy("Choose a facilitator of the program."),
    actions.NotYet: gettext_lazy("This meeting has not begun."),
    actions.AlreadyIn: gettext_lazy("This person belongs to the circle already."),
    actions.NotInProgram: gettext_lazy("This case belongs to another program, or has ended."),
    ValueError: gettext_lazy("Choose a time that is still to come."),
}


@only(Kind.STAFF)
@require_GET
def home(request: Request) -> HttpResponse:
    """Those this person leads, with the next meeting of each, and what is late of those held."""
    lines = [
        {
            "row": row,
            "next": row.meetings.filter(cancelled_at=None, ends_at__gt=request.now).order_by("starts_at").first(),
        }
        for row in circles_for(request.user)
    ]
    others = circles_to_hand_over(request.user).exclude(leader=request.user)
    context = {
        "lines": lines,
        "others": _led_by_others(others),
        "owed": circle_duties.owed(circles_for(request.user), request.now),
    }
    return render(request, "facilitate/circles/home.html", context)


def _led_by_others(rows: QuerySet[Circle]) -> list[dict[str, Any]]:
    """For administrators: who leads what, without a word of it; and whether the leader still works there."""
    return [
        {
            "row": row,
            "people": row.people.filter(left_at=None).count(),
            "gone": not facilitators_of(row.program).filter(pk=row.leader_id).exists(),
        }
        for row in rows
    ]


@only(Kind.STAFF)
def hand_over(request: Request, pk: str) -> HttpResponse:
    """Give it to another facilitator, with all that was noted."""
    row = get_object_or_404(circles_to_hand_over(request.user), pk=pk)
    form = HandOverForm(request.POST or None, circle=row)
    if request.method == "POST" and form.is_valid():
        _attempt(
            request,
            lambda: actions.hand_over(circle=row, to=form.cleaned_data["to"], by=request.user, now=request.now),
        )
        return redirect("circles:home")
    context = {"circle": row, "form": form, "mine": row.leader_id == request.user.pk, "zone": row.time_zone,
               "next": row.meetings.filter(cancelled_at=None, ends_at__gt=request.now).order_by("starts_at").first()}  # fmt: skip
    return render(request, "facilitate/circles/hand_over.html", context)


@only(Kind.STAFF)
def new(request: Request) -> HttpResponse:
    """Open a circle with all its meetings."""
    programs = programs_of(request.user, ProgramRole.FACILITATOR)
    start = {"zone": zone_of(request.user) or "", "holidays": "\n".join(_holidays(request))}
    form = CircleForm(request.POST or None, programs=programs, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_circle(**form.cleaned_data, by=request.user, now=request.now)
        except actions.NoMeetings:
            form.add_error("last_on", _("Between these dates there is no meeting, or there are more than 120."))
        else:
            return redirect("circles:circle", pk=made.pk)
    return render(request, "facilitate/circles/new.html", {"form": form})


@only(Kind.STAFF)
@require_GET
def circle(request: Request, pk: str) -> HttpResponse:
    """Who belongs to it, and its meetings."""
    return _circle(request, get_object_or_404(circles_for(request.user), pk=pk))


@only(Kind.STAFF)
@require_POST
def add_person(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(circles_for(request.user), pk=pk)
    form = PersonForm(request.POST, cases=who_may_join(request.user, row))
    if not form.is_valid():
        return _circle(request, row, person_form=form)

    def act() -> None:
        actions.add_person(
            circle=row, referral=form.cleaned_data["referral"], commitment=form.commitment(), by=request.user,
            now=request.now,
        )  # fmt: skip

    return _tell(request, row, act)


@only(Kind.STAFF)
@require_POST
def add_helper(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(circles_for(request.user), pk=pk)
    form = HelperForm(request.POST)
    if not form.is_valid():
        return _circle(request, row, helper_form=form)

    def act() -> None:
        actions.add_helper(circle=row, **form.cleaned_data, by=request.user, now=request.now)

    return _tell(request, row, act)


@only(Kind.STAFF)
@require_POST
def person_leaves(request: Request, pk: str) -> HttpResponse:
    member = get_object_or_404(circle_people_for(request.user), pk=pk)
    return _tell(request, member.circle, lambda: actions.remove_person(member=member, by=request.user, now=request.now))


@only(Kind.STAFF)
@require_POST
def helper_leaves(request: Request, pk: str) -> HttpResponse:
    member = get_object_or_404(helpers_for(request.user), pk=pk)
    return _tell(request, member.circle, lambda: actions.remove_helper(member=member, by=request.user, now=request.now))


@only(Kind.STAFF)
@require_POST
def end(request: Request, pk: str) -> HttpResponse:
    """No further meetings."""
    row = get_object_or_404(circles_for(request.user), pk=pk)
    return _tell(request, row, lambda: actions.end_circle(circle=row, by=request.user, now=request.now))


@only(Kind.STAFF)
@require_GET
def meeting(request: Request, pk: str) -> HttpResponse:
    """Who came, and what was said."""
    return _meeting(request, get_object_or_404(meetings_for(request.user), pk=pk))


@only(Kind.STAFF)
@require_POST
def attendance(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(meetings_for(request.user), pk=pk)
    form = _attendance_form(request, row, request.POST)
    if not form.is_valid():
        return _meeting(request, row, attendance_form=form)

    def act() -> None:
        actions.record_attendance(
            meeting=row, people=form.people(), helpers=form.helpers(), own=form.cleaned_data["own"], by=request.user,
            now=request.now,
        )  # fmt: skip

    return _tell_meeting(request, row, act)


@only(Kind.STAFF)
@require_POST
def minutes(request: Request, pk: str) -> HttpResponse:
    row = get_object_or_404(meetings_for(request.user), pk=pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _meeting(request, row, minutes_form=form)

    def act() -> None:
        actions.write_minutes(meeting=row, words=form.cleaned_data["words"], by=request.user, now=request.now)

    return _tell_meeting(request, row, act)


@only(Kind.STAFF)
@require_POST
def move(request: Request, pk: str) -> HttpResponse:
    """Another time; everybody's calendar is told."""
    row = get_object_or_404(meetings_for(request.user), pk=pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _meeting(request, row, move_form=form)
    act = lambda: actions.move_meeting(meeting=row, **form.cleaned_data, by=request.user, now=request.now)  # noqa: E731
    return _tell_meeting(request, row, act)


@only(Kind.STAFF)
@require_POST
def cancel(request: Request, pk: str) -> HttpResponse:
    """It does not take place; everybody's calendar is told."""
    row = get_object_or_404(meetings_for(request.user), pk=pk)
    return _tell_meeting(request, row, lambda: actions.cancel_meeting(meeting=row, by=request.user, now=request.now))


def _holidays(request: Request) -> list[str]:
    """Of the courts of this person's cases, from today on."""
    today = request.now.date().isoformat()
    found = own_caseload(request.user).order_by().values_list("court__profile__holidays", flat=True).distinct()
    return sorted({day for days in found if days for day in days if day >= today})


def _tell(request: Request, row: Circle, act: Callable[[], object]) -> HttpResponse:
    _attempt(request, act)
    return redirect("circles:circle", pk=row.pk)


def _tell_meeting(request: Request, row: Meeting, act: Callable[[], object]) -> HttpResponse:
    _attempt(request, act)
    return redirect("circles:meeting", pk=row.pk)


def _attempt(request: Request, act: Callable[[], object]) -> None:
    try:
        act()
    except tuple(WHY_NOT) as problem:
        why = next(words for kind, words in WHY_NOT.items() if isinstance(problem, kind))
        messages.info(request, why)
    else:
        messages.success(request, _("Recorded."))


def _people(request: Request, row: Circle) -> list[tuple[CirclePerson, str]]:
    """Who belongs to it now, whole names only of one's own cases."""
    members = row.people.filter(left_at=None, referral__sealed_at=None, referral__forgotten_at=None)
    own = set(referrals_for(request.user).filter(circles__circle=row).values_list("pk", flat=True))
    return [
        (m, m.referral.name if m.referral_id in own else m.referral.first_name)
        for m in members.select_related("referral")
    ]


def _circle(
    request: Request, row: Circle, *, person_form: PersonForm | None = None, helper_form: HelperForm | None = None
) -> HttpResponse:
    context = {
        "circle": row,
        "zone": row.time_zone,
        "people": _people(request, row),
        "helpers": row.helpers.filter(left_at=None),
        "meetings": row.meetings.select_related("minutes").order_by("starts_at"),
        "now": request.now,
        "leads": row.leader_id == request.user.pk,
        "person_form": person_form or PersonForm(cases=who_may_join(request.user, row)),
        "helper_form": helper_form or HelperForm(),
        "invalid": person_form or helper_form,
    }
    return render(request, "facilitate/circles/circle.html", context)


def _attendance_form(request: Request, row: Meeting, data: Any = None) -> AttendanceForm:
    people = _people(request, row.circle)
    helpers = [(member, str(member.name)) for member in row.circle.helpers.filter(left_at=None)]
    seen = {_field_of(one): one.presence for one in row.attendance.filter(Q(staff=None) | Q(staff=request.user))}
    return AttendanceForm(data, people=people, helpers=helpers, initial={"own": Presence.PRESENT} | seen)


def _field_of(one: Attendance) -> str:
    if one.person_id:
        return f"p_{one.person_id.hex}"
    return f"h_{one.helper_id.hex}" if one.helper_id else "own"


def _meeting(
    request: Request,
    row: Meeting,
    *,
    attendance_form: AttendanceForm | None = None,
    minutes_form: MinutesForm | None = None,
    move_form: MoveForm | None = None,
) -> HttpResponse:
    begun = row.starts_at <= request.now
    here = row.starts_at.astimezone(row.circle.time_zone)
    context = {
        "meeting": row,
        "circle": row.circle,
        "zone": row.circle.time_zone,
        "begun": begun,
        "due_by": row.ends_at + MINUTES_WITHIN,
        "attendance_form": attendance_form or _attendance_form(request, row),
        "minutes_form": minutes_form or MinutesForm(initial={"words": _minutes(request, row)}),
        "move_form": move_form or MoveForm(initial={"on": here.date(), "at": here.time()}),
        "invalid": attendance_form or minutes_form or move_form,
    }
    return render(request, "facilitate/circles/meeting.html", context)


def _minutes(request: Request, row: Meeting) -> str:
    """Reading what was said of people is itself an event (security.md 5)."""
    kept = Minutes.objects.filter(meeting=row).first()
    if kept is None or not kept.words:
        return ""
    journal.record(
        "meeting.minutes_read", about=None, on=row, by=request.user, at=request.now, data={"number": row.number}
    )
    return str(kept.words)
