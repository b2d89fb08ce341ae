"""Text messages as files in a folder: development. They are read on /dev/mail/."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

from lms import clock
from lms.outbox.providers.base import Taken


class FileProvider:
    """One file for each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, number: str, text: str, reference: UUID) -> str:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{reference}.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"to": number, "text": text, "at": clock.now().isoformat()}))
        return ""

    def taken(self, *, since: datetime) -> list[Taken]:
        return []
