"""A call for help and a try to send stay as they were: the database refuses to change or delete them."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0010_checking_in")]
    operations = [AppendOnly("accountability_helpcall"), AppendOnly("accountability_try")]
