"""A shelf of backups: one folder for each, a manifest in it that says what every part must be."""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
DATA, KEYS = "data", "keys"
STAMP = "%Y-%m-%dT%H%M%SZ"


class NotABackup(Exception):
    """There is no backup here that this product can read; the words say why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup."""

    sha256: str
    size: int


@dataclass(slots=True)
class Manifest:
    """What was saved, and how it stood. Heads, counts, versions and digests; nothing about anybody."""

    what: str
    made_at: str
    version: str
    vendor: str = ""
    format: int = FORMAT
    migrations: list[str] = field(default_factory=list)
    journal: tuple[int, str] = (0, "")
    register: tuple[int, str] = (0, "")
    ring_versions: list[int] = field(default_factory=list)
    subject_keys: int = 0
    signer: str = ""
    files: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def begin(shelf: Path, what: str, *, now: datetime) -> Path:
    """A new folder on the shelf, not yet under its name: what is cut off is never taken for a backup."""
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = shelf / f".{_name(what, now)}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def finish(folder: Path, manifest: Manifest) -> Path:
    """Write the manifest, put everything on disk and give the folder its name. FileExistsError if it is taken."""
    manifest.parts = {path.name: part(path) for path in sorted(folder.iterdir())}
    write_private(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    final = folder.with_name(folder.name.removeprefix(".").removesuffix(".part"))
    if final.exists():
        raise FileExistsError(final)
    return folder.rename(final)


def read(folder: Path, what: str) -> Manifest:
    """The manifest of a backup. Raises NotABackup."""
    try:
        fields = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError as problem:
        raise NotABackup(f"{folder} holds no {MANIFEST}: it is no backup, or one that was cut off") from problem
    except (OSError, ValueError) as problem:
        raise NotABackup(f"the {MANIFEST} in {folder} cannot be read: {problem}") from problem
    if not isinstance(fields, dict) or fields.get("format") != FORMAT or fields.get("what") != what:
        raise NotABackup(f"{folder} holds no {what} that this version can read")
    fields["parts"] = {name: Part(**value) for name, value in fields["parts"].items()}
    fields["journal"], fields["register"] = tuple(fields["journal"]), tuple(fields["register"])
    return Manifest(**fields)


def faults(folder: Path, manifest: Manifest) -> list[str]:
    """Every part that is missing or is not what was written, in plain words."""
    found = []
    for name, wanted in manifest.parts.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing from {folder}")
        elif part(path) != wanted:
            found.append(f"{name} in {folder} is not what was written: its digest differs from the manifest’s")
    return found


def prune(shelf: Path, what: str, *, live: timedelta, now: datetime) -> list[str]:
    """Remove what is older than it may live, and what was cut off; the names of what went."""
    oldest = _name(what, now - live)
    gone = [path for path in shelf.glob(f"{what}-*Z") if path.name < oldest]
    gone += [path for path in shelf.glob(f".{what}-*Z.part") if path.name.strip(".") < oldest]
    for path in gone:
        shutil.rmtree(path)
    return sorted(path.name for path in gone)


def part(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def write_private(path: Path, data: bytes) -> None:
    """For the service alone, from the first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _name(what: str, now: datetime) -> str:
    return f"{what}-{now.astimezone(UTC).strftime(STAMP)}"
