"""Each kind of question as fields of a form. What is typed has one flat name each, so that a draft keeps it as it is."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accountability.asking import Asked
from accountability.models.forms import Question
from lms.files.forms import PrivateFileField, RecordingField
from lms.files.rules import CHECK_IN_FILE, VOICE_NOTE
from lms.referrals.recall import Recall

HELP, RECALL = "help", "recall"
# What may stand for typed words, where that was agreed.
INSTEAD, INSTEAD_VOICE, INSTEAD_FILE = "instead", "instead_voice", "instead_file"
WORDS = "_words"
NOTHING_CHANGED = "none"
LONGEST = 5000

HELP_CHOICES = [
    ("safety", _("I have thoughts of hurting myself")),
    ("fear", _("I am afraid, or somebody threatens me")),
    ("risk", _("I am close to doing it again")),
    ("call", _("I would like to talk with somebody")),
]
PROGRESS = [
    ("well", _("It goes well")),
    ("slow", _("It goes slowly")),
    ("stuck", _("I am stuck, or need a hand")),
    ("done", _("It is done")),
]
ATTENDANCE = [
    ("there", _("I was there")),
    ("part", _("I was there for a part of it")),
    ("not", _("I could not be there")),
    ("none", _("There was none")),
]
CHANGES = [
    (NOTHING_CHANGED, _("Nothing has changed")),
    ("address", _("My address")),
    ("phone", _("My telephone or e-mail")),
    ("work", _("My work or my hours")),
    ("arrest", _("I was arrested, stopped or charged")),
    ("other", _("Something else")),
]

Named = Iterator[tuple[str, forms.Field]]


class HelpField(forms.MultipleChoiceField):
    """No answer is an answer. A page from before the choices changed says so with a word."""

    def to_python(self, value: object) -> list[str]:
        return [each for each in super().to_python(value) if each not in ("", "no")]


def fields_of(question: Question, asked: Asked) -> Named:
    """The fields of one question, under the names of its answers."""
    common = {"label": question.label, "help_text": question.hint, "required": question.required}
    match question.kind:
        case "commitments":
            yield from _commitments(question, asked.commitments)
        case "attendance":
            yield question.key, _radio(ATTENDANCE, **common)
            yield question.key + WORDS, _line(_("If you like: what it was, or what kept you"))
        case "changed":
            yield question.key, _boxes(CHANGES, **common)
            yield question.key + WORDS, _area(_("What we should know about it"), required=False)
        case "upload":
            # Whether it is there already is the form's to know.
            yield question.key, PrivateFileField(rules=CHECK_IN_FILE, **common | {"required": False})
        case _:
            yield question.key, _plain(question, common)


def _plain(question: Question, common: dict[str, object]) -> forms.Field:
    numbered = [(str(n), words) for n, words in enumerate(question.choices)]
    match question.kind:
        case "scale":
            labels = {1: f"1 – {question.low}", 5: f"5 – {question.high}"}
            return _radio([(str(n), labels.get(n, str(n))) for n in range(1, 6)], **common)
        case "choice":
            return _radio(numbered, **common)
        case "choices":
            return _boxes(numbered, **common)
    return _area(**common)


def _commitments(question: Question, commitments: tuple[tuple[int, str], ...]) -> Named:
    for number, words in commitments:
        label = gettext("Commitment %(number)d") % {"number": number}
        said = f"{question.label} {label}: {words}" if words else f"{question.label} {label}"
        yield (
            f"{question.key}_c{number}",
            _radio(PROGRESS, label=said, help_text=question.hint, required=question.required),
        )
    if commitments:
        yield question.key + WORDS, _line(_("If you like: a few words about it"))


def recall_field(found: Recall, language: str) -> forms.Field:
    """Told by the place on the page: nothing in it says what is right."""
    choices = [(str(n), said(words, language)) for n, words in enumerate(found.choices.values(), start=1)]
    common = {
        "label": said(found.prompt, language),
        "help_text": _("A question from the course, to keep it alive. It never counts, and nobody but you sees it."),
        "required": False,
    }
    return _boxes(choices, **common) if found.several else _radio(choices, **common)


def help_field() -> forms.Field:
    return HelpField(
        label=_("Do you want somebody to help now?"),
        help_text=_(
            "If so, your program is told right away. It never counts against you and is never in a report. Leave it empty if not."
        ),
        choices=HELP_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def instead_fields() -> Named:
    """What was agreed with some: to speak, or to send a picture of a page, and leave the boxes for words empty."""
    yield (
        INSTEAD_VOICE,
        RecordingField(
            label=_("Say it: a voice note"),
            help_text=_(
                "Up to ten megabytes, some ten minutes. Only your facilitator hears it, and it goes with your case."
            ),
            rules=VOICE_NOTE,
            required=False,
            widget=forms.FileInput(attrs={"accept": "audio/*", "capture": True}),
        ),
    )
    yield (
        INSTEAD_FILE,
        PrivateFileField(
            label=_("Or a picture or PDF of what you wrote"),
            help_text=_("Only your facilitator sees it, and it goes with your case."),
            rules=CHECK_IN_FILE,
            required=False,
        ),
    )


def said(words: object, language: str) -> str:
    """In this language, else in the one there is."""
    texts = dict(words)  # type: ignore[call-overload]
    return str(texts.get(language) or next((text for text in texts.values() if text), ""))


def _radio(choices: object, **common: object) -> forms.Field:
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)  # type: ignore[arg-type]


def _boxes(choices: object, **common: object) -> forms.Field:
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)  # type: ignore[arg-type]


def _area(label: object = "", **common: object) -> forms.Field:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST, **common)  # type: ignore[arg-type]


def _line(label: object) -> forms.Field:
    return forms.CharField(label=label, max_length=500, required=False)  # type: ignore[arg-type]
