"""Is this recording one that every telephone plays, and does its clean copy hold nothing but sound and picture?"""

from collections.abc import Iterator

from lms.files.rules.kinds import M4A, MOV, MP3, MP4, WAV, Kind
from lms.files.rules.limits import Refused, Why

# Container by container, what browsers have played for ten years, without a license or a plug-in.
SOUND = {
    MP4: {"aac", "mp3"},
    MOV: {"aac", "mp3"},
    M4A: {"aac", "mp3"},
    MP3: {"mp3", "mp3float"},
    WAV: {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"},
}
PICTURE = {"h264"}
# 10 bits and finer colors are for the cutting room: many telephones show a black square.
DOTS = {"yuv420p", "yuvj420p"}
SHOWN = {
    "hevc": "HEVC (H.265)",
    "prores": "Apple ProRes",
    "alac": "Apple Lossless",
    "av1": "AV1",
    "vp9": "VP9",
    "mpeg4": "MPEG-4 Visual",
    "ac3": "Dolby Digital",
    "eac3": "Dolby Digital Plus",
}

MAX_STREAMS = 16
MAX_PACKETS = 3_000_000
# Above this a file's table of contents is no table of contents.
MAX_TABLE = 64_000_000

# What stands in the MP4 that we write. A box of any other name could say anything, so there may be none.
INSIDE = {"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl"}
PLAIN = {
    "ftyp", "free", "mdat", "mvhd", "tkhd", "elst", "mdhd", "hdlr", "vmhd", "smhd", "dref", "stsd", "stts", "stss",
    "ctts", "stsc", "stsz", "stco", "co64", "sgpd", "sbgp", "sdtp",
}  # fmt: skip
OF_A_SAMPLE = {"avcC", "esds", "btrt", "pasp", "colr", "fiel"}
SAMPLES = {"avc1": 78, "mp4a": 28}  # how many bytes of its own each has before its boxes
# FFmpeg writes a place for tags also where there are none: exactly this one, with nothing in it.
NO_TAGS = (
    (53).to_bytes(4) + b"meta" + bytes(4) + (33).to_bytes(4) + b"hdlr" + bytes(8) + b"mdirappl" + bytes(9)
    + (8).to_bytes(4) + b"ilst"
)  # fmt: skip
NAMES = (b"VideoHandler", b"SoundHandler")
COMPRESSOR = slice(42, 74)


def check_playable(kind: Kind, *, picture: str, dots: str, sound: str) -> None:
    """Raises Refused for what many browsers do not play; an empty name is a stream that is not there."""
    if not picture and not sound:
        raise Refused(Why.NO_SOUND_OR_PICTURE)
    for codec, known in ((picture, PICTURE), (sound, SOUND[kind])):
        if codec and codec not in known:
            raise Refused(Why.UNPLAYABLE, codec=SHOWN.get(codec, codec))
    if picture and not dots:
        raise Refused(Why.BROKEN)
    if picture and dots not in DOTS:
        raise Refused(Why.UNPLAYABLE, codec=f"H.264 {dots}")


def check_clean(table: bytes) -> None:
    """Raises Refused when an MP4's table of contents (everything but the media itself) says more than it must."""
    for name, body in _boxes(table):
        _check_box(name, body)


def _check_box(name: str, body: bytes) -> None:
    if name in INSIDE:
        check_clean(body)
    elif name == "stsd":
        _check_samples(body[8:])
    elif name == "hdlr":
        if body[24:].strip(b"\0") not in NAMES and body[8:12] not in (b"url ", b"alis"):
            raise Refused(Why.TELLS_MORE)
    elif name == "udta":
        if body != NO_TAGS:
            raise Refused(Why.TELLS_MORE)
    elif name not in PLAIN or (name == "free" and body.strip(b"\0")):
        raise Refused(Why.TELLS_MORE)


def _check_samples(body: bytes) -> None:
    for sample, inner in _boxes(body):
        own = SAMPLES.get(sample)
        if own is None or (sample == "avc1" and inner[COMPRESSOR].strip(b"\0")):
            raise Refused(Why.TELLS_MORE)
        for name, content in _boxes(inner[own:]):
            # A color box may hold a whole profile with its maker's name; ours say which colors by number.
            if name not in OF_A_SAMPLE or (name == "colr" and content[:4] not in (b"nclx", b"nclc")):
                raise Refused(Why.TELLS_MORE)


def _boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if length < 8 or at + length > len(data):
            raise Refused(Why.TELLS_MORE)
        yield data[at + 4 : at + 8].decode("latin-1"), data[at + 8 : at + length]
        at += length
    if data[at:].strip(b"\0"):
        raise Refused(Why.TELLS_MORE)
