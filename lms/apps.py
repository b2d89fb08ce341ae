"""The project as an app: its commands, its start-up checks, its tag library."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "lms"
    label = "lms"
    verbose_name = "Amends"

    def ready(self) -> None:
        from lms import checks  # noqa: F401  importing registers them
        from lms.authoring import make_exports_safe

        make_exports_safe()
