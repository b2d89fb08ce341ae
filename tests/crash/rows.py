"""``python -m tests.crash.rows``: every check-in, message and report as text, free of what chance decides."""

import json
import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from accountability.models import CheckIn
    from court_reports.models import Report
    from lms.journal import journal
    from lms.outbox.models import Attempt, Message

    places = {
        str(c.pk): f"{c.track.referral.case_number}/{c.number}"
        for c in CheckIn.objects.select_related("track__referral")
    }

    def named(key: str) -> str:
        for pk, place in places.items():
            key = key.replace(pk, place)
        return key

    check_ins = [
        [
            places[str(c.pk)],
            *(
                str(getattr(c, m))
                for m in ("opens_at", "due_at", "closes_at", "cure_until", "submitted_at", "missed_at", "excused_at")
            ),
        ]
        for c in CheckIn.objects.select_related("track__referral")
    ]
    messages = [[named(m.key), m.kind, str(m.not_before)] for m in Message.objects.filter(key__startswith="check-in:")]
    reports = [
        [r.referral.case_number, r.kind, str(r.period_from), str(r.period_to)]
        for r in Report.objects.select_related("referral")
    ]
    doubled = Message.objects.filter(sent_at__isnull=False, uncertain_at__isnull=False).count()
    said = {
        "check_ins": sorted(check_ins),
        "messages": sorted(messages),
        "reports": sorted(reports),
        "journal_broken": [place.why for place in journal.verify()],
        "sent_and_uncertain": doubled,
        "attempts_left_open": Attempt.objects.filter(finished_at=None, message__sent_at__isnull=False).count(),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
