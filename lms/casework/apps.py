from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """What staff do beside the product's own steps: notes, attempts to reach somebody, ways to look at a caseload."""

    name = "lms.casework"
    label = "casework"

    def ready(self) -> None:
        from lms.casework import contact_panels, event_words, keeping, note_panels, timeline_panels
        from lms.casework import figures as brought
        from lms.journal import belonging
        from lms.referrals import desk, figures

        desk.register("contacts", sections=contact_panels.sections, glances=contact_panels.glances)
        desk.register("notes", personal=note_panels.sections)
        desk.register("timeline", personal=timeline_panels.sections)
        figures.register("casework", waits=brought.waits)
        keeping.register()
        belonging.register_path("casework.note", "referral__program")
        belonging.register_path("casework.contactattempt", "referral__program")
        event_words.register_all()
