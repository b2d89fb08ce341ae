"""Recordings as telephones and cutting programs make them, with something said in every place that can say something."""

import io
import subprocess
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext

from tests.files.corpus import MARKERS, XMP, a_telling_picture

NAME, SERIAL, MAIL, HISTORY, DEVICE = MARKERS
PLACE = "+40.7128-074.0060+010.000/"
SAYS = {
    "title": NAME, "artist": MAIL, "author": NAME, "comment": HISTORY, "description": HISTORY, "copyright": NAME,
    "make": DEVICE, "model": SERIAL, "location": PLACE, "com.apple.quicktime.location.ISO6709": PLACE,
    "com.apple.quicktime.author": NAME, "creation_time": "2026-03-04T05:06:07Z", "encoder": DEVICE, "album": MAIL,
}  # fmt: skip
OF_A_TRACK = {"handler_name": NAME, "encoder": DEVICE, "title": SERIAL, "comment": HISTORY, "timecode": "01:02:03:04"}
IN_THE_PICTURE = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{NAME}"


def a_clip(
    container: str = "mp4",
    *,
    picture: str = "libx264",
    sound: str = "aac",
    seconds: float = 1,
    turned: int = 0,
    dots: str = "yuv420p",
) -> bytes:
    """A tiny clip of a gray square that gets lighter, and a silence."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as file:
        if picture:
            shown: Any = file.add_stream(picture, rate=10)
            shown.width, shown.height, shown.pix_fmt = 64, 48, dots
            if turned:
                shown.set_display_rotation(turned)
        if sound:
            heard: Any = file.add_stream(sound, rate=44100)
            heard.layout = "mono"
        if picture:
            _draw(file, shown, round(seconds * 10))
        if sound:
            _be_silent(file, heard, seconds)
    return target.getvalue()


def _saying(clip: bytes, container: str, says: Mapping[str, str] = SAYS, **options: str) -> bytes:
    """The same with a name in its tags, tracks, chapters and between its pictures."""
    target = io.BytesIO()
    with av.open(io.BytesIO(clip)) as bare, av.open(target, "w", format=container, options=options) as file:
        tracks = {track.index: file.add_stream_from_template(track) for track in bare.streams}
        plants = {t.index: BitStreamFilterContext(IN_THE_PICTURE, t, tracks[t.index]) for t in bare.streams.video}
        file.metadata.update(says)
        for track in tracks.values():
            track.metadata.update(OF_A_TRACK)
        if container in ("mp4", "mov", "ipod"):
            file.set_chapters(
                [{"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {"title": HISTORY}}]
            )
        for packet in bare.demux():
            if packet.size:
                plant, track = plants.get(packet.stream.index), tracks[packet.stream.index]
                for each in plant.filter(packet) if plant else [packet]:
                    each.stream = track
                    file.mux(each)
    return target.getvalue()


def _draw(file: Any, track: Any, frames: int) -> None:
    for number in range(frames):
        frame = av.VideoFrame(64, 48, track.pix_fmt)
        for plane in frame.planes:
            plane.update(bytes([100 + number % 100]) * plane.buffer_size)
        frame.pts = number
        file.mux(track.encode(frame))
    file.mux(track.encode(None))


def _be_silent(file: Any, track: Any, seconds: float) -> None:
    size = {"libmp3lame": 1152, "aac": 1024}.get(track.codec_context.name, 1024)
    for number in range(int(44100 * seconds / size)):
        frame = av.AudioFrame(format=track.format.name, layout="mono", samples=size)
        frame.sample_rate, frame.pts = 44100, number * size
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        file.mux(track.encode(frame))
    file.mux(track.encode(None))


def a_telling(kind: str, **options: Any) -> bytes:
    """A recording of one kind, with markers in every place that its container has."""
    if kind in ("MP4", "MOV", "M4A"):
        container = {"MP4": "mp4", "MOV": "mov", "M4A": "ipod"}[kind]
        clip = a_clip(container, picture="" if kind == "M4A" else "libx264", **options)
        told = _saying(clip, container, **({"movflags": "use_metadata_tags"} if kind == "MP4" else {}))
        return _and_by_exiftool(told, kind.lower())
    if kind == "MP3":
        bare = a_clip("mp3", picture="", sound="libmp3lame", **options)
        return _cover() + _saying(bare, "mp3", write_id3v1="1") + _ape()
    bare = a_clip("wav", picture="", sound="pcm_s16le", **options)
    clip = _saying(bare, "wav", SAYS | {"originator": NAME}, write_bext="1")
    return _with_chunks(clip, iXML=f"<BWFXML><NOTE>{NAME}</NOTE></BWFXML>".encode(), id3_=_cover(), _PMX=XMP.encode())


def _and_by_exiftool(clip: bytes, ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{ending}"
        path.write_bytes(clip)
        cover = Path(folder) / "cover.jpg"
        cover.write_bytes(a_telling_picture("JPEG"))
        subprocess.run(
            ["exiftool", "-q", "-overwrite_original", f"-Keys:Author={NAME}", "-Keys:GPSCoordinates=40.7, -74.0",
             f"-ItemList:Comment={HISTORY}", f"-UserData:Artist={MAIL}", "-UserData:GPSCoordinates=40.7, -74.0",
             f"-ItemList:CoverArt<={cover}", f"-XMP:Creator={NAME}", f"-XMP:Rights={MAIL}",
             "-QuickTime:CreateDate=2026:03:04 05:06:07", "-TrackCreateDate=2026:03:04 05:06:07",
             "-MediaCreateDate=2026:03:04 05:06:07", str(path)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        return path.read_bytes()


def _cover() -> bytes:
    """An ID3 tag with a picture that has tags of its own, a place and a private field of a program."""
    picture = b"\0image/jpeg\0\x03\0" + a_telling_picture("JPEG")
    frames = b"".join(
        name + len(body).to_bytes(4) + b"\0\0" + body
        for name, body in ((b"APIC", picture), (b"TPE1", b"\0" + NAME.encode()), (b"PRIV", SERIAL.encode() + b"\0x"))
    )
    size = len(frames)
    safe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + safe + frames


def _ape() -> bytes:
    value = NAME.encode()
    item = len(value).to_bytes(4, "little") + bytes(4) + b"Artist\0" + value
    foot = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(item) + 32).to_bytes(4, "little")
    return item + foot + (1).to_bytes(4, "little") + bytes(12)


def _with_chunks(wav: bytes, **chunks: bytes) -> bytes:
    added = b"".join(
        name.replace("id3_", "id3 ").encode() + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
        for name, body in chunks.items()
    )
    body = wav[12:] + added
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WAVE" + body
