"""What changed a schedule, and the date that a holiday moved."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accountability.models.tracks
import lms.fields
from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accountability", "0006_overrides"),
        ("referrals", "0014_early_completion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("toll", "Stop the clock"),
                            ("extend", "Extend the track"),
                            ("give_back", "Start the clock again"),
                            ("cadence", "Change how often"),
                            ("zone", "Change the time zone"),
                            ("early", "Complete early"),
                        ],
                        max_length=12,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("from_on", models.DateField()),
                ("days", models.SmallIntegerField()),
                ("reason", lms.fields.SealedTextField(blank=True, max_length=200, zone="compliance")),
                ("authority", lms.fields.SealedTextField(blank=True, max_length=200, zone="compliance")),
                ("was_ends_on", models.DateField()),
                ("was_ends_at", models.DateTimeField()),
                ("was_zone", models.CharField(max_length=64)),
                ("was_cadence", models.CharField(max_length=120)),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("cadence", models.CharField(blank=True, max_length=120)),
                ("anchor_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="track",
            name="a_track_is_never_cut_short",
        ),
        migrations.AddField(
            model_name="checkin",
            name="added_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="checkin",
            name="planned_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="track",
            name="ended_early_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="windowchange",
            name="planned_on",
            field=models.DateField(null=True),
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
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="track",
            name="feed_key",
            field=models.CharField(
                default=accountability.models.tracks.new_feed_key, max_length=40, null=True, unique=True
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned_on", None), ("planned_on__lte", models.F("due_on")), _connector="OR"),
                name="a_holiday_moves_only_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="track",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("planned_end_on")), ("ended_early_at__isnull", False), _connector="OR"
                ),
                name="a_track_is_never_cut_short",
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="tolling",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="given_back",
                to="accountability.tolling",
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="track",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="accountability.track"
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(fields=("track", "number"), name="one_track_move_per_number"),
        ),
        AppendOnly("accountability_move"),
        # SQLite made the table anew.
        AppendOnly("accountability_windowchange"),
    ]
