"""Court orders and own copies are files like others (lms.files)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_stored_files"),
        ("keeping", "0002_legal_demands"),
    ]

    operations = [
        migrations.RemoveField(model_name="forgetting", name="order_file_id"),
        migrations.AddField(
            model_name="forgetting",
            name="order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="personscopy",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
    ]
