"""Bytes on disk: written once and whole, or not at all; readable by the service alone."""

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class NotKept(Exception):
    """The disk is full or refused: nothing was kept, and nothing half-written stayed."""


def write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Put ``data``, whole or part by part, at ``path``, down to the disk itself. What lies there already stays.

    Raises NotKept, and whatever giving the parts raises; nothing half-written stays.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        _write_whole(part, [data] if isinstance(data, bytes) else data)
        # A link never replaces: the first writer's bytes stay.
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
        _settle(path.parent)
    except BaseException as problem:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(problem, OSError):
            raise NotKept(f"a file was not kept: {problem.strerror}") from problem
        raise


def remove(path: Path) -> bool:
    """Take the bytes away. Whether there were any."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _settle(path.parent)
    return True


def older_than(root: Path, seconds: float) -> Iterator[Path]:
    """Every file below ``root`` that was written longer ago, by the clock of the disk itself."""
    if not root.is_dir():
        return
    newest = _now_of(root)
    for path in sorted(root.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and newest - path.stat().st_mtime > seconds:
                yield path


def _write_whole(part: Path, parts: Iterable[bytes]) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """A name is safe from a power cut only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _now_of(root: Path) -> float:
    probe = root / f".{secrets.token_hex(8)}"
    probe.touch(PRIVATE_FILE)
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink()
