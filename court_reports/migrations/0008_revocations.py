"""Revoking a report takes two people; a court's own system is called for what became of a report, too."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.fields


class Migration(migrations.Migration):
    dependencies = [
        ("court_reports", "0007_courts_own_systems"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("proposed_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("another_case", "It is about another case or person"),
                            ("wrong_facts", "What it says is wrong, and no later report can put it right"),
                            ("by_mistake", "It was released by mistake"),
                            ("court_or_legal", "A court ordered it, or the law asks for it"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                ("what_is_wrong", lms.fields.SealedTextField(zone="compliance")),
            ],
            options={
                "ordering": ["-proposed_at"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="webhookcall",
            name="event",
            field=models.CharField(
                choices=[
                    ("report.released", "report.released"),
                    ("report.superseded", "report.superseded"),
                    ("report.revoked", "report.revoked"),
                ],
                db_default="report.released",
                default="report.released",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="step",
            field=models.CharField(
                choices=[
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
                    ("revoked", "Told that it was revoked"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="webhookcall",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="webhook_calls", to="court_reports.release"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookcall",
            constraint=models.UniqueConstraint(fields=("release", "event"), name="called_once_for_each"),
        ),
        migrations.AddField(
            model_name="revocation",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revocations", to="court_reports.release"
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_revoke",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at", None), ("withdrawn_at", None), _connector="OR"),
                name="revocation_confirmed_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False)), fields=("release",), name="revoked_once"
            ),
        ),
    ]
