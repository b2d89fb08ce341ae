"""What an administrator proposes in a case that is not theirs: a second person says yes, or it lapses."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accountability", "0005_append_only_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Override",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("excuse", "Excuse a check-in"),
                            ("toll", "Stop the clock"),
                            ("extend", "Extend the track"),
                        ],
                        max_length=6,
                    ),
                ),
                ("terms", lms.fields.SealedTextField(max_length=2000, zone="compliance")),
                ("proposed_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "check_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="accountability.checkin",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="accountability.track"
                    ),
                ),
            ],
            options={
                "ordering": ["-proposed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="two_people_override",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_at", None), ("withdrawn_at", None), _connector="OR"),
                        name="override_confirmed_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act", "excuse"), ("check_in__isnull", False)),
                            models.Q(models.Q(("act", "excuse"), _negated=True), ("check_in", None)),
                            _connector="OR",
                        ),
                        name="only_a_check_in_is_excused",
                    ),
                ],
            },
        ),
    ]
