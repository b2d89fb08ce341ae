"""Put a backup back onto an empty machine, and say in plain words what is missing."""

import logging
import tarfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, transaction
from django.urls import reverse

from lms import crypto
from lms.backup import databases, shelf, take

if TYPE_CHECKING:
    from lms.referrals.models import Referral

log = logging.getLogger("amends.backup")


class NotEmpty(Exception):
    """There is something here already: a restore never writes over it."""


class Damaged(Exception):
    """Parts of the backup are missing or altered; ``faults`` has a line for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def restore_data(folder: Path, *, even_if_damaged: bool = False) -> tuple[shelf.Manifest, list[str]]:
    """Database and files, onto nothing; the manifest, and what is wrong with the backup itself.

    Raises shelf.NotABackup, NotEmpty, Damaged, databases.ToolMissing.
    """
    manifest = shelf.read(folder, shelf.DATA)
    if manifest.vendor != connection.vendor:
        raise shelf.NotABackup(f"this is a backup of {manifest.vendor}, and the database here is {connection.vendor}")
    refuse_what_is_not_empty()
    faults = shelf.faults(folder, manifest)
    if faults and not even_if_damaged:
        raise Damaged(faults)
    databases.put_back(folder / databases.NAMES[connection.vendor])
    if (folder / take.FILES).is_file():
        faults += _put_back_files(folder / take.FILES)
    return manifest, faults


def restore_keys(folder: Path) -> shelf.Manifest:
    """The persons' keys, into a database that has none. Raises shelf.NotABackup, NotEmpty, Damaged."""
    from lms.people.models import SubjectKey

    manifest = shelf.read(folder, shelf.KEYS)
    if faults := shelf.faults(folder, manifest):
        raise Damaged(faults)
    with transaction.atomic():
        if SubjectKey.objects.exists():
            raise NotEmpty("this database has persons’ keys already")
        for row in serializers.deserialize("json", (folder / take.KEYS_FILE).read_text()):
            row.save()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [SubjectKey]):
                cursor.execute(statement)
    return manifest


def refuse_what_is_not_empty() -> None:
    """Raises NotEmpty when a database or private files are here."""
    if not databases.is_empty():
        raise NotEmpty("the database is not empty: restore into a new one")
    root = Path(settings.PRIVATE_ROOT)
    if root.exists() and any(path.is_file() for path in root.rglob("*")):
        raise NotEmpty(f"there are files in {root}: restore onto an empty machine")


def doubt_what_may_have_left(*, made_at: datetime, now: datetime) -> int:
    """Messages that the lost machine may have sent since: nobody knows, so a person decides (domain.md); how many."""
    from lms.outbox.delivery import open_messages

    with transaction.atomic():
        doubted = open_messages().filter(not_before__lte=now).update(uncertain_at=now)
        tell_the_journal(made_at=made_at, now=now)
    return doubted


def tell_the_journal(*, made_at: datetime, now: datetime) -> None:
    """That there was a restore, once. Without its key it is not told yet: such an event could be proved never more."""
    from lms.journal import journal
    from lms.outbox.models import Message

    since = journal.Event.objects.filter(kind="backup.restored", data__made_at=made_at.isoformat())
    if since.exists() or journal.digest() is None:
        return
    doubted = Message.objects.filter(posted_at__lte=made_at, uncertain_at__gte=made_at).count()
    journal.record(
        "backup.restored", about=None, by=None, at=now, data={"made_at": made_at.isoformat(), "doubted": doubted}
    )


def fits(manifest: shelf.Manifest) -> bool:
    """Whether the tables are those of this code."""
    return not _migrations(manifest)


