"""Where a session began is kept as a network, like in the journal: what was kept whole is cut short."""

from django.db import migrations

from lms.people.rules.origins import network_of


def cut_short(apps, schema_editor):
    sessions = apps.get_model("usersessions", "UserSession").objects
    for pk, ip in sessions.values_list("pk", "ip").iterator():
        kept = network_of(str(ip)).partition("/")[0]
        if kept and kept != ip:
            sessions.filter(pk=pk).update(ip=kept)


class Migration(migrations.Migration):
    dependencies = [("people", "0006_sign_ins"), ("usersessions", "0001_initial")]
    operations = [migrations.RunPython(cut_short, migrations.RunPython.noop, elidable=True)]
