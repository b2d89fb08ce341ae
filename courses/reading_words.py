"""What a reader answers to each question."""

from django.utils.translation import gettext_lazy as _

ANSWERS = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
