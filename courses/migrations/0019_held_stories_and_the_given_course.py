"""What was approved and cannot be published is seen to wait; and of several courses, one is the program's."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


def as_it_was(apps, schema_editor):
    """Until now whoever enrolled was given the edition that was published last, of whichever course: that stays so."""
    editions = apps.get_model("courses", "Edition").objects
    for program in editions.order_by().values_list("program", flat=True).distinct():
        rows = list(editions.filter(program=program).order_by("published_at", "number"))
        first, last = rows[0], rows[-1]
        if first.course_key != last.course_key:
            apps.get_model("courses", "ProgramCourse").objects.create(
                program_id=program, course_key=last.course_key, chosen_at=last.published_at
            )


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0018_translations"),
        ("referrals", "0010_program_cooling_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="coolingoff",
            name="held_at",
            field=models.DateTimeField(help_text="Since when its time is over and it cannot be published.", null=True),
        ),
        migrations.AddField(
            model_name="coolingoff",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often it could not be published."),
        ),
        migrations.AddField(
            model_name="coolingoff",
            name="try_at",
            field=models.DateTimeField(help_text="Not tried again before.", null=True),
        ),
        migrations.CreateModel(
            name="ProgramCourse",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("course_key", models.UUIDField()),
                ("chosen_at", models.DateTimeField()),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.program"
                    ),
                ),
            ],
        ),
        migrations.RunPython(as_it_was, migrations.RunPython.noop),
    ]
