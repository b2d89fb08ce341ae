"""What is being sent stays in memory, and too much of it is let go."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from django.urls import reverse

from lms.files.uploads import ALL_TOGETHER, MOST


def sent(*files: SimpleUploadedFile) -> WSGIRequest:
    request = RequestFactory().post("/", {f"file{n}": file for n, file in enumerate(files)})
    request.FILES  # noqa: B018  reads the request
    return request


def test_a_large_file_never_lies_in_a_temporary_place():
    """Django itself puts what is larger than 2.5 MB into a file that others of this machine could read."""
    folder = Path(tempfile.gettempdir())
    before = set(folder.glob("*.upload*"))
    file = sent(SimpleUploadedFile("a.pdf", b"x" * 10_000_000)).FILES["file0"]
    assert file.read() == b"x" * 10_000_000
    assert not hasattr(file, "temporary_file_path")
    assert set(folder.glob("*.upload*")) == before


@pytest.mark.parametrize("size", [MOST + 1, 3 * MOST])
def test_a_file_that_is_too_large_leaves_only_its_size(size):
    file = sent(SimpleUploadedFile("a.pdf", b"x" * size)).FILES["file0"]
    assert file.size == size
    assert file.read() == b""


def test_files_that_are_too_large_together_are_let_go_one_by_one():
    request = sent(*(SimpleUploadedFile(f"{n}.pdf", b"x" * 10_000_000) for n in range(4)))
    held = [len(file.read()) for file in request.FILES.values()]
    assert sum(held) <= ALL_TOGETHER
    assert held[:2] == [10_000_000, 10_000_000]
    assert all(file.size >= 10_000_000 for file in request.FILES.values())


@pytest.mark.django_db
def test_whoever_sends_too_much_to_be_verified_is_told_so(client):
    page = client.post(reverse("verify:check"), {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 12_000_000)})
    assert "larger than 5 MB" in page.content.decode()
