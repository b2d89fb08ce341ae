"""Who had a case when stays: the database refuses to change it again."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("referrals", "0017_covers_and_hand_overs")]
    # Columns were added to the policy before this: SQLite may have made its table anew.
    operations = [AppendOnly("referrals_handover"), AppendOnly("referrals_policyversion")]
