"""The words an author agrees to, by version. A version that somebody agreed to is never edited: a change is a new one."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "consent_texts"
NEWEST = 1


@dataclass(frozen=True, slots=True)
class ConsentText:
    """``digest`` is of the paragraphs as they were shown."""

    version: int
    language: str
    backup_days: int
    paragraphs: tuple[str, ...]
    digest: str


def consent_text(*, language: str, backup_days: int, version: int = NEWEST) -> ConsentText:
    """The text in one language. ``backup_days``: how long a backup lives at most."""
    language = "es" if language == "es" else "en"
    paragraphs = tuple(words.format(days=backup_days) for words in _read(version)[language])
    digest = hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()
    return ConsentText(version, language, backup_days, paragraphs, digest)


@cache
def _read(version: int) -> dict[str, list[str]]:
    return tomllib.loads((HERE / f"{version}.toml").read_text(encoding="utf-8"))
