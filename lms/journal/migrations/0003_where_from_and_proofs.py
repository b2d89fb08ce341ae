"""Events say from where and carry a proof; what was written before is proved now, and chained as it was."""

import os
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from lms.database import AppendOnly, LiftAppendOnly

BATCH = 500


def prove_what_is_there(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """With nothing written yet no key is asked for: a new database needs none to be made."""
    from lms.journal import chain

    event_model, link_model = apps.get_model("journal", "Event"), apps.get_model("journal", "Link")
    if not event_model.objects.exists():
        return
    keyed = _digest(apps.get_model("people", "SubjectKey"))
    for start in _starts(event_model, "pk"):
        events = list(event_model.objects.filter(pk__gte=start).order_by("pk")[:BATCH])
        for event in events:
            nonce = secrets.token_hex(8)
            event.proof = nonce + keyed(chain.proof_text(nonce, chain.fields(event)))
        event_model.objects.bulk_update(events, ["proof"])
    for start in _starts(link_model, "position"):
        links = list(link_model.objects.filter(position__gte=start).order_by("position")[:BATCH])
        for link in links:
            link.proof = keyed(chain.link_text(link.position, link.hash))
        link_model.objects.bulk_update(links, ["proof"])


def _starts(model: Any, key: str) -> list[int]:
    return list(model.objects.order_by(key).values_list(key, flat=True))[::BATCH]


def _digest(keys: Any) -> Any:
    """The journal's key, made if it is not there (as lms.crypto makes it, from the models as they are here)."""
    import hashlib
    import hmac

    from lms import clock, crypto

    subject, zone = UUID(int=0), "journal"
    context = f"subject-key:{zone}:{subject}"
    row = keys.objects.filter(subject=subject, zone=zone).first()
    if row is None:
        version, wrapped = crypto.wrap(os.urandom(32), context=context)
        row = keys.objects.create(
            subject=subject, zone=zone, version=version, wrapped=wrapped, created_at=clock.now()
        )  # fmt: skip
    key = crypto.unwrap(bytes(row.wrapped), version=row.version, context=context)
    return lambda text: hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0004_key_gravestones"),
        ("journal", "0002_append_only"),
    ]

    operations = [
        LiftAppendOnly("journal_event"),
        LiftAppendOnly("journal_link"),
        migrations.AddField(
            "event",
            "origin",
            models.CharField(
                blank=True, default="", help_text="Truncated address, “service” or “command”.", max_length=24
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "event", "request_id", models.CharField(blank=True, default="", max_length=16), preserve_default=False
        ),
        migrations.AddField(
            "event",
            "outcome",
            models.CharField(
                blank=True, choices=[("denied", "refused"), ("failed", "failed")], default="", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "event",
            "proof",
            models.CharField(
                blank=True,
                default="",
                help_text="Nonce and keyed digest: this product wrote it.",
                max_length=80,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "link", "proof", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("first", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("broken", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(prove_what_is_there, migrations.RunPython.noop),
        AppendOnly("journal_event"),
        AppendOnly("journal_link"),
    ]
