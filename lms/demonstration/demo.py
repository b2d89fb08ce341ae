"""A program in full swing, so that every screen has something true to show."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from accountability.sample import sample_forms_by_part
from lms.demonstration import days, people, staff_work, world
from lms.journal import journal
from lms.referrals.actions import pulse
from lms.referrals.models import Program

DAY = timedelta(days=1)
LONGEST = 235


def is_loaded() -> bool:
    """Whether the demonstration is in this database."""
    return Program.objects.filter(slug="turning-point").exists()


@transaction.atomic
def load(*, now: datetime, password: str, tell: Callable[[str], None]) -> None:
    """Live the last eight months of forty people, day by day, in one transaction: all of it or nothing."""
    start = now - LONGEST * DAY
    place = world.build(now=start - DAY, password=password)
    sample_forms_by_part(program=place.program, now=start)
    waiting = list(enumerate(people.courses()))
    lives: list[people.Life] = []
    for moment in days.between(start, now):
        days_left = (now - moment).days - 1
        for number, course in list(waiting):
            if moment >= now - course.referred_days_ago * DAY:
                lives.append(people.refer(place, number, course, now=moment))
                waiting.remove((number, course))
        days.pass_day(now=moment, send=people.nowhere)
        for life in lives:
            people.live_a_day(life, place, now=moment + timedelta(minutes=5))
            people.read_and_release(life, now=moment + 8 * people.HOUR, days_left=max(days_left, 0))
        if moment.day == 1:
            tell(f"{moment:%B %Y}: {len(lives)} people")
    for life in lives:
        life.referral.refresh_from_db()
        if life.course.ending == "referred_back" and life.referral.is_open:
            people.refer_back(life, place, now=now - 8 * DAY)
    staff_work.do(lives, place, now=now - timedelta(hours=2))
    days.pass_day(now=now, send=people.nowhere)
    journal.seal_all(now=now)
    # From here on the service is known to be up.
    pulse.beat(now=now)
