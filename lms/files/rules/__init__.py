"""What may come in: decided by a file's content, never by what its sender says of it."""

from lms.files.rules.kinds import (
    AVIF,
    CSV,
    GIF,
    HEIC,
    JPEG,
    M4A,
    MOV,
    MP3,
    MP4,
    PDF,
    PNG,
    WAV,
    WEBP,
    Kind,
    is_drawing,
    is_office,
    is_sequence,
    kind_of,
    named,
)
from lms.files.rules.limits import Refused, Rules, Why

MB = 1024 * 1024

# One line per purpose: what may come in there.
COURT_ORDER = Rules(kinds=(PDF, JPEG, PNG, HEIC, WEBP), max_bytes=10 * MB)
COMMITMENT_EVIDENCE = Rules(kinds=(PDF, JPEG, PNG, HEIC, WEBP), max_bytes=10 * MB, clean_pdf=True)
COURSE_PICTURE = Rules(kinds=(JPEG, PNG, WEBP, HEIC, AVIF, GIF), max_bytes=10 * MB)
COURSE_DOCUMENT = Rules(kinds=(PDF,), max_bytes=10 * MB, clean_pdf=True)
CHECK_IN_FILE = Rules(kinds=(PDF, JPEG, PNG, HEIC, WEBP), max_bytes=10 * MB, clean_pdf=True)
# Some ten minutes as telephones record speech.
VOICE_NOTE = Rules(kinds=(M4A, MP3, WAV, MP4, MOV), max_bytes=10 * MB)
# What a person shows with a request: cleaned of what it says beside its picture.
EVIDENCE = Rules(kinds=(JPEG, PNG, HEIC, WEBP, PDF), max_bytes=8 * MB, clean_pdf=True, max_pages=30)
REFERRAL_TABLE = Rules(kinds=(CSV,), max_bytes=1_000_000)
# Ninety minutes of a telephone's video fit; a longer one is better shown in parts.
COURSE_RECORDING = Rules(kinds=(MP4, MOV, M4A, MP3, WAV), max_bytes=500_000_000)

__all__ = [
    "AVIF",
    "CHECK_IN_FILE",
    "COMMITMENT_EVIDENCE",
    "COURSE_DOCUMENT",
    "COURSE_PICTURE",
    "COURSE_RECORDING",
    "COURT_ORDER",
    "CSV",
    "EVIDENCE",
    "GIF",
    "HEIC",
    "JPEG",
    "M4A",
    "MOV",
    "MP3",
    "MP4",
    "PDF",
    "PNG",
    "REFERRAL_TABLE",
    "VOICE_NOTE",
    "WAV",
    "WEBP",
    "Kind",
    "Refused",
    "Rules",
    "Why",
    "is_drawing",
    "is_office",
    "is_sequence",
    "kind_of",
    "named",
]
