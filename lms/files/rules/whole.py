"""Is a file there to its end? A lost connection, or a card pulled out too soon, leaves its first half.

Each kind says somewhere how long it is, or ends in a way of its own. Only what surely lacks its end is called so; for
pictures this is asked after one could not be opened, for what telephones put behind a whole one does no harm.
"""

import re
from collections.abc import Callable

from lms.files.rules.kinds import AVIF, GIF, HEIC, JPEG, M4A, MOV, MP3, MP4, PDF, PNG, WAV, WEBP, Kind

Part = Callable[[int, int], bytes]

# What ends a file of a kind, and among how many of its last bytes: some programs write a few more.
ENDS = {JPEG: (b"\xff\xd9", 64), PNG: (b"IEND", 64), GIF: (b"\x3b", 64), PDF: (b"%%EOF", 2048)}
# A PDF made for the web has an end near its beginning too, but says how long it is.
FOR_THE_WEB = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d+)", re.S)
# Programs that cannot go back to the beginning write this, or more, for "I do not know yet".
UNKNOWN = 0x7FFFF000
# An MP3 of a known length may lack as much, in parts of a hundred: what tags are taken out is no loss.
MISSING = 2
FIRST_FRAME = 4096


def is_cut(kind: Kind, size: int, part: Part) -> bool:
    """Whether the end of a file of ``size`` bytes is missing. ``part(start, end)`` reads some of them."""
    if kind in (MP4, MOV, M4A, AVIF, HEIC):
        return _boxes_are_cut(size, part, table=b"meta" if kind.is_picture else b"moov")
    if kind in (WAV, WEBP):
        said = int.from_bytes(part(4, 8), "little")
        return 0 < said < UNKNOWN and said + 8 > size + 1
    if kind is MP3:
        return _mp3_is_cut(size, part)
    if kind is PDF and (found := FOR_THE_WEB.search(part(0, min(size, 1024)))) and int(found[1]) > size:
        return True
    end, among = ENDS.get(kind, (b"", 1))
    return end not in part(max(size - among, 0), size)


def _boxes_are_cut(size: int, part: Part, *, table: bytes) -> bool:
    """A box that is longer than what is left, or no table of contents at all: most telephones write it last."""
    at, found = 0, False
    while at + 8 <= size:
        head = part(at, min(at + 16, size))
        length, name = int.from_bytes(head[:4]), head[4:8]
        length = int.from_bytes(head[8:16]) if length == 1 else length or size - at
        if length < 8:
            return not found  # whatever stands behind is not ours to judge
        if at + length > size:
            return not found or name in (b"mdat", b"moov", b"meta")
        found = found or name == table
        at += length
    return not found


def _mp3_is_cut(size: int, part: Part) -> bool:
    """By what its first frame says of the whole (Xing, or Info); without such a frame nobody can say."""
    head = part(0, 10)
    # A tag stands before the sound; its length has seven bits in a byte.
    begins = (
        10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
        if head[:3] == b"ID3"
        else 0
    )
    frame = part(min(begins, size), min(begins + FIRST_FRAME, size))
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or len(frame) < at + 16:
        return False
    flags, rest = int.from_bytes(frame[at + 4 : at + 8]), at + 8 + (4 if frame[at + 7] & 1 else 0)
    said = int.from_bytes(frame[rest : rest + 4]) if flags & 2 else 0
    return (size - begins) * 100 < said * (100 - MISSING)
