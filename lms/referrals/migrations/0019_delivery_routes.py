"""How reports reach a court, and by which day of the month."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0018_hand_overs_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="courtprofile",
            name="filing_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="name of the file that is filed"
            ),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="link_days",
            field=models.PositiveSmallIntegerField(
                db_default=14,
                default=14,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)],
                verbose_name="days that a link works",
            ),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="progress_day",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)],
                verbose_name="day of the month by which a progress report is due",
            ),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="report_address",
            field=models.EmailField(
                blank=True, db_default="", default="", max_length=254, verbose_name="e-mail address for links"
            ),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="route",
            field=models.CharField(
                choices=[
                    ("portal", "Here, where the court signs in"),
                    ("portal_notice", "Here, and an e-mail says that a report waits"),
                    ("link", "A link by e-mail, for a court without accounts"),
                    ("webhook", "The court’s own system is called"),
                    ("pack", "By hand: somebody hands over what is to be filed"),
                ],
                db_default="portal_notice",
                default="portal_notice",
                max_length=16,
                verbose_name="how reports reach the court",
            ),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="webhook_secret",
            field=models.TextField(blank=True, db_default="", default="", editable=False, verbose_name="shared secret"),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="webhook_url",
            field=models.URLField(blank=True, db_default="", default="", verbose_name="address of the court’s system"),
        ),
    ]
