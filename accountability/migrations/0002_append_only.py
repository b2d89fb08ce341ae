"""What was sent, decided and moved stays: the database refuses to change or delete it."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0001_initial")]
    operations = [
        AppendOnly("accountability_submission"),
        AppendOnly("accountability_review"),
        AppendOnly("accountability_windowchange"),
        AppendOnly("accountability_tolling"),
        AppendOnly("accountability_extension"),
        AppendOnly("accountability_outage"),
    ]
