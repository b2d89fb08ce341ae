"""Seal them. An invitation of no case that has been used no longer needs to say for whom it was."""

from typing import Any

from django.db import migrations

from lms.database import SealText

WHOM = ["email", "first_name", "last_name"]


def forget_used(apps: Any, schema_editor: Any) -> None:
    used = apps.get_model("referrals", "Invitation").objects.filter(referral=None, accepted_at__isnull=False)
    used.update(**dict.fromkeys(WHOM, b""))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0003_contact_details_as_bytes"), ("people", "0005_keys_by_version")]
    operations = [
        migrations.RunPython(forget_used, migrations.RunPython.noop),
        SealText("referrals.Referral", ["email", "phone", "conditions", "defense_counsel"], ["pk"]),
        SealText("referrals.Invitation", WHOM, ["referral_id", "pk"]),
    ]
