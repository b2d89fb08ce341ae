"""The forms with which authors add pictures, documents and recordings, in every place where Wagtail shows one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.collections import BaseCollectionMemberForm
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.permissions import policy_registry

from courses import retiring
from courses.labels import bad_captions
from courses.models.media import PIXELS_TELL, Cleaned, cleaned, says_the_file_name
from courses.rules import captions
from lms.files.accept import check_kind
from lms.files.forms import RecordingField, how_much
from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, COURSE_RECORDING, Refused, Rules, kind_of
from lms.files.words import why

# What puts the file's name into the title as soon as one is chosen.
PREFILLS = ("data-controller", "data-action")


class _CleanForm(BaseCollectionMemberForm):
    rules: Rules

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):
            file.help_text = f"{file.help_text} {PIXELS_TELL}".strip()
            for name in PREFILLS:
                file.widget.attrs.pop(name, None)
            file.widget.attrs |= how_much(self.rules)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        if self.instance.pk and retiring.media_was_shown(self.instance):
            raise ValidationError(retiring.another_file_words(), code="was_shown")
        self.came_as = file.name or ""
        try:
            return cleaned(file, rules=self.rules, name=self.came_as)
        except ValidationError as problem:
            raise ValidationError(problem.message_dict["file"]) from problem

    def clean(self) -> Any:
        found = super().clean()
        # In whatever order the fields were cleaned: a title that is only the file's name is none.
        if says_the_file_name(found.get("title") or "-", getattr(self, "came_as", "")):
            found["title"] = str(self.instance.untitled)
        return found


class PictureUpload(WagtailImageField):
    """Says what to do with what we do not take; Wagtail would only say that the name ends wrongly."""

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile) and not isinstance(data.file, Cleaned):
            content = data.read()
            data.seek(0)
            try:
                check_kind(kind_of(content), content, rules=COURSE_PICTURE, name=data.name or "")
            except Refused as refused:
                raise ValidationError(why(refused), code=refused.why) from refused
        return super().to_python(data)


class CoursePictureForm(_CleanForm, BaseImageForm):
    rules = COURSE_PICTURE
    file = PictureUpload(label=gettext_lazy("File"))


class CourseDocumentForm(_CleanForm, BaseDocumentForm):
    rules = COURSE_DOCUMENT


class WordsForm(WagtailAdminModelForm):
    """Captions and transcript in one language."""

    from_captions = forms.BooleanField(
        label=gettext_lazy("Make the transcript of the captions"),
        help_text=gettext_lazy("When this is saved. It replaces the transcript below."),
        required=False,
    )
    # Said by the form of the recording, which knows it.
    milliseconds: int | None = None

    def clean_captions(self) -> str:
        text = self.cleaned_data["captions"]
        if not text.strip():
            return ""
        try:
            self.cues = captions.read(text, milliseconds=self.milliseconds)
        except captions.BadCaptions as bad:
            raise ValidationError(bad_captions(bad), code=bad.why) from bad
        return captions.written(self.cues)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("from_captions") and clean.get("captions"):
            clean["transcript"] = captions.transcript(self.cues)
        return clean


class RecordingForm(BaseCollectionMemberForm, WagtailAdminModelForm):
    """The file is chosen once: what was shown under this name stays what it was."""

    upload = RecordingField(
        rules=COURSE_RECORDING,
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "MP4 or MOV with H.264 and AAC, M4A, MP3 or WAV, up to 500 MB. Place, device and author are taken out of the file. What is seen and heard stays: look and listen for faces, voices, names, signs and places before you choose it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=kwargs.get("for_user"), **kwargs)
        if self.instance.pk:
            del self.fields["upload"]

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(self._meta.model)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if len(self.collections) == 1:  # Wagtail says so only while it saves; whose it is, is asked before
            self.instance.collection = self.collections[0]
        came = clean.get("upload")
        for form in self.formsets["words"].forms:
            form.milliseconds = came.milliseconds if came else self.instance.milliseconds
        return clean
