from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"

    def ready(self) -> None:
        from accountability import panels, receivers
        from lms.referrals import desk

        receivers.connect()
        desk.register(
            "accountability", steps=panels.steps, needs=panels.needs, sections=panels.sections, rows=panels.rows
        )
