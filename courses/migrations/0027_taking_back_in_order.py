from typing import Any

from django.db import migrations, models


def finished_then(apps: Any, schema_editor: Any) -> None:
    """Whatever had its words taken out had everything done in that same moment."""
    rows = apps.get_model("courses", "TakenBack").objects.filter(words_gone_at__isnull=False, finished_at=None)
    rows.update(finished_at=models.F("words_gone_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0026_topic_chosen_from_a_list"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="takenback",
            name="taken_back_unfinished",
        ),
        migrations.AddField(
            model_name="takenback",
            name="done",
            field=models.JSONField(help_text="Steps that are done, each with its moment.", null=True),
        ),
        migrations.AddField(
            model_name="takenback",
            name="finished_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="takenback",
            name="found",
            field=models.JSONField(
                help_text="Ids alone: copies, pages, pictures, documents, recordings; and what it made owed.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="takenback",
            index=models.Index(
                condition=models.Q(
                    ("put_back_at", None),
                    models.Q(("finished_at", None), ("destroyed_at", None), ("looked_at", None), _connector="OR"),
                ),
                fields=["at"],
                name="taken_back_unfinished",
            ),
        ),
        migrations.RunPython(finished_then, migrations.RunPython.noop),
    ]
