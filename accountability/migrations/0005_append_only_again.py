"""What moved a track stays: the database refuses to change it again."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0004_seal_words")]
    operations = [AppendOnly("accountability_tolling"), AppendOnly("accountability_extension")]
