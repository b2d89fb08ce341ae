"""``python -m tests.crash.calm``: the month as it is when nobody is killed, task after task in one process."""

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from accountability.tasks import sweep
    from court_reports.tasks import draft_due
    from lms.journal.tasks import seal
    from lms.outbox.tasks import deliver
    from tests.crash.month import busy_moments

    for _ in busy_moments():
        for task in (sweep, deliver, draft_due, seal):
            task()
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
