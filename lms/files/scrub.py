"""Take out of a file everything that is not what it shows: place, device, author, history.

Pictures are decoded and built anew from their dots. PDFs are built anew from their pages.
Proved with exiftool and by looking for planted bytes (tests/files/test_scrub.py), not with our own reader.
"""

import io
from typing import Any

import pikepdf
from PIL import Image, ImageOps

from lms.files.rules import documents, pictures
from lms.files.rules.kinds import GIF, JPEG, PNG, WEBP, Kind
from lms.files.rules.limits import Refused, Why

KEPT_AS = {PNG: PNG, GIF: PNG, WEBP: WEBP}  # everything else becomes a JPEG
HOW: dict[Kind, dict[str, Any]] = {
    JPEG: {"quality": 90, "optimize": True},
    PNG: {"optimize": False},
    WEBP: {"quality": 90, "method": 4},
}
# Of a PDF's objects: what says something about who made it, when, with what, or what it was before.
TRACES = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/OPI", "/Alternates", "/ActualText", "/AA")
# Of a page itself: what hangs on it. Deeper down these may be names of fonts or pictures.
OF_A_PAGE = (
    "/Annots",
    "/Thumb",
    "/B",
    "/StructParents",
    "/Tabs",
    "/PZ",
    "/SeparationInfo",
    "/VP",
    "/ID",
    "/DPart",
    "/Trans",
)
# Of a JPEG inside a PDF: JFIF (APP0) and Adobe's color transform (APP14) say how to draw it; the rest says more.
KEPT_SEGMENTS = {0xE0, 0xEE}


def picture(data: bytes, kind: Kind) -> tuple[bytes, Kind]:
    """The same dots the right way up, and nothing else. Raises Refused."""
    becomes = KEPT_AS.get(kind, JPEG)
    with pictures.opened(data, kind) as source:
        try:
            clean = _dots_alone(ImageOps.exif_transpose(source), becomes)
        except pictures.BOMBS as problem:
            raise Refused(Why.TOO_MANY_PIXELS, millions=40) from problem
        except pictures.BROKEN as problem:
            raise Refused(Why.BROKEN) from problem
    target = io.BytesIO()
    clean.save(target, format=becomes.pillow, **HOW[becomes])
    return target.getvalue(), becomes


def pdf(data: bytes) -> bytes:
    """The same pages in a new file. Links, forms, bookmarks and tags do not come along. Raises Refused."""
    with documents.opened(data) as source, pikepdf.new() as clean:
        try:
            clean.pages.extend(source.pages)
            for page in clean.pages:
                _without(page.obj, OF_A_PAGE)
            for thing in documents.dictionaries(clean):
                _without(thing, TRACES)
            _clean_pictures(clean)
            target = io.BytesIO()
            clean.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        except (pikepdf.PdfError, ValueError, RuntimeError) as problem:
            raise Refused(Why.BROKEN) from problem
    return target.getvalue()


def _dots_alone(source: Image.Image, becomes: Kind) -> Image.Image:
    transparent = source.has_transparency_data and becomes is not JPEG
    mode = "RGBA" if transparent else "L" if source.mode in ("L", "1") else "RGB"
    shown = source if source.mode == mode else _in_mode(source, mode)
    clean = Image.new(mode, shown.size)
    clean.paste(shown)
    return clean


def _in_mode(source: Image.Image, mode: str) -> Image.Image:
    if mode == "RGB" and source.has_transparency_data:
        # What was see-through is white, not whatever color lay under it unseen.
        with_alpha = source.convert("RGBA")
        white = Image.new("RGBA", source.size, "white")
        return Image.alpha_composite(white, with_alpha).convert("RGB")
    return source.convert(mode)


def _without(thing: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in thing:
            del thing[key]


def _clean_pictures(clean: pikepdf.Pdf) -> None:
    for thing in clean.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = _filters(thing)
        if "/JPXDecode" in filters:
            # JPEG 2000 has boxes of its own for all sorts of things; we do not rewrite it.
            raise Refused(Why.UNCLEANABLE)
        if "/DCTDecode" in filters or "/DCT" in filters:
            _clean_jpeg(thing, filters)


def _filters(stream: Any) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(each) for each in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _clean_jpeg(stream: Any, filters: list[str]) -> None:
    if len(filters) != 1:
        raise Refused(Why.UNCLEANABLE)
    parameters = stream.get("/DecodeParms")
    stream.write(without_segments(stream.read_raw_bytes()), filter=pikepdf.Name.DCTDecode, decode_parms=parameters)


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its application segments and comments; its dots are not touched. Raises Refused."""
    if jpeg[:2] != b"\xff\xd8":
        raise Refused(Why.UNCLEANABLE)
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:  # the dots begin
            return b"".join([*kept, _until_the_end(jpeg, at)])
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in KEPT_SEGMENTS:
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    raise Refused(Why.UNCLEANABLE)


def _until_the_end(jpeg: bytes, at: int) -> bytes:
    """From the first dots to the end marker; a progressive JPEG has tables, but no more segments of ours, between."""
    end = jpeg.find(b"\xff\xd9", at)
    # Whatever follows the end of the picture, a second one or anything else, stays out.
    return jpeg[at : end + 2] if end != -1 else jpeg[at:]
