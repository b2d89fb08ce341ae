"""What was decided of a request, and the steps of the graduated response, stay: the database refuses to change them."""

from django.db import migrations

from lms.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accountability", "0012_excusal_requests_and_responses")]
    operations = [
        AppendOnly("accountability_excusalappeal"),
        AppendOnly("accountability_excusaldecision"),
        AppendOnly("accountability_responsestep"),
        AppendOnly("accountability_responsereply"),
    ]
