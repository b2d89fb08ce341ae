"""What waits, in words: the kinds of lms.referrals.desk.Wait."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "safety": _("A call for help has no answer"),
    "review": _("A check-in waits to be read"),
    "request": _("A request to be excused is undecided"),
    "appeal": _("An appeal is undecided"),
    "step": _("A miss has no answer yet"),
    "draft": _("A draft is not released"),
    "proposal": _("A proposal has no second person yet"),
    "evidence": _("What shows that a commitment was kept has no answer"),
    "minutes": _("The minutes of a meeting are not written"),
    "reflection": _("A reflection waits to be read"),
    "contact": _("Nobody has been in touch for a long time"),
}
