"""What people were shown before a correction stays as it was written down."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0014_review_and_cooling_off")]
    operations = [AppendOnly("courses_correction")]
