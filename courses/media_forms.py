"""The forms with which authors add pictures, documents and recordings, in every place where Wagtail shows one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
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
from lms import clock
from lms.files import held
from lms.files.accept import check_kind
from lms.files.forms import RecordingField, how_much
from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, COURSE_RECORDING, Refused, Rules, kind_of
from lms.files.words import why

# What puts the file's name into the title as soon as one is chosen.
PREFILLS = ("data-controller", "data-action")


def what_is_taken(rules: Rules) -> str:
    """Which kinds of file, and how large."""
    kinds = ", ".join(kind.shown for kind in rules.kinds)
    return _("%(kinds)s, up to %(megabytes)s MB.") % {"kinds": kinds, "megabytes": rules.megabytes}


class _CleanForm(BaseCollectionMemberForm):
    rules: Rules

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):
            # Wagtail's own sentence about kinds and sizes is in English only.
            file.help_text = f"{what_is_taken(self.rules)} {PIXELS_TELL}"
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

    # What was put aside when another box of the form was not right yet (lms.files.held).
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=kwargs.get("for_user"), **kwargs)
        self.held: held.Held | None = None
        if self.instance.pk:
            del self.fields["upload"], self.fields["kept"]
        elif self.data.get("kept"):
            self.fields["upload"].required = False

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(self._meta.model)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if len(self.collections) == 1:  # Wagtail says so only while it saves; whose it is, is asked before
            self.instance.collection = self.collections[0]
        came = clean.get("upload") or self._from_before(clean)
        for form in self.formsets["words"].forms:
            form.milliseconds = came.milliseconds if came else self.instance.milliseconds
        return clean

    def _from_before(self, clean: dict[str, Any]) -> held.Held | None:
        """What was sent with the form the last time, and need not be sent again."""
        if token := clean.get("kept"):
            self.held = held.find(token, by=self.for_user.pk, now=clock.now())
            if self.held is None and "upload" not in self.errors:
                self.add_error("upload", _("The file that you had chosen is not here any more. Choose it again."))
        return self.held

    def keep(self, found: held.Held) -> None:
        """The form is shown again: it says what is kept, and asks for nothing twice."""
        self.data = self.data.copy()
        self.data["kept"] = found.token
        field, bound = self.fields["upload"], self["upload"]
        field.required = False
        bound.help_text = field.help_text = f"{self.kept_words(found)} {field.help_text}"

    @staticmethod
    def kept_words(found: held.Held) -> str:
        """No name of it: those tell of people and places."""
        said = (
            _("The video that you chose (%(minutes)d:%(seconds)02d) is kept: you need not choose it again. Choose a file only to take another one instead. It is kept for a day.")
            if found.shows
            else _("The sound that you chose (%(minutes)d:%(seconds)02d) is kept: you need not choose it again. Choose a file only to take another one instead. It is kept for a day.")
        )  # fmt: skip
        minutes, seconds = divmod(max(round(found.milliseconds / 1000), 1), 60)
        return said % {"minutes": minutes, "seconds": seconds}
