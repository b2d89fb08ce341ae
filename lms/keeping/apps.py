from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "lms.keeping"
    label = "keeping"

    def ready(self) -> None:
        from lms.keeping import journal_words, keeping, panels, third_party
        from lms.referrals import desk

        third_party.register()
        keeping.register()
        journal_words.register_all()
        desk.register("keeping", needs=panels.needs, sections=panels.sections)
