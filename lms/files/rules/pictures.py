"""Is this picture one that can be opened without harm?"""

import io
import struct

from PIL import Image, UnidentifiedImageError

from lms.files.rules.kinds import JPEG, Kind
from lms.files.rules.limits import Refused, Rules, Why

BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, TypeError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def opened(data: bytes, kind: Kind) -> Image.Image:
    """The picture, its size known, its dots not yet decoded. Raises Refused."""
    if kind.pillow == "HEIF":
        _know_heif()
    try:
        # Only what the content says it is: no other decoder gets to try.
        return Image.open(io.BytesIO(data), formats=[kind.pillow])
    except BOMBS as problem:
        raise Refused(Why.TOO_MANY_PIXELS, millions=40) from problem
    except BROKEN as problem:
        raise Refused(Why.BROKEN) from problem


def check(data: bytes, *, kind: Kind, rules: Rules) -> None:
    """Raises Refused for a picture that is too large when decoded, that moves, or that cannot be opened."""
    with opened(data, kind) as picture:
        width, height = picture.size
        if width * height > rules.max_pixels:
            raise Refused(Why.TOO_MANY_PIXELS, millions=rules.max_pixels // 1_000_000)
        # Telephones put a second, hidden picture into a JPEG; only the first is taken (lms.files.scrub).
        if kind is not JPEG and _frames(picture) > 1:
            raise Refused(Why.MOVES)


def _frames(picture: Image.Image) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except BROKEN as problem:
        raise Refused(Why.BROKEN) from problem


def _know_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
