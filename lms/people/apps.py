from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lms.people"
    label = "people"

    def ready(self) -> None:
        from lms.people import receivers  # noqa: F401  connects
