"""A cleaned recording whose form was not right yet: held for who sent it, for a day, so that nobody sends it twice.

It lies sealed under the sender's own key, in a folder whose name does not say whose it is; what stands in the form
opens it for nobody else. A name that begins with a dot is in no backup (lms.backup.take).
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from lms.files import disk, sealed
from lms.files.disk import NotKept
from lms.files.remux import Clean
from lms.files.rules import M4A, MP3, MP4, WAV
from lms.files.scratch import Scratch
from lms.files.uploads import aside

HELD_FOR = timedelta(hours=24)
# Of one person at a time: she may have two tabs open, and no reason for more.
AT_MOST = 2
ZONE = "narrative"
SALT = "lms.files.held"
KINDS = {kind.media_type: kind for kind in (MP4, M4A, MP3, WAV)}


@dataclass(frozen=True, slots=True)
class Held:
    """A recording that is held. ``token``: what a form says of it; nothing in it names a file or a person."""

    token: str
    key: UUID
    media_type: str
    milliseconds: int
    shows: bool
    has_sound: bool


def hold(clean: Clean, *, by: UUID, now: datetime) -> Held:
    """Put a clean copy aside for ``by``. ``clean`` stays open. Raises NotKept, crypto.KeyMissing."""
    key = uuid4()
    try:
        _write(clean.data, _path(by, key, "data"), by)
        if clean.sound:
            _write(clean.sound, _path(by, key, "sound"), by)
    except BaseException:
        _remove(by, key)
        raise
    said = {
        "key": key.hex, "type": clean.kind.media_type, "ms": clean.milliseconds, "shows": clean.shows,
        "sound": clean.sound is not None, "at": now.isoformat(),
    }  # fmt: skip
    for old in _keys(by)[AT_MOST:]:
        _remove(by, old)
    return _held(signing.dumps(said, salt=SALT), said)


def find(token: str, *, by: UUID, now: datetime) -> Held | None:
    """What ``by`` put aside within the last day; None where it is gone, or never was theirs."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    held = _held(token, said)
    if now - datetime.fromisoformat(said["at"]) >= HELD_FOR or not _path(by, held.key, "data").is_file():
        return None
    return held


def opened(held: Held, *, by: UUID) -> Clean:
    """The clean copy, as it was put aside. Raises FileNotFoundError, NotKept, crypto.KeyMissing, crypto.Tampered."""
    data = _read(_path(by, held.key, "data"), by)
    sound = _read(_path(by, held.key, "sound"), by) if held.has_sound else None
    return Clean(data, KINDS[held.media_type], held.milliseconds, held.shows, sound)


def let_go(held: Held, *, by: UUID) -> None:
    """It was saved, or is not wanted any more."""
    _remove(by, held.key)


def sweep() -> int:
    """Take away what nobody came back for within a day; how many files. Also what a crash left half-written."""
    return sum(disk.remove(path) for path in list(disk.older_than(root(), HELD_FOR.total_seconds())))


def root() -> Path:
    return Path(settings.PRIVATE_ROOT) / "held"


def _held(token: str, said: dict[str, object]) -> Held:
    return Held(
        token, UUID(str(said["key"])), str(said["type"]), int(str(said["ms"])), bool(said["shows"]), bool(said["sound"])
    )


def _folder(by: UUID) -> Path:
    return root() / salted_hmac(SALT, str(by)).hexdigest()[:32]


def _path(by: UUID, key: UUID, what: str) -> Path:
    return _folder(by) / f".{key.hex}.{what}"


def _place(path: Path) -> str:
    return f"files.held:{path.name}"


def _write(scratch: Scratch, path: Path, by: UUID) -> None:
    disk.write(path, sealed.sealing(scratch.part, scratch.size, subject=by, zone=ZONE, place=_place(path)))


def _read(path: Path, by: UUID) -> Scratch:
    found = sealed.unseal(path, subject=by, zone=ZONE, place=_place(path))
    scratch = Scratch(aside())
    for chunk in found.range(0, found.size):
        scratch.write(chunk)
    return scratch


def _keys(by: UUID) -> list[UUID]:
    """What is held for somebody, the newest first."""
    files = sorted(_folder(by).glob(".*.data"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [UUID(path.name.split(".")[1]) for path in files if len(path.name.split(".")) == 3]


def _remove(by: UUID, key: UUID) -> None:
    for what in ("data", "sound"):
        with contextlib.suppress(FileNotFoundError):
            disk.remove(_path(by, key, what))


__all__ = ["HELD_FOR", "Held", "NotKept", "find", "hold", "let_go", "opened", "sweep"]
