"""``python -m tests.crash.calm PLAN``: the month as it is when nobody is killed, task after task in one process."""

import json
import os
import signal
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    from accountability.tasks import sweep, tell_more, tell_of_plans
    from court_reports.tasks import call_courts, draft_due
    from lms.journal.tasks import seal
    from lms.outbox.tasks import deliver
    from tests.crash import people
    from tests.crash.deeds import plan
    from tests.crash.life import Web, warm_up
    from tests.crash.month import busy_moments

    wanted = json.loads(sys.argv[1])
    deeds = plan(releases=wanted["releases"])
    warm_up()
    web = Web(wanted["web_port"])
    try:
        for now in busy_moments(people.moments(deeds)):
            for task in (sweep, tell_more, tell_of_plans, draft_due, call_courts):
                task()
            people.do([deed for deed in deeds if deed.at == now], web.port)
            for task in (deliver, seal):
                task()
    finally:
        web.end()
    settle()


def settle() -> None:
    """A last look when the month is over, well past what a cut-off attempt is given."""
    from court_reports.tasks import draft_due
    from lms.journal.tasks import seal
    from lms.outbox.tasks import deliver
    from tests.crash.month import END, STEP, set_clock

    draft_due()
    set_clock(END + STEP)
    deliver()
    seal()


if __name__ == "__main__":
    main()
