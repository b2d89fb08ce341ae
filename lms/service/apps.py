from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "lms.service"
    label = "service"

    def ready(self) -> None:
        from lms.service import keeping, runs  # noqa: F401  importing runs connects it to Celery's own signals

        keeping.register()
