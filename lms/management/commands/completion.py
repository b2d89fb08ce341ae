"""``manage.py completion explain REFERRAL | recompute``: why a course is complete, told again from the ledger."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from courses.credited import modules_changed_since_sealed
from courses.explaining import explain
from courses.models import Enrollment
from courses.recomputing import Difference, Looked, recompute


class Command(BaseCommand):
    help = (
        "Why a course is complete or not (explain), and whether every completion is what the ledger gives (recompute)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        one = commands.add_parser("explain", help="each thing that was asked: met since when, or what is short")
        one.add_argument("referral", type=UUID)
        every = commands.add_parser(
            "recompute",
            help="ends with 1 and names every completion that the ledger does not give, and time that was changed",
        )
        every.add_argument("referral", type=UUID, nargs="*", help="these alone; without any, all")
        every.add_argument("--all", action="store_true", help="all, which is what it does anyway when none is named")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        self._explain(options["referral"]) if what == "explain" else self._recompute(options["referral"])

    def _explain(self, referral: UUID) -> None:
        found = Enrollment.objects.filter(referral=referral).select_related("edition", "policy", "referral").first()
        if found is None:
            raise CommandError(f"{referral}: nobody is enrolled for this referral")
        for line in explain(found):
            self.stdout.write(line)
        for position in modules_changed_since_sealed(found):
            self.stdout.write(_changed(position))

    def _recompute(self, referrals: list[UUID]) -> None:
        enrollments = Enrollment.objects.filter(referral__in=referrals) if referrals else Enrollment.objects.all()
        looked = Looked()
        found = [_said(one) for one in recompute(enrollments, looked)]
        for one in enrollments.select_related("referral").order_by("pk").iterator():
            found += [f"{one.referral_id} {_changed(position)}" for position in modules_changed_since_sealed(one)]
        for line in found:
            self.stdout.write(line)
        told = f"{looked.enrollments} enrollments, {looked.modules} modules and {looked.courses} courses completed"
        if found:
            raise CommandError(f"{told}; not what the ledger gives: {len(found)}")
        self.stdout.write(f"{told}: each is what the ledger gives")


def _changed(position: int) -> str:
    return f"module {position}: its time is not what the journal sealed"


def _said(one: Difference) -> str:
    what = f"module {one.module}" if one.module else "course"
    stored = one.stored.isoformat() if one.stored else "not complete"
    met_at = one.met_at.isoformat() if one.met_at else "never"
    return f"{one.referral} {what}: stored {stored}, met {met_at}: {one.why}"
