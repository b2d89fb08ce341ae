"""A circle: its meetings, who is told, who came, what was written down."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from accountability import plan_panels
from accountability.actions import circles, commitments, meeting_sweep
from accountability.commitment_access import meetings_of
from accountability.models import Attendance, Circle, CirclePerson, Helper, Meeting
from lms import clock
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.referrals import desk
from lms.referrals.actions import covers
from lms.referrals.actions.referrals import NotAFacilitator
from lms.referrals.models import Referral
from lms.referrals.proposals import NotAllowed
from tests.builders import a_facilitator, a_program, an_administrator, at
from tests.court_reports.cases import a_case_in_track
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02 12:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MORNING_AFTER = at("2026-03-25 09:00")


@pytest.fixture
def referral() -> Referral:
    return a_case_in_track(last_name="Unmistakable")


def a_circle(referral: Referral, **fields) -> Circle:
    usual = {
        "program": referral.program, "name": "Tuesdays", "place": "Room 4, back door", "first_on": date(2026, 3, 24),
        "last_on": date(2026, 4, 14), "at": time(18, 30), "minutes": 90, "zone": "America/New_York", "every": "weekly",
        "on_holiday": "skip", "holidays": [], "by": referral.facilitator, "now": NOW,
    }  # fmt: skip
    return circles.open_circle(**usual | fields)


def joined(circle: Circle, referral: Referral, commitment=None, now=NOW) -> CirclePerson:
    return circles.add_person(circle=circle, referral=referral, commitment=commitment, by=circle.leader, now=now)


def a_helper(circle: Circle, language="en", now=NOW) -> Helper:
    return circles.add_helper(
        circle=circle, role="mentor", name="Mo Mentor", email="mo@people.example", language=language,
        by=circle.leader, now=now,
    )  # fmt: skip


def sweep(until, since=NOW) -> None:
    moment = since
    while moment <= until:
        meeting_sweep.run(now=moment)
        moment += timedelta(hours=1)


def posted(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("posted_at", "key"))


def test_all_its_meetings_are_laid_out_at_once(referral):
    circle = a_circle(referral, holidays=[date(2026, 3, 31)])
    found = list(circle.meetings.values_list("number", "planned_on", "starts_at"))
    assert found == [
        (1, date(2026, 3, 24), at("2026-03-24 18:30")),
        (2, date(2026, 4, 7), at("2026-04-07 18:30")),
        (3, date(2026, 4, 14), at("2026-04-14 18:30")),
    ]
    with pytest.raises(circles.NoMeetings):
        a_circle(referral, holidays=[date(2026, 3, 24)], last_on=date(2026, 3, 24))
    with pytest.raises(circles.NoMeetings):
        a_circle(referral, last_on=date(2029, 3, 24))


def test_everybody_is_invited_a_fortnight_before_and_reminded_the_day_before(referral):
    circle = a_circle(referral, last_on=date(2026, 3, 24))
    joined(circle, referral)
    a_helper(circle)
    sweep(at("2026-03-27 12:00"))
    for kind, moment in (("circle.invitation", "2026-03-10 19:00"), ("circle.tomorrow", "2026-03-23 08:00")):
        messages = posted(kind)
        assert [m.to for m in messages] == [referral.facilitator, None, referral.person]
        assert {m.posted_at for m in messages} == {at(moment)}
    (minutes,) = posted("circle.minutes_due")
    assert (minutes.to, minutes.posted_at) == (referral.facilitator, at("2026-03-25 20:00"))
    assert circle.meetings.get().wakes_at is None


def test_after_an_outage_nobody_is_reminded_of_yesterday(referral):
    circle = a_circle(referral, last_on=date(2026, 3, 24))
    joined(circle, referral)
    meeting_sweep.run(now=at("2026-03-25 09:00"))
    assert (posted("circle.invitation"), posted("circle.tomorrow")) == ([], [])


def letters(now=NOW) -> dict[str, list]:
    mail.outbox.clear()
    delivery.deliver(now=now, limit=50)
    found: dict[str, list] = {}
    for letter in mail.outbox:
        found.setdefault(letter.to[0], []).append(letter)
    return found


def entry(letter) -> tuple[Calendar, object]:
    (data,) = [a.content for a in letter.alternatives if a.mimetype.startswith("text/calendar")]
    calendar = Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_entry_for_a_calendar_names_nobody_and_a_change_replaces_it(referral):
    circle = a_circle(referral, last_on=date(2026, 3, 24))
    joined(circle, referral)
    a_helper(circle)
    now = at("2026-03-11 09:00")
    meeting_sweep.run(now=now)
    for address, letter in (
        (k, v[0]) for k, v in letters(now).items() if k in (referral.person.email, "mo@people.example")
    ):
        calendar, event = entry(letter)
        assert (calendar["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
        assert str(event["ATTENDEE"]) == f"mailto:{address}"
        assert event["SUMMARY"] == "Meeting"
        assert event.decoded("DTSTART") == at("2026-03-24 18:30")
        assert ("Room 4" in letter.body, event.get("LOCATION")) == (
            (True, "Room 4, back door") if address == "mo@people.example" else (False, None)
        )
        assert "Unmistakable" not in str(letter.message())
        assert "Tuesdays" not in str(letter.message())
    meeting = circle.meetings.get()
    circles.move_meeting(meeting=meeting, on=date(2026, 3, 26), at=time(17), by=circle.leader, now=now)
    circles.cancel_meeting(meeting=meeting, by=circle.leader, now=now)
    first, second = letters(now)["mo@people.example"]
    calendars = sorted((entry(letter) for letter in (first, second)), key=lambda found: found[1]["SEQUENCE"])
    assert [(c["METHOD"], e["SEQUENCE"], e["STATUS"], str(e["UID"])) for c, e in calendars] == [
        ("REQUEST", 1, "CONFIRMED", f"{meeting.pk}@amends"), ("CANCEL", 2, "CANCELLED", f"{meeting.pk}@amends"),
    ]  # fmt: skip


def test_a_mail_in_spanish_for_a_mentor_who_reads_spanish(referral):
    circle = a_circle(referral, last_on=date(2026, 3, 24))
    a_helper(circle, language="es")
    meeting_sweep.run(now=at("2026-03-11 09:00"))
    (letter,) = letters(at("2026-03-11 09:00"))["mo@people.example"]
    assert letter.subject == "Una fecha para su calendario"
    assert entry(letter)[1]["SUMMARY"] == "Reunión"


def test_whoever_joins_late_is_told_and_whoever_leaves_gets_the_entries_taken_out(referral):
    circle = a_circle(referral)
    meeting_sweep.run(now=at("2026-03-11 09:00"))
    mentor = a_helper(circle, now=at("2026-03-12 09:00"))
    assert [m.to for m in posted("circle.invitation") if m.posted_at == at("2026-03-12 09:00")] == [None]
    circles.remove_helper(member=mentor, by=circle.leader, now=at("2026-03-13 09:00"))
    circles.remove_helper(member=mentor, by=circle.leader, now=at("2026-03-14 09:00"))
    assert [(m.to, m.posted_at) for m in posted("circle.cancelled")] == [(None, at("2026-03-13 09:00"))]
    sweep(at("2026-03-20 12:00"), since=at("2026-03-16 12:00"))
    assert {m.to for m in posted("circle.invitation") if m.posted_at > at("2026-03-13 09:00")} == {circle.leader}


def test_ending_it_cancels_what_is_ahead(referral):
    circle = a_circle(referral)
    joined(circle, referral)
    circles.end_circle(circle=circle, by=circle.leader, now=NOW)
    assert circle.meetings.filter(cancelled_at=None).count() == 0
    with pytest.raises(circles.Over):
        a_helper(Circle.objects.get())


def test_only_somebody_of_the_program_joins_and_once(referral):
    circle = a_circle(referral)
    joined(circle, referral)
    with pytest.raises(circles.AlreadyIn):
        joined(circle, referral)
    with pytest.raises(circles.NotInProgram):
        joined(circle, a_case_in_track())


def held(referral: Referral, **terms) -> tuple[Meeting, CirclePerson]:
    usual = {"proof": "attendance", "unit": "sessions", "units_asked": Decimal(2)}
    row = commitments.add(
        track=referral.track, words="Circle", named_by_order="", required=True, by=referral.facilitator, now=NOW,
        **usual | terms,
    )  # fmt: skip
    circle = a_circle(referral)
    return circle.meetings.first(), joined(circle, referral, row)


def note(meeting: Meeting, member: CirclePerson, presence: str, now=MORNING_AFTER) -> None:
    circles.record_attendance(
        meeting=meeting, people={member.pk: presence}, helpers={}, by=meeting.circle.leader, now=now
    )


def test_coming_counts_by_itself_and_a_correction_takes_it_back(referral):
    meeting, member = held(referral)
    with pytest.raises(circles.NotYet):
        note(meeting, member, "present", now=NOW)
    for presence in ("present", "present", "absent", "excused", "remote"):
        note(meeting, member, presence)
    assert [line.units for line in member.commitment.progress.all()] == [1, -1, 1]
    assert Attendance.objects.get().presence == "remote"
    second = meeting.circle.meetings.all()[1]
    note(second, member, "present", now=at("2026-04-01 09:00"))
    member.commitment.refresh_from_db()
    assert member.commitment.verified_on == date(2026, 3, 31)


def test_hours_count_as_long_as_the_meeting_was(referral):
    meeting, member = held(referral, unit="hours", units_asked=Decimal(20))
    note(meeting, member, "present")
    assert member.commitment.progress.get().units == Decimal("1.5")


def test_what_a_meeting_leaves_to_write_down_is_seen_until_it_is_written(referral):
    meeting, member = held(referral)
    late, leader = meeting.ends_at + timedelta(hours=48), meeting.circle.leader

    def seen(now=late, reader=leader) -> list[str]:
        needs = desk.needs(Referral.objects.all(), now, reader)
        return [n.why for n in needs if n.url == reverse("circles:meeting", args=[meeting.pk])]

    assert seen(late - HOUR) == []
    assert seen() == ["the minutes of a meeting are late, and who came is not noted"]
    # Whoever may not open the circle is not led to it: another facilitator of a member's case, an administrator.
    assert [seen(reader=a_facilitator(referral.program)), seen(reader=an_administrator(referral.program))] == [[], []]
    assert [(w.who, w.since, w.late_at) for w in desk.waits(Referral.objects.all(), late) if w.kind == "minutes"] == [
        (leader.shown_name, meeting.ends_at, late)
    ]
    circles.write_minutes(meeting=meeting, words="zanahoria", by=leader, now=meeting.ends_at)
    assert seen() == ["who came to a meeting is not noted"]
    assert "minutes" not in {w.kind for w in desk.waits(Referral.objects.all(), late)}
    note(meeting, member, "absent")
    assert seen() == []
    assert meeting.minutes.words == "zanahoria"
    assert "zanahoria" not in str(list(Event.objects.values()))


def test_of_the_meetings_the_person_sees_those_of_their_own_circle(referral):
    other = a_case_in_track()
    a_circle(other)
    circle = a_circle(referral)
    member = joined(circle, referral)
    assert {m.circle_id for m in meetings_of(referral)} == {circle.pk}
    assert [s.title for s in plan_panels.steps(referral, at("2026-03-20 12:00"))] == ["Meeting"] * 3
    circles.remove_person(member=member, by=circle.leader, now=NOW)
    assert list(meetings_of(referral)) == []


# --- handed over -----------------------------------------------------------------------------------------------


def test_a_circle_goes_to_a_named_facilitator_with_everything_that_was_noted(signed_in):
    referral = a_case_in_track()
    leader, program, administrator = referral.facilitator, referral.program, an_administrator(referral.program)
    colleague, elsewhere = a_facilitator(program), an_administrator(a_program())
    now = clock.now()
    circle = circles.open_circle(
        program=program, name="Tuesdays", place="x", first_on=(now - DAY).date(), last_on=(now + 7 * DAY).date(),
        at=now.time(), minutes=60, zone="UTC", every="weekly", on_holiday="skip", holidays=[], by=leader, now=now - DAY,
    )  # fmt: skip
    circles.add_person(circle=circle, referral=referral, commitment=None, by=leader, now=now - DAY)
    address = reverse("circles:hand_over", args=[circle.pk])
    for stranger in (colleague, elsewhere):
        assert signed_in(stranger).get(address).status_code == 404
        with pytest.raises(NotAllowed):
            circles.hand_over(circle=circle, to=colleague, by=stranger, now=now)
    with pytest.raises(NotAFacilitator):
        circles.hand_over(circle=circle, to=elsewhere, by=leader, now=now)
    # It is listed where the caseload is handed over; an administrator reads no word of it.
    admin = proved(signed_in(administrator))
    page = admin.get(reverse("referrals:hand_over_caseload", args=[leader.pk, program.pk])).content.decode()
    assert address in page and address in admin.get(reverse("referrals:team_member", args=[leader.pk])).content.decode()
    assert "Tuesdays" not in admin.get(reverse("circles:home")).content.decode() + admin.get(address).content.decode()
    assert admin.post(address, {"to": colleague.pk}).status_code == 302
    circle.refresh_from_db()
    assert circle.leader == colleague and circle.people.count() == 1
    assert Event.objects.get(kind="circle.handed_over").data == {"from": str(leader.pk), "to": str(colleague.pk)}
    assert Message.objects.get(kind="circle.handed_over").to == colleague
    assert signed_in(leader).get(reverse("circles:circle", args=[circle.pk])).status_code == 404
    assert signed_in(colleague).get(reverse("circles:circle", args=[circle.pk])).status_code == 200


def test_whoever_covers_leads_meanwhile_and_the_facilitators_own_coming_is_noted(signed_in):
    referral = a_case_in_track()
    leader, program = referral.facilitator, referral.program
    colleague, now = a_facilitator(program), clock.now()
    circle = circles.open_circle(
        program=program, name="x", place="x", first_on=now.date(), last_on=now.date(), at=(now - HOUR).time(),
        minutes=60, zone="UTC", every="weekly", on_holiday="skip", holidays=[], by=leader, now=now - DAY,
    )  # fmt: skip
    meeting = circle.meetings.get()
    address = reverse("circles:attendance", args=[meeting.pk])
    client = signed_in(colleague)
    assert client.post(address, {"own": "present"}).status_code == 404
    covers.arrange(
        program=program, absent=leader, cover=colleague, from_at=now - HOUR, until_at=now + 2 * DAY, by=leader, now=now
    )
    assert client.post(address, {"own": "remote"}).status_code == 302
    # The mail that asks for the minutes reaches whoever covers, and the leader too; so does what is late.
    circles.add_person(circle=circle, referral=referral, commitment=None, by=leader, now=now - DAY)
    meeting_sweep.run(now=now + 25 * HOUR)
    asked = posted("circle.minutes_due")
    assert {(m.to, m.context["path"]) for m in asked} == {
        (who, f"/facilitate/circles/meetings/{meeting.pk}/") for who in (leader, colleague)
    }
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now - 3 * DAY, ends_at=now - 3 * DAY + HOUR)
    CirclePerson.objects.update(joined_at=now - 4 * DAY)
    for reader, told in ((leader, True), (colleague, True), (an_administrator(program), False)):
        page = signed_in(reader).get(reverse("circles:home")).content.decode()
        assert ("and who came is not noted" in page) is told
        today = signed_in(reader).get(reverse("referrals:caseload")).content.decode()
        assert ("and who came is not noted" in today) is told
    seen = meeting.attendance.get()
    assert (seen.staff, seen.presence, seen.person, seen.helper) == (colleague, "remote", None, None)
    assert (
        client.get(reverse("circles:meeting", args=[meeting.pk])).context["attendance_form"].initial["own"] == "remote"
    )
    assert client.get(reverse("circles:hand_over", args=[circle.pk])).status_code == 404
