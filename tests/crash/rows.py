"""``python -m tests.crash.rows``: every check-in, message and report as text, free of what chance decides."""

import json
import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from lms.journal import journal

    said = {
        "check_ins": check_ins(),
        "messages": messages(),
        "reports": reports(),
        "journal_broken": [place.why for place in journal.verify()],
    }
    print(json.dumps(said))


def check_ins() -> list[list[str]]:
    from accountability.models import CheckIn

    moments = ("opens_at", "due_at", "closes_at", "cure_until", "submitted_at", "missed_at", "excused_at", "wakes_at")
    return sorted(
        [f"{c.track.referral.case_number}/{c.number:02}", *(str(getattr(c, m)) for m in moments)]
        for c in CheckIn.objects.select_related("track__referral")
    )


def messages() -> dict[str, dict[str, object]]:
    """By key, with names in place of numbers: what became of it, and its number on the wire."""
    from accountability.models import CheckIn
    from lms.outbox.models import Message
    from lms.referrals.models import Referral

    names = {str(r.pk): r.case_number for r in Referral.objects.all()}
    names |= {
        str(c.pk): f"{c.track.referral.case_number}/{c.number}"
        for c in CheckIn.objects.select_related("track__referral")
    }

    def named(key: str) -> str:
        return ":".join(names.get(part, part) for part in key.split(":"))

    return {
        named(m.key): {
            "id": str(m.pk), "kind": m.kind, "not_before": str(m.not_before), "became": became(m),
            "open_attempts": m.attempts.filter(finished_at=None).count(),
        }
        for m in Message.objects.filter(about__in=names)
    }  # fmt: skip


def became(message: object) -> str:
    settled = [name for name in ("sent", "suppressed", "uncertain", "refused") if getattr(message, f"{name}_at")]
    return "+".join(settled) or "waiting"


def reports() -> list[dict[str, object]]:
    """Which report, and every fact it states."""
    from court_reports.models import Report
    from court_reports.snapshot import as_json

    made = [
        {"case": r.referral.case_number, "key": r.schedule_key.partition(":")[2], "facts": as_json(r.facts)}
        for r in Report.objects.select_related("referral")
    ]
    return sorted(made, key=lambda report: (report["case"], report["key"]))


if __name__ == "__main__":
    main()
