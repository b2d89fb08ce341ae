"""Neither SQLite's REPLACE nor PostgreSQL's TRUNCATE passes the triggers by, on any table that is append-only.

All apps' tables stand here, for it is one change of one operation (lms.database.AppendOnly).
"""

from django.db import migrations

from lms.database import AlsoNotPastThem, AppendOnly, refusal, unique_keys, without_refusal

TABLE = "court_reports_report"
RELEASED = "EXISTS (SELECT 1 FROM court_reports_release WHERE report_id = OLD.id)"
VERBS = {"sqlite": "replace", "postgresql": "truncate"}


def refuse(apps, schema_editor):
    """A report that was released; its other triggers are in 0002."""
    vendor = schema_editor.connection.vendor
    allow(apps, schema_editor)
    keys = unique_keys(TABLE) if vendor == "sqlite" else ()
    for statement in refusal(
        vendor, table=TABLE, verb=VERBS[vendor], message="a released report does not change", when=RELEASED, keys=keys
    ):
        schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in without_refusal(vendor, table=TABLE, verb=VERBS[vendor]):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("court_reports", "0002_released_is_for_ever"),
        ("accountability", "0005_append_only_again"),
        ("courses", "0004_pictures_and_handouts"),
        ("journal", "0004_what_waits_for_the_chain"),
        ("referrals", "0006_put_away"),
    ]
    operations = [
        *(
            AlsoNotPastThem(table)
            for table in (
                "accountability_extension",
                "accountability_outage",
                "accountability_review",
                "accountability_submission",
                "accountability_tolling",
                "accountability_windowchange",
                "court_reports_delivery",
                "court_reports_registerentry",
                "court_reports_release",
                "courses_activetime",
                "courses_attestation",
                "courses_evidence",
                "courses_reflectionreview",
                "journal_event",
                "journal_link",
                "referrals_agreement",
                "referrals_agreementacceptance",
                "referrals_policyversion",
            )
        ),
        # That the journal was verified, and where it ended then: who cuts it may not blank this.
        AppendOnly("journal_verification"),
        migrations.RunPython(refuse, allow),
    ]
