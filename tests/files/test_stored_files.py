"""What is kept is sealed, found when it was changed, opened in parts, and gone when it is destroyed."""

import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from lms import crypto
from lms.files import actions as files
from lms.files import disk, sealed, serving
from lms.files.models import StoredFile, root
from lms.files.rules import COURT_ORDER, MB, REFERRAL_TABLE, Rules
from lms.files.rules.kinds import CSV
from lms.journal.models import Event
from tests.builders import JANUARY, a_referral
from tests.files.corpus import a_pdf, a_picture

pytestmark = pytest.mark.django_db
TEXT = Rules(kinds=(CSV,), max_bytes=10 * MB)
C = sealed.CHUNK


def keep(data: bytes, *, rules: Rules = TEXT, subject=None) -> StoredFile:
    return files.store(
        data=data, subject=subject or uuid4(), purpose="court_order", zone="identity", rules=rules, by=None, now=JANUARY
    )


def text_of(size: int) -> bytes:
    return (b"0123456789abcdefghijklmnopqrstuvwxy\n" * (size // 36 + 1))[:size]


def test_a_file_is_kept_sealed_under_a_name_that_says_nothing():
    data = a_pdf()
    row = keep(data, rules=COURT_ORDER)
    assert files.read(row) == data
    on_disk = row.path.read_bytes()
    assert b"%PDF" not in on_disk
    assert row.path == Path(settings.PRIVATE_ROOT) / "files" / row.pk.hex[:2] / str(row.pk)
    assert row.path.stat().st_mode & 0o777 == 0o600
    assert row.path.parent.stat().st_mode & 0o777 == 0o700
    # Other files may lie in the same folder; none has a name but its key.
    assert all(str(UUID(p.name)) == p.name for p in row.path.parent.iterdir())
    assert Event.objects.filter(kind="file.kept", about=row.subject, on_id=str(row.pk)).count() == 1


def test_what_did_not_pass_a_form_is_checked_here():
    with pytest.raises(files.Refused):
        keep(b"<script>", rules=COURT_ORDER)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("size", [1, C - 1, C, C + 1, 2 * C, 3 * C + 17])
def test_every_length_comes_back_as_it_was(size):
    data = text_of(size)
    row = keep(data)
    assert row.size == size
    assert files.read(row) == data
    assert b"".join(files.open_range(row, 0, size)) == data


@given(cut=st.tuples(st.integers(0, 3 * C + 40), st.integers(0, 3 * C + 40)))
def test_any_range_is_that_part_of_the_file(cut, tmp_path_factory):
    path, data = _sealed_once(tmp_path_factory)
    start, end = cut
    opened = sealed.Sealed(path, "a.place", _KEY[0], _KEY[1], len(data))
    assert b"".join(opened.range(start, end)) == data[start:end]


_KEY: list = []
_DATA = text_of(3 * C + 17)


def _sealed_once(tmp_path_factory):
    if not _KEY:
        path = tmp_path_factory.mktemp("sealed") / "file"
        subject = uuid4()
        path.write_bytes(sealed.seal(_DATA, subject=subject, zone="identity", place="a.place"))
        opened = sealed.unseal(path, subject=subject, zone="identity", place="a.place")
        _KEY.extend([opened.key, opened.begins, path])
    return _KEY[2], _DATA


def test_a_range_opens_only_the_chunks_that_hold_it():
    """Seen from outside: a chunk that was spoiled hurts nobody who does not ask for it."""
    row = keep(text_of(4 * C))
    spoil(row, at=-C // 2)
    assert b"".join(files.open_range(row, C, 2 * C)) == text_of(4 * C)[C : 2 * C]
    with pytest.raises(crypto.Tampered):
        list(files.open_range(row, 3 * C, 3 * C + 1))


def spoil(row: StoredFile, *, at: int) -> None:
    data = bytearray(row.path.read_bytes())
    data[at] ^= 1
    row.path.write_bytes(bytes(data))


def _begins(row: StoredFile) -> int:
    return row.path.stat().st_size - row.size - 16 * ((row.size - 1) // C + 1)


def _cut_last_byte(data: bytes, begins: int) -> bytes:
    return data[:-1]


def _cut_last_chunk(data: bytes, begins: int) -> bytes:
    return data[: begins + 2 * (C + 16)]


def _swap(data: bytes, begins: int) -> bytes:
    one, two = data[begins : begins + C + 16], data[begins + C + 16 : begins + 2 * (C + 16)]
    return data[:begins] + two + one + data[begins + 2 * (C + 16) :]


def _repeat_last(data: bytes, begins: int) -> bytes:
    return data + data[begins + 2 * (C + 16) :]


def _clear(data: bytes, begins: int) -> bytes:
    return text_of(3 * C)


def _first_bit(data: bytes, begins: int) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def _key_bit(data: bytes, begins: int) -> bytes:
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


def _middle_bit(data: bytes, begins: int) -> bytes:
    return data[: begins + C + 40] + bytes([data[begins + C + 40] ^ 1]) + data[begins + C + 41 :]


def _nothing(data: bytes, begins: int) -> bytes:
    return b""


@pytest.mark.parametrize(
    "change",
    [_cut_last_byte, _cut_last_chunk, _swap, _repeat_last, _clear, _first_bit, _key_bit, _middle_bit, _nothing],
)
def test_every_change_on_disk_is_found(change):
    row = keep(text_of(3 * C))
    row.path.write_bytes(change(row.path.read_bytes(), _begins(row)))
    with pytest.raises(crypto.Tampered):
        files.read(row)
    with pytest.raises(crypto.Tampered):
        list(files.open_range(row, 0, row.size))


def test_a_file_put_in_anothers_place_does_not_open():
    subject = uuid4()
    one, two = keep(text_of(100), subject=subject), keep(text_of(100), subject=subject)
    one.path.write_bytes(two.path.read_bytes())
    with pytest.raises(crypto.Tampered):
        files.read(one)


def test_a_destroyed_file_is_a_gravestone(django_capture_on_commit_callbacks):
    row, other = keep(text_of(100)), keep(text_of(100))
    with django_capture_on_commit_callbacks(execute=True):
        assert files.destroy([row], now=JANUARY) == 1
    row.refresh_from_db()
    assert (row.destroyed_at, row.sha256, row.path.exists()) == (JANUARY, "", False)
    with pytest.raises(files.Destroyed):
        files.read(row)
    assert files.destroy([row], now=JANUARY) == 0
    assert files.read(other) == text_of(100)


def test_bytes_outlive_a_destruction_that_was_rolled_back(django_capture_on_commit_callbacks):
    from django.db import transaction

    row = keep(text_of(100))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        files.destroy([row], now=JANUARY)
        transaction.set_rollback(True)
    assert files.read(StoredFile.objects.get(pk=row.pk)) == text_of(100)


def test_a_sealed_or_forgotten_person_has_no_files_to_read():
    subject = a_referral().pk
    row = keep(text_of(100), subject=subject)
    crypto.seal_subject(subject, now=JANUARY)
    with pytest.raises(crypto.KeySealed):
        files.open_range(row, 0, 1)
    crypto.unseal_subject(subject)
    assert files.read(row) == text_of(100)
    crypto.destroy_subject(subject, now=JANUARY)
    with pytest.raises(crypto.KeyDestroyed):
        files.read(row)
    with pytest.raises(crypto.KeyDestroyed):
        keep(text_of(100), subject=subject)


def test_a_sweep_takes_what_nobody_speaks_of_and_names_what_is_missing():
    row, lost = keep(text_of(100)), keep(text_of(100))
    stray = root() / "ab" / str(uuid4())
    stray.parent.mkdir(exist_ok=True)
    half = stray.with_name(f".{stray.name}.0123")
    fresh = stray.with_name(str(uuid4()))
    for path in (stray, half, fresh):
        path.write_bytes(b"x")
    for path in (stray, half, row.path):
        os.utime(path, (1_000_000, 1_000_000))
    lost.path.unlink()
    swept = files.sweep()
    assert lost.pk in swept.missing
    assert row.pk not in swept.missing
    assert (stray.exists(), half.exists(), fresh.exists(), row.path.exists()) == (False, False, True, True)
    fresh.unlink()


def test_where_the_database_speaks_of_no_file_at_all_none_is_taken():
    stray = root() / "ab" / str(uuid4())
    stray.parent.mkdir(exist_ok=True, parents=True)
    stray.write_bytes(b"x")
    os.utime(stray, (1_000_000, 1_000_000))
    assert files.sweep().removed == 0 and stray.exists()
    stray.unlink()


def test_another_key_of_the_ring_is_not_called_a_changed_file():
    row = keep(text_of(100))
    with override_settings(KEY_RING=crypto.new_ring(1)), pytest.raises(crypto.RingKeyMissing):
        files.read(row)
    assert files.read(row) == text_of(100)


# --- parts, as a browser asks for them ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=0-99", 206, (0, 100)),
        (f"bytes={C - 1}-{C}", 206, (C - 1, C + 1)),
        (f"bytes={2 * C}-", 206, (2 * C, 3 * C)),
        ("bytes=-5", 206, (3 * C - 5, 3 * C)),
        (f"bytes=-{9 * C}", 206, (0, 3 * C)),
        (f"bytes={3 * C - 1}-{9 * C}", 206, (3 * C - 1, 3 * C)),
        (f"bytes={3 * C}-", 416, None),
        (f"bytes={9 * C}-{9 * C + 1}", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,5-6", 200, (0, 3 * C)),
        ("bytes=9-3", 200, (0, 3 * C)),
        ("bytes=-", 200, (0, 3 * C)),
        ("bytes=a-b", 200, (0, 3 * C)),
        ("lines=0-1", 200, (0, 3 * C)),
        ("bytes=" + "9" * 18 + "-", 416, None),
        ("bytes=" + "9" * 5000 + "-", 200, (0, 3 * C)),
        ("", 200, (0, 3 * C)),
    ],
)
def test_ranges(header, status, part):
    row = keep(text_of(3 * C))
    response = respond(row, RequestFactory().get("/", headers={"Range": header} if header else {}))
    assert response.status_code == status
    if part is None:
        assert response["Content-Range"] == f"bytes */{3 * C}"
        assert response.content == b""
        return
    body = b"".join(response.streaming_content)
    assert body == text_of(3 * C)[slice(*part)]
    assert response["Content-Length"] == str(len(body))
    if status == 206:
        assert response["Content-Range"] == f"bytes {part[0]}-{part[1] - 1}/{3 * C}"


def respond(row, request):
    return serving.respond(
        request, size=row.size, chunks=lambda a, b: files.open_range(row, a, b), media_type="text/csv", name="order.csv"
    )


def test_if_range_names_nothing_of_ours_so_the_whole_file_is_the_answer():
    row = keep(text_of(100))
    request = RequestFactory().get("/", headers={"Range": "bytes=0-1", "If-Range": '"some-tag"'})
    response = respond(row, request)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == text_of(100)
    assert not response.has_header("ETag")
    assert not response.has_header("Last-Modified")


def test_head_has_the_length_and_no_body():
    response = respond(keep(text_of(100)), RequestFactory().head("/", headers={"Range": "bytes=0-1"}))
    assert (response.status_code, response["Content-Length"], response.content) == (200, "100", b"")


def test_a_file_leaves_with_everything_shut():
    response = respond(keep(text_of(100)), RequestFactory().get("/"))
    assert response["Cache-Control"] == "private, no-store"
    assert {"default-src 'none'", "sandbox"} <= set(response["Content-Security-Policy"].split("; "))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="order.csv"'


# --- the disk is full ----------------------------------------------------------------------------------


def a_small_disk(folder: Path, size: str) -> bool:
    return os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True
    ).returncode == 0  # fmt: skip


def test_on_a_full_disk_nothing_half_written_stays(tmp_path, settings):
    """A real small disk where we may mount one; else the test below, which needs no rights, must do."""
    if not a_small_disk(tmp_path, "256k"):
        pytest.skip("a small disk may not be mounted here")
    try:
        settings.PRIVATE_ROOT = tmp_path
        small = keep(text_of(50_000))
        with pytest.raises(files.NotKept):
            keep(text_of(400_000))
        assert StoredFile.objects.count() == 1
        assert not Event.objects.filter(kind="file.kept").exclude(on_id=str(small.pk)).exists()
        assert [p for p in root().rglob("*") if p.is_file()] == [small.path]
        assert files.read(small) == text_of(50_000)
        again = keep(text_of(50_000))
        assert files.read(again) == text_of(50_000)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_where_a_file_may_grow_no_further_nothing_stays_either(tmp_path):
    program = textwrap.dedent(f"""
        import resource, signal, sys
        from pathlib import Path
        from lms.files import disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        folder = Path({str(tmp_path)!r}) / "files"
        disk.write(folder / "small", b"x" * 90_000)
        try:
            disk.write(folder / "large", b"x" * 110_000)
        except disk.NotKept as problem:
            print("not kept:", problem)
        print(sorted(p.name for p in folder.iterdir()))
    """)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.splitlines()[-1] == "['small']", run.stderr
    assert run.stdout.startswith("not kept: a file was not kept")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_a_folder_that_cannot_be_written_is_said_and_nothing_else_happens(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(disk.NotKept):
        disk.write(tmp_path / "file" / "below", b"x")


def test_the_first_writers_bytes_stay(tmp_path):
    disk.write(tmp_path / "a", b"first")
    disk.write(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_picture_is_cleaned_on_its_way_in():
    row = keep(a_picture(comment=b"a secret"), rules=COURT_ORDER)
    assert b"a secret" not in files.read(row)
    assert row.media_type == "image/jpeg"


def test_a_table_is_kept_as_it_is():
    assert files.read(keep(b"a,b\r\n", rules=REFERRAL_TABLE)) == b"a,b\r\n"
