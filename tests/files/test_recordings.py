"""A recording keeps what is heard and seen, and nothing else. Asked of exiftool, and of the bytes themselves."""

import io
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from lms.files import remux
from lms.files.accept import accept_recording
from lms.files.remux import Clean
from lms.files.rules import COURSE_RECORDING, Refused, Rules, Why
from lms.files.rules.recordings import check_clean
from lms.files.scratch import CHUNK, Scratch
from tests.files.corpus import HTML, a_zip, markers_in
from tests.files.recordings import a_clip, a_telling

KINDS = {"MP4": "a.mp4", "MOV": "a.mov", "M4A": "a.m4a", "MP3": "a.mp3", "WAV": "a.wav"}
BECOMES = {"MP4": "MP4", "MOV": "MP4", "M4A": "M4A", "MP3": "MP3", "WAV": "WAV"}


@pytest.fixture(scope="module")
def telling() -> dict[str, bytes]:
    return {kind: a_telling(kind) for kind in KINDS}


@contextmanager
def put_aside(data: bytes) -> Iterator[Scratch]:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder))
        scratch.write(data)
        yield scratch
        scratch.close()
        assert list(Path(folder).rglob("*")) == []


def cleaned(data: bytes, name: str, rules: Rules = COURSE_RECORDING) -> tuple[Clean, bytes, bytes]:
    with put_aside(data) as source:
        clean = accept_recording(source, rules=rules, name=name)
        whole = b"".join(clean.data.chunks())
        sound = b"".join(clean.sound.chunks()) if clean.sound else b""
        clean.close()
        return clean, whole, sound


def why_not(data: bytes, name: str = "a.mp4", rules: Rules = COURSE_RECORDING) -> Why:
    with pytest.raises(Refused) as refused:
        cleaned(data, name, rules)
    return refused.value.why


# --- what is heard and seen, alone ----------------------------------------------------------------------


# What exiftool says of any recording: how long, how large, how it is packed.
HARMLESS = ("SourceFile", "ExifTool:", "File:", "Composite:", "MPEG:", "RIFF:Encoding", "RIFF:NumChannels",
            "RIFF:SampleRate", "RIFF:AvgBytesPerSec", "RIFF:BitsPerSample")  # fmt: skip
OF_QUICKTIME = {
    "MajorBrand", "MinorVersion", "CompatibleBrands", "MovieHeaderVersion", "TimeScale", "Duration", "PreferredRate",
    "PreferredVolume", "PreviewTime", "PreviewDuration", "PosterTime", "SelectionTime", "SelectionDuration",
    "CurrentTime", "NextTrackID", "TrackHeaderVersion", "TrackID", "TrackDuration", "TrackLayer", "TrackVolume",
    "ImageWidth", "ImageHeight", "GraphicsMode", "OpColor", "CompressorID", "SourceImageWidth", "SourceImageHeight",
    "XResolution", "YResolution", "BitDepth", "VideoFrameRate", "MatrixStructure", "MediaHeaderVersion",
    "MediaTimeScale", "MediaDuration", "HandlerType", "Balance", "AudioFormat", "AudioChannels", "AudioBitsPerSample",
    "AudioSampleRate", "MediaDataSize", "MediaDataOffset", "PixelAspectRatio", "BufferSize", "MaxBitrate",
    "AverageBitrate", "ColorProfiles", "ColorPrimaries", "TransferCharacteristics", "MatrixCoefficients",
    "VideoFullRangeFlag", "GenMediaVersion",
}  # fmt: skip
EMPTY = {"CreateDate", "ModifyDate", "TrackCreateDate", "TrackModifyDate", "MediaCreateDate", "MediaModifyDate"}
TABLES = {
    "AVCConfiguration", "ChunkOffset", "CompositionTimeToSample", "Free", "MediaData", "SampleGroupDescription",
    "SampleSizes", "SampleToChunk", "SampleToGroup", "SyncSampleTable", "TimeToSampleTable", "Unknown_btrt",
    "Unknown_edts", "Unknown_esds",
}  # fmt: skip
ALLOWED = {
    "HandlerVendorID": {"Apple"},
    "MediaLanguageCode": {"und"},
    "HandlerDescription": {"VideoHandler", "SoundHandler"},
}


