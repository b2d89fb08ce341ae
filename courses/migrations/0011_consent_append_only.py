"""What was agreed stays as it was agreed: the database refuses to change or delete a line of the ledger."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0010_consent_ledger")]
    operations = [AppendOnly("courses_consent")]
