"""The database refuses to change what has left: releases, register, ledger, and reports once released."""

from django.db import migrations

from lms.database import AppendOnly

TABLE = "court_reports_report"
RELEASED = "EXISTS (SELECT 1 FROM court_reports_release WHERE report_id = OLD.id)"


def refuse(apps, schema_editor):
    for verb in ("update", "delete"):
        for statement in _create(schema_editor.connection.vendor, f"{TABLE}_no_{verb}", verb):
            schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    for verb in ("update", "delete"):
        name = f"{TABLE}_no_{verb}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}", params=None)
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)


def _create(vendor, name, verb):
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {TABLE} WHEN {RELEASED} "
            f"BEGIN SELECT RAISE(ABORT, 'a released report does not change'); END"
        ]
    kept = "NEW" if verb == "update" else "OLD"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {RELEASED} THEN RAISE EXCEPTION 'a released report does not change'; END IF; "
        f"RETURN {kept}; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


class Migration(migrations.Migration):
    dependencies = [("court_reports", "0001_initial")]
    operations = [
        AppendOnly("court_reports_release"),
        AppendOnly("court_reports_registerentry"),
        AppendOnly("court_reports_delivery"),
        migrations.RunPython(refuse, allow),
    ]
