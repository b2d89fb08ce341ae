"""The author's written word, on which alone an administrator takes back what she wrote (security.md 5)."""

from datetime import datetime

from courses.models import ModulePage
from lms.journal import journal
from lms.people.models import User


def confirm(*, page: ModulePage, by: User, now: datetime) -> None:
    """An administrator says that the author asked for it in writing. The writing itself stays with the program: what
    she wrote there is hers, and nothing here needs it."""
    journal.record("module.withdrawal_asked", about=None, on=page, by=by, at=now)
