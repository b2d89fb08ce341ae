"""Lines of the register carry a proof. What was written before is proved now, and says that it was proved later."""

from importlib import import_module
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from lms.database import AppendOnly, LiftAppendOnly

BATCH = 500


def prove_what_is_there(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """With nothing written yet no key is asked for: a new database needs none to be made."""
    entries = apps.get_model("court_reports", "RegisterEntry").objects.order_by("position")
    if not entries.exists():
        return
    # The key is the journal's own; its migration has it from the models as they were.
    keyed = import_module("lms.journal.migrations.0003_where_from_and_proofs")._digest(
        apps.get_model("people", "SubjectKey")
    )
    last = 0
    while batch := list(entries.filter(position__gt=last)[:BATCH]):
        for entry in batch:
            entry.proof = "later:" + keyed(f"register, proved later:{entry.position}:{entry.hash}")
        entries.bulk_update(batch, ["proof"])
        last = batch[-1].position


class Migration(migrations.Migration):
    dependencies = [
        ("court_reports", "0003_neither_replaced_nor_emptied"),
        ("journal", "0004_what_waits_for_the_chain"),
        ("people", "0006_sign_ins"),
    ]

    operations = [
        LiftAppendOnly("court_reports_registerentry"),
        migrations.AddField(
            "registerentry",
            "proof",
            models.CharField(blank=True, default="", help_text="Keyed digest: this product wrote it.", max_length=80),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="RegisterVerification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("position", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("broken", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(prove_what_is_there, migrations.RunPython.noop),
        AppendOnly("court_reports_registerentry"),
        AppendOnly("court_reports_registerverification"),
    ]
