"""Pictures and documents of a course. What is kept shows what they show, and says nothing about who made them.

Wagtail keeps a file as it came, under the name that it came with (security.md 2.3). Here every way in, form,
chooser, command or API, goes through :class:`_CleanFile`, which cleans the bytes before the first one is written.
"""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image, WagtailImageField, WagtailImageFieldFile

from lms.files.accept import Accepted, accept
from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, Refused, Rules
from lms.files.words import why

PIXELS_TELL = _(
    "Place, device and author are taken out of the file. What it shows stays: look for faces, tattoos, signs, uniforms and reflections before you choose it."
)


# Of what Wagtail asks about a file.
NOT_ASKED = ("description", "tags")


class Cleaned(ContentFile):
    """Bytes that were checked and cleaned, under a name that says nothing."""

    def __init__(self, accepted: Accepted) -> None:
        super().__init__(accepted.data, name=f"{uuid.uuid4()}.{accepted.kind.ending}")
        self.content_type = accepted.media_type


def cleaned(content: File, *, rules: Rules, name: str) -> Cleaned:
    """Raises ValidationError with the sentence to show."""
    content.seek(0)
    try:
        return Cleaned(accept(content.read(), rules=rules, name=name))
    except Refused as refused:
        raise ValidationError({"file": why(refused)}) from refused


class _CleanFile(FieldFile):
    """The one place where bytes of an author reach the storage."""

    rules: Rules

    def save(self, name: str, content: Any, save: bool = True) -> None:
        inner = getattr(content, "file", content)
        good = next((each for each in (content, inner) if isinstance(each, Cleaned)), None)
        good = good or cleaned(content, rules=self.rules, name=name)
        super().save(good.name, good, save=save)


class CleanPictureFile(_CleanFile, WagtailImageFieldFile):
    rules = COURSE_PICTURE


class CleanDocumentFile(_CleanFile):
    rules = COURSE_DOCUMENT


class PictureField(WagtailImageField):
    attr_class = CleanPictureFile

    def update_dimension_fields(self, instance: models.Model, force: bool = False, *args: Any, **kwargs: Any) -> None:
        # Measuring opens a picture: not before it was checked.
        file = getattr(instance, self.attname)
        if not file or file._committed or isinstance(file.file, Cleaned):
            super().update_dimension_fields(instance, force, *args, **kwargs)


class DocumentField(models.FileField):
    attr_class = CleanDocumentFile


def picture_path(instance: models.Model, name: str) -> str:
    return f"pictures/{name}"


def document_path(instance: models.Model, name: str) -> str:
    return f"documents/{name}"


class _CleanBeforeSaved(models.Model):
    """Size, digest and dimensions are those of the cleaned file."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.file and not self.file._committed and not isinstance(self.file.file, Cleaned):
            came_as = self.file.name
            self.file = cleaned(self.file.file, rules=self.file.rules, name=came_as)
            if says_the_file_name(self.title, came_as):
                self.title = str(self.untitled)
            self._set_metadata()
        super().save(*args, **kwargs)


def says_the_file_name(title: str, name: str) -> bool:
    """Whether a title was only taken from the name of a file: those hold names of people and places."""
    plain, whole = _plain(title), _plain(name)
    return plain in ("", whole, whole.rpartition(".")[0])


def _plain(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].replace("_", " ").replace("-", " ").strip().lower()


class CoursePicture(_CleanBeforeSaved, AbstractImage):
    """A picture that a module may show."""

    untitled = _("Untitled picture")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = PictureField(verbose_name=_("file"), upload_to=picture_path, width_field="width", height_field="height")

    # What it shows is said where it is shown; nobody here looks anything up by tags.
    admin_form_fields = tuple(name for name in Image.admin_form_fields if name not in NOT_ASKED)

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions: ClassVar = [("choose_image", "Can choose image")]

    def _set_metadata(self) -> None:
        self._set_image_file_metadata()

    @property
    def address(self) -> str:
        """Where a page shows it; the view there asks who is looking."""
        return reverse("learn:media", args=[self.key])


class PictureRendition(AbstractRendition):
    """A picture in another size. It is made of cleaned dots, so it is clean."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    image = models.ForeignKey(CoursePicture, models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_of_a_kind")
        ]

    def get_upload_to(self, filename: str) -> str:
        return f"renditions/{uuid.uuid4()}.{filename.rpartition('.')[2]}"

    @property
    def url(self) -> str:
        """Where the authoring pages show it. The file itself has no address."""
        return reverse("authoring_rendition", args=[self.key])


class CourseDocument(_CleanBeforeSaved, AbstractDocument):
    """A handout: a PDF that a module may offer."""

    untitled = _("Untitled document")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = DocumentField(verbose_name=_("file"), upload_to=document_path)

    admin_form_fields = tuple(name for name in Document.admin_form_fields if name not in NOT_ASKED)

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions: ClassVar = [("choose_document", "Can choose document")]

    def _set_metadata(self) -> None:
        self._set_document_file_metadata()

    @property
    def url(self) -> str:
        return reverse("learn:media", args=[self.key])
