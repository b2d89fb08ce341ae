"""The words for what the track records."""

from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import ExcusalReason, Route
from lms.referrals.event_words import Fact, as_in, coded, day, how_many, moment, plain, register


def register_all() -> None:
    """Called when the apps are ready."""
    from accountability.forms import TollForm

    register("check_in.", number=Fact(_("check-in number"), plain), made_at=Fact(_("made at"), moment))
    register("check_in.", route=Fact(_("how"), coded(Route.choices)), shown=Fact(_("versions shown"), how_many))
    register("check_in.excused", reason=Fact(_("reason"), coded(ExcusalReason.choices)))
    register("track.", days=Fact(_("days"), plain), reason=Fact(_("reason"), as_in(TollForm, "reason")))
    register("track.", ends_on=Fact(_("ends on"), day), check_ins=Fact(_("check-ins"), plain))
    register("service.", windows=Fact(_("check-ins given more time"), plain))
