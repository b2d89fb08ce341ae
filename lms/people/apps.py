from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lms.people"
    label = "people"

    def ready(self) -> None:
        from lms.people import history, keeping, keyring, receivers  # noqa: F401  connect

        keyring.register_own()
        keeping.register()
