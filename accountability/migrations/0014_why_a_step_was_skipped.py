"""Why a step was skipped, in a code that a report can print."""

from django.db import migrations, models

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0013_decisions_append_only")]
    operations = [
        migrations.AddField(
            model_name="responsestep",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("court_asked", "The court asked for a notice at once"),
                    ("no_way_to_reach", "There is no way to reach the person"),
                    ("done_before", "The same step was taken shortly before, in another way"),
                    ("other", "Other"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        # SQLite makes the table anew for it.
        AppendOnly("accountability_responsestep"),
    ]
