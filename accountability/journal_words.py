"""The words for what the track records."""

from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import ExcusalReason, Route
from accountability.models.circles import Helper, Rhythm
from accountability.models.commitments import Proof
from accountability.models.excusal_requests import ATTENDED, COMPLIED, RefusalReason
from accountability.models.responses import StepKind
from lms.referrals.event_words import Fact, as_in, coded, day, how_many, moment, named, plain, register, yes_or_no


def register_all() -> None:
    """Called when the apps are ready."""
    from accountability.forms import TollForm

    register("check_in.", number=Fact(_("check-in number"), plain), made_at=Fact(_("made at"), moment))
    register("check_in.", route=Fact(_("how"), coded(Route.choices)), shown=Fact(_("versions shown"), how_many))
    register("check_in.excused", reason=Fact(_("reason"), coded(ExcusalReason.choices)))
    axes = {"attended": Fact(_("attended"), coded(ATTENDED)), "complied": Fact(_("complied"), coded(COMPLIED))}
    register("check_in.excused", **axes)
    register(
        "excusal.",
        number=Fact(_("check-in number"), plain),
        reason=Fact(_("reason"), coded(ExcusalReason.choices)),
        why=Fact(_("why not"), coded(RefusalReason.choices)),
        on_appeal=Fact(_("on appeal"), yes_or_no),
        files=Fact(_("files"), plain),
        attended=axes["attended"],
    )
    register("response.", step=Fact(_("step"), coded(StepKind.choices)), check_ins=Fact(_("check-ins"), plain))
    register("track.", days=Fact(_("days"), plain), reason=Fact(_("reason"), as_in(TollForm, "reason")))
    register("track.", ends_on=Fact(_("ends on"), day), check_ins=Fact(_("check-ins"), plain))
    register(
        "track.", days_back=Fact(_("days given back"), plain), days_early=Fact(_("days before the last day"), plain)
    )
    register("track.", from_on=Fact(_("from"), day))
    register("service.", windows=Fact(_("check-ins given more time"), plain))
    register(
        "commitment.", number=Fact(_("commitment number"), plain), proof=Fact(_("verified by"), coded(Proof.choices))
    )
    register("commitment.", due_on=Fact(_("by when"), day), source=Fact(_("known from"), coded(Proof.choices)))
    register("commitment.", hundredths=Fact(_("how much, in hundredths"), plain))
    register("commitment.", says_who=Fact(_("may say who it is"), yes_or_no))
    register("circle.", meetings=Fact(_("meetings"), plain), every=Fact(_("how often"), coded(Rhythm.choices)))
    register("circle.", role=Fact(_("role"), coded(Helper._meta.get_field("role").choices)))
    register("circle.handed_over", to=Fact(_("to"), named))
    register("circle.handed_over", **{"from": Fact(_("before"), named)})
    register("meeting.", number=Fact(_("meeting number"), plain), came=Fact(_("how many came"), plain))
    register("meeting.", to_on=Fact(_("to"), day))
