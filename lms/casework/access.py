"""Who may read a note, and whose view it is."""

from django.db.models import QuerySet

from lms.casework.models import Note, SavedView
from lms.people.models import User


def notes_for(user: User) -> QuerySet[Note]:
    """Notes this person may read: of their cases; private ones only by whoever wrote them."""
    return Note.objects.readable_by(user).select_related("referral__court", "written_by")


def saved_views_of(user: User) -> QuerySet[SavedView]:
    """One's own ways to look, and nobody else's."""
    return SavedView.objects.filter(owner=user)