def missing(manifest: shelf.Manifest, *, now: datetime) -> list[str]:
    """Everything that keeps this machine from being whole, a line each."""
    if found := _migrations(manifest):
        return [*found, "journal and register were not verified: that wants the code that fits the data"]
    if keys := [*_ring(manifest), *_persons_keys(manifest)]:
        keys[-1] += "; until then journal and register are verified by their hashes alone"
        chains = _hashes()
    else:
        chains = [*_journal(), *_register()]
    return [*keys, *chains, *_heads(manifest), *_files(manifest), *_put_away_since(), *_signing(manifest, now)]


def _put_back_files(archive: Path) -> list[str]:
    root = Path(settings.PRIVATE_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(archive) as opened:
            # "data": nothing outside the folder, no links, no devices.
            opened.extractall(root, filter="data")
    except (tarfile.TarError, OSError) as problem:
        return [f"{archive.name} could be unpacked only in part: {type(problem).__name__}"]
    finally:
        for path in root.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
    return []


def _migrations(manifest: shelf.Manifest) -> list[str]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    known = {f"{app}.{name}" for app, name in executor.loader.disk_migrations}
    replaced = {f"{a}.{n}" for m in executor.loader.disk_migrations.values() for a, n in m.replaces}
    found = [f"{len(plan)} migrations have not run: manage.py migrate, then verify again"] if plan else []
    if newer := [name for name in manifest.migrations if name not in known | replaced]:
        found.append(f"the data is newer than this code ({manifest.version}): {', '.join(newer[:5])} is not known here")
    return found


def _journal() -> list[str]:
    from lms.journal import verification

    try:
        return [f"journal, {place}" for place in verification.verify()]
    except verification.NoKey:
        return ["the journal’s own key is missing, so nobody can say whether its events were written here", *_hashes()]


def _register() -> list[str]:
    from court_reports import register

    return [f"register, {place}" for place in register.verify_chain()]


def _hashes() -> list[str]:
    """Whether both chains hold, as far as that can be told without any key."""
    from court_reports import register
    from lms.journal import chain
    from lms.journal.models import Link

    found = []
    previous, links = chain.GENESIS, Link.objects.select_related("event").order_by("position")
    for expected, link in enumerate(links.iterator(chunk_size=2000), start=1):
        previous = chain.link_hash(previous, expected, chain.fields(link.event))
        if (link.position, link.hash) != (expected, previous):
            found.append(f"journal, from position {expected} on: this is not what was written")
            break
    if not register.chain_state()[0]:
        found.append("register: its lines are not what was written")
    return found


def _heads(manifest: shelf.Manifest) -> list[str]:
    from court_reports.models import RegisterEntry
    from lms.journal.models import Link

    journal = dict(Link.objects.filter(position=manifest.journal[0]).values_list("position", "hash"))
    register = dict(RegisterEntry.objects.filter(position=manifest.register[0]).values_list("position", "hash"))
    return [*_same_head("journal", manifest.journal, journal), *_same_head("register", manifest.register, register)]


def _same_head(what: str, head: tuple[int, str], chain: dict[int, str]) -> list[str]:
    position, expected = head
    if not position or chain.get(position) == expected:
        return []
    return [f"the {what} does not end as it did when it was saved, at {position}"]


def _ring(manifest: shelf.Manifest) -> list[str]:
    try:
        there = crypto.ring()
    except crypto.KeyMissing as problem:
        return [f"the key ring: {problem}"]
    absent = [str(version) for version in manifest.ring_versions if version not in there]
    return [f"the key ring lacks version {', '.join(absent)}: what it wrapped cannot be read"] if absent else []


def _persons_keys(manifest: shelf.Manifest) -> list[str]:
    from lms.people.models import SubjectKey

    rows = SubjectKey.objects.all()
    if manifest.subject_keys and not rows.exists():
        return [
            f"the keys of persons ({manifest.subject_keys}): nothing that they wrote can be read. "
            "Restore them with --keys-from"
        ]
    spoiled = sum(not _opens(row.subject, row.zone) for row in rows.filter(destroyed_at=None, escrowed_at=None))
    return [f"{spoiled} persons’ keys cannot be opened with this key ring"] if spoiled else []


def put_away_again(*, now: datetime) -> list[str]:
    """Do to older rows what the newer keys say had been done; a line for each. What fails is left to :func:`missing`.

    Before anything is served: nobody meets a name here that the lost machine had forgotten. Not without the ring:
    what the journal said of it then could be proved never more.
    """
    from lms import database
    from lms.journal import journal
    from lms.keeping.actions import forgetting
    from lms.keeping.models import Act

    back = _back_though_forgotten(), _back_though_sealed()
    if not any(back) or journal.digest() is None:
        return []
    done = []
    for act, what, cases in zip((Act.EXPUNGE, Act.SEAL), ("forgotten", "sealed"), back, strict=True):
        for referral in cases:
            try:
                row = forgetting.repeat(referral=referral, act=act, now=now)
            except Exception as problem:  # one that fails holds up no other; its words may hold anything
                log.error("case %s could not be put away again: %s", referral.pk, type(problem).__name__)
                continue
            forgetting.finish_quietly(row, now=now)
            done.append(f"{what} after this data was saved, and so again: {referral.pk}")
    database.empty_log()
    return done


def _back_though_forgotten() -> list["Referral"]:
    """Cases whose keys were destroyed after the data was saved, when the keys are newer: their rows are back."""
    from lms.people.models import SubjectKey
    from lms.referrals.models import Referral

    keys = SubjectKey.objects.filter(destroyed_at__isnull=False)
    return list(Referral.objects.filter(pk__in=keys.values("subject"), forgotten_at=None).order_by("pk"))


def _back_though_sealed() -> list["Referral"]:
    from lms.people.models import SubjectKey
    from lms.referrals.models import Referral

    keys = SubjectKey.objects.filter(escrowed_at__isnull=False, destroyed_at=None)
    cases = Referral.objects.filter(pk__in=keys.values("subject"), sealed_at=None, forgotten_at=None)
    return list(cases.order_by("pk"))


def _put_away_since() -> list[str]:
    """What :func:`put_away_again` has not done, or could not do."""
    found = []
    for what, again, known in (
        ("forgotten", "expunge", _back_though_forgotten()),
        ("sealed", "seal", _back_though_sealed()),
    ):
        if places := ", ".join(reverse("keeping:case", args=[referral.pk]) for referral in known):
            found.append(
                f"{what} after this data was saved, and its rows are here again: {places}. Before anything is served: "
                f"--only-put-away; where that fails, two people {again} it again there"
            )
    return found


def _opens(subject: UUID, zone: str) -> bool:
    try:
        crypto.digester(subject=subject, zone=zone, make=False)
    except (crypto.KeyMissing, crypto.Tampered):
        return False
    return True


def _files(manifest: shelf.Manifest) -> list[str]:
    from lms.keeping.models import DoomedFile

    root = Path(settings.PRIVATE_ROOT)
    # Verified some time after the restore: what was deleted since, on purpose.
    doomed = set(DoomedFile.objects.filter(gone_at__isnull=False).values_list("name", flat=True))
    found = []
    for name, digest in manifest.files.items():
        path = root / name
        if not path.is_file():
            if path.name not in doomed:
                found.append(f"the file {name} is missing")
        elif shelf.part(path).sha256 != digest:
            found.append(f"the file {name} is not what was saved")
    return found


def _signing(manifest: shelf.Manifest, now: datetime) -> list[str]:
    from court_reports import signing

    try:
        # Asked first: in development a key would be made where none is.
        if not take.signer() or not signing.is_there():
            raise signing.SigningKeyUnusable("it is not here")
        signing.ensure(now=now)
    except signing.SigningKeyUnusable as problem:
        return [f"the signing key: {problem}; no report can be released"]
    if manifest.signer and take.signer() != manifest.signer:
        return ["the signing key is another than before: courts must be told of the new certificate"]
    return []
