"""The words for what is recorded of notes and of attempts to reach somebody."""

from django.utils.translation import gettext_lazy as _

from lms.casework.models import NoteClass, Outcome, Way
from lms.referrals.event_words import Fact, coded, moment, register


def register_all() -> None:
    """Called when the apps are ready."""
    register("note.", **{"class": Fact(_("class"), coded(NoteClass.choices))})
    register(
        "contact.",
        way=Fact(_("way"), coded(Way.choices)),
        outcome=Fact(_("outcome"), coded(Outcome.choices)),
        made_at=Fact(_("tried at"), moment),
    )
