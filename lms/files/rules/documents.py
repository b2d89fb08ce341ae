"""Is this PDF nothing but pages?"""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import settings as qpdf

from lms.files.rules.limits import Refused, Rules, Why

# Of this process, for every PDF: what qpdf will not unpack (pikepdf asks to set it once, at the start).
qpdf.set_qpdf_limits(
    flate_max_memory=200_000_000,
    run_length_max_memory=200_000_000,
    png_max_memory=200_000_000,
    tiff_max_memory=200_000_000,
    dct_max_memory=200_000_000,
    parser_max_container_size=200_000,
    doc_max_warnings=100,
    max_stream_filters=3,
)

MAX_OBJECTS = 100_000
MAX_DEPTH = 500  # qpdf itself reads no deeper
STREAM = re.compile(rb"(?<!end)stream\r?\n")
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
           "/RichMediaExecute"}  # fmt: skip
ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
KEYS = {"/JS", "/EF", "/XFA", "/RichMediaContent"}


def check(data: bytes, *, rules: Rules) -> None:
    """Raises Refused for a PDF that is locked, broken, too large inside, or holds more than pages."""
    _check_unpacked(data, rules.max_unpacked)
    with opened(data) as pdf:
        if pdf.is_encrypted:
            raise Refused(Why.LOCKED)
        try:
            _check_inside(pdf, rules)
        except pikepdf.PdfError as problem:
            raise Refused(Why.BROKEN) from problem


def opened(data: bytes) -> pikepdf.Pdf:
    """The PDF. Raises Refused."""
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as problem:
        raise Refused(Why.LOCKED) from problem
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError) as problem:
        raise Refused(Why.BROKEN) from problem


def _check_unpacked(data: bytes, limit: int) -> None:
    """Every packed stream is unpacked once with a limit, before a parser sees any of them."""
    total = 0
    for found in STREAM.finditer(data):
        total += _unpacked_size(memoryview(data)[found.end() :], limit - total)
        if total >= limit:
            raise Refused(Why.UNPACKS)


def _unpacked_size(packed: memoryview, limit: int) -> int:
    """How many bytes a stream becomes, counted no further than ``limit``. None of them are kept."""
    unpack, size, rest = zlib.decompressobj(), 0, bytes(packed[:65536])
    at = len(rest)
    try:
        while rest and size < limit and not unpack.eof:
            size += len(unpack.decompress(rest, 1_000_000))
            rest = unpack.unconsumed_tail
            if not rest:
                rest = bytes(packed[at : at + 65536])
                at += len(rest)
    except zlib.error:
        pass  # not packed this way, or damaged: qpdf will say
    return size


def _check_inside(pdf: pikepdf.Pdf, rules: Rules) -> None:
    if len(pdf.pages) > rules.max_pages or len(pdf.objects) > MAX_OBJECTS:
        raise Refused(Why.TOO_MANY_PAGES, pages=rules.max_pages)
    if len(pdf.pages) == 0:
        raise Refused(Why.BROKEN)
    for thing in dictionaries(pdf):
        _check_dictionary(thing, rules)


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of a PDF, however deep it lies within its object."""
    waiting = [(thing, 0) for thing in pdf.objects]
    while waiting:
        thing, depth = waiting.pop()
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            children = [thing.get(key) for key in thing.keys()]  # noqa: SIM118  a Stream has keys but is no mapping
        elif isinstance(thing, pikepdf.Array):
            children = list(thing.as_list())
        else:
            continue
        # What is only referred to has a turn of its own.
        inner = [each for each in children if isinstance(each, pikepdf.Object) and not each.is_indirect]
        waiting += [(each, depth + 1) for each in inner if depth < MAX_DEPTH]


def _check_dictionary(thing: Any, rules: Rules) -> None:
    keys = set(thing.keys())
    active = (
        keys & KEYS
        or str(thing.get("/S", "")) in ACTIONS
        or str(thing.get("/Subtype", "")) in ANNOTATIONS
        or str(thing.get("/Type", "")) == "/EmbeddedFile"
    )
    if active:
        raise Refused(Why.ACTIVE)
    if str(thing.get("/Subtype", "")) == "/Image":
        dots = int(thing.get("/Width", 0)) * int(thing.get("/Height", 0))
        if dots > rules.max_pixels:
            raise Refused(Why.TOO_MANY_PIXELS, millions=rules.max_pixels // 1_000_000)
