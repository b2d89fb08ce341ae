"""Migration operations that both databases understand."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class AppendOnly(migrations.operations.base.Operation):
    """Triggers that refuse UPDATE and DELETE on a table, in SQLite and in PostgreSQL alike.

    ``except_columns`` may still be updated (for example a row's later-known link).
    """

    reversible = True

    def __init__(self, table: str, *, delete: bool = True) -> None:
        self.table = table
        self.delete = delete

    def deconstruct(self) -> tuple[str, list[str], dict[str, bool]]:
        return (self.__class__.__name__, [self.table], {"delete": self.delete})

    def state_forwards(self, app_label: str, state: object) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        for verb in self._verbs():
            for statement in _create(schema_editor.connection.vendor, self.table, verb):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        for verb in self._verbs():
            for statement in _drop(schema_editor.connection.vendor, self.table, verb):
                schema_editor.execute(statement, params=None)

    def _verbs(self) -> tuple[str, ...]:
        return ("update", "delete") if self.delete else ("update",)

    def describe(self) -> str:
        return f"Refuse changes to rows of {self.table}"


def _create(vendor: str, table: str, verb: str) -> list[str]:
    name = f"{table}_no_{verb}"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _drop(vendor: str, table: str, verb: str) -> list[str]:
    name = f"{table}_no_{verb}"
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}"]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"]
