"""The form of each kind of question, in the Wagtail admin: the fields that the kind needs, and no other."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList

from courses.exchange import GIFT, MOST_BYTES, XML
from courses.forms import question_field
from courses.labels import LANGUAGE_NAMES, words_for_flaw
from courses.models import Question, Topic
from courses.rules.drafts import Draft, Flaw, Item, flaws

LANGUAGES = ("en", "es")
Kind = Question.Kind


class QuestionForm(WagtailAdminModelForm):
    """A question is in use only when it can be asked in both languages. Until then one language is enough."""

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean()
        in_use = clean.get("active")
        begun = [language for language in LANGUAGES if in_use or clean.get(f"prompt_{language}")]
        if not begun:
            self.add_error(None, words_for_flaw(Flaw.NO_PROMPT))
        found = {language: flaws(self._draft(clean, language)) for language in begun}
        for flaw in Flaw:
            wrong = [language for language in begun if flaw in found[language]]
            if wrong:
                self.add_error(None, _said_of(wrong, words_for_flaw(flaw), of=begun))
        explained = [language for language in LANGUAGES if clean.get(f"explanation_{language}")]
        if in_use and len(explained) == 1:
            self.add_error(None, _("The explanation is there in one language only. Write it in both, or in none."))
        return clean

    def _draft(self, clean: dict[str, Any], language: str) -> Draft:
        number, tolerance = clean.get("number"), clean.get("tolerance")
        return Draft(
            kind=self.instance.kind,
            prompt=clean.get(f"prompt_{language}") or "",
            items=tuple(self._items(language)),
            accepted=tuple((clean.get(f"accepted_{language}") or "").splitlines()),
            number="" if number is None else f"{number:f}",
            tolerance=f"{tolerance or 0:f}",
            explanation=clean.get(f"explanation_{language}") or "",
        )

    def _items(self, language: str) -> Iterator[Item]:
        formset = self.formsets.get("choices")
        forms = [form for form in formset.forms if form.is_valid()] if formset else []
        rows = [form.cleaned_data for form in forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        for row in rows:
            yield Item(
                row.get(f"text_{language}") or "", bool(row.get("correct")), row.get(f"partner_{language}") or ""
            )


def _said_of(wrong: list[str], words: str, *, of: list[str]) -> str:
    if wrong == of:
        return words
    return f"{LANGUAGE_NAMES[wrong[0]]}: {words}"


def _rows(label: Any, *fields: str, help_text: Any = "") -> InlinePanel:
    return InlinePanel(
        "choices", label=label, help_text=help_text, min_num=2, panels=[FieldPanel(field) for field in fields]
    )


_OWN = {
    Kind.SINGLE: [_rows(gettext_lazy("Choice"), "text_en", "text_es", "correct",
                        help_text=gettext_lazy("Exactly one is right. Each person sees them in another order."))],
    Kind.MULTIPLE: [_rows(gettext_lazy("Choice"), "text_en", "text_es", "correct",
                          help_text=gettext_lazy("One or more are right; all of them must be marked, and no other."))],
    Kind.ORDERING: [_rows(gettext_lazy("Item"), "text_en", "text_es",
                          help_text=gettext_lazy("At least three, in the right order. Each person sees them in another order."))],
    Kind.MATCHING: [_rows(gettext_lazy("Pair"), "text_en", "text_es", "partner_en", "partner_es",
                          help_text=gettext_lazy("Each item with its partner. A partner without an item is one more to choose from."))],
    Kind.SHORT: [FieldPanel("accepted_en"), FieldPanel("accepted_es"), FieldPanel("accents")],
    Kind.NUMERIC: [FieldPanel("number"), FieldPanel("tolerance")],
}  # fmt: skip
_FIRST = [FieldPanel(name) for name in ("topic", "key", "difficulty", "prompt_en", "prompt_es")]
_LAST = [FieldPanel(name) for name in ("explanation_en", "explanation_es")] + [
    FieldPanel("active", help_text=gettext_lazy("Only when everything is there in English and in Spanish."))
]

FORMS = {
    kind: ObjectList(_FIRST + own + _LAST, base_form_class=QuestionForm).bind_to_model(Question)
    for kind, own in _OWN.items()
}


class BringInForm(forms.Form):
    """A file of questions in one language, and the topic for those that name none."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Moodle GIFT or Moodle XML; text alone, at most 500 kB."),
        widget=forms.FileInput(attrs={"accept": ".txt,.gift,.xml"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the file"), choices=list(LANGUAGE_NAMES.items()))
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Topic"),
        queryset=Topic.objects.none(),
        help_text=gettext_lazy("Questions under a category that is called like another of your topics go to that one."),
    )

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics

    def clean_file(self) -> str:
        """Its text. Neither the file nor its name is kept."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 500 kB. Bring the questions in by parts."))
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(
                _("This is no text in UTF-8. Save it anew as “UTF-8”, and choose it again.")
            ) from problem


class TakeOutForm(forms.Form):
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Topic"), queryset=Topic.objects.none(), required=False,
        empty_label=gettext_lazy("All topics"),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=list(LANGUAGE_NAMES.items()),
        help_text=gettext_lazy("Questions that are not there in this language are left out."),
    )  # fmt: skip
    form = forms.ChoiceField(label=gettext_lazy("Format"), choices=[(GIFT, "Moodle GIFT"), (XML, "Moodle XML")])

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics


class QuestionPreview(forms.Form):
    """A question to look at; nothing is sent."""

    def __init__(self, snapshot: dict[str, Any], language: str) -> None:
        super().__init__(auto_id=f"{language}_%s")
        self.fields["q1"] = question_field(snapshot, language)
