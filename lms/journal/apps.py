from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "lms.journal"
    label = "journal"

    def ready(self) -> None:
        from celery import signals

        from lms.journal import ambient, keeping

        signals.task_prerun.connect(ambient.begin_task, dispatch_uid="journal begins a task")
        signals.task_postrun.connect(ambient.end_task, dispatch_uid="journal ends a task")
        keeping.register()
