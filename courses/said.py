"""What people left for the authors of a course, as each side may read it."""

from collections.abc import Sequence

from courses import access
from courses.labels import words_for_finding
from courses.models import HiddenWords, WordsToAuthors
from courses.models.words_to_authors import ZONE
from courses.rules import quality
from courses.rules.identifying import identifying
from courses.rules.words_to_authors import Passed, to_be_shown
from lms import crypto
from lms.people.models import User


def told_by(row: WordsToAuthors) -> list[str]:
    """What in it might tell who somebody is. Its writer's own names are looked for however they are written; nobody
    is told that they are theirs."""
    case = row.enrollment.referral
    known = f"{case.first_name} {case.last_name}".split()
    found = [
        quality.Finding(quality.Kind(each.kind.value), words=each.words) for each in identifying(row.text, known=known)
    ]
    return [words_for_finding(finding, row.language) for finding in found]


def said_to(user: User) -> Sequence[Passed]:
    """What this author may read now. As many queries, however much there is."""
    rows = list(access.words_for_authors(user))
    with crypto.at_hand():
        crypto.take_in_hand([row.subject for row in rows], zone=ZONE)
        away = crypto.put_away([row.subject for row in rows])
        readable = [Passed(row.id, row.text, row.language) for row in rows if row.subject not in away]
    # What is away lies put away with its writer's case, or a backup brought it back without its key.
    hidden = set(HiddenWords.objects.filter(user=user).values_list("words", flat=True))
    return to_be_shown(readable, hidden=hidden)
