"""``python -m tests.crash.rows``: every check-in, message and report as text, free of what chance decides."""

import json
import os
from collections import Counter

# What an action writes once; a page that is asked for again may be noted again.
DEEDS = ("check_in.submitted", "check_in.accepted", "check_in.returned", "check_in.missed", "check_in.help_asked",
         "report.drafted", "report.released")  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from court_reports import register
    from lms.journal import verification

    said = {
        "check_ins": check_ins(),
        "submissions": submissions(),
        "reviews": reviews(),
        "releases": releases(),
        "events": events(),
        "register_broken": [place.why for place in register.verify_chain()],
        "messages": messages(),
        "reports": reports(),
        "journal_broken": [str(place) for place in verification.verify()],
    }
    print(json.dumps(said))


def check_ins() -> list[list[str]]:
    from accountability.models import CheckIn

    moments = ("opens_at", "due_at", "closes_at", "cure_until", "submitted_at", "missed_at", "excused_at", "wakes_at")
    return sorted(
        [f"{c.track.referral.case_number}/{c.number:02}", *(str(getattr(c, m)) for m in moments)]
        for c in CheckIn.objects.select_related("track__referral")
    )


def submissions() -> list[list[object]]:
    """Everything that was sent, with its words."""
    from accountability.models import Submission

    rows = Submission.objects.select_related("check_in__track__referral")
    return sorted(
        [
            f"{s.check_in.track.referral.case_number}/{s.check_in.number:02}",
            str(s.made_at),
            s.route,
            sorted(s.read().items()),
        ]
        for s in rows
    )


def reviews() -> list[list[str]]:
    from accountability.models import Review

    rows = Review.objects.select_related("check_in__track__referral")
    return sorted(
        [f"{r.check_in.track.referral.case_number}/{r.check_in.number:02}", str(r.at), r.outcome, r.read_note()]
        for r in rows
    )


def releases() -> list[list[str]]:
    """Every released report and its number in the register, oldest first."""
    from court_reports.models import RegisterEntry

    entries = RegisterEntry.objects.select_related("release__report__referral").order_by("position")
    return [[e.kind, e.number, e.release.report.referral.case_number, str(e.at)] for e in entries]


def events() -> list[list[object]]:
    """How often the journal tells each deed."""
    from lms.journal.models import Event
    from lms.referrals.models import Referral

    cases = dict(Referral.objects.values_list("pk", "case_number"))
    found = Event.objects.filter(kind__in=DEEDS).values_list("kind", "about", "data__number", "at")
    # When a report is drafted is decided by who is alive; that it is drafted once is not.
    counted = Counter(
        (kind, cases.get(about, ""), *(("", "") if kind == "report.drafted" else (str(number), str(at))))
        for kind, about, number, at in found
    )
    return sorted([*key, times] for key, times in counted.items())


def messages() -> dict[str, dict[str, object]]:
    """By key, with names in place of numbers: what became of it, and its number on the wire."""
    from accountability.models import CheckIn, Review
    from court_reports.models import Report
    from lms.outbox.models import Message
    from lms.people.models import User
    from lms.referrals.models import Referral

    names = {str(r.pk): r.case_number for r in Referral.objects.all()}
    names |= {
        str(c.pk): f"{c.track.referral.case_number}/{c.number}"
        for c in CheckIn.objects.select_related("track__referral")
    }
    names |= {str(u.pk): u.email or u.username for u in User.objects.all()}
    names |= {str(r.pk): f"{r.outcome} {r.at:%m-%d}" for r in Review.objects.all()}
    names |= {str(r.pk): r.schedule_key.replace(str(r.referral_id), r.referral.case_number)
              for r in Report.objects.select_related("referral")}  # fmt: skip

    def named(key: str) -> str:
        return ":".join(names.get(part, part) for part in key.split(":"))

    return {
        named(m.key): {
            "id": str(m.pk), "kind": m.kind, "not_before": str(m.not_before), "became": became(m),
            "open_attempts": m.attempts.filter(finished_at=None).count(),
        }
        for m in Message.objects.filter(about__in=Referral.objects.values("pk"))
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
