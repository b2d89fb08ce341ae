from django.apps import AppConfig


class CourtReportsConfig(AppConfig):
    name = "court_reports"

    def ready(self) -> None:
        from court_reports import panels
        from lms.referrals import desk

        desk.register("court_reports", steps=panels.steps, needs=panels.needs, sections=panels.sections)
