"""Django's storage for what authors upload: on disk whole, or not at all."""

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from lms.files import disk


@deconstructible(path="lms.files.storage.WholeFiles")
class WholeFiles(FileSystemStorage):
    """Raises disk.NotKept where Django would leave half a file behind."""

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        disk.write(Path(self.path(name)), content.read())
        return name
