"""What people left for the authors of a course, as each side may read it."""

from collections.abc import Sequence

from courses import access
from courses.labels import words_for_finding
from courses.models import HiddenWords, PassedWords, WordsToAuthors
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
    """What this author may read now. Three queries and the keys, however much there is."""
    with crypto.at_hand():
        readable = [each for row in access.words_for_authors(user) if (each := _opened(row))]
    hidden = set(HiddenWords.objects.filter(user=user).values_list("words", flat=True))
    return to_be_shown(readable, hidden=hidden)


def _opened(row: PassedWords) -> Passed | None:
    """None where it is put away with its writer's case, or a backup brought it back without its key."""
    try:
        return Passed(row.id, row.text, row.language)
    except (crypto.KeySealed, crypto.KeyDestroyed):
        return None
