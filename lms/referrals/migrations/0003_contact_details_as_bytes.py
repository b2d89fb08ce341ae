"""Contact details and a court's words become bytes; the next migration seals them."""

from django.db import migrations

import lms.fields
from lms.database import ToBytes


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_append_only")]
    operations = [
        ToBytes(
            model_name="referral",
            name="email",
            field=lms.fields.SealedTextField(
                blank=True, max_length=254, verbose_name="e-mail address", zone="identity"
            ),
        ),
        ToBytes(
            model_name="referral",
            name="phone",
            field=lms.fields.SealedTextField(blank=True, max_length=40, verbose_name="telephone", zone="identity"),
        ),
        ToBytes(
            model_name="referral",
            name="conditions",
            field=lms.fields.SealedListField(blank=True, verbose_name="conditions as ordered", zone="identity"),
        ),
        ToBytes(
            model_name="referral",
            name="defense_counsel",
            field=lms.fields.SealedTextField(
                blank=True, max_length=200, verbose_name="defense counsel", zone="identity"
            ),
        ),
        ToBytes(
            model_name="invitation",
            name="email",
            field=lms.fields.SealedTextField(blank=True, max_length=254, zone="identity"),
        ),
        ToBytes(
            model_name="invitation",
            name="first_name",
            field=lms.fields.SealedTextField(blank=True, max_length=100, zone="identity"),
        ),
        ToBytes(
            model_name="invitation",
            name="last_name",
            field=lms.fields.SealedTextField(blank=True, max_length=100, zone="identity"),
        ),
    ]
