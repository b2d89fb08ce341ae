"""The sample check-in: original questions, marked as sample, in both languages."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accountability.models import CheckInForm
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
        "choice",
        {
            "label_en": "Has anything changed that the program must know: address, telephone, work, an arrest?",
            "label_es": "¿Cambió algo que el programa deba saber: dirección, teléfono, trabajo, un arresto?",
            "hint_en": "",
            "hint_es": "",
            "required": True,
            "choices_en": ["No", "Yes, I will tell you below"],
            "choices_es": ["No", "Sí, lo cuento abajo"],
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


def sample_check_in_form(*, program: Program, now: datetime) -> CheckInForm:
    """Version 1 for a program that has none yet; the one that is there otherwise."""
    questions = [
        {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, f"amends:sample-check-in:{number}"))}
        for number, (kind, value) in enumerate(SAMPLE)
    ]
    form, _ = CheckInForm.objects.get_or_create(
        program=program, number=1, defaults={"in_force_from": now, "questions": questions}
    )
    return form
