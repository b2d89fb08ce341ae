"""``manage.py restore --from FOLDER [--keys-from FOLDER]``: onto an empty machine; 1 when it is not whole then."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from lms import clock
from lms.backup import databases, restore, shelf

REFUSALS = (shelf.NotABackup, restore.NotEmpty, databases.ToolMissing)


class Command(BaseCommand):
    help = "Restore a backup into an empty database and an empty private folder, verify it, say what is missing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", type=Path, required=True, dest="data", help="a folder that `backup --to` made")
        parser.add_argument("--keys-from", type=Path, dest="keys", help="a folder that `backup --keys-to` made")
        parser.add_argument("--even-if-damaged", action="store_true", help="put back what can be put back")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--only-verify", action="store_true", help="the data is here: verify it against the backup")
        what.add_argument("--only-keys", action="store_true", help="the data is here: add the keys, and verify")
        what.add_argument(
            "--only-put-away", action="store_true",
            help="data and keys are here: forget and seal again what the keys say was forgotten and sealed, and verify",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["only_keys"] and not options["keys"]:
            raise CommandError("--only-keys wants --keys-from FOLDER")
        try:
            manifest, wrong = self._put_back(options)
        except restore.Damaged as damaged:
            for fault in damaged.faults:
                self.stderr.write(fault)
            raise CommandError("nothing was restored: the backup is damaged (see --even-if-damaged)") from damaged
        except REFUSALS as problem:
            raise CommandError(f"nothing was restored: {problem}") from problem
        if not options["only_verify"] and restore.fits(manifest):
            for line in restore.put_away_again(now=now):
                self.stdout.write(line)
        wrong += restore.missing(manifest, now=now)
        if not options["only_verify"]:
            self._doubt(manifest, now, is_new=not (options["only_keys"] or options["only_put_away"]))
        for line in wrong:
            self.stderr.write(f"MISSING OR WRONG: {line}")
        if wrong:
            raise CommandError(f"restored as of {manifest.made_at}, but not whole: {len(wrong)} lines above")
        self.stdout.write(f"whole as of {manifest.made_at}: journal and register hold, and every key opens")

    def _put_back(self, options: dict[str, Any]) -> tuple[shelf.Manifest, list[str]]:
        wrong: list[str] = []
        if options["only_verify"] or options["only_keys"] or options["only_put_away"]:
            manifest = shelf.read(options["data"], shelf.DATA)
        else:
            self._refuse_bad_keys(options["keys"])
            manifest, wrong = restore.restore_data(options["data"], even_if_damaged=options["even_if_damaged"])
            self.stdout.write(f"data of {manifest.made_at}, version {manifest.version}")
        if options["keys"] and not (options["only_verify"] or options["only_put_away"]):
            keys = restore.restore_keys(options["keys"])
            self.stdout.write(f"keys of {keys.made_at}: {keys.subject_keys}")
        return manifest, wrong

    def _refuse_bad_keys(self, folder: Path | None) -> None:
        """Before anything is written."""
        if folder and (faults := shelf.faults(folder, shelf.read(folder, shelf.KEYS))):
            raise restore.Damaged(faults)

    def _doubt(self, manifest: shelf.Manifest, now: Any, *, is_new: bool) -> None:
        doubted = 0
        try:
            if is_new:
                doubted = restore.doubt_what_may_have_left(made_at=manifest.moment, now=now)
            else:
                restore.tell_the_journal(made_at=manifest.moment, now=now)
        except DatabaseError:
            return  # the tables do not fit this code: said already
        if doubted:
            self.stdout.write(
                f"{doubted} messages were due and may have left the lost machine: they wait for a person to decide"
            )
