"""Where the register ended each day, told to everybody; and lines that are chained by their own digest."""

import uuid

from django.conf import settings
from django.db import migrations, models

import lms.fields
from lms.database import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("court_reports", "0004_lines_carry_proofs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("court_reports_registerentry"),
        migrations.CreateModel(
            name="HeadSubscriber",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", lms.fields.SealedTextField(zone="identity")),
                (
                    "digest",
                    models.CharField(help_text="Keyed, so that nobody is asked twice.", max_length=64, unique=True),
                ),
                ("language", models.CharField(max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PublishedHead",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-day"],
            },
        ),
        migrations.AddField(
            model_name="registerentry",
            name="line",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Digest of this line alone; older lines have none.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="step",
            field=models.CharField(
                choices=[
                    ("notified", "Told that a report waits"),
                    ("opened", "Opened"),
                    ("filing_copy", "Opened the filing copy"),
                    ("acknowledged", "Acknowledged"),
                    ("own_copy", "Opened by the person it is about"),
                    ("replaced", "Told that a later report replaced it"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="registerentry",
            name="kind",
            field=models.CharField(
                choices=[("issued", "Issued"), ("revoked", "Revoked"), ("replaced", "Replaced by a later report")],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["digest"], name="by_what_was_handed_out"),
        ),
        AppendOnly("court_reports_registerentry"),
        AppendOnly("court_reports_publishedhead"),
        AppendOnly("court_reports_delivery"),
    ]
