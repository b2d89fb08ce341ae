from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "lms.referrals"
    label = "referrals"

    def ready(self) -> None:
        from lms.referrals import (
            accommodation_panels,
            account_panels,
            belonging,
            deadline_panels,
            desk,
            journal_words,
            keeping,
            panels,
        )

        desk.register("messages", needs=panels.needs, sections=panels.sections)
        desk.register("accounts", needs=account_panels.needs, sections=account_panels.sections)
        desk.register("accommodations", sections=accommodation_panels.sections)
        desk.register("deadlines", sections=deadline_panels.sections)
        keeping.register()
        belonging.register_all()
        journal_words.register_all()
