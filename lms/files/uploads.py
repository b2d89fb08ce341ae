"""Uploads stay in memory: nothing that was not checked and sealed is written to a disk, not even for a moment.

What is larger than memory (a recording) is put aside under a key that only this process has (lms.files.scratch).
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from lms.files.scratch import Scratch

# More than any purpose takes (lms.files.rules), and all files of one request together.
MOST = 11_000_000
ALL_TOGETHER = 25_000_000


class InMemory(FileUploadHandler):
    """Keeps a file in memory up to ``MOST`` bytes. A larger one is read to its end and let go: only its size stays."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.held = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.size = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size <= MOST and self.held + self.size <= ALL_TOGETHER:
            self.file.write(raw_data)
        else:
            self.file = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.held += self.file.tell()
        self.file.seek(0)
        whole = self.size <= MOST and len(self.file.getbuffer()) == self.size
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            # What was let go must look as large as it was, or too large, never empty.
            size=self.size if whole else max(self.size, MOST + 1),
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def aside() -> Path:
    """Where it is worked on what is larger than memory. Nothing in there has a name."""
    return Path(settings.PRIVATE_ROOT) / "aside"


class PutAside(UploadedFile):  # type: ignore[type-arg]
    """A file that was put aside; it goes when the request ends."""

    file: Scratch  # type: ignore[assignment]


class Aside(FileUploadHandler):
    """For the few addresses that take recordings (settings.LARGE_REQUESTS): one file, put aside as it comes."""

    def __init__(self, request: Any = None, *, most: int) -> None:
        super().__init__(request)
        self.most = most
        self.aside: Scratch | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.aside is not None:
            raise StopUpload(connection_reset=True)  # no form of ours sends a second one
        self.aside, self.size = Scratch(aside()), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        # What is too large is read to its end and let go; only its size stays.
        if self.aside and self.size <= self.most:
            self.aside.write(raw_data)

    def file_complete(self, file_size: int) -> PutAside:
        return PutAside(
            file=self.aside,  # type: ignore[arg-type]  # it reads and closes like one
            name=self.file_name,
            content_type=self.content_type,
            size=self.size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if self.aside is not None:
            self.aside.close()
