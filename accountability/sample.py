"""The sample check-in: original questions, marked as sample, in both languages."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accountability.models import CheckInForm
from accountability.rules.phases import Part
from lms.referrals.models import Program

SAMPLE: list[tuple[str, dict[str, Any]]] = [
    (
        "scale",
        {
            "label_en": "How steady was this week for you?",
            "label_es": "¿Qué tan estable fue esta semana para usted?",
            "hint_en": "Sample question.",
            "hint_es": "Pregunta de muestra.",
            "required": True,
            "low_en": "very hard",
            "low_es": "muy difícil",
            "high_en": "steady",
            "high_es": "estable",
        },
    ),
    (
        "choice",
        {
            "label_en": "Did you keep to your plan?",
            "label_es": "¿Siguió su plan?",
            "hint_en": "",
            "hint_es": "",
            "required": True,
            "choices_en": ["Yes", "Mostly", "Not this week"],
            "choices_es": ["Sí", "En su mayor parte", "Esta semana no"],
        },
    ),
    (
        "commitments",
        {
            "label_en": "How does it go?",
            "label_es": "¿Cómo va?",
            "hint_en": "",
            "hint_es": "",
            "required": False,
        },
    ),
    (
        "attendance",
        {
            "label_en": "Were you at your circle, group or therapy?",
            "label_es": "¿Estuvo en su círculo, grupo o terapia?",
            "hint_en": "Your own word; nothing is checked by it.",
            "hint_es": "Su propia palabra; con ella no se comprueba nada.",
            "required": True,
        },
    ),
    (
        "text",
        {
            "label_en": "What was one moment in which you chose well, or wish you had?",
            "label_es": "¿Cuál fue un momento en que eligió bien, o en que quisiera haberlo hecho?",
            "hint_en": "A few sentences are enough.",
            "hint_es": "Unas pocas frases bastan.",
            "required": True,
        },
    ),
    (
        "changed",
        {
            "label_en": "Has anything changed that the program must know?",
            "label_es": "¿Cambió algo que el programa deba saber?",
            "hint_en": "It goes to your facilitator, who looks at it with you.",
            "hint_es": "Le llega a su facilitador, que lo mira con usted.",
            "required": True,
        },
    ),
    (
        "text",
        {
            "label_en": "Anything else?",
            "label_es": "¿Algo más?",
            "hint_en": "",
            "hint_es": "",
            "required": False,
        },
    ),
]


# Asked at the beginning and at the end instead: shorter, and with something to show.
UPLOAD: tuple[str, dict[str, Any]] = (
    "upload",
    {
        "label_en": "Would you like to show something? A work schedule, a certificate.",
        "label_es": "¿Quiere mostrar algo? Un horario de trabajo, un certificado.",
        "hint_en": "Sample question. Only if you like: a photo or a PDF.",
        "hint_es": "Pregunta de muestra. Solo si quiere: una foto o un PDF.",
        "required": False,
    },
)
FIRST_WEEKS: tuple[str, dict[str, Any]] = (
    "choice",
    {
        "label_en": "Is the day of the week a good one for you?",
        "label_es": "¿Le conviene el día de la semana?",
        "hint_en": "Sample question of the first weeks.",
        "hint_es": "Pregunta de muestra de las primeras semanas.",
        "required": True,
        "choices_en": ["Yes", "It is hard, but it works", "I would like to talk about it"],
        "choices_es": ["Sí", "Cuesta, pero se puede", "Me gustaría hablarlo"],
    },
)
LAST_WEEKS: tuple[str, dict[str, Any]] = (
    "text",
    {
        "label_en": "What will you keep doing when nobody asks any more?",
        "label_es": "¿Qué seguirá haciendo cuando ya nadie pregunte?",
        "hint_en": "Sample question of the last weeks.",
        "hint_es": "Pregunta de muestra de las últimas semanas.",
        "required": True,
    },
)


def sample_forms_by_part(*, program: Program, now: datetime) -> None:
    """Questions of their own for the first part of the track and for the last, beside those for the whole of it."""
    for number, (part, own) in enumerate(((Part.EARLY, FIRST_WEEKS), (Part.LAST, LAST_WEEKS)), start=2):
        asked = [SAMPLE[0], own, *SAMPLE[2:], UPLOAD]
        CheckInForm.objects.get_or_create(
            program=program, number=number,
            defaults={"part": part.value, "in_force_from": now, "questions": _questions(asked, part.value), "recall": True},
        )  # fmt: skip


def _questions(asked: list[tuple[str, dict[str, Any]]], part: str) -> list[dict[str, Any]]:
    return [
        {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, f"amends:sample-check-in:{part}:{number}"))}
        for number, (kind, value) in enumerate(asked)
    ]


def sample_check_in_form(*, program: Program, now: datetime) -> CheckInForm:
    """Version 1 for a program that has none yet; the one that is there otherwise."""
    questions = [
        {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, f"amends:sample-check-in:{number}"))}
        for number, (kind, value) in enumerate(SAMPLE)
    ]
    form, _ = CheckInForm.objects.get_or_create(
        program=program, number=1, defaults={"in_force_from": now, "questions": questions, "recall": True}
    )
    return form
