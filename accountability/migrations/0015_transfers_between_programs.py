"""A track that goes on by another program's policy."""

import django.db.models.deletion
from django.db import migrations, models

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accountability", "0014_why_a_step_was_skipped"),
        ("referrals", "0020_transfers_between_programs"),
    ]

    operations = [
        migrations.AddField(
            model_name="move",
            name="transfer",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="move", to="referrals.transfer"
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="was_policy",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="track",
            name="leeway_minutes",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="move",
            name="act",
            field=models.CharField(
                choices=[
                    ("toll", "Stop the clock"),
                    ("extend", "Extend the track"),
                    ("give_back", "Start the clock again"),
                    ("cadence", "Change how often"),
                    ("zone", "Change the time zone"),
                    ("early", "Complete early"),
                    ("transfer", "Transfer to another program"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="override",
            name="act",
            field=models.CharField(
                choices=[
                    ("excuse", "Excuse a check-in"),
                    ("toll", "Stop the clock"),
                    ("extend", "Extend the track"),
                    ("give_back", "Start the clock again"),
                    ("cadence", "Change how often"),
                    ("zone", "Change the time zone"),
                    ("early", "Complete early"),
                    ("transfer", "Transfer to another program"),
                ],
                max_length=12,
            ),
        ),
        AppendOnly("accountability_move"),
    ]
