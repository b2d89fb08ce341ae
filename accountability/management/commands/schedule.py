"""``manage.py schedule --zone Z --opened MOMENT``: an operator's answer to “when is it due?”."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError

from accountability.rules.calendar import local_date
from accountability.rules.windows import Plan, plan
from lms.referrals.rules.policy import Policy, parse_cadence, spell_cadence

INSTANTS = ("opens_at", "due_at", "closes_at", "cure_until")


class Command(BaseCommand):
    help = "Print what a track opened then would be: its end and every window, in local time and UTC."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", required=True, help="IANA name, like America/New_York")
        parser.add_argument(
            "--opened",
            required=True,
            help="when the course was completed: 2026-08-31T14:00 (local) or with Z or an offset",
        )
        parser.add_argument("--months", type=int, default=6)
        parser.add_argument("--cadence", default="week", help="like “week x 8, two_weeks x 4, month”")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        zone, opened, policy = _read(options)
        planned = plan(local_date(opened, zone), policy, zone)
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(planned, opened, zone, policy), indent=2))
        else:
            self.stdout.write("\n".join(_as_lines(planned, zone)))


def _read(options: dict[str, Any]) -> tuple[ZoneInfo, datetime, Policy]:
    if options["zone"] not in available_timezones():
        raise CommandError(f"--zone: {options['zone']} is not a known time zone")
    zone = ZoneInfo(options["zone"])
    try:
        opened = datetime.fromisoformat(options["opened"])
        cadence = parse_cadence(options["cadence"])
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    if not 1 <= options["months"] <= 36:
        raise CommandError("--months: from 1 to 36")
    if opened.tzinfo is None:
        opened = opened.replace(tzinfo=zone)
    return zone, opened.astimezone(UTC), replace(Policy(), track_months=options["months"], cadence=cadence)


def _as_data(planned: Plan, opened: datetime, zone: ZoneInfo, policy: Policy) -> dict[str, Any]:
    return {
        "zone": zone.key,
        "opened_at": _both(opened, zone),
        "opened_on": planned.opened_on.isoformat(),
        "ends_on": planned.ends_on.isoformat(),
        "ends_at": _both(planned.ends_at, zone),
        "months": policy.track_months,
        "cadence": spell_cadence(policy.cadence),
        "check_ins": [
            {"number": w.number, "due_on": w.due_on.isoformat()}
            | {name: _both(getattr(w, name), zone) for name in INSTANTS}
            for w in planned.windows
        ],
    }


def _as_lines(planned: Plan, zone: ZoneInfo) -> list[str]:
    lines = [
        f"opened on {planned.opened_on}, ends with {planned.ends_on}: {_spelled(planned.ends_at, zone)}",
        "every instant is an exclusive end or a beginning, in local time and UTC",
    ]
    for w in planned.windows:
        lines.append(f"{w.number:>3}  due on {w.due_on:%a %Y-%m-%d}")
        lines += [f"       {name:<11}{_spelled(getattr(w, name), zone)}" for name in INSTANTS]
    return lines


def _both(moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {"local": moment.astimezone(zone).isoformat(), "utc": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _spelled(moment: datetime, zone: ZoneInfo) -> str:
    both = _both(moment, zone)
    return f"{both['local']}  {both['utc']}"
