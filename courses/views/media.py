"""The pictures, handouts and recordings of a course: to those whose page shows them, and to nobody else."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses import access
from lms import crypto
from lms.files import actions as files
from lms.files.models import StoredFile
from lms.files.rules import M4A, MP3, MP4, WAV
from lms.files.serving import respond
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind

SHOWN_AT = "max-1600x1600"
CHUNK = 64 * 1024


@only(Kind.RESPONSIBLE_PARTY, Kind.AUTHOR, Kind.STAFF)
@require_safe
def media(request: Request, key: uuid.UUID) -> HttpResponseBase:
    """A picture, in the size a page needs, a recording, or a handout."""
    _only_from_here(request)
    if picture := access.pictures_for(request.user, now=request.now).filter(key=key).first():
        return _serve(request, picture.get_rendition(SHOWN_AT).file, "picture", inline=True)
    if recording := access.recordings_for(request.user, now=request.now).filter(key=key).first():
        return _serve_sealed(request, recording.file)
    document = get_object_or_404(access.documents_for(request.user, now=request.now), key=key)
    return _serve(request, document.file, "document")


@only(Kind.RESPONSIBLE_PARTY, Kind.AUTHOR, Kind.STAFF)
@require_safe
def sound(request: Request, key: uuid.UUID) -> HttpResponseBase:
    """The sound of a video alone, for a slow line."""
    _only_from_here(request)
    recording = get_object_or_404(access.recordings_for(request.user, now=request.now), key=key, sound__isnull=False)
    return _serve_sealed(request, recording.sound)


@only(Kind.RESPONSIBLE_PARTY, Kind.AUTHOR, Kind.STAFF)
@require_safe
def captions(request: Request, key: uuid.UUID, language: str) -> HttpResponseBase:
    """The captions of a recording in one language."""
    _only_from_here(request)
    recording = get_object_or_404(access.recordings_for(request.user, now=request.now), key=key)
    words = get_object_or_404(recording.words.exclude(captions=""), language=language)
    data = words.captions.encode()
    return respond(
        request,
        size=len(data),
        chunks=lambda start, end: iter([data[start:end]]),
        media_type="text/vtt; charset=utf-8",
        name="captions.vtt",
        inline=True,
    )


@require_safe
def rendition(request: Request, key: uuid.UUID) -> HttpResponseBase:
    """A picture as the authoring pages show it (its address is below theirs, and so are its guards)."""
    _only_from_here(request)
    shown = get_object_or_404(access.renditions_for(request.user), key=key)
    return _serve(request, shown.file, "picture", inline=True)


def _only_from_here(request: Request) -> None:
    """Another site's page does not get to show, frame or measure it. Old browsers do not say where they come from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Http404


def _serve(request: Request, file: Any, name: str, *, inline: bool = False) -> HttpResponseBase:
    ending = file.name.rpartition(".")[2].lower()
    media_type = TYPES[ending]
    try:
        size = file.size
    except FileNotFoundError:
        raise Http404 from None
    return respond(
        request,
        size=size,
        chunks=lambda start, end: _part(file, start, end),
        media_type=media_type,
        name=f"{name}.{ending}",
        inline=inline,
    )


def _serve_sealed(request: Request, file: StoredFile) -> HttpResponseBase:
    """Any part of what lies sealed, a chunk of it in memory at a time."""
    try:
        return respond(
            request,
            size=file.size,
            chunks=lambda start, end: files.open_range(file, start, end),
            media_type=file.media_type,
            name=f"recording.{ENDINGS[file.media_type]}",
            inline=True,
        )
    except (FileNotFoundError, files.Destroyed, crypto.KeyMissing):
        raise Http404 from None


ENDINGS = {kind.media_type: kind.ending for kind in (MP4, M4A, MP3, WAV)}
TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
}


def _part(file: Any, start: int, end: int) -> Iterator[bytes]:
    with file.storage.open(file.name) as opened:
        opened.seek(start)
        while start < end and (data := opened.read(min(CHUNK, end - start))):
            start += len(data)
            yield data
