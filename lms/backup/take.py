"""Take a backup while the service runs: first the database, then the files its rows name, then the keys, apart."""

import base64
import json
import tarfile
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import serializers
from django.db import connection

from lms.backup import databases, shelf

FILES = "private.tar"
KEYS_FILE = "keys.json"

JOURNAL_HEAD = "SELECT position, hash FROM journal_link ORDER BY position DESC LIMIT 1"
REGISTER_HEAD = "SELECT position, hash FROM court_reports_registerentry ORDER BY position DESC LIMIT 1"
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
# Wrapped by the ring itself: authenticators' secrets, and the addresses that open a door in messages that wait.
AUTHENTICATORS = "SELECT data FROM mfa_authenticator"
WAITING = "SELECT context FROM outbox_message WHERE sent_at IS NULL"


class NotApart(Exception):
    """The keys would lie where the data lies."""


def take_data(to: Path, *, now: datetime) -> Path:
    """The database without keys, and the private files; the folder. Raises databases.ToolMissing, OSError."""
    folder = shelf.begin(to, shelf.DATA, now=now)
    manifest = _manifest(shelf.DATA, now)
    with databases.copied(folder) as ask:
        manifest.migrations = [f"{app}.{name}" for app, name in ask(MIGRATIONS)]
        manifest.journal = _head(ask(JOURNAL_HEAD))
        manifest.register = _head(ask(REGISTER_HEAD))
        manifest.ring_versions = _ring_versions(ask)
        manifest.subject_keys = ask(databases.COUNT_OF_KEYS)[0][0]
    # After the database: a file is on disk before its row says so.
    manifest.files = _copy_files(folder / FILES)
    return shelf.finish(folder, manifest)


def take_keys(to: Path, *, now: datetime) -> Path:
    """The persons' keys, wrapped as they are, and the gravestones of those destroyed; the folder."""
    from lms.people.models import SubjectKey

    folder = shelf.begin(to, shelf.KEYS, now=now)
    manifest = _manifest(shelf.KEYS, now)
    rows = list(SubjectKey.objects.order_by("pk"))
    manifest.subject_keys = sum(row.destroyed_at is None for row in rows)
    manifest.ring_versions = sorted({row.version for row in rows if row.destroyed_at is None})
    shelf.write_private(folder / KEYS_FILE, serializers.serialize("json", rows).encode())
    return shelf.finish(folder, manifest)


def refuse_together(data: Path, keys: Path) -> None:
    """Keys and data must not lie in one another. Raises NotApart."""
    one, other = data.resolve(), keys.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise NotApart(f"{keys} and {data} are not apart: whoever takes one would have both")


def version() -> str:
    """The version of the product; it stands in the checkout, and in the image."""
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def _manifest(what: str, now: datetime) -> shelf.Manifest:
    return shelf.Manifest(
        what=what, made_at=now.isoformat(), version=version(), vendor=connection.vendor, signer=signer()
    )


def signer() -> str:
    """Whose certificate signs reports here; nothing where there is none."""
    from court_reports import signing

    try:
        return signing.fingerprint()
    except (signing.SigningKeyUnusable, OSError, ValueError):
        return ""


def _head(rows: list[tuple[Any, ...]]) -> tuple[int, str]:
    return (int(rows[0][0]), str(rows[0][1])) if rows else (0, "")


def _ring_versions(ask: databases.Ask) -> list[int]:
    """Every version of the ring without which something in this copy could not be opened."""
    versions = {int(row[0]) for row in ask(databases.RING_OF_SUBJECTS)}
    for (value,) in (*ask(AUTHENTICATORS), *ask(WAITING)):
        fields = json.loads(value) if isinstance(value, str) else value
        named = [fields.get(name) for name in ("secret", "seed", "sealed_path", "sealed_address")]
        for token in (*named, *(fields.get("migrated_codes") or ())):
            if number := _version_of(token):
                versions.add(number)
    return sorted(versions)


def _version_of(wrapped: object) -> int | None:
    """``3:<base64>`` was wrapped by version 3."""
    number, colon, token = str(wrapped).partition(":")
    try:
        base64.b64decode(token, validate=True)
    except ValueError:
        return None
    return int(number) if colon and number.isdigit() else None


def _copy_files(target: Path) -> dict[str, str]:
    """Every file under the private folder into one archive; its path → SHA-256. One that goes meanwhile is left out."""
    root = Path(settings.PRIVATE_ROOT)
    copied: dict[str, str] = {}
    shelf.write_private(target, b"")
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(root.rglob("*")):
            # A name that begins with a dot is still being written.
            if path.is_symlink() or not path.is_file() or path.name.startswith("."):
                continue
            name = path.relative_to(root).as_posix()
            try:
                archive.add(path, name, recursive=False, filter=_plain)
                copied[name] = shelf.part(path).sha256
            except FileNotFoundError:
                continue
    return copied


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whose it was on this machine says nothing on another; and a second name is a file of its own."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
