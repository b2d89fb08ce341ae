from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"

    def ready(self) -> None:
        from accountability import (
            calendar_mail,
            circle_duties,
            decision_panels,
            glances,
            journal_words,
            keeping,
            needs,
            panels,
            plan_keeping,
            plan_panels,
            proposal_waits,
            receivers,
            transfer_panels,
            waiting,
        )
        from accountability import figures as brought
        from lms.journal import belonging
        from lms.referrals import desk, figures

        receivers.connect()
        desk.register(
            "accountability",
            steps=panels.steps,
            needs=needs.needs,
            sections=panels.sections,
            rows=panels.rows,
            glances=glances.glances,
            outlook=needs.outlook,
        )
        figures.register("accountability", tallies=brought.tallies, waits=brought.waits, words=brought.words)
        desk.register(
            "plans", steps=plan_panels.steps, needs=plan_panels.needs, sections=plan_panels.sections,
            holds=plan_panels.holds, waits=plan_panels.waits,
        )  # fmt: skip
        desk.register("circles", duties=circle_duties.duties, waits=circle_duties.waits)
        desk.register("proposals", waits=proposal_waits.waits)
        desk.register(
            "decisions", steps=decision_panels.steps, needs=decision_panels.needs, sections=decision_panels.sections,
            waits=waiting.waits,
        )  # fmt: skip
        desk.register(
            "transfers", steps=transfer_panels.steps, sections=transfer_panels.sections,
            personal=transfer_panels.personal,
        )  # fmt: skip
        keeping.register()
        plan_keeping.register()
        calendar_mail.register()
        belonging.register_path("accountability.checkinform", "program")
        belonging.register_path("accountability.circle", "program")
        belonging.register_path("accountability.meeting", "circle__program")
        belonging.register_path("accountability.helper", "circle__program")
        journal_words.register_all()
