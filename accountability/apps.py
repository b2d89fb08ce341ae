from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"

    def ready(self) -> None:
        from accountability import journal_words, keeping, panels, receivers
        from lms.journal import belonging
        from lms.referrals import desk

        receivers.connect()
        desk.register(
            "accountability", steps=panels.steps, needs=panels.needs, sections=panels.sections, rows=panels.rows
        )
        keeping.register()
        belonging.register_path("accountability.checkinform", "program")
        journal_words.register_all()
