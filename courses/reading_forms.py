"""Forms of those who read reflections."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.reading_words import ANSWERS
from lms.decision_form import DecisionForm

# So many questions a program may ask of its readers.
MOST = 6


class ReviewForm(DecisionForm):
    """The program's questions first, then the decision. Nothing is added up, and none of it decides by itself."""

    def __init__(self, *args: Any, questions: Sequence[Mapping[str, str]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions):
            self.fields[f"rubric_{number}"] = forms.ChoiceField(
                label=question.get(language) or question["en"],
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer each question: yes, partly or no.")},
            )
        self.order_fields([name for name in self.fields if name.startswith("rubric_")])

    @property
    def decision(self) -> dict[str, Any]:
        """What the action takes."""
        clean = self.cleaned_data
        rubric = [{**question, "answer": clean[f"rubric_{number}"]} for number, question in enumerate(self.questions)]
        return {"outcome": clean["outcome"], "note": clean["note"], "rubric": rubric}


class RubricForm(forms.Form):
    """Up to six questions, each in both languages. With none at all the ones that came with the service are asked."""

    def __init__(self, *args: Any, questions: Sequence[Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            asked = questions[number - 1] if number <= len(questions) else {"en": "", "es": ""}
            for language, label in (("en", _("Question %(n)d in English")), ("es", _("Question %(n)d in Spanish"))):
                self.fields[f"{language}_{number}"] = forms.CharField(
                    label=label % {"n": number}, max_length=200, required=False, initial=asked[language]
                )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        for number in range(1, MOST + 1):
            english, spanish = clean.get(f"en_{number}"), clean.get(f"es_{number}")
            if bool(english) != bool(spanish):
                self.add_error(f"{'es' if english else 'en'}_{number}", _("Write it in both languages, or in none."))
        return clean

    @property
    def questions(self) -> list[dict[str, str]]:
        pairs = [(self.cleaned_data[f"en_{n}"], self.cleaned_data[f"es_{n}"]) for n in range(1, MOST + 1)]
        return [{"en": english, "es": spanish} for english, spanish in pairs if english]
