"""What was written stays: the database refuses UPDATE and DELETE on the journal."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [AppendOnly("journal_event"), AppendOnly("journal_link")]
