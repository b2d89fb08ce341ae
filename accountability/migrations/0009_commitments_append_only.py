"""Old terms, progress and what a provider said stay: the database refuses to change or delete them."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0008_commitments_and_circles")]
    operations = [
        AppendOnly("accountability_commitmentchange"),
        AppendOnly("accountability_progress"),
        AppendOnly("accountability_provideranswer"),
    ]
