from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "lms.referrals"
    label = "referrals"

    def ready(self) -> None:
        from lms.referrals import desk, panels

        desk.register("messages", needs=panels.needs, sections=panels.sections)
