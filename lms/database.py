"""Migration operations that both databases understand, and what SQLite has to be asked for."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from lms import crypto


def empty_log() -> bool:
    """Whether SQLite's log is empty now. What was destroyed stands in it until it begins anew, whatever the file says.

    Nobody is held up: while somebody reads an older state it stays, and is emptied the next time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    patience = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, _frames, _done) = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    return not busy


def forget_searched() -> None:
    """Take out of SQLite's index for the search what rows no longer say: it keeps old words until its parts are merged."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO wagtailsearch_indexentry_fts (wagtailsearch_indexentry_fts) VALUES ('optimize')")


class AppendOnly(migrations.operations.base.Operation):
    """Triggers that refuse UPDATE and DELETE on a table, in SQLite and in PostgreSQL alike.

    And what passes those two by: SQLite's REPLACE, which takes a row away without a word to triggers on DELETE, and
    PostgreSQL's TRUNCATE, which asks no trigger on rows. On SQLite a new unique key must be refused too: name the
    operation again in the migration that adds one.

    On SQLite a change of a table's columns may make the table anew and lose them: name the operation again in that
    migration. Standing twice is harmless.
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
        self._take_off(schema_editor)
        for verb in self._verbs(schema_editor.connection.vendor):
            for statement in _create(schema_editor.connection.vendor, self.table, verb):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        self._take_off(schema_editor)

    def _take_off(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for verb in self._verbs(schema_editor.connection.vendor):
            for statement in _drop(schema_editor.connection.vendor, self.table, verb):
                schema_editor.execute(statement, params=None)

    def _verbs(self, vendor: str) -> tuple[str, ...]:
        by_row = ("update", "delete") if self.delete else ("update",)
        return by_row + self._past_them(vendor)

    def _past_them(self, vendor: str) -> tuple[str, ...]:
        if vendor == "sqlite":
            return ("replace",)
        return ("truncate",) if self.delete else ()

    def describe(self) -> str:
        return f"Refuse changes to rows of {self.table}"


class AlsoNotPastThem(AppendOnly):
    """For tables that an AppendOnly of an earlier version protects: what passes UPDATE and DELETE by is refused too."""

    def _verbs(self, vendor: str) -> tuple[str, ...]:
        return self._past_them(vendor)

    def describe(self) -> str:
        return f"Refuse REPLACE and TRUNCATE on {self.table}"


class LiftAppendOnly(AppendOnly):
    """Take the triggers off a table for as long as a migration needs; an AppendOnly puts them back."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        super().database_backwards(app_label, schema_editor, to_state, from_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        super().database_forwards(app_label, schema_editor, to_state, from_state)

    def describe(self) -> str:
        return f"Let rows of {self.table} be changed"


class ToBytes(migrations.AlterField):
    """A column of text or JSON becomes one of bytes, which hold the same text until SealText seals it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        _retype(
            schema_editor,
            to_state.apps.get_model(app_label, self.model_name),
            self.name,
            "convert_to({}::text, 'UTF8')",
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        column = schema_editor.quote_name(model._meta.get_field(self.name).column)
        if schema_editor.connection.vendor == "sqlite":
            # As text first: what the column held before may be checked to be JSON.
            schema_editor.execute(f"UPDATE {model._meta.db_table} SET {column} = CAST({column} AS TEXT)")
            return super().database_backwards(app_label, schema_editor, from_state, to_state)
        kind = model._meta.get_field(self.name).db_type(schema_editor.connection)
        _retype(schema_editor, model, self.name, f"convert_from({{}}, 'UTF8')::{kind}")

    def describe(self) -> str:
        return f"Keep {self.name} of {self.model_name} as bytes"


def _retype(schema_editor: BaseDatabaseSchemaEditor, model: Any, name: str, using: str) -> None:
    field = model._meta.get_field(name)
    column = schema_editor.quote_name(field.column)
    schema_editor.execute(
        f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {column} "
        f"TYPE {field.db_type(schema_editor.connection)} USING {using.format(column)}"
    )


class SealText(migrations.RunPython):
    """Seal what ToBytes left in clear: 200 rows to a transaction, and begun again it goes on.

    ``subject``: lookups of which the first that is set names the person. The migration
    is not atomic, and depends on the last one of ``people``. Backwards it opens everything again.
    """

    BATCH = 200

    def __init__(self, model: str, fields: Sequence[str], subject: Sequence[str]) -> None:
        self.model, self.fields, self.subject = model, fields, subject
        super().__init__(self._seal, self._open)

    def deconstruct(self) -> Any:
        return (self.__class__.__name__, [self.model, self.fields, self.subject], {})

    def _seal(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        self._walk(apps, _sealed)

    def _open(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        self._walk(apps, _opened)

    def _walk(self, apps: Any, change: Any) -> None:
        model, keys = apps.get_model(self.model), apps.get_model("people", "SubjectKey")
        for rows in self._batches(model):
            with transaction.atomic():
                for row in rows:
                    subject = next(row[name] for name in self.subject if row[name])
                    changed = {
                        field.name: change(row[field.name], field, row["pk"], subject, keys)
                        for field in map(model._meta.get_field, self.fields)
                        if row[field.name] is not None
                    }
                    model.objects.filter(pk=row["pk"]).update(**changed)

    def _batches(self, model: Any) -> Iterator[list[dict[str, Any]]]:
        after = None
        while True:
            rows = model.objects.order_by("pk") if after is None else model.objects.order_by("pk").filter(pk__gt=after)
            batch = list(
                rows.values("pk", *self.fields, *(name for name in self.subject if name != "pk"))[: self.BATCH]
            )
            if not batch:
                return
            yield batch
            after = batch[-1]["pk"]


def _sealed(value: Any, field: Any, pk: Any, subject: UUID, keys: Any) -> bytes:
    clear = value.encode() if isinstance(value, str) else bytes(value)
    where = {"subject": subject, "place": field.place_of(pk), "zone": field.zone, "keys": keys}
    if not clear or clear == field.to_text(field.nothing()).encode():
        return b""
    try:
        crypto.decrypt_bytes(clear, **where)
        return clear  # sealed already, before this was cut off
    except crypto.KeyDestroyed:
        return b""  # forgotten: so are these words
    except (crypto.KeySealed, crypto.RingKeyMissing):
        raise
    except (crypto.KeyMissing, crypto.Tampered):
        return crypto.encrypt_bytes(clear, **where)


def _opened(value: Any, field: Any, pk: Any, subject: UUID, keys: Any) -> bytes:
    if not value:
        return str(field.to_text(field.nothing())).encode()
    try:
        return crypto.decrypt_bytes(value, subject=subject, place=field.place_of(pk), zone=field.zone, keys=keys)
    except crypto.KeyDestroyed:
        return str(field.to_text(field.nothing())).encode()
    except crypto.Tampered:
        return bytes(value)  # in clear already


def refusal(
    vendor: str, *, table: str, verb: str, message: str, when: str = "", keys: Sequence[Sequence[str]] = ()
) -> list[str]:
    """The statements that make one trigger; ``when``: SQL about the row OLD that must hold for it to refuse.

    ``keys``: what of a table is unique, for "replace".
    """
    name = f"{table}_no_{verb}"
    if vendor == "sqlite":
        if verb == "replace":
            # An INSERT whose key stands already would be refused anyway, unless it is one that takes the row's place.
            same = " OR ".join(" AND ".join(f"kept.{column} = NEW.{column}" for column in key) for key in keys)
            held = f" AND {when.replace('OLD.', 'kept.')}" if when else ""
            event, when = "INSERT", f"EXISTS (SELECT 1 FROM {table} kept WHERE ({same}){held})"
        else:
            event = verb.upper()
        condition = f"WHEN {when} " if when else ""
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ]
    if verb == "truncate":
        body, each = f"RAISE EXCEPTION '{message}';", "STATEMENT"
    elif when:
        kept = "NEW" if verb == "update" else "OLD"
        body, each = f"IF {when} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {kept};", "ROW"
    else:
        body, each = f"RAISE EXCEPTION '{message}';", "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
    ]


def unique_keys(table: str) -> list[list[str]]:
    """What of a table is unique in SQLite: its primary key, each key that holds for every row, and SQLite's own number.

    A row that is inserted without its number has -1 while triggers ask, which no row has.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA table_info({table})")
        keys = [[row[1] for row in cursor.fetchall() if row[5]]]
        cursor.execute(f"PRAGMA index_list({table})")
        names = [row[1] for row in cursor.fetchall() if row[2] and not row[4]]
        for name in sorted(names):
            cursor.execute(f"PRAGMA index_info({name})")
            key = [row[2] for row in cursor.fetchall()]
            keys += [key] if key not in keys else []
    return [*keys, ["rowid"]]


def without_refusal(vendor: str, *, table: str, verb: str) -> list[str]:
    """The statements that take one trigger away, if it is there."""
    name = f"{table}_no_{verb}"
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}"]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"]


def _create(vendor: str, table: str, verb: str) -> list[str]:
    keys = unique_keys(table) if verb == "replace" else ()
    return refusal(vendor, table=table, verb=verb, message=f"{table} is append-only", keys=keys)


def _drop(vendor: str, table: str, verb: str) -> list[str]:
    return without_refusal(vendor, table=table, verb=verb)
