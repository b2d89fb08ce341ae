"""Addresses of people without an account: sealed while their message waits, and gone when it is done with."""

from typing import Any

from django.db import migrations, transaction

from lms import crypto

CLEAR, SEALED = "address", "sealed_address"
BATCH = 200


def seal(apps: Any, schema_editor: Any) -> None:
    _walk(apps, CLEAR, SEALED, lambda text: crypto.wrap_text(text, context=SEALED))


def open_again(apps: Any, schema_editor: Any) -> None:
    _walk(apps, SEALED, CLEAR, lambda text: crypto.unwrap_text(text, context=SEALED))


def _walk(apps: Any, old: str, new: str, change: Any) -> None:
    messages = apps.get_model("outbox", "Message").objects.filter(context__has_key=old).order_by("pk")
    while batch := list(messages[:BATCH]):
        with transaction.atomic():
            for message in batch:
                text = message.context.pop(old)
                if not (message.sent_at or message.suppressed_at or message.settled_at):
                    message.context[new] = change(text)
                message.save(update_fields=["context"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0002_settled")]
    operations = [migrations.RunPython(seal, open_again)]
