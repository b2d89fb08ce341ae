from django.apps import AppConfig


class CourtReportsConfig(AppConfig):
    name = "court_reports"

    def ready(self) -> None:
        from court_reports import journal_words, keeping, panels, storage
        from lms.files import shelves
        from lms.referrals import desk

        desk.register(
            "court_reports",
            steps=panels.steps,
            needs=panels.needs,
            sections=panels.sections,
            proofs=panels.proofs,
            waits=panels.waits,
            settled=panels.settled,
        )
        keeping.register()
        journal_words.register_all()
        shelves.register("reports", shelves.Shelf(storage.root, storage.named))
