"""What a person accepted and what a policy said stays: the database refuses to change it."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [
        AppendOnly("referrals_agreementacceptance"),
        AppendOnly("referrals_agreement"),
        AppendOnly("referrals_policyversion"),
    ]
