"""Notes, attempts to reach somebody, and saved views."""

from lms.casework.models.contacts import ContactAttempt, Outcome, Way
from lms.casework.models.notes import Note, NoteClass
from lms.casework.models.saved_views import SavedView

__all__ = ["ContactAttempt", "Note", "NoteClass", "Outcome", "SavedView", "Way"]
