"""A case goes on in another program: who proposed it, and that it happened. That stays as it was written."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.fields
from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0019_delivery_routes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TransferProposal",
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
                            ("moved", "The person moved"),
                            ("order", "Order of the court"),
                            ("language", "The other program works in the person’s language"),
                            ("nearer", "The other program is easier to reach"),
                            ("known", "Somebody here knows the person"),
                            ("ends", "This program ends, or cannot go on with the case"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("ordered_by", lms.fields.SealedTextField(max_length=200, zone="compliance")),
                ("from_on", models.DateField()),
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
                    "ended_by",
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
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_proposals",
                        to="referrals.referral",
                    ),
                ),
                (
                    "to_program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.program"
                    ),
                ),
            ],
            options={
                "ordering": ["-proposed_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("from_name", models.CharField(max_length=200)),
                ("to_name", models.CharField(max_length=200)),
                ("from_on", models.DateField()),
                ("asks_agreements", models.BooleanField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "from_policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.policyversion",
                    ),
                ),
                (
                    "from_program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.program"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="referrals.referral"
                    ),
                ),
                (
                    "to_policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.policyversion",
                    ),
                ),
                (
                    "to_program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.program"
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer",
                        to="referrals.transferproposal",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="transferproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at", None), ("withdrawn_at", None), _connector="OR"),
                name="transfer_confirmed_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("referral", "number"), name="one_transfer_per_number"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_program", models.F("to_program")), _negated=True),
                name="a_transfer_goes_elsewhere",
            ),
        ),
        AppendOnly("referrals_transfer"),
    ]
