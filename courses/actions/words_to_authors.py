"""Words for those who made a course: left, read by somebody of the program, passed on or not, taken back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses.models import Enrollment, HiddenWords, PassedWords, WordsToAuthors
from courses.rules.words_to_authors import TOGETHER, Reason, State, may_take_back, may_write
from lms import crypto
from lms.journal import journal
from lms.people.models import User


class NotNow(Exception):
    """The course is not finished; or it was decided on, and cannot be changed or taken back any more."""


class NothingToDecide(Exception):
    """It was decided on already, or is gone."""


class ChangedMeanwhile(Exception):
    """Its writer changed it after it was opened: nobody has read what stands there now."""


@transaction.atomic
def save_draft(*, enrollment: Enrollment, text: str, language: str, now: datetime) -> WordsToAuthors:
    """Keep what is typed; the newest wins. Where nothing can be left any more, nothing is kept."""
    row = _row(enrollment, language)
    if may_write(row.state):
        row.draft, row.draft_saved_at = text, now
        row.save()
    return row


@transaction.atomic
def leave(*, enrollment: Enrollment, text: str, language: str, by: User, now: datetime) -> WordsToAuthors:
    """Leave them, or others in their place. Raises NotNow."""
    row = _row(enrollment, language)
    if enrollment.completed_at is None or not may_write(row.state):
        raise NotNow(enrollment.pk)
    row.text, row.language, row.sent_at = text, language, now
    row.draft, row.draft_saved_at = "", None
    row.decided_at, row.reason = None, ""
    row.version += 1
    row.save()
    journal.record("words.left", about=None, on=row, by=by, at=now)
    return row


@transaction.atomic
def take_back(*, enrollment: Enrollment, by: User, now: datetime) -> None:
    """Gone from here, from whoever would read it, and from what authors see. Raises NotNow."""
    row = WordsToAuthors.objects.select_for_update().filter(enrollment=enrollment).first()
    if row is None or not may_take_back(row.state):
        raise NotNow(enrollment.pk)
    journal.record("words.taken_back", about=None, on=row, by=by, at=now)
    erase(row, now=now)


@transaction.atomic
def pass_on(*, words: WordsToAuthors, version: int, by: User, now: datetime) -> WordsToAuthors:
    """Copy it to where authors read. It is shown once enough others came with it. Raises NothingToDecide,
    ChangedMeanwhile."""
    row = _undecided(words, version)
    course_key = row.enrollment.edition.course_key
    row.passed = PassedWords.objects.create(course_key=course_key, text=row.text, language=row.language)
    row.decided_at = now
    row.save()
    _let_out(course_key)
    journal.record("words.passed", about=None, on=row, by=by, at=now)
    return row


@transaction.atomic
def decline(*, words: WordsToAuthors, version: int, reason: Reason, by: User, now: datetime) -> WordsToAuthors:
    """Not passed on. A threat is from now on on the desk of the person's facilitator. Raises NothingToDecide,
    ChangedMeanwhile."""
    row = _undecided(words, version)
    row.decided_at, row.reason = now, reason
    row.save()
    journal.record("words.declined", about=None, on=row, by=by, at=now, data={"reason": reason.value})
    return row


@transaction.atomic
def handled(*, words: WordsToAuthors, by: User, now: datetime) -> None:
    """The facilitator looked after a threat; it is on nobody's desk any more. The second time changes nothing."""
    waiting = WordsToAuthors.objects.filter(pk=words.pk, reason=Reason.THREAT, handled_at=None)
    if waiting.update(handled_at=now):
        journal.record("words.handled", about=words.enrollment.referral_id, on=words, by=by, at=now)


def hide(*, words: PassedWords, by: User) -> None:
    """She does not want to see it again. It is hers alone to know, so that no journal tells it."""
    HiddenWords.objects.get_or_create(user=by, words=words)


def erase(row: WordsToAuthors, *, now: datetime) -> None:
    """Delete it, and what was passed on of it, whose key goes first: no backup of the data can be read then."""
    passed = row.passed
    row.delete()
    if passed is not None:
        crypto.destroy_subject(passed.subject, now=now)
        passed.delete()


def _row(enrollment: Enrollment, language: str) -> WordsToAuthors:
    rows = WordsToAuthors.objects.select_for_update()
    row, _made = rows.get_or_create(enrollment=enrollment, defaults={"language": language})
    return row


def _undecided(words: WordsToAuthors, version: int) -> WordsToAuthors:
    rows = WordsToAuthors.objects.select_for_update(of=("self",)).select_related("enrollment__edition")
    row = rows.filter(pk=words.pk).first()
    if row is None or row.state != State.WAITING:
        raise NothingToDecide(words.pk)
    if row.version != version:
        raise ChangedMeanwhile(row.pk)
    return row


def _let_out(course_key: UUID) -> None:
    """Several together: whoever looks today and tomorrow cannot tell which is new, and so whose it may be."""
    waiting = list(PassedWords.objects.select_for_update().filter(course_key=course_key, let_out=False).defer("text"))
    if len(waiting) >= TOGETHER:
        PassedWords.objects.filter(pk__in=[row.pk for row in waiting]).update(let_out=True)
