"""Evidence stays: the database refuses to change or delete it."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [
        AppendOnly("courses_evidence"),
        AppendOnly("courses_activetime"),
        AppendOnly("courses_attestation"),
        AppendOnly("courses_reflectionreview"),
    ]
