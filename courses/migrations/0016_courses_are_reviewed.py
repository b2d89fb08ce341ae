"""The courses that are there go through the review too; one that is made later is put under it as it is made."""

from django.db import migrations

NAME = "Review · Revisión"
STEPS = [
    ("author", "Another author · Otra autora"),
    ("reviewer", "Clinical or legal review · Revisión clínica o legal"),
    ("administrator", "The program · El programa"),
]


def put_under_review(apps, schema_editor):
    courses = apps.get_model("courses", "CoursePage").objects.all()
    if not courses.exists():
        return
    kind = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="courses", model="review")[0]
    review = apps.get_model("courses", "Review")
    workflow = apps.get_model("wagtailcore", "Workflow").objects.create(name=NAME, active=True)
    for place, (role, name) in enumerate(STEPS):
        task = review.objects.create(role=role, name=name, active=True, content_type_id=kind.pk)
        apps.get_model("wagtailcore", "WorkflowTask").objects.create(
            workflow=workflow, task_id=task.task_ptr_id, sort_order=place
        )
    under = apps.get_model("wagtailcore", "WorkflowPage").objects
    for course in courses:
        under.update_or_create(page_id=course.page_ptr_id, defaults={"workflow": workflow})


class Migration(migrations.Migration):
    dependencies = [("courses", "0015_corrections_append_only"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(put_under_review, migrations.RunPython.noop)]
