from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from courses import (
            belonging,
            journal_words,
            keeping,
            panels,
            publishing,
            receivers,
            retiring,
            silence,
            waiting,
        )
        from courses.actions import authoring
        from lms.referrals import desk

        receivers.connect()
        desk.register(
            "courses", steps=panels.steps, needs=panels.needs, sections=panels.sections, rows=panels.rows,
            stops=panels.stops,
        )  # fmt: skip
        keeping.register()
        publishing.guard()
        retiring.guard()
        silence.wagtails_mail()
        belonging.register_all()
        authoring.belong()
        journal_words.register_all()
        waiting.register_all()
