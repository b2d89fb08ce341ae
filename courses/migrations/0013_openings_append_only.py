"""That somebody opened who an author is stays written down."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0012_author_identity")]
    operations = [AppendOnly("courses_identityopening")]
