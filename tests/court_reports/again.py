"""Every report that there is, told again from stored events: before and after everything that must not matter to it."""

from datetime import date, datetime, timedelta

from accountability.actions import check_ins, moves, sweeps
from accountability.models import Track
from courses.models import Edition
from court_reports import facts as door
from court_reports.models import Report
from court_reports.snapshot import canonical
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.actions import deadlines
from lms.referrals.models import Court, CourtProfile, PolicyVersion, Program, Referral

HOUR = timedelta(hours=1)


def those_that_differ() -> list[str]:
    """Reports whose facts, recomputed as of their moment, are spelled otherwise than they are stored."""
    referrals_by = {r.pk: r for r in Referral.objects.select_related("court", "program", "policy", "person")}
    found = []
    for report in Report.objects.filter(discarded_at=None).order_by("pk"):
        stored = report.facts
        again = door.recompute(referrals_by[report.referral_id], stored)
        if canonical(again) != canonical(stored):
            found.append(
                f"{report.kind} {report.as_of:%Y-%m-%d}: {_first_difference(canonical(stored), canonical(again))}"
            )
    return found


def _first_difference(one: bytes, other: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(at - 60, 0) : at + 60].decode()}… became …{other[max(at - 20, 0) : at + 60].decode()}…"


def change_everything_that_must_not_matter(now: datetime) -> None:
    """A policy and an edition published, names, zones and languages changed, a holiday added, hearings moved, days moved,
    check-ins made, clocks stopped, tracks extended, and everything swept."""
    for program in Program.objects.all():
        newest = program.policy_versions.order_by("-number").first() if hasattr(program, "policy_versions") else None
        PolicyVersion.objects.create(
            program=program, number=(newest.number if newest else 1) + 50, in_force_from=now, missed_in_row_at_risk=3,
            missed_in_row_not_in_compliance=5, missed_total_not_in_compliance=9, grace_days=1,
        )  # fmt: skip
        last = Edition.objects.filter(program=program).order_by("-number").first()
        if last:
            Edition.objects.create(
                program=program, course_key=last.course_key, number=last.number + 1, title_en="Another course",
                title_es="Otro curso", published_at=now,
            )  # fmt: skip
    Program.objects.update(name="Another name", organization="Another house", contact_name="Another", contact_phone="0")
    Court.objects.update(name="Another court", county="Another", jurisdiction="Another", zone="America/Los_Angeles")
    CourtProfile.objects.update(holidays=[(now + timedelta(days=5)).date().isoformat()])
    Referral.objects.update(last_name="Renamed", officer_name="Somebody else", zone="America/Los_Angeles")
    User.objects.update(language="es")
    for referral in Referral.objects.filter(enrolled_at__isnull=False).select_related("facilitator", "person"):
        _later(referral, now)
    sweeps.run_until_quiet(now=now + 20 * HOUR)


def _later(referral: Referral, now: datetime) -> None:
    by = referral.facilitator
    referrals.add_hearing(referral=referral, at=now + timedelta(days=9), kind="moved", by=by, now=now)
    if referral.is_open:
        deadlines.move_deadline(
            referral=referral, was=referral.complete_by, to_on=date(2030, 1, 1), authority="order", ordered_by="Later",
            by=by, now=now,
        )  # fmt: skip
    track = Track.objects.filter(referral=referral, closed_at=None).select_related("policy").first()
    if track is None or track.ends_at < now:
        return
    waiting = track.check_ins.filter(submitted_at=None, excused_at=None, opens_at__lte=now, due_at__gt=now).first()
    if waiting:
        check_ins.submit(check_in=waiting, answers={}, form=None, language="en", by=referral.person, now=now)
    moves.extend(track=track, days=14, reason="Order", ordered_by="Judge", by=by, now=now)
    first = (now + timedelta(days=3)).date()
    if first < track.ends_on:
        moves.toll(
            track=track, from_on=first, to_on=first + timedelta(days=4), reason="hospital", authority="A letter", by=by,
            now=now + HOUR,
        )  # fmt: skip
