"""The kinds of file we know, told apart by their content."""

import re
from dataclasses import dataclass

import filetype


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, the endings a name of it may have, and what Pillow calls it."""

    media_type: str
    endings: tuple[str, ...]
    shown: str
    pillow: str = ""

    @property
    def is_picture(self) -> bool:
        return bool(self.pillow)

    @property
    def ending(self) -> str:
        return self.endings[0]


JPEG = Kind("image/jpeg", ("jpg", "jpeg"), "JPEG", "JPEG")
PNG = Kind("image/png", ("png",), "PNG", "PNG")
WEBP = Kind("image/webp", ("webp",), "WebP", "WEBP")
HEIC = Kind("image/heic", ("heic", "heif"), "HEIC", "HEIF")
AVIF = Kind("image/avif", ("avif",), "AVIF", "AVIF")
GIF = Kind("image/gif", ("gif",), "GIF", "GIF")
PDF = Kind("application/pdf", ("pdf",), "PDF")
CSV = Kind("text/csv", ("csv",), "CSV")
# What a telephone calls .m4a may say MP4 inside, and the other way around: which it is, its streams decide.
MP4 = Kind("video/mp4", ("mp4", "m4v", "m4a"), "MP4")
MOV = Kind("video/quicktime", ("mov", "qt"), "MOV")
M4A = Kind("audio/mp4", ("m4a", "mp4"), "M4A")
MP3 = Kind("audio/mpeg", ("mp3",), "MP3")
WAV = Kind("audio/wav", ("wav",), "WAV")

BY_MEDIA_TYPE = {kind.media_type: kind for kind in (JPEG, PNG, WEBP, HEIC, AVIF, GIF, PDF, MP4, MOV, M4A, MP3)} | {
    "image/apng": PNG,
    "image/heif": HEIC,
    "video/x-m4v": MP4,
    "audio/x-wav": WAV,
}
# What people choose again and again that we do not take; each has a sentence that says what to do instead.
OFFICE = ("application/vnd.openxmlformats", "application/vnd.oasis", "application/msword", "application/vnd.ms-",
          "application/rtf")  # fmt: skip
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
INSIDE_OFFICE = re.compile(
    rb"PK\x03\x04.{26,300}?(\[Content_Types\]|word/|xl/|ppt/|_rels/|mimetypeapplication/vnd)", re.S
)
# What text in a spreadsheet's file never holds: control characters other than tab and line ends.
NEVER_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def kind_of(data: bytes) -> Kind | None:
    """What these bytes are; None for everything we do not take."""
    guessed = filetype.guess(data[:8192])
    if guessed is not None:
        return BY_MEDIA_TYPE.get(guessed.mime)
    return CSV if is_text(data) and not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"%")) else None


def is_sequence(data: bytes) -> bool:
    """Whether this is the moving sister of AVIF or HEIC."""
    return data[4:12] in (b"ftypavis", b"ftypmsf1", b"ftyphevc")


def is_drawing(data: bytes) -> bool:
    """Whether this is an SVG, whatever stands before its first element."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<svg" in head


def is_office(data: bytes) -> bool:
    """Whether this is a document, a spreadsheet or slides of an office program."""
    guessed = filetype.guess(data[:8192])
    named_so = guessed is not None and guessed.mime.startswith(OFFICE)
    return named_so or data.startswith((OLD_OFFICE, b"{\\rtf")) or INSIDE_OFFICE.match(data[:400]) is not None


def is_text(data: bytes) -> bool:
    """Whether this is UTF-8 without anything that is not text."""
    try:
        return NEVER_IN_TEXT.search(data.decode("utf-8-sig")) is None
    except UnicodeDecodeError:
        return False


def named(kind: Kind, name: str) -> bool:
    """Whether a file of this kind may bear this name. Nothing else of a name is ever looked at."""
    return name.rpartition(".")[2].lower() in kind.endings
