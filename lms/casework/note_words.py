"""What each class of note means, said before anybody writes."""

from django.utils.translation import gettext_lazy as _

from lms.casework.models import NoteClass

MEANING = {
    NoteClass.PRIVATE: _("For you alone, as an aid to memory. Nobody of the team reads it, and it is not in the person’s own copy."),
    NoteClass.TEAM: _("For whoever looks after this case. It stands in the person’s own copy, and never in a report."),
    NoteClass.COURT: _("For whoever looks after this case, written so that a court could read it. It still goes nowhere by itself."),
}  # fmt: skip
