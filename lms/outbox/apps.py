from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "lms.outbox"
    label = "outbox"

    def ready(self) -> None:
        from lms.outbox import keeping, sealed

        sealed.register()
        keeping.register()
