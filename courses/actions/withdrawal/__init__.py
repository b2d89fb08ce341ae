"""What was taken back is gone from everywhere at once, and no one's progress is worse for it (invariant 10).

``story`` takes one story back and ``module`` a whole module; ``afterward`` comes back for what a crash left, and looks
again. What they do is in rooms of its own: ``words`` (pages, drafts, versions), ``traces`` (what repeats them),
``copies`` (her words elsewhere), ``sealed`` (destroying, or changing her mind), ``owed`` (what nobody owes any more),
``telling``.
"""

from courses.actions.withdrawal.afterward import LOOKED_AT_AFTER, look_after, look_again
from courses.actions.withdrawal.copies import pages_with
from courses.actions.withdrawal.module import withdraw_module
from courses.actions.withdrawal.sealed import destroy_words, put_back
from courses.actions.withdrawal.story import KEPT_DAYS, NothingToTakeBack, take_back, take_back_draft
from courses.actions.withdrawal.telling import hidden_from_now_on

__all__ = [
    "KEPT_DAYS",
    "LOOKED_AT_AFTER",
    "NothingToTakeBack",
    "destroy_words",
    "hidden_from_now_on",
    "look_after",
    "look_again",
    "pages_with",
    "put_back",
    "take_back",
    "take_back_draft",
    "withdraw_module",
]
