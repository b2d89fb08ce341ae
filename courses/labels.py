"""What is missing, in the words that the person and the staff both read."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.rules.progress import Unmet


def words_for(missing: Unmet) -> str:
    """One unmet requirement as a sentence, with how much is short."""
    if missing.kind == "pages":
        return ngettext("%(n)d page is still to be read.", "%(n)d pages are still to be read.", missing.short) % {
            "n": missing.short
        }
    if missing.kind == "time":
        minutes = -(-missing.short // 60)
        return ngettext(
            "%(n)d more minute of active reading is needed.",
            "%(n)d more minutes of active reading are needed.",
            minutes,
        ) % {"n": minutes}
    return {
        "scenario": _("A scenario waits for your choice."),
        "check": _("The knowledge check is not passed yet."),
        "reflection": _("The reflection is not sent yet."),
        "reflection_returned": _("The reflection came back with a question."),
        "reflection_review": _("Your reflection is being read. There is nothing you need to do."),
    }[missing.kind]
