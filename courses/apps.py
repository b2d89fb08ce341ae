from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from courses import panels, receivers
        from lms.referrals import desk

        receivers.connect()
        desk.register("courses", steps=panels.steps, needs=panels.needs, sections=panels.sections, rows=panels.rows)
