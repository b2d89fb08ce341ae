"""A form field that takes a file by its content, and gives it back checked and cleaned."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from lms.files.accept import Accepted, accept, accept_recording
from lms.files.remux import Clean
from lms.files.rules import Refused, Rules, Why
from lms.files.scratch import Scratch
from lms.files.uploads import PutAside, aside
from lms.files.words import too_big, why


class PrivateFileField(forms.FileField):
    """``cleaned_data`` holds an Accepted (None where none was required), ready for ``files.store``."""

    def __init__(self, *, rules: Rules, **kwargs: Any) -> None:
        self.rules = rules
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(rules.endings)}))
        kwargs.setdefault("allow_empty_file", True)  # we have a sentence of our own for it
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | how_much(self.rules)

    def clean(self, data: Any, initial: Any = None) -> Accepted | None:  # type: ignore[override]
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        return taken(file, rules=self.rules)


class RecordingField(forms.FileField):
    """A recording, from a form whose address puts uploads aside. ``cleaned_data`` holds its clean copy."""

    def __init__(self, *, rules: Rules, **kwargs: Any) -> None:
        self.rules = rules
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(rules.endings)}))
        super().__init__(**kwargs | {"allow_empty_file": True})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | how_much(self.rules)

    def clean(self, data: Any, initial: Any = None) -> Clean | None:  # type: ignore[override]
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        try:
            if (file.size or 0) > self.rules.max_bytes:
                raise Refused(Why.TOO_BIG, megabytes=self.rules.megabytes)
            source = file.file if isinstance(file, PutAside) else _put_aside(file)
            return accept_recording(source, rules=self.rules, name=file.name or "")
        except Refused as refused:
            raise forms.ValidationError(why(refused), code=refused.why) from refused


def how_much(rules: Rules) -> dict[str, Any]:
    """How much is taken, for the browser to say so before anything is sent."""
    return {"data-most": rules.max_bytes, "data-too-big": too_big(rules.max_bytes)}


def _put_aside(file: UploadedFile) -> Scratch:
    """What came by another road than a large request is put aside too: cleaning needs a place to work in."""
    scratch = Scratch(aside())
    for chunk in file.chunks():
        scratch.write(chunk)
    return scratch


def taken(file: UploadedFile, *, rules: Rules) -> Accepted:
    """An uploaded file, checked and cleaned. Raises ValidationError with the sentence to show."""
    try:
        if (file.size or 0) > rules.max_bytes:
            raise Refused(Why.TOO_BIG, megabytes=rules.megabytes)
        return accept(file.read(), rules=rules, name=file.name or "")
    except Refused as refused:
        raise forms.ValidationError(why(refused), code=refused.why) from refused
