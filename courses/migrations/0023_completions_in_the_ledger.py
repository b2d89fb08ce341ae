"""Completions that were stated only in rows of their own stand in the ledger of evidence too."""

from django.db import migrations, models


def into_the_ledger(apps, schema_editor):
    """A line for each completed module and course, at the moment that was stored. Since when everything was met is not
    said: the evidence says it."""
    evidence = apps.get_model("courses", "Evidence").objects
    there = set(evidence.filter(kind__in=("module_completed", "course_completed")).values_list("enrollment", "module"))
    lines = []
    done = apps.get_model("courses", "ModuleProgress").objects.filter(completed_at__isnull=False)
    for row in done.select_related("module", "enrollment__referral").iterator():
        if (row.enrollment_id, row.module_id) not in there:
            lines.append(_line(evidence.model, row, "module_completed", module=row.module))
    courses = apps.get_model("courses", "Enrollment").objects.filter(completed_at__isnull=False)
    for row in courses.iterator():
        if (row.pk, None) not in there:
            lines.append(_line(evidence.model, row, "course_completed"))
    evidence.bulk_create(lines, batch_size=500)


def _line(model, row, kind, module=None):
    enrollment = row.enrollment if module else row
    language = (enrollment.language or enrollment.referral.language) if module else ""
    spanish = language == "es" and module.revision_es_id
    digest = (module.digest_es if spanish else module.digest_en) if module else ""
    return model(enrollment=enrollment, module=module, kind=kind, at=row.completed_at, digest=digest)


class Migration(migrations.Migration):
    dependencies = [("courses", "0022_active_time"), ("referrals", "0001_initial")]

    operations = [
        migrations.AddField(
            "attempt",
            "picked",
            models.JSONField(
                default=dict,
                db_default={},
                help_text="While it is open: what was chosen or typed so far, as its form names it.",
            ),
        ),
        migrations.RunPython(into_the_ledger, migrations.RunPython.noop),
    ]
