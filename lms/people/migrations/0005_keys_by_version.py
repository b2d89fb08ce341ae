from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_key_gravestones")]
    operations = [
        migrations.AddIndex(
            model_name="subjectkey",
            index=models.Index(
                fields=["version", "id"], name="keys_by_version", condition=models.Q(("destroyed_at", None))
            ),
        ),
    ]
