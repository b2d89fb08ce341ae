"""Take out of a recording everything that is not heard or seen: place, device, author, history, other tracks.

The sound and the picture are copied as they are, packet by packet, into a container of our own that nobody wrote
anything into. Nothing is decoded, so nothing gets worse, and a large file takes seconds. FFmpeg's
libraries do it (PyAV); proved with exiftool and by looking for planted bytes (tests/files/test_recordings.py).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import av
from av.bitstream import BitStreamFilterContext

from lms.files.rules import recordings
from lms.files.rules.kinds import M4A, MOV, MP3, MP4, WAV, Kind
from lms.files.rules.limits import Refused, Rules, Why
from lms.files.scratch import Reader, Scratch

# What we let FFmpeg read a kind with: no other reader gets to try, and none opens what a file points to.
READ_AS = {MP4: "mov", MOV: "mov", M4A: "mov", MP3: "mp3", WAV: "wav"}
READ_WITH = {"enable_drefs": "0", "use_absolute_path": "0", "probesize": "5000000", "analyzeduration": "5000000"}
PLAINLY = {"fflags": "+bitexact"}  # no name of a program, no moment
WRITTEN_AS = {MP4: "mp4", M4A: "mp4", MP3: "mp3", WAV: "wav"}
WRITE_WITH = {
    # The table of contents stands first, so that a slow line need not fetch the end before it plays.
    MP4: PLAINLY | {"movflags": "+faststart"},
    M4A: PLAINLY | {"movflags": "+faststart"},
    MP3: PLAINLY | {"id3v2_version": "0", "write_id3v1": "0"},
    WAV: PLAINLY | {"write_bext": "0"},
}
# Of H.264: the picture and what describes it. Not SEI, where encoders write their settings and cameras their place.
PICTURE_ALONE = "filter_units=pass_types=1-5|7-11|13"
SECONDS = 240.0
ROOM = 4_000_000  # a clean copy may be this much larger than what came: its table is written anew
CUT_OFF = 2.0  # seconds that may be missing at the end


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean copy, and its sound alone where it has a picture."""

    data: Scratch
    kind: Kind
    milliseconds: int
    shows: bool
    sound: Scratch | None

    def close(self) -> None:
        self.data.close()
        if self.sound:
            self.sound.close()


class _Hurried(Reader):
    """Gives bytes to FFmpeg until the time is up."""

    def __init__(self, scratch: Scratch, until: float) -> None:
        super().__init__(scratch)
        self._until = until

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._until:
            raise Refused(Why.TOO_SLOW)
        return super().read(size)


def recording(source: Scratch, kind: Kind, *, rules: Rules) -> Clean:
    """The same sound and picture, and nothing else. ``source`` stays as it is. Raises Refused, NotKept."""
    until = time.monotonic() + SECONDS
    with _opened(source, kind, until) as incoming:
        picture, sound = _picture_of(incoming), _sound_of(incoming)
        recordings.check_playable(kind, picture=_codec(picture), dots=_dots(picture), sound=_codec(sound))
        announced = (incoming.duration or 0) / av.time_base
        if announced > rules.max_seconds:
            raise Refused(Why.TOO_LONG, hours=rules.max_seconds // 3600)
        becomes = MP4 if picture else kind if kind in (MP3, WAV) else M4A
        data = _copied(source, incoming, [s for s in (picture, sound) if s], becomes, until)
    try:
        seconds = _seconds(data, becomes, until)
        if READ_AS[kind] == "mov" and seconds < announced - CUT_OFF:
            raise Refused(Why.CUT_OFF)
        if not 0 < seconds <= rules.max_seconds:
            raise Refused(Why.TOO_LONG if seconds else Why.BROKEN, hours=rules.max_seconds // 3600)
        alone = _sound_alone(data, until) if picture and sound else None
    except BaseException:
        data.close()
        raise
    return Clean(data, becomes, round(seconds * 1000), picture is not None, alone)


def _sound_alone(clean: Scratch, until: float) -> Scratch:
    with _opened(clean, MP4, until) as incoming:
        return _copied(clean, incoming, [_sound_of(incoming)], M4A, until)


@contextmanager
def _opened(source: Scratch, kind: Kind, until: float) -> Iterator[Any]:
    with _said_plainly():
        options = READ_WITH if READ_AS[kind] == "mov" else {}
        file = av.open(_Hurried(source, until), "r", format=READ_AS[kind], options=options, metadata_errors="ignore")
    with file:
        if len(file.streams) > recordings.MAX_STREAMS:
            raise Refused(Why.BROKEN)
        yield file


def _copied(source: Scratch, incoming: Any, streams: list[Any], becomes: Kind, until: float) -> Scratch:
    target = source.beside(name=f"clean.{becomes.ending}")
    try:
        with _said_plainly():
            _copy(incoming, streams, target, becomes, limit=source.size + ROOM, until=until)
        if becomes in (MP4, M4A):
            recordings.check_clean(_all_but_the_media(target))
    except BaseException:
        target.close()
        raise
    return target


def _copy(incoming: Any, streams: list[Any], target: Scratch, becomes: Kind, *, limit: int, until: float) -> None:
    # The one file it may open again is the one it writes: putting its table of contents first needs both ends.
    again = lambda url, flags, options: target.reader()  # noqa: E731
    with av.open(target, "w", format=WRITTEN_AS[becomes], options=WRITE_WITH[becomes], io_open=again) as outgoing:
        goes_to = {}
        for stream in streams:
            fresh = outgoing.add_stream_from_template(stream)
            fresh.metadata.clear()
            only = BitStreamFilterContext(PICTURE_ALONE, stream, fresh) if stream.type == "video" else None
            goes_to[stream.index] = (fresh, only)
        size = 0
        for number, packet in enumerate(incoming.demux(streams)):
            size += packet.size
            # A table of contents may name the same bytes a thousand times.
            if size > limit or number > recordings.MAX_PACKETS:
                raise Refused(Why.UNPACKS)
            if time.monotonic() > until:
                raise Refused(Why.TOO_SLOW)
            if packet.size == 0 or packet.dts is None:
                continue
            fresh, only = goes_to[packet.stream.index]
            for clean in only.filter(packet) if only else [packet]:
                clean.stream = fresh
                outgoing.mux(clean)


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, ValueError, IndexError, OverflowError) as problem:
        raise Refused(Why.BROKEN) from problem


def _all_but_the_media(file: Scratch) -> bytes:
    """The boxes of an MP4 at its top, whole, but for the media itself."""
    found, at = [], 0
    while at + 8 <= file.size:
        head = file.part(at, at + 16)
        length, name = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length < 8 or at + length > file.size or (name != b"mdat" and length > recordings.MAX_TABLE):
            raise Refused(Why.BROKEN)
        if name != b"mdat":
            found.append(file.part(at, at + length))
        at += length
    return b"".join(found)


def _seconds(clean: Scratch, kind: Kind, until: float) -> float:
    with _opened(clean, kind, until) as file:
        return cast(float, (file.duration or 0) / av.time_base)


def _picture_of(file: Any) -> Any:
    """The first moving picture; a cover is none."""
    cover = av.stream.Disposition.attached_pic
    return next((s for s in file.streams.video if not s.disposition & cover), None)


def _sound_of(file: Any) -> Any:
    return next(iter(file.streams.audio), None)


def _codec(stream: Any) -> str:
    return str(stream.codec_context.name) if stream and stream.codec_context else "unknown" if stream else ""


def _dots(stream: Any) -> str:
    return str(stream.codec_context.pix_fmt or "") if stream and stream.codec_context else ""