def said_by(tags: dict[str, object]) -> dict[str, object]:
    """Of what exiftool found, whatever is not about how the recording is packed."""
    found = {}
    for tag, value in tags.items():
        name = tag.rpartition(":")[2]
        if tag.startswith(HARMLESS) or name in OF_QUICKTIME or str(value) in ALLOWED.get(name, ()):
            continue
        if name in TABLES and str(value).startswith("(Binary data"):
            continue
        if name in EMPTY and str(value) == "0000:00:00 00:00:00":
            continue
        found[tag] = value
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_planted_markers_are_there_before(kind, telling, exiftool):
    """A test that finds nothing afterward must have found something before."""
    assert markers_in(telling[kind])
    assert "Maria-Secretova" in str(exiftool(telling[kind]))
    if kind in ("MP4", "MOV"):
        assert any("GPS" in tag for tag in exiftool(telling[kind]))
        assert b"x264 - core" in telling[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_keeps_its_sound_and_picture_and_nothing_else(kind, telling, exiftool):
    clean, whole, sound = cleaned(telling[kind], KINDS[kind])
    assert clean.kind.shown == BECOMES[kind]
    assert clean.shows == (kind in ("MP4", "MOV"))
    assert bool(sound) == clean.shows
    assert 900 <= clean.milliseconds <= 1200
    for data in filter(None, (whole, sound)):
        assert markers_in(data) == []
        assert said_by(exiftool(data)) == {}
        for trace in (b"x264", b"+40.7", b"2026", b"ID3", b"APETAG", b"TAG", b"LIST", b"bext"):
            assert trace not in data
        # An MP3's own header says with what it was written: with ours.
        assert (b"Lavf" in data) == (kind == "MP3")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_heard_and_seen_is_the_same_as_before(kind, telling):
    clean, whole, sound = cleaned(telling[kind], KINDS[kind])
    before, after = decoded(telling[kind]), decoded(whole)
    assert before == after
    assert all(before.values())
    if clean.shows:
        assert set(after) == {"video", "audio"}
        assert decoded(sound) == {"audio": before["audio"]}


def decoded(data: bytes) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    with av.open(io.BytesIO(data), metadata_errors="ignore") as file:
        wanted = [s for s in (*file.streams.video[:1], *file.streams.audio) if not s.disposition & 1024]
        for frame in file.decode(wanted):
            kind = "video" if isinstance(frame, av.VideoFrame) else "audio"
            found.setdefault(kind, []).append(b"".join(bytes(plane) for plane in frame.planes))
    return found


@pytest.mark.parametrize("turned", [90, 180])
def test_what_was_filmed_sideways_is_still_shown_upright(turned):
    _, whole, _ = cleaned(a_clip(turned=turned), "a.mp4")
    with av.open(io.BytesIO(a_clip(turned=turned))) as before, av.open(io.BytesIO(whole)) as after:
        rotations = [abs(next(iter(file.decode(video=0))).rotation) for file in (before, after)]
    assert rotations == [turned, turned]


def test_the_table_of_contents_stands_first_so_that_a_slow_line_can_begin():
    _, whole, sound = cleaned(a_clip(), "a.mp4")
    for data in (whole, sound):
        assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_a_video_without_sound_has_no_sound_alone():
    clean, _, sound = cleaned(a_clip(sound=""), "a.mp4")
    assert clean.shows
    assert sound == b""


# --- what is refused --------------------------------------------------------------------------------------


HOSTILE = {
    "a program renamed": (b"MZ" + bytes(4000), "a.mp4", Why.WRONG_KIND),
    "html as mp3": (HTML, "a.mp3", Why.WRONG_KIND),
    "html after an mp3's beginning": (b"ID3\x03\0\0\0\0\0\0" + HTML, "a.mp3", Why.BROKEN),
    "zip bomb as mp4": (a_zip(zeros=bytes(5_000_000)), "a.mp4", Why.WRONG_KIND),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", Why.DRAWING),
    "a beginning and nothing more": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "a.mp4", Why.CUT_OFF),
    "nothing": (b"", "a.mp4", Why.EMPTY),
    "a playlist that opens a file of ours": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a.mp4", Why.WRONG_KIND),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_recording_is_refused(what):
    data, name, why = HOSTILE[what]
    assert why_not(data, name) == why


@pytest.mark.parametrize("name", ["a.mp4.exe", "a.exe", "a", "a.mp4\u202e", "a.mp3"])
def test_a_name_must_end_as_its_file_is(name):
    assert why_not(a_clip(), name) == Why.NAME_DIFFERS


WAYS = {
    "mp4": {}, "mov": {"container": "mov"}, "m4a": {"container": "ipod", "picture": ""},
    "mp3": {"container": "mp3", "picture": "", "sound": "libmp3lame"},
    "wav": {"container": "wav", "picture": "", "sound": "pcm_s16le"},
}  # fmt: skip


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_recording_whose_end_is_missing_is_told_so(kind, part):
    whole, name = a_clip(seconds=6, **WAYS[kind]), f"a.{kind}"
    assert cleaned(whole, name)
    assert why_not(whole[: int(len(whole) * part)], name) == Why.CUT_OFF


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_so_is_one_whose_table_of_contents_stands_first(part):
    _, whole, _ = cleaned(a_clip(seconds=6), "a.mp4")
    assert whole.find(b"moov") < whole.find(b"mdat")
    assert why_not(whole[: int(len(whole) * part)], "a.mp4") == Why.CUT_OFF


def test_a_recording_of_a_length_that_its_program_did_not_know_is_taken():
    wav = a_clip(seconds=2, **WAYS["wav"])
    streamed = wav[:4] + b"\xff" * 4 + wav[8:]
    assert cleaned(streamed, "a.wav")[0].milliseconds > 1900
    # Nothing in an MP3 need say how long it is.
    mp3 = a_clip(seconds=2, **WAYS["mp3"])
    assert cleaned(mp3.replace(b"Xing", b"\0\0\0\0").replace(b"Info", b"\0\0\0\0"), "a.mp3")


@pytest.mark.parametrize("options, codec", [
    ({"picture": "libx265"}, "HEVC (H.265)"),
    ({"container": "mov", "picture": "prores", "dots": "yuv422p10le"}, "Apple ProRes"),
    ({"container": "ipod", "picture": "", "sound": "alac"}, "Apple Lossless"),
    ({"dots": "yuv444p"}, "H.264 yuv444p"),
])  # fmt: skip
def test_what_browsers_do_not_play_is_refused_and_named(options, codec):
    name = {"mov": "a.mov", "ipod": "a.m4a"}.get(options.get("container", "mp4"), "a.mp4")
    with pytest.raises(Refused) as refused:
        cleaned(a_clip(**options), name)
    assert refused.value.why == Why.UNPLAYABLE
    assert refused.value.values == {"codec": codec}


def test_too_large_too_long_and_too_slow_are_refused(monkeypatch):
    clip = a_clip(seconds=3)
    assert why_not(clip, rules=Rules(COURSE_RECORDING.kinds, max_bytes=1000)) == Why.TOO_BIG
    assert why_not(clip, rules=Rules(COURSE_RECORDING.kinds, max_bytes=10**6, max_seconds=2)) == Why.TOO_LONG
    monkeypatch.setattr(remux, "SECONDS", -1.0)
    assert why_not(clip) == Why.TOO_SLOW


def test_a_table_that_names_the_same_bytes_again_and_again_is_refused_soon(monkeypatch):
    """A demultiplexing bomb: small on disk, endless when read."""
    monkeypatch.setattr(remux, "ROOM", -100_000)
    start = time.monotonic()
    assert why_not(a_clip()) == Why.UNPACKS
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("box", [b"udta", b"meta", b"uuid", b"\xa9xyz"])
def test_a_box_that_could_say_anything_is_found_in_a_clean_copy_too(box):
    """Whatever a later FFmpeg might bring along by itself."""
    told = b"\0\0\0\x0cABCD" + b"1234"
    for table in (told.replace(b"ABCD", box), (20).to_bytes(4) + b"moov" + told.replace(b"ABCD", box)):
        with pytest.raises(Refused) as refused:
            check_clean(table)
        assert refused.value.why == Why.TELLS_MORE


# --- the place to work in ------------------------------------------------------------------------------------


def test_what_is_put_aside_has_no_name_and_cannot_be_read(tmp_path):
    scratch = Scratch(tmp_path)
    words = b"what she said " * 20_000
    scratch.write(words)
    scratch.seek(0)
    assert scratch.read() == words
    assert list(tmp_path.iterdir()) == []
    scratch._file.seek(0)
    assert b"she said" not in scratch._file.read(10_000_000)
    scratch.close()
    assert scratch.closed


def test_it_is_written_and_read_at_any_place(tmp_path):
    scratch, same = Scratch(tmp_path), io.BytesIO()
    steps = [(0, b"a" * 10), (CHUNK - 3, b"b" * 7), (5 * CHUNK, b"c" * (2 * CHUNK)), (4, b"d"), (CHUNK * 6, b"e" * 9)]
    for at, data in steps:
        for file in (scratch, same):
            file.seek(at)
            file.write(data)
    whole = same.getvalue()
    assert b"".join(scratch.chunks()) == whole
    assert scratch.part(CHUNK - 5, CHUNK + 9) == whole[CHUNK - 5 : CHUNK + 9]
    reader = scratch.reader()
    assert (reader.seek(-9, 2), reader.read(4)) == (len(whole) - 9, whole[-9:-5])
    scratch.close()
