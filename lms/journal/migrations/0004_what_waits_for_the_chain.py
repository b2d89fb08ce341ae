"""Linking asks for what waits, not for the whole journal.

A trigger, not our own code, says what waits: an event inserted past the product is chained too, and named.
On SQLite a change of the columns of journal_event may make that table anew and lose it: name it again there.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WHAT_WAITS_NOW = (
    "INSERT INTO journal_waiting (event_id) SELECT e.id FROM journal_event e "
    "LEFT JOIN journal_link l ON l.event_id = e.id WHERE l.event_id IS NULL"
)
INSERT = "INSERT INTO journal_waiting (event_id) VALUES (NEW.id)"
CREATE = {
    "sqlite": [f"CREATE TRIGGER journal_event_waits AFTER INSERT ON journal_event BEGIN {INSERT}; END"],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION journal_event_waits() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {INSERT}; RETURN NULL; END $$",
        "CREATE TRIGGER journal_event_waits AFTER INSERT ON journal_event "
        "FOR EACH ROW EXECUTE FUNCTION journal_event_waits()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER IF EXISTS journal_event_waits"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS journal_event_waits ON journal_event",
        "DROP FUNCTION IF EXISTS journal_event_waits()",
    ],
}


def begin(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # The trigger first: what is written meanwhile is not overlooked.
    for statement in (*CREATE[schema_editor.connection.vendor], WHAT_WAITS_NOW):
        schema_editor.execute(statement, params=None)


def end(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_where_from_and_proofs")]

    operations = [
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="journal.event",
                    ),
                ),
            ],
        ),
        migrations.RunPython(begin, end),
    ]
