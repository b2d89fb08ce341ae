"""What older rows do not say of themselves."""

from django.db import migrations


def why_suppressed(apps, schema_editor):
    """Until now there was one reason alone."""
    messages = apps.get_model("outbox", "Message").objects
    messages.filter(suppressed_at__isnull=False, suppressed_why="").update(suppressed_why="too_late")


def of_whom(apps, schema_editor):
    """Invitations of staff that are there already are tied to their program or court."""
    messages = apps.get_model("outbox", "Message").objects.filter(kind="staff.invitation", audience=None)
    invitations = apps.get_model("referrals", "Invitation").objects
    for message in messages.iterator():
        invitation = invitations.filter(pk=message.key.removeprefix("invitation:")).first()
        if invitation is not None:
            messages.filter(pk=message.pk).update(audience=invitation.program_id or invitation.court_id)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_texts_and_lines"), ("referrals", "0001_initial")]

    operations = [
        migrations.RunPython(why_suppressed, migrations.RunPython.noop),
        migrations.RunPython(of_whom, migrations.RunPython.noop),
    ]
