"""What waits, in words: the kinds of lms.referrals.desk.Wait."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "safety": _("A call for help has no answer"),
    "review": _("A check-in waits to be read"),
    "request": _("A request to be excused is undecided"),
    "appeal": _("An appeal is undecided"),
    "step": _("A miss has no answer yet"),
    "draft": _("A draft is not released"),
    "contact": _("Nobody has been in touch for a long time"),
}
