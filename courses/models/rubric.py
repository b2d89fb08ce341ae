"""With which questions a program's readers read reflections."""

import uuid

from django.conf import settings
from django.db import models

from lms.referrals.models import Program

# Where a program wrote none of its own. Each is answered yes, partly or no; nothing is added up.
DEFAULT = [
    {"en": "It answers what was asked.", "es": "Responde a lo que se preguntó."},
    {"en": "It is in the person’s own words.", "es": "Está en las propias palabras de la persona."},
    {
        "en": "It speaks of the person’s own acts, not only of others’.",
        "es": "Habla de los propios actos de la persona, no solo de los de otros.",
    },
]


class Rubric(models.Model):
    """The program's own questions, in both languages; none: the ones above. A review keeps what it was asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.OneToOneField(Program, models.PROTECT, related_name="+")
    questions = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


def questions_of(program_id: uuid.UUID) -> list[dict[str, str]]:
    """What a reader of this program answers now, as ``{"en": …, "es": …}`` each."""
    row = Rubric.objects.filter(program=program_id).first()
    return list(row.questions) if row and row.questions else DEFAULT
