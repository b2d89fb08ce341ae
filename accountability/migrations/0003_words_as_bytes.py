"""Why a track was moved, in words, becomes bytes; the next migration seals them."""

from django.db import migrations

import lms.fields
from lms.database import LiftAppendOnly, ToBytes


def sealed(model: str, name: str, **options: object) -> ToBytes:
    field = lms.fields.SealedTextField(max_length=200, zone="compliance", **options)
    return ToBytes(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("accountability", "0002_append_only")]
    operations = [
        LiftAppendOnly("accountability_tolling"),
        LiftAppendOnly("accountability_extension"),
        sealed("tolling", "authority"),
        sealed("extension", "reason"),
        sealed("extension", "ordered_by"),
        sealed("commitment", "named_by_order", blank=True),
    ]
