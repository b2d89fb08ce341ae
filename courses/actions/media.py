"""What a module shows beside its words, and taking it back with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from wagtail.models import ModelLogEntry, Revision

from courses.access import media_in
from courses.actions import recordings
from courses.models import CourseDocument, CoursePicture, CourseRecording, ModulePage, PictureRendition
from lms.files import disk
from lms.files.models import StoredFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import Model, QuerySet


KEPT_UNDER_NAMES: "tuple[type[Model], ...]" = (CoursePicture, CourseDocument, PictureRendition)
KINDS = ("pictures", "documents", "recordings")


@dataclass(frozen=True, slots=True)
class Shown:
    """Ids of pictures, documents and recordings."""

    pictures: frozenset[str]
    documents: frozenset[str]
    recordings: frozenset[str]


def shown_by(page: ModulePage) -> Shown:
    """Everything that any draft or version of this module, in any language, ever showed."""
    translations = ModulePage.objects.filter(translation_key=page.translation_key)
    return _shown_in(Revision.objects.page_revisions().filter(object_id__in=_ids(translations)))


def shown_in(revisions: "Iterable[Revision]", blocks: set[str]) -> Shown:
    """What these blocks of these versions show."""
    body = ModulePage._meta.get_field("body")
    references = [
        (model, str(pk))
        for revision in revisions
        for model, pk, _, path in body.extract_references(body.to_python(revision.content["body"]))  # type: ignore[attr-defined]
        if path.split(".")[0] in blocks
    ]
    pictures, documents, played = (
        frozenset(pk for model, pk in references if model is kind)
        for kind in (CoursePicture, CourseDocument, CourseRecording)
    )
    return Shown(pictures, documents, played)


def as_ids(shown: Shown) -> dict[str, list[str]]:
    """In a form that a row can keep."""
    return {name: sorted(getattr(shown, name)) for name in KINDS}


def from_ids(kept: dict[str, Any]) -> Shown:
    """Undo :func:`as_ids`."""
    return Shown(*(frozenset(kept.get(name, ())) for name in KINDS))


def recordings_of(revisions: "Iterable[Revision]", blocks: set[str]) -> "QuerySet[CourseRecording]":
    """The recordings that these blocks of these versions play, and nothing else anywhere does."""
    elsewhere = _shown_elsewhere(hidden=blocks).recordings
    wanted: QuerySet[CourseRecording] = CourseRecording.objects.filter(
        pk__in=shown_in(revisions, blocks).recordings - elsewhere
    )
    return wanted


def names_of(shown: Shown) -> list[str]:
    """The files of these that :func:`forget_unused` would delete: of pictures, renditions and handouts their names in
    the storage, of recordings the ids under which they lie sealed."""
    others = _shown_elsewhere()
    pictures = CoursePicture.objects.filter(pk__in=shown.pictures - others.pictures)
    documents = CourseDocument.objects.filter(pk__in=shown.documents - others.documents)
    renditions = PictureRendition.objects.filter(image__in=pictures)
    names = [name for rows in (pictures, documents, renditions) for name in rows.values_list("file", flat=True)]
    played = CourseRecording.objects.filter(pk__in=shown.recordings - others.recordings)
    sealed = {pk for pair in played.values_list("file", "sound") for pk in pair if pk}
    return names + sorted(str(pk) for pk in sealed)


def is_there(name: str) -> bool:
    """Whether a file that :func:`names_of` named can still be read."""
    if "/" in name:
        return default_storage.exists(name)
    file = StoredFile.objects.filter(pk=name).first()
    return file is not None and (file.destroyed_at is None or file.path.is_file())


def remove_left_over(names: "Iterable[str]") -> None:
    """Bytes go once their rows are gone, so that a crash between leaves them: those of no row are taken away."""
    for name in names:
        if "/" not in name:
            for file in StoredFile.objects.filter(pk=name, destroyed_at__isnull=False):
                disk.remove(file.path)
        elif not any(model._default_manager.filter(file=name).exists() for model in KEPT_UNDER_NAMES):
            default_storage.delete(name)


def forget_unused(shown: Shown, *, now: datetime) -> int:
    """Delete those that no other module shows: the files and their renditions go when the transaction commits."""
    others = _shown_elsewhere()
    _forget_titles(CoursePicture, shown.pictures - others.pictures)
    _forget_titles(CourseDocument, shown.documents - others.documents)
    _forget_titles(CourseRecording, shown.recordings - others.recordings)
    gone = 0
    for picture in CoursePicture.objects.filter(pk__in=shown.pictures - others.pictures):
        picture.is_taken_back = True
        picture.delete()
        gone += 1
    for document in CourseDocument.objects.filter(pk__in=shown.documents - others.documents):
        document.is_taken_back = True
        document.delete()
        gone += 1
    unused = CourseRecording.objects.filter(pk__in=shown.recordings - others.recordings)
    return gone + recordings.forget(unused, now=now, taken_back=True)


def _forget_titles(model: "type[Model]", pks: "Collection[str]") -> None:
    """Wagtail's history of them keeps who and when; its labels are their titles. Of those deleted before, too."""
    entries = ModelLogEntry.objects.filter(content_type__in=ContentType.objects.get_for_models(model).values())
    entries.filter(object_id__in=pks).update(label="–", data={})


def _shown_elsewhere(hidden: "Collection[str]" = ()) -> Shown:
    everywhere = Revision.objects.page_revisions().filter(object_id__in=_ids(ModulePage.objects.all()))
    return _shown_in(everywhere, hidden)


def _shown_in(revisions: "QuerySet[Revision]", hidden: "Collection[str]" = ()) -> Shown:
    pictures, documents, played = (
        frozenset(media_in(revisions, model, hidden)) for model in (CoursePicture, CourseDocument, CourseRecording)
    )
    return Shown(pictures, documents, played)


def _ids(pages: "QuerySet[ModulePage]") -> list[str]:
    return [str(pk) for pk in pages.values_list("pk", flat=True)]
