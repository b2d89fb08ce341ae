"""A question of each kind, in both languages."""

from decimal import Decimal
from typing import Any

from courses.models import Attempt, Choice, Enrollment, Question, Topic
from tests.builders import JANUARY

ROWS: dict[str, list[dict[str, Any]]] = {
    Question.SINGLE: [
        {"text_en": "Heat", "text_es": "Calor", "correct": True},
        {"text_en": "Cold", "text_es": "Frío"},
    ],
    Question.MULTIPLE: [
        {"text_en": "Rain", "text_es": "Lluvia", "correct": True},
        {"text_en": "Snow", "text_es": "Nieve", "correct": True},
        {"text_en": "Stone", "text_es": "Piedra"},
    ],
    Question.ORDERING: [
        {"text_en": "Morning", "text_es": "Mañana"},
        {"text_en": "Noon", "text_es": "Mediodía"},
        {"text_en": "Evening", "text_es": "Tarde"},
    ],
    Question.MATCHING: [
        {"text_en": "Dog", "text_es": "Perro", "partner_en": "Barks", "partner_es": "Ladra"},
        {"text_en": "Cat", "text_es": "Gato", "partner_en": "Meows", "partner_es": "Maúlla"},
        {"text_en": "", "text_es": "", "partner_en": "Moos", "partner_es": "Muge"},
    ],
    Question.SHORT: [],
    Question.NUMERIC: [],
}


def a_question(topic: Topic, kind: str, **fields: Any) -> Question:
    own = {
        Question.SHORT: {"accepted_en": "Yes\nyeah", "accepted_es": "Sí"},
        Question.NUMERIC: {"number": Decimal("3.5"), "tolerance": Decimal("0.5")},
    }.get(kind, {})
    words = {"prompt_en": f"What of {kind}?", "prompt_es": f"¿Qué de {kind}?",
             "explanation_en": f"Because of {kind}.", "explanation_es": f"Por {kind}."}  # fmt: skip
    question = Question(topic=topic, **{"key": f"q-{kind}", "kind": kind} | words | own | fields)
    question.choices = [Choice(sort_order=order, **row) for order, row in enumerate(ROWS[kind])]
    question.save()
    return question


def one_of_each(topic: Topic) -> list[Question]:
    return [a_question(topic, kind) for kind in ROWS]


def an_attempt(enrollment: Enrollment, questions: list[Question], **fields: Any) -> Attempt:
    """An open attempt at the first module's check that asks exactly these questions."""
    module = enrollment.edition.modules.first()
    snapshots = []
    for question in questions:
        kept = question.snapshot()
        kept["order"] = list(reversed(kept["choices"]))
        if "partners" in kept:
            kept["partners_order"] = list(kept["partners"])
        snapshots.append(kept)
    what = {"block_id": module.asked("knowledge_check")[0]["id"], "number": 1, "started_at": JANUARY}
    return Attempt.objects.create(enrollment=enrollment, module=module, questions=snapshots, **what | fields)
