"""Whether, after what share and with which standing a track may be completed early."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0013_deadline_moves"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="early_after_share",
            field=models.DecimalField(
                db_default=Decimal("0.75"),
                decimal_places=2,
                default=Decimal("0.75"),
                max_digits=3,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.10")),
                    django.core.validators.MaxValueValidator(Decimal("1.00")),
                ],
                verbose_name="share of the track that must be over before that",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="early_completion",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="With every required check-in and commitment behind them, and no open non-compliance.",
                verbose_name="a track may be completed early",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="early_standing",
            field=models.CharField(
                choices=[("in_compliance", "In compliance"), ("at_risk", "In compliance, or at risk")],
                db_default="in_compliance",
                default="in_compliance",
                max_length=16,
                verbose_name="with which standing",
            ),
        ),
        # SQLite made the table anew.
        AppendOnly("referrals_policyversion"),
    ]
