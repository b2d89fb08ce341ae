"""An invitation may be for the lead of a court."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0006_put_away"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="lead",
            field=models.BooleanField(default=False),
        ),
    ]
