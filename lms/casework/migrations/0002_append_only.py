"""What was noted, and how somebody was tried, stays as it was: the database refuses to change it."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_notes_and_contacts")]
    operations = [AppendOnly("casework_note"), AppendOnly("casework_contactattempt")]
