from django.db import migrations

from lms.database import SealText

CASE = ["track__referral_id"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accountability", "0003_words_as_bytes"),
        ("referrals", "0004_seal_contact_details"),
        ("people", "0005_keys_by_version"),
    ]
    operations = [
        SealText("accountability.Tolling", ["authority"], CASE),
        SealText("accountability.Extension", ["reason", "ordered_by"], CASE),
        SealText("accountability.Commitment", ["named_by_order"], CASE),
    ]
