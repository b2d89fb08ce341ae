"""How reports reach a court: whom the ledger names without an account, links, calls to a court's system, owed days."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lms.database import AppendOnly

STEPS = [
    ("laid", "Laid where the court signs in"),
    ("notified", "Told that a report waits"),
    ("sent", "The court’s system took the notice"),
    ("not_taken", "The court’s system did not take the notice"),
    ("opened", "Opened"),
    ("filing_copy", "Opened the filing copy"),
    ("pack", "Fetched to be filed by hand"),
    ("handed_over", "Handed over"),
    ("acknowledged", "Acknowledged"),
    ("own_copy", "Opened by the person it is about"),
    ("replaced", "Told that a later report replaced it"),
]


def to_release(relation, name):
    return relation(on_delete=django.db.models.deletion.PROTECT, related_name=name, to="court_reports.release")


class Migration(migrations.Migration):
    dependencies = [
        ("court_reports", "0005_published_heads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "report",
            "owed_on",
            models.DateField(help_text="The court day by whose end the court is to have it, if any.", null=True),
        ),
        migrations.CreateModel(
            name="CourtLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("address", models.EmailField(max_length=254)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("release", to_release(models.ForeignKey, "links")),
                (
                    "renews",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewed_by",
                        to="court_reports.courtlink",
                    ),
                ),
            ],
            options={"ordering": ["made_at"]},
        ),
        migrations.CreateModel(
            name="WebhookCall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=24)),
                ("taken_at", models.DateTimeField(null=True)),
                ("gave_up_at", models.DateTimeField(null=True)),
                ("release", to_release(models.OneToOneField, "webhook_call")),
            ],
        ),
        migrations.AddIndex(
            "webhookcall",
            models.Index(fields=["next_at"], name="webhooks_to_call", condition=models.Q(next_at__isnull=False)),
        ),
        migrations.AddConstraint(
            "webhookcall",
            models.CheckConstraint(
                condition=models.Q(next_at=None) | (models.Q(taken_at=None) & models.Q(gave_up_at=None)),
                name="called_until_settled",
            ),
        ),
        migrations.AddField("delivery", "how", models.CharField(blank=True, db_default="", default="", max_length=16)),
        migrations.AddField(
            "delivery", "recipient", models.CharField(blank=True, db_default="", default="", max_length=254)
        ),
        migrations.AlterField(
            "delivery",
            "by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField("delivery", "step", models.CharField(choices=STEPS, max_length=16)),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | ~models.Q(recipient="") | models.Q(step="laid"),
                name="delivered_to_somebody",
            ),
        ),
        # SQLite made the table anew.
        AppendOnly("court_reports_delivery"),
    ]
