from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "lms.referrals"
    label = "referrals"

    def ready(self) -> None:
        from lms.referrals import (
            accommodation_panels,
            account_panels,
            belonging,
            care_panels,
            deadline_panels,
            desk,
            ending_panels,
            figures,
            hearing_panels,
            journal_words,
            keeping,
            panels,
            people_figures,
            webhook_secrets,
        )

        desk.register("messages", needs=panels.needs, sections=panels.sections)
        desk.register("accounts", needs=account_panels.needs, sections=account_panels.sections)
        desk.register("hearings", needs=hearing_panels.needs, outlook=hearing_panels.outlook)
        desk.register("accommodations", sections=accommodation_panels.sections)
        desk.register("care", sections=care_panels.sections)
        desk.register("deadlines", sections=deadline_panels.sections)
        desk.register("endings", needs=ending_panels.needs, sections=ending_panels.sections)
        figures.register("referrals", waits=people_figures.waits)
        keeping.register()
        webhook_secrets.register()
        belonging.register_all()
        journal_words.register_all()
