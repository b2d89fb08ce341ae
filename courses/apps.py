from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from courses import (
            belonging,
            course_waits,
            journal_words,
            keeping,
            panels,
            publishing,
            recalling,
            receivers,
            retiring,
            silence,
            waiting,
        )
        from courses import figures as brought
        from courses.actions import authoring
        from lms.referrals import desk, figures, recall

        receivers.connect()
        desk.register(
            "courses", steps=panels.steps, needs=panels.needs, sections=panels.sections, rows=panels.rows, glances=panels.rows,
            stops=panels.stops, waits=course_waits.waits,
        )  # fmt: skip
        figures.register("courses", waits=brought.waits)
        recall.register("courses", recalling.question_for)
        keeping.register()
        publishing.guard()
        retiring.guard()
        silence.wagtails_mail()
        belonging.register_all()
        authoring.belong()
        journal_words.register_all()
        waiting.register_all()
