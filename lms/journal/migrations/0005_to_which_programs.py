"""Events keep the programs they belong to. Older ones say nothing of it, and their hashes and proofs stay as they are.

Null, without a default: SQLite adds such a column without making the table anew, which would lose its triggers.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_what_waits_for_the_chain")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="programs",
            field=models.TextField(help_text="Ids of the programs it belonged to when it happened.", null=True),
        ),
    ]
