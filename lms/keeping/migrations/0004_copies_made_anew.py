"""A person's own copy that was made before it became a file like others is made anew."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import migrations


def make_anew(apps, schema_editor):
    apps.get_model("keeping", "PersonsCopy").objects.filter(gone_at=None).update(made_at=None, expires_at=None, size=0)
    apps.get_model("keeping", "DoomedFile").objects.filter(store="copies", gone_at=None).delete()
    shutil.rmtree(Path(settings.PRIVATE_ROOT) / "copies", ignore_errors=True)


class Migration(migrations.Migration):
    dependencies = [
        ("keeping", "0003_kept_files"),
    ]

    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
