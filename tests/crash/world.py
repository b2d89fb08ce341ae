"""``python -m tests.crash.world [START]``: some people whose tracks opened at START, and who answer now and then."""

import os
import sys
from datetime import datetime, timedelta

from tests.crash.month import START, set_clock
from tests.crash.people import PASSWORD

PEOPLE = int(os.environ.get("CRASH_PEOPLE", "8"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from accountability.actions import check_ins, decisions, tracks
    from lms.demonstration import steps, world
    from lms.referrals import actions as referrals

    start = datetime.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else START
    if "CRASH_CLOCK" in os.environ:
        set_clock(start - timedelta(days=3))
        call_command("make_signing_key", verbosity=0)
        set_clock(start)
    with transaction.atomic():
        place = world.build(now=start - timedelta(days=2), courts=3, facilitators=2, password=PASSWORD)
        for number in range(PEOPLE):
            referral = referrals.receive(
                program=place.program,
                court=place.courts[number % 3],
                fields={
                    "first_name": "Robin", "last_name": f"Sample {number}", "birth_year": 1980,
                    "email": f"crash{number}@people.example", "case_number": f"CR-{number}", "stage": "sentence",
                    "ordered_on": (start - timedelta(days=9)).date(),
                },
                by=place.clerks[number % 3],
                now=start - timedelta(days=1),
            )  # fmt: skip
            steps.open_account(referral, now=start - timedelta(days=1), password=place.password)
            steps.accept_agreements(referral, now=start - timedelta(hours=20))
            track = tracks.open_track(referral=referral, by=None, now=start + timedelta(hours=number))
            for check_in in track.check_ins.filter(number__lte=4):
                if number % 4 == 0:
                    check_ins.submit(
                        check_in=check_in, answers={"help": "no"}, form=None, language="en", by=referral.person,
                        now=check_in.opens_at + timedelta(hours=1),
                    )  # fmt: skip
                elif number % 4 == 1 and check_in.number == 2:
                    decisions.excuse(check_in=check_in, reason="work", by=referral.facilitator, now=start)


if __name__ == "__main__":
    main()
